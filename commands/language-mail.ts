/**
 * Finds the lines of a sequence in a mail: the marked blocks, without the quote prefixes, or the whole text.
 *
 * Markers count wherever they stand in a line, since mailers and people put quotes and dashes around them. A block with
 * a seal (a number of steps and a check) is read in the ways that a thread can have bent it: lines that are quoted less
 * than its markers are somebody's words, or the rest of lines that a mailer wrapped; the check says which. A block
 * without one is read by its letters: quotes are stripped to the depth that all lines with text share, so that a line
 * that was quoted once less leaves its `>` on the others, and is refused rather than misread. Nothing is lost: each
 * line, and each piece of a joined line, keeps its place in the mail.
 */

import { COMMAND_WORDS } from "./language-grammar.js";
import { HEADER_KEYS } from "./language-header.js";

/** A line that holds this opens a block. */
export const BLOCK_START = "--8<-- nestfuzz";
/** A line that holds this ends it. */
export const BLOCK_END = "-->8--";

/** The sequence in a text, with the place of each of its lines there. */
export interface ExtractedSequence {
  text: string;
  /** Line number, from 1, in the whole text. */
  lines: number[];
  /** Characters that were stripped from the front of the line. */
  indents: number[];
  /** The numbers that stood before the lines of a sealed block, by the index of the line. */
  numbers?: ReadonlyMap<number, number>;
  /** The further pieces of a line that was wrapped, by the index of the line. */
  pieces?: ReadonlyMap<number, readonly Piece[]>;
}

/** A piece of a joined line: where it begins there, and its place in the whole text. */
export interface Piece {
  offset: number;
  line: number;
  indent: number;
}

/** Line and column in the whole text, from 1. */
export interface TextPlace {
  line: number;
  column: number;
}

/** The place of an offset in line `at` of the sequence. */
export function placeIn({ lines, indents, pieces }: ExtractedSequence, at: number, offset: number): TextPlace {
  const piece = pieces?.get(at)?.findLast((one) => one.offset <= offset);
  if (piece !== undefined) return { line: piece.line, column: piece.indent + offset - piece.offset + 1 };
  return { line: lines[at] ?? at + 1, column: (indents[at] ?? 0) + offset + 1 };
}

/** What the markers of a sealed block state. */
export interface Seal {
  steps: number;
  /** Eight hexadecimal digits, in upper case. */
  check: string;
}

/** A block between its markers; `at` counts lines of the text from 0. */
export interface Block {
  start: Mark;
  end: Mark;
  seal: Seal | undefined;
  /** Its markers speak of steps or a check, so that a seal is due. */
  saysSealed: boolean;
}

/** A marker: its line from 0, the place of the sign, the depth of quotes before it, the text behind it. */
export interface Mark {
  at: number;
  place: TextPlace;
  depth: number;
  rest: string;
}

export interface Blocks {
  blocks: Block[];
  /** Starts of blocks that do not end; `next` is the start of the block that comes next. */
  unclosed: { start: Mark; next: Mark | undefined }[];
  /** Ends of blocks that did not start. */
  stray: Mark[];
}

// Mailers make one long dash of two short ones.
const DASHES = "[-\\u2010-\\u2015\\u2212]{1,6}";
const START = new RegExp(`${DASHES}8<${DASHES}\\s*nestfuzz`);
const END = new RegExp(`${DASHES}>8${DASHES}`);
const END_ALONE = new RegExp(`^[\\s>|-]*${DASHES}>8${DASHES}`);
const QUOTES = /^[\s>|]*/;
const SEAL = /^\s*([0-9]{1,6})\s+steps?\s*,\s*check\s+([0-9A-Fa-f]{8})(?![0-9A-Za-z])/;

const depthOf = (prefix: string): number => prefix.replace(/\s+/g, "").length;

/** The blocks of a text in lines, each with its end. */
export function findBlocks(lines: readonly string[]): Blocks {
  const starts = marksIn(lines, START, "8<");
  const ends = marksIn(lines, END, ">8");
  const taken = new Set<Mark>();
  const found: Blocks = { blocks: [], unclosed: [], stray: [] };
  let firstEnd = 0;
  for (const [index, start] of starts.entries()) {
    const next = nextAsDeep(starts, index);
    while (firstEnd < ends.length && ends[firstEnd]!.at <= start.at) firstEnd++;
    const open: Mark[] = [];
    for (let at = firstEnd; at < ends.length && ends[at]!.at < (next?.at ?? lines.length); at++)
      if (!taken.has(ends[at]!)) open.push(ends[at]!);
    // An end that has lost its quotes is this block's, unless another block begins before it.
    const following = starts[index + 1];
    const bare = open[0] !== undefined && (following === undefined || open[0].at < following.at) ? open[0] : undefined;
    const end = open.find(({ depth }) => depth >= start.depth) ?? bare;
    if (end === undefined) found.unclosed.push({ start, next: following });
    else {
      taken.add(end);
      found.blocks.push(blockOf(start, end, lines));
    }
  }
  found.stray = ends.filter((end) => !taken.has(end) && END_ALONE.test(lines[end.at]!));
  return found;
}

/** The next start that is quoted as deep: a block that is quoted less stands between the lines of this one. */
function nextAsDeep(starts: readonly Mark[], index: number): Mark | undefined {
  for (let at = index + 1; at < starts.length; at++) if (starts[at]!.depth >= starts[index]!.depth) return starts[at];
  return undefined;
}

function marksIn(lines: readonly string[], pattern: RegExp, sign: string): Mark[] {
  const marks: Mark[] = [];
  for (const [at, line] of lines.entries()) {
    const match = line.includes(sign) ? pattern.exec(line) : null;
    if (match === null) continue;
    const place = { line: at + 1, column: match.index + 1 };
    const rest = line.slice(match.index + match[0].length);
    marks.push({ at, place, depth: depthOf(QUOTES.exec(line)![0]), rest });
  }
  return marks;
}

/** The end of the end line may have been wrapped. */
function blockOf(start: Mark, end: Mark, lines: readonly string[]): Block {
  const following = (lines[end.at + 1] ?? "").replace(QUOTES, "");
  const [, steps, check] = SEAL.exec(end.rest) ?? SEAL.exec(`${end.rest} ${following}`) ?? [];
  const seal = steps === undefined ? undefined : { steps: Number(steps), check: check!.toUpperCase() };
  const saysSealed = /step|check|[0-9]/i.test(`${start.rest} ${end.rest}`);
  return { start, end, seal, saysSealed };
}

/** The lines of a block by their letters: without the quotes that all of them share. */
export function plainReading(lines: readonly string[], { start, end }: Block): ExtractedSequence {
  return unquoted(lines.slice(start.at + 1, end.at), start.at + 1);
}

/** The whole of a text, without the quotes that all its lines share. */
export function wholeReading(lines: readonly string[]): ExtractedSequence {
  return unquoted(lines, 0);
}

/** What to make of lines that are quoted less than the block's markers. */
type Asides = "remarks" | "wrapped at once" | "wrapped";

/** The readings of a sealed block, the most likely first. */
export function sealedReadings(lines: readonly string[], block: Block): ExtractedSequence[] {
  const rows = rowsOf(lines, block);
  const ways: Asides[] = rows.some(({ isAside }) => isAside) ? ["remarks", "wrapped at once", "wrapped"] : ["remarks"];
  return ways.map((asides) => joined(rows, asides));
}

/** A line of a block: its text behind the quotes, and its place. */
interface Row {
  text: string;
  line: number;
  indent: number;
  /** Quoted less than the markers. */
  isAside: boolean;
}

function rowsOf(lines: readonly string[], { start, end }: Block): Row[] {
  return lines.slice(start.at + 1, end.at).map((line, index) => {
    const prefix = QUOTES.exec(line)![0];
    const text = line.slice(prefix.length).trimEnd();
    const isAside = text !== "" && depthOf(prefix) < Math.min(start.depth, end.depth);
    return { text, line: start.at + index + 2, indent: prefix.length, isAside };
  });
}

/** What stands before a command in a sealed block: its number, so that a piece of a block is no sequence by itself. */
const NUMBER = /^([0-9]{1,6})\.\s+/;

/** One line for each header line and each command; what begins like neither is the rest of the line before it. */
function joined(rows: readonly Row[], asides: Asides): ExtractedSequence {
  const texts: string[] = [];
  const lines: number[] = [];
  const indents: number[] = [];
  const pieces = new Map<number, Piece[]>();
  const numbers = new Map<number, number>();
  const isNumbered = rows.some(({ text }) => NUMBER.test(text));
  let wasRest = true;
  for (const { text, line, indent, isAside } of rows) {
    const isRemark: boolean =
      text === "" || (isAside && (asides === "remarks" || (asides === "wrapped at once" && !wasRest)));
    wasRest = !isRemark;
    if (isRemark) continue;
    const last = texts.length - 1;
    const [lead = "", number] = NUMBER.exec(text) ?? [];
    if (number !== undefined) numbers.set(texts.length, Number(number));
    if (last < 0 || number !== undefined || beginsLine(text, texts[last]!, isNumbered)) {
      texts.push(text.slice(lead.length));
      lines.push(line);
      indents.push(indent + lead.length);
      continue;
    }
    const before = `${texts[last]} `;
    texts[last] = before + text;
    pieces.set(last, [...(pieces.get(last) ?? []), { offset: before.length, line, indent }]);
  }
  return { text: texts.join("\n"), lines, indents, numbers, pieces };
}

const KEYS: ReadonlySet<string> = new Set(HEADER_KEYS);
const WORDS: ReadonlySet<string> = new Set(COMMAND_WORDS);
/** Commands that end in a word that other commands begin with: `dma | w c0 i0`, `inv | s2 d0`, `guest | inv`. */
const UNFINISHED = /(^|[;\s])(dma|inv|guest|host)$/;

function beginsLine(text: string, before: string, isNumbered: boolean): boolean {
  const key = /^([a-z]+)[ \t]*:/.exec(text)?.[1];
  if (key !== undefined) return KEYS.has(key);
  if (text.startsWith("#")) return true;
  if (isNumbered) return false;
  if (before.endsWith(";")) return true;
  return WORDS.has(/^[^\s;#()[\]=,]+/.exec(text)?.[0] ?? "") && !UNFINISHED.test(before);
}

/** `lines` without the quote prefix that they share; `skipped` lines stand before them in the text. */
function unquoted(lines: readonly string[], skipped: number): ExtractedSequence {
  const depth = sharedDepth(lines);
  const indents = lines.map((line) => prefixLength(line, depth));
  return {
    text: depth === 0 ? lines.join("\n") : lines.map((line, at) => line.slice(indents[at])).join("\n"),
    lines: lines.map((_, at) => skipped + at + 1),
    indents,
  };
}

/** The least number of quotes before the text of a line. Lines without text do not count: infinite if all are. */
function sharedDepth(lines: readonly string[]): number {
  let shared = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    const prefix = QUOTES.exec(line)![0];
    if (prefix.length < line.length) shared = Math.min(shared, depthOf(prefix));
    if (shared === 0) return 0;
  }
  return shared;
}

/** Characters to strip: `depth` quotes and one space behind them; all of a line that is quotes only. */
function prefixLength(line: string, depth: number): number {
  if (depth === 0) return 0;
  const prefix = QUOTES.exec(line)![0];
  if (prefix.length === line.length) return line.length;
  let end = 0;
  for (let left = depth; left > 0; end++) if (/[>|]/.test(prefix[end]!)) left--;
  return line[end] === " " ? end + 1 : end;
}
