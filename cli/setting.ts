/**
 * From a sequence in a text, or an entry, to what is run: header lines and stored rules give way to flags.
 *
 * What is wrong is said with the place where it was written: the line of the header, or the flag.
 */

import {
  type ExtractedSequence,
  type FoundSequence,
  type HeaderKey,
  type MailReading,
  type ManualOf,
  placeIn,
  printCommand,
  readMail,
  type SequenceHeader,
  shadowOptions,
} from "../commands/language.js";
import type { Entry, Setting } from "../corpus/entry.js";
import { DEFAULT_GEOMETRY, parseGeometry } from "../models/geometry.js";
import { parseStart } from "../models/start.js";
import { DEFAULT_SHADOW } from "../rules/vocabulary.js";
import { cellWith, override, type RuleRefs, rulesFrom } from "./cells.js";
import { refuse } from "./exit.js";
import { checkHashes, ruleChanges } from "./meant-rules.js";

export interface SettingFlags extends RuleRefs {
  geometry?: string;
  start?: string;
}

/** A replay prints a row a command; a longer text is no sequence to read. */
const LONGEST = 10_000;

/** Line and column of a text as messages show them: `mail.txt:12:3`. */
export type ShowPlace = (place: { line: number; column: number }) => string;

/** A setting, and what its text says besides. */
export interface ReadSetting extends Setting {
  header: SequenceHeader;
}

/** The setting of the first sequence in a text; `file` is the name under which mistakes show it. */
export function settingFrom(file: string, text: string, flags: SettingFlags): ReadSetting {
  const show: ShowPlace = ({ line, column }) => `${file}:${line}:${column}`;
  const { sequences, errors } = sequencesIn(text, show, flags);
  if (errors.length > 0) refuse(...errors.map((error) => `${show(error)}: ${error.code} ${error.message}`));
  return settingOf(sequences[0]!, show, flags);
}

/** The sequences of a text; the words of a manual are those of the architecture that a header or a flag names. */
export function sequencesIn(
  text: string,
  show: ShowPlace,
  flags: SettingFlags,
  options: { isMail?: boolean; nameOf?: ShowPlace } = {},
): MailReading {
  const manualOf: ManualOf = (header, source) => rulesOf(header, flags, placesIn(source, show, flags)).architecture;
  return readMail(text, { manualOf, ...options });
}

/** The setting that a sequence describes. */
export function settingOf({ source, parsed, place }: FoundSequence, show: ShowPlace, flags: SettingFlags): ReadSetting {
  const placeOf = placesIn(source, show, flags);
  const { header, commands } = parsed;
  checkLength(show(place), commands.length);
  const rules = rulesOf(header, flags, placeOf);
  checkHashes(header, rules, flags, placeOf);
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
    header,
  };
}

function rulesOf(header: SequenceHeader, flags: SettingFlags, placeOf: HeaderPlaceOf) {
  const refs = refsFrom(header, flags);
  const changes = ruleChanges(header, flags, placeOf);
  if (header.claim === undefined) return { ...rulesFrom(refs, placeOf, changes), shadow: DEFAULT_SHADOW };
  const cell = cellWith(header.claim, refs, placeOf);
  const architecture = changes.architecture(cell.architecture);
  return { ...cell, architecture, contract: changes.contract(cell.contract) };
}

/** An entry under the rules, geometry or start that flags name; the entry itself where there are none. */
export function settingWith(entry: Entry, flags: SettingFlags): Setting {
  const setting = { ...override(entry, flags), geometry: flags.geometry ?? entry.geometry };
  const start = flags.start ?? entry.start;
  checkPlace(setting.geometry, start, (name) => `--${name}`);
  return { ...setting, start };
}

function checkLength(place: string, count: number): void {
  if (count === 0)
    refuse(
      `${place}: there is no command in it; known: one command a line, or separated by ";"; ` +
        "write it like: dma r c0 i0; w g4[0]=-; dma r c0 i0",
    );
  if (count > LONGEST)
    refuse(`${place}: ${count} commands; a replay prints a row for each, up to ${LONGEST}; take the part that matters`);
}

function refsFrom(header: SequenceHeader, flags: SettingFlags): RuleRefs {
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

/** Where a header line stands, for messages: the flag that takes its place, or its value; `index` of a `rule` line. */
export type HeaderPlaceOf = (key: HeaderKey, index?: number) => string;

function placesIn(source: ExtractedSequence, show: ShowPlace, flags: SettingFlags): HeaderPlaceOf {
  return (key, index = 0) => {
    if (key in flags) return `--${key}`;
    const found = source.text.split("\n").map((line) => new RegExp(`^\\s*${key}\\s*:\\s*`).exec(line));
    const rows = found.flatMap((match, at) => (match === null ? [] : [{ at, offset: match[0].length }]));
    const row = rows[index];
    return show(row === undefined ? placeIn(source, 0, 0) : placeIn(source, row.at, row.offset));
  };
}
