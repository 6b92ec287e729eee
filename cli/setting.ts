/**
 * From a sequence in a text, or an entry, to what is run: header lines and stored rules give way to flags.
 *
 * What is wrong is said with the place where it was written: the line of the header, or the flag.
 */

import {
  extractSequence,
  type HeaderKey,
  type ParsedSequence,
  parseSequence,
  printCommand,
  shadowOptions,
} from "../commands/language.js";
import type { Entry, Setting } from "../corpus/entry.js";
import { DEFAULT_GEOMETRY, parseGeometry } from "../models/geometry.js";
import { parseStart } from "../models/start.js";
import { DEFAULT_SHADOW } from "../rules/vocabulary.js";
import { cellWith, override, type RuleRefs, rulesFrom } from "./cells.js";
import { refuse } from "./exit.js";

export interface SettingFlags extends RuleRefs {
  geometry?: string;
  start?: string;
}

/** A replay prints a row a command; a longer text is no sequence to read. */
const LONGEST = 10_000;

/**
 * The setting that a text describes, and the target that its header names; `file` is the name under which mistakes show
 * it.
 */
export function settingFrom(file: string, text: string, flags: SettingFlags): Setting & { targetText?: string } {
  const placeOf = (key: HeaderKey): string =>
    key in flags ? `--${key}` : `${file}:${headerPlace(text, key) ?? "1:1"}`;
  const parsed = parseSequence(text, (header) => rulesOf(header, flags, placeOf).architecture);
  if (!parsed.ok) {
    return refuse(
      ...parsed.errors.map(({ line, column, code, message }) => `${file}:${line}:${column}: ${code} ${message}`),
    );
  }
  const { header, commands } = parsed;
  checkLength(file, commands.length);
  const rules = rulesOf(header, flags, placeOf);
  if (header.shadow !== undefined && flags.strategies === undefined && !rules.strategies.includes("shadow"))
    refuse(
      `${placeOf("shadow")}: options of the shadow, and no shadow runs; strategies: ${rules.strategies.join(", ")}; ` +
        "add shadow to the strategies, or take the line out",
    );
  const geometry = flags.geometry ?? header.geometry ?? DEFAULT_GEOMETRY;
  const start = flags.start ?? header.start ?? "all";
  checkPlace(geometry, start, placeOf);
  return {
    architecture: rules.architecture,
    contract: rules.contract,
    strategies: rules.strategies,
    properties: rules.properties,
    shadow: header.shadow === undefined ? rules.shadow : shadowOptions(header),
    geometry,
    start,
    commands: commands.map(printCommand),
    ...(header.target === undefined ? {} : { targetText: header.target }),
  };
}

function rulesOf(header: ParsedSequence["header"], flags: SettingFlags, placeOf: (key: HeaderKey) => string) {
  const refs = refsFrom(header, flags);
  return header.claim === undefined
    ? { ...rulesFrom(refs, placeOf), shadow: DEFAULT_SHADOW }
    : cellWith(header.claim, refs, placeOf);
}

/** An entry under the rules, geometry or start that flags name; the entry itself where there are none. */
export function settingWith(entry: Entry, flags: SettingFlags): Setting {
  const setting = { ...override(entry, flags), geometry: flags.geometry ?? entry.geometry };
  const start = flags.start ?? entry.start;
  checkPlace(setting.geometry, start, (name) => `--${name}`);
  return { ...setting, start };
}

function checkLength(file: string, count: number): void {
  if (count === 0)
    refuse(
      `${file}:1:1: there is no command in it; known: one command a line, or separated by ";"; ` +
        "write it like: dma r c0 i0; w g4[0]=-; dma r c0 i0",
    );
  if (count > LONGEST)
    refuse(
      `${file}:1:1: ${count} commands; a replay prints a row for each, up to ${LONGEST}; take the part that matters`,
    );
}

function refsFrom(header: ParsedSequence["header"], flags: SettingFlags): RuleRefs {
  const architecture = flags.architecture ?? header.architecture;
  const contract = flags.contract ?? header.contract;
  const strategies = flags.strategies ?? header.strategies?.join(" ");
  const properties = flags.properties ?? header.properties?.join(" ");
  return {
    ...(architecture === undefined ? {} : { architecture }),
    ...(contract === undefined ? {} : { contract }),
    ...(strategies === undefined ? {} : { strategies }),
    ...(properties === undefined ? {} : { properties }),
  };
}

function checkPlace(geometryText: string, startText: string, placeOf: (name: "geometry" | "start") => string): void {
  const geometry = parseGeometry(geometryText);
  if (typeof geometry === "string") refuse(`${placeOf("geometry")}: ${geometry}`);
  const start = parseStart(startText, geometry);
  if (typeof start === "string") refuse(`${placeOf("start")}: ${start}`);
}

/** Line and column of a header line's value, in the text as it was given; undefined if the key is not there. */
function headerPlace(text: string, key: HeaderKey): string | undefined {
  const { text: inner, lines, indents } = extractSequence(text);
  const found = inner.split("\n").map((line) => new RegExp(`^\\s*${key}\\s*:\\s*`).exec(line));
  const at = found.findIndex((match) => match !== null);
  return at < 0 ? undefined : `${lines[at]!}:${indents[at]! + found[at]![0].length + 1}`;
}
