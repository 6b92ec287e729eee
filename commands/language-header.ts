/**
 * Header lines of a sequence file: `key: value`, before the first command.
 *
 * A header says under which rules the commands are to be run; this file knows the keys and the shape of their values,
 * not which architectures, contracts or targets exist. `title`, `geometry`, `start`, `target` and `rule` are text to
 * the end of the line; in the other keys a `#` behind a space starts a comment. `rule` may stand several times.
 */

import {
  DEFAULT_SHADOW,
  PROPERTY_NAMES,
  type PropertyName,
  type ShadowOptions,
  unreachable,
} from "../rules/vocabulary.js";
import { type Problem, quoteWord, sentence } from "./language-codes.js";
import { nearestOr } from "./language-reader.js";

/** Departures of the shadow, as they are written. */
export const SHADOW_WORDS = ["ignores-stage2", "evicts"] as const;
export type ShadowWord = (typeof SHADOW_WORDS)[number];

/** What a sequence says about itself; every key may be missing. */
export interface SequenceHeader {
  /** Of the counterexample that the sequence is. */
  id?: string;
  /** Id of a cell of the claims, whose rules are meant where no other key says otherwise. */
  claim?: string;
  architecture?: string;
  /** Name and parameters: `vtd-legacy cm=1`. */
  contract?: string;
  /** Of the rules that are meant, by content: `architecture=0123456789ab`, `contract=0123456789ab`. */
  hash?: readonly string[];
  /** What the rules that are meant say otherwise than those that are named; see `rules/difference.ts`. */
  rule?: readonly string[];
  /** Names are not compared with a list: a target outside the process has its own. */
  strategies?: readonly string[];
  properties?: readonly PropertyName[];
  shadow?: readonly ShadowWord[];
  geometry?: string;
  start?: string;
  /** Name and version of the target that answered. */
  target?: string;
  /** What it answered to each `dma`: `h8`, `fault`, or `-`, divided by commas. */
  answers?: readonly string[];
  title?: string;
}

/** The keys, in the order of printing. */
export const HEADER_KEYS = [
  "id",
  "claim",
  "architecture",
  "contract",
  "hash",
  "rule",
  "strategies",
  "properties",
  "shadow",
  "geometry",
  "start",
  "target",
  "answers",
  "title",
] as const satisfies readonly (keyof SequenceHeader)[];
export type HeaderKey = (typeof HEADER_KEYS)[number];

/** The shadow that a header asks for. */
export function shadowOptions(header: SequenceHeader): ShadowOptions {
  const words = header.shadow ?? [];
  return {
    followsStage2: words.includes("ignores-stage2") ? false : DEFAULT_SHADOW.followsStage2,
    evicts: words.includes("evicts") ? true : DEFAULT_SHADOW.evicts,
  };
}

/** A header line as split; offsets count from 0 in the line. */
export interface HeaderLine {
  key: string;
  keyOffset: number;
  value: string;
  valueOffset: number;
}

// No command holds a colon behind its first word, so a line is a header line by its first colon alone.
const HEADER_LINE = /^\s*([A-Za-z][A-Za-z0-9_-]{0,40})[ \t]*:/;

/** `line` as a header line, or undefined where it is none. */
export function splitHeaderLine(line: string): HeaderLine | undefined {
  const found = HEADER_LINE.exec(line);
  if (found === null) return undefined;
  const key = found[1]!;
  const colonEnd = found[0].length;
  const rest = line.slice(colonEnd);
  const value = rest.trim();
  return {
    key,
    keyOffset: found[0].indexOf(key),
    value,
    valueOffset: colonEnd + (value === "" ? rest.trimEnd().length : rest.indexOf(value)),
  };
}

/** Adds `line` to `header`, or says what is wrong with it. */
export function readHeaderLine(line: HeaderLine, header: SequenceHeader): Problem | undefined {
  const key = HEADER_KEYS.find((candidate) => candidate === line.key);
  if (key === undefined) return unknownKey(line);
  if (header[key] !== undefined && key !== "rule") return duplicateKey(line);
  const words = wordsOf(line);
  if (words.length === 0) return missingValue(line, key);
  switch (key) {
    case "id":
      return readForm(words, /^nf-[0-9a-f]{12}$/, key, ([id]) => {
        header.id = id!;
      });
    case "hash":
      return readForm(words, /^(architecture|contract)=[0-9a-f]{12}$/, key, (hashes) => {
        header.hash = hashes;
      });
    case "answers":
      return readForm(answersOf(line), ANSWER, key, (answers) => {
        header.answers = answers;
      });
    case "rule":
      header.rule = [...(header.rule ?? []), oneLine(line.value)];
      return undefined;
    case "claim":
    case "architecture":
      if (words.length > 1) return secondName(words[1]!);
      header[key] = words[0]!.text;
      return undefined;
    case "contract":
      header.contract = words.map((word) => word.text).join(" ");
      return undefined;
    case "strategies":
      header.strategies = unique(words.map((word) => word.text));
      return undefined;
    case "properties":
      return readNames(words, PROPERTY_NAMES, "property", (names) => {
        header.properties = names;
      });
    case "shadow":
      return readNames(words, SHADOW_WORDS, "word about the shadow", (names) => {
        header.shadow = names;
      });
    case "geometry":
    case "start":
    case "target":
    case "title":
      header[key] = oneLine(line.value);
      return undefined;
    default:
      return unreachable(key);
  }
}

/** The header as text: one line a key that has a value, each with its newline. */
export function printHeader(header: SequenceHeader): string {
  return HEADER_KEYS.map((key) => {
    const value = header[key];
    if (key === "rule") return (header.rule ?? []).map((row) => `rule: ${row}\n`).join("");
    const text = oneLine(
      typeof value === "string" || value === undefined ? (value ?? "") : value.join(key === "answers" ? ", " : " "),
    );
    return text === "" ? "" : `${key}: ${text}\n`;
  }).join("");
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

interface ValueWord {
  text: string;
  offset: number;
}

/** The words of a value, divided by spaces and commas, without a comment. Free text is one word. */
function wordsOf({ key, value, valueOffset }: HeaderLine): ValueWord[] {
  if (value === "") return [];
  if (key === "geometry" || key === "start" || key === "title" || key === "rule")
    return [{ text: value, offset: valueOffset }];
  const comment = /(?:^|\s)#/.exec(value);
  const said = comment === null ? value : value.slice(0, comment.index);
  return [...said.matchAll(/[^\s,]+/g)].map((found) => ({ text: found[0], offset: valueOffset + found.index }));
}

/** As entries keep them. */
const ANSWER = /^(h[0-9]{1,4}|fault( (context|stage [12]))?|-)$/;

/** Answers have spaces in them. */
function answersOf({ value, valueOffset }: HeaderLine): ValueWord[] {
  return [...value.matchAll(/[^,]+/g)].map((found) => ({ text: oneLine(found[0]), offset: valueOffset + found.index }));
}

/** Gives `accept` the words if all are of the form that is due. */
function readForm(
  words: readonly ValueWord[],
  form: RegExp,
  key: HeaderKey,
  accept: (words: string[]) => void,
): Problem | undefined {
  const odd = words.find(({ text }) => !form.test(text)) ?? (key === "id" ? words[1] : undefined);
  if (odd === undefined) {
    accept(words.map(({ text }) => text));
    return undefined;
  }
  const message = (): string =>
    sentence(`${quoteWord(odd.text)} is no ${key}`, VALUE_FORMS[key], "take it as it was sent, or drop the line");
  return { offset: odd.offset, code: "NF213", message };
}

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

/** Gives `accept` the words if all are `known`; what a word means is `what`. */
function readNames<W extends string>(
  words: readonly ValueWord[],
  known: readonly W[],
  what: string,
  accept: (names: W[]) => void,
): Problem | undefined {
  const names: W[] = [];
  for (const { text, offset } of words) {
    const name = known.find((candidate) => candidate === text);
    if (name === undefined) {
      const message = (): string =>
        sentence(
          `unknown ${what} ${quoteWord(text)}`,
          known.join(", "),
          nearestOr(text, known, "take words of that list"),
        );
      return { offset, code: "NF213", message };
    }
    names.push(name);
  }
  accept(unique(names));
  return undefined;
}

function unknownKey({ key, keyOffset }: HeaderLine): Problem {
  const known = HEADER_KEYS.join(", ");
  const message = (): string =>
    sentence(`unknown header key ${quoteWord(key)}`, known, nearestOr(key, HEADER_KEYS, "put other text behind #"));
  return { offset: keyOffset, code: "NF210", message };
}

function duplicateKey({ key, keyOffset }: HeaderLine): Problem {
  const message = (): string =>
    sentence(`header key ${quoteWord(key)} given twice`, "each key once", "keep one of the lines");
  return { offset: keyOffset, code: "NF211", message };
}

/** A header line that stands behind a command, or in a text of commands only. */
export function misplacedHeader({ key, keyOffset }: HeaderLine): Problem {
  const message = (): string =>
    sentence(
      `header line ${quoteWord(key)} where only commands may stand`,
      "header lines stand before the first command",
      "move it there, or put it behind #",
    );
  return { offset: keyOffset, code: "NF212", message };
}

const VALUE_FORMS: Readonly<Record<HeaderKey, string>> = {
  id: "nf- and twelve hexadecimal digits",
  hash: "architecture= or contract= and twelve hexadecimal digits",
  rule: "a changed row such as contract 1 leaf p->np = s1-leaf guest none",
  answers: "h8, fault, fault context, fault stage 1, fault stage 2 or -, divided by commas",
  claim: "the id of a cell such as T5c.vtd-legacy",
  architecture: "a name such as vtd-legacy",
  contract: "a name and parameters such as vtd-legacy cm=1",
  strategies: "names such as hardware shadow",
  properties: PROPERTY_NAMES.join(", "),
  shadow: SHADOW_WORDS.join(", "),
  geometry: "text",
  start: "text",
  target: "text",
  title: "text",
};

function missingValue({ key, valueOffset }: HeaderLine, known: HeaderKey): Problem {
  const message = (): string =>
    sentence(`header key ${quoteWord(key)} without a value`, VALUE_FORMS[known], "give it a value or drop the line");
  return { offset: valueOffset, code: "NF213", message };
}

function secondName({ text, offset }: ValueWord): Problem {
  const message = (): string =>
    sentence(`${quoteWord(text)} behind the name of the architecture`, "one name", "put other text behind #");
  return { offset, code: "NF213", message };
}
