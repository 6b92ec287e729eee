/**
 * Reads the sequences of a whole mail: sealed and plain blocks, one-line forms, or the text as one sequence.
 *
 * The fear is a sequence that is read otherwise than it was sent. So what has a seal is taken only if its check fits
 * what it says; of the readings that a bent mail allows the check chooses one. What does not fit is an error with its
 * line, never skipped. A mail often holds a sequence twice, as a block and in one line, or quoted and again: it is then
 * one sequence, and where one of the two is damaged the other tells which line of it.
 */

import { type LanguageError, MOST_ERRORS, quoteWord, sentence } from "./language-codes.js";
import type { SequenceHeader } from "./language-header.js";
import {
  BLOCK_END,
  BLOCK_START,
  type Block,
  type Blocks,
  type ExtractedSequence,
  findBlocks,
  type Mark,
  plainReading,
  sealedReadings,
  type TextPlace,
  wholeReading,
} from "./language-mail.js";
import { printCommand } from "./language-print.js";
import {
  type ManualOf,
  type ParsedSequence,
  parseExtracted,
  printSequence,
  type Refused,
} from "./language-sequence.js";
import { findOneLines, type OneLineFound } from "./one-line-find.js";
import { checkOf } from "./seal.js";

/** A sequence of a mail; `place` is where it begins. */
export interface FoundSequence {
  form: "text" | "block" | "line";
  place: TextPlace;
  source: ExtractedSequence;
  parsed: ParsedSequence;
  /** The same text for the same meaning. */
  canonical: string;
}

/** What a reader of the mail should know and is no mistake. */
export interface MailNote extends TextPlace {
  message: string;
}

export interface MailReading {
  /** Each once, in the order of the mail. */
  sequences: FoundSequence[];
  errors: LanguageError[];
  notes: MailNote[];
}

export interface MailOptions {
  /** For invalidations in the words of a manual. */
  manualOf?: ManualOf | undefined;
  /** The text is known to be a mail: without a block and a one-line form it has no sequence. */
  isMail?: boolean;
  /** How messages name another place of the mail. */
  nameOf?: (place: TextPlace) => string;
}

/** All sequences in `text`; at least one, or an error, unless it is known to be a mail. */
export function readMail(text: string, options: MailOptions = {}): MailReading {
  const { manualOf, isMail = false, nameOf = ({ line }) => `line ${line}` } = options;
  const lines = text.split("\n");
  const blocks = /8<|>8/.test(text) ? findBlocks(lines) : { blocks: [], unclosed: [], stray: [] };
  const oneLines = text.includes("nf1") ? findOneLines(lines) : [];
  const hasBlocks = blocks.blocks.length + blocks.unclosed.length + blocks.stray.length > 0;
  if (!hasBlocks && !isMail) {
    const reading = wholeText(lines, manualOf);
    if (oneLines.length === 0) return reading;
    // A sequence file may name a one-line form in a remark.
    const [only] = reading.sequences;
    if (only !== undefined && only.parsed.commands.length > 0) return reading;
  }
  return new MailReader(lines, manualOf, nameOf).read(blocks, oneLines);
}

function wholeText(lines: readonly string[], manualOf: ManualOf | undefined): MailReading {
  const source = wholeReading(lines);
  const parsed = parseExtracted(source, true, manualOf);
  if (!parsed.ok) return { sequences: [], errors: parsed.errors, notes: [] };
  const place = { line: 1, column: 1 };
  return {
    sequences: [{ form: "text", place, source, parsed, canonical: printSequence(parsed) }],
    errors: [],
    notes: [],
  };
}

class MailReader {
  readonly #sequences: FoundSequence[] = [];
  readonly #byMeaning = new Map<string, FoundSequence>();
  readonly #errors: LanguageError[] = [];
  readonly #notes: MailNote[] = [];
  /** One-line forms that were needed to explain a damaged block: they are not run besides. */
  readonly #explaining = new Set<FoundSequence>();

  constructor(
    private readonly lines: readonly string[],
    private readonly manualOf: ManualOf | undefined,
    private readonly nameOf: (place: TextPlace) => string,
  ) {}

  read(blocks: Blocks, oneLines: readonly OneLineFound[]): MailReading {
    const whole = oneLines.flatMap((found) => this.#oneLine(found));
    for (const block of blocks.blocks) this.#block(block, whole);
    for (const sequence of whole) if (!this.#explaining.has(sequence)) this.#add(sequence);
    this.#damagedLines(oneLines);
    for (const { start, next } of blocks.unclosed) this.#unclosed(start, next);
    this.#strayEnds(blocks);
    this.#strayHeaders(blocks);
    return {
      sequences: this.#sequences.sort((a, b) => inOrder(a.place, b.place)),
      errors: fewest(this.#errors.sort(inOrder)),
      notes: this.#notes.sort(inOrder),
    };
  }

  #add(sequence: FoundSequence): void {
    const same = this.#byMeaning.get(sequence.canonical);
    if (same === undefined) {
      this.#sequences.push(sequence);
      this.#byMeaning.set(sequence.canonical, sequence);
    }
    // A mail of ours has both forms of each sequence.
    else if (same.form === sequence.form)
      this.#notes.push({
        ...sequence.place,
        message: `the same sequence as in ${this.nameOf(same.place)}: it is run once`,
      });
  }

  /** The sequence of a one-line form that is whole. */
  #oneLine({ place, decoded }: OneLineFound): FoundSequence[] {
    if (!decoded.ok) return [];
    const source = everywhereAt(decoded.text, place);
    const parsed = parseExtracted(source, true, this.manualOf);
    if (!parsed.ok || printSequence(parsed) !== decoded.text) return [];
    return [{ form: "line", place, source, parsed, canonical: decoded.text }];
  }

  /** Beside a whole block that has no one-line form of its own a damaged one says the same, and is no mistake. */
  #damagedLines(oneLines: readonly OneLineFound[]): void {
    const read = new Set([...this.#explaining, ...this.#sequences].map(({ canonical }) => canonical));
    const told = new Set(oneLines.map(({ decoded }) => (decoded.ok ? decoded.text : "")));
    const alone = this.#sequences.filter(({ canonical }) => !told.has(canonical)).length;
    const damaged = oneLines.filter(({ decoded }) => !decoded.ok || !read.has(decoded.text));
    for (const { place, decoded } of damaged) {
      const seen = decoded.ok ? "this version cannot read what it says" : decoded.seen;
      if (damaged.length > alone) this.#errors.push(damagedLine(place, seen));
      else this.#notes.push({ ...place, message: `this one-line form is damaged: ${seen}; its block is whole` });
    }
  }

  #block(block: Block, oneLines: readonly FoundSequence[]): void {
    const { start, end, seal } = block;
    if (seal === undefined) {
      this.#plainBlock(block, oneLines);
      return;
    }
    let first: { parsed: ParsedSequence; source: ExtractedSequence } | Refused | undefined;
    for (const source of sealedReadings(this.lines, block)) {
      const parsed = parseExtracted(source, true, this.manualOf);
      first ??= parsed.ok ? { parsed, source } : parsed;
      if (!parsed.ok || parsed.commands.length !== seal.steps) continue;
      const canonical = printSequence(parsed);
      if (checkOf(canonical) !== seal.check) continue;
      this.#add({ form: "block", place: start.place, source, parsed, canonical });
      return;
    }
    const sent = this.#sent(block, oneLines);
    const found = first!;
    const errors =
      "errors" in found ? found.errors : [misnumbered(found.source) ?? this.#mismatch(found.parsed, block, sent)];
    this.#errors.push(...errors);
    if (sent !== undefined && "errors" in found)
      this.#notes.push({ ...end.place, message: `the one-line form in ${this.nameOf(sent.place)} says what was sent` });
  }

  /** Names the line that differs where the one-line form of the same mail tells it, and else the end of the block. */
  #mismatch(parsed: ParsedSequence, { end, seal }: Block, sent: FoundSequence | undefined): LanguageError {
    const { commands } = parsed;
    const check = checkOf(printSequence(parsed));
    const { steps, check: stated } = seal!;
    const counted = `${commands.length} step${commands.length === 1 ? "" : "s"}`;
    const says =
      commands.length === steps
        ? `what this block says has the check ${check}, and its end says ${stated}: a line of it was changed`
        : `this block has ${counted}, and its end says ${steps}: a line of it was lost, added or changed`;
    const known = "the check is taken over what the block says, not over spaces and quotes";
    const ending = `${BLOCK_END} ${counted}, check ${check}`;
    const mend = `take the block as it was sent; if it was changed on purpose, end it with: ${ending}`;
    const difference = sent === undefined ? undefined : firstDifference(parsed, sent);
    if (difference === undefined) return { ...end.place, code: "NF216", message: sentence(says, known, mend) };
    const { line, what } = difference;
    return {
      line: line ?? end.place.line,
      column: 1,
      code: "NF216",
      message: sentence(`${what} in the one-line form in ${this.nameOf(sent!.place)}; ${says}`, known, mend),
    };
  }

  /** A block without a seal: as people write them, and as they were before there were seals. */
  #plainBlock(block: Block, oneLines: readonly FoundSequence[]): void {
    const source = plainReading(this.lines, block);
    const parsed = parseExtracted(source, true, this.manualOf);
    if (!parsed.ok) this.#errors.push(...parsed.errors);
    if (block.saysSealed || (parsed.ok && isSigned(parsed.header))) {
      this.#errors.push(withoutSeal(block.end));
      // Its one-line form is not run instead: the block may have been changed on purpose.
      this.#sent(block, oneLines);
    } else if (parsed.ok) {
      const canonical = printSequence(parsed);
      this.#add({ form: "block", place: block.start.place, source, parsed, canonical });
    }
  }

  /** The one-line form of a block that is damaged, by the id or the check that the block states. */
  #sent({ start, end, seal }: Block, oneLines: readonly FoundSequence[]): FoundSequence | undefined {
    const stated = this.lines
      .slice(start.at + 1, end.at)
      .map((line) => /\bid:\s*(nf-[0-9a-f]{12})\b/.exec(line)?.[1])
      .find((id) => id !== undefined);
    const sent = oneLines.find(
      ({ parsed, canonical }) =>
        (stated !== undefined && parsed.header.id === stated) || checkOf(canonical) === seal?.check,
    );
    if (sent !== undefined) this.#explaining.add(sent);
    return sent;
  }

  /** A copy that somebody cut is a remark beside the whole one, and else a mistake. */
  #unclosed({ at, place, rest }: Mark, next: Mark | undefined): void {
    const until = next?.at ?? this.lines.length;
    const text = this.lines.slice(at + 1, until).join("\n");
    const id = /\bid:\s*(nf-[0-9a-f]{12})\b/.exec(text)?.[1];
    const whole = this.#sequences.find(({ parsed }) => id !== undefined && parsed.header.id === id);
    if (whole !== undefined) {
      this.#notes.push({
        ...place,
        message: `a cut copy of the sequence in ${this.nameOf(whole.place)}: it is not run`,
      });
      return;
    }
    const ends = next === undefined ? "does not end" : `does not end before the next, in ${this.nameOf(next.place)}`;
    const steps = /^\s*,\s*([0-9]{1,6} steps?)/.exec(rest)?.[1];
    const message = sentence(
      `a block${steps === undefined ? "" : ` of ${steps}`} starts with "${BLOCK_START}" and ${ends}`,
      `a block ends with a line that holds "${BLOCK_END}"`,
      "add that line, or take the whole mail",
    );
    this.#errors.push({ ...place, code: "NF215", message });
  }

  #stray(place: TextPlace, what: string): void {
    const message = sentence(
      `${what} without the start of its block`,
      `a block starts with a line that holds "${BLOCK_START}"`,
      "add that line, or take the whole mail",
    );
    this.#errors.push({ ...place, code: "NF218", message });
  }

  /** The end of a copy that somebody cut is no mistake beside the whole one. */
  #strayEnds({ stray }: Blocks): void {
    const checks = new Set(this.#sequences.map(({ canonical }) => checkOf(canonical)));
    for (const { place, rest } of stray) {
      const check = /check\s+([0-9A-F]{8})\b/.exec(rest)?.[1];
      if (check === undefined || !checks.has(check)) this.#stray(place, `"${BLOCK_END}"`);
      else this.#notes.push({ ...place, message: "the end of a cut copy of a sequence that is whole elsewhere" });
    }
  }

  /** A hash that stands in no block: both markers of its block were lost, unless it is quoted from a whole one. */
  #strayHeaders({ blocks, unclosed }: Blocks): void {
    const hashes = new Set(this.#sequences.map(({ parsed }) => parsed.header.hash?.join(" ")));
    const inside = new Uint8Array(this.lines.length);
    for (const { start, end } of blocks) inside.fill(1, start.at, end.at);
    for (const { start, next } of unclosed) inside.fill(1, start.at, next?.at);
    for (const [at, line] of this.lines.entries()) {
      if (inside[at] === 1 || !line.includes("hash:")) continue;
      const found = /^[\s>|]*hash:\s*((?:architecture|contract)=.*)/.exec(line)?.[1];
      if (found === undefined || hashes.has(found.trim().replace(/\s+/g, " "))) continue;
      this.#stray({ line: at + 1, column: 1 }, '"hash:"');
    }
  }
}

const inOrder = (a: TextPlace, b: TextPlace): number => a.line - b.line || a.column - b.column;

/** The first of many, and how many more there are. */
function fewest(errors: readonly LanguageError[]): LanguageError[] {
  const next = errors[MOST_ERRORS];
  if (next === undefined) return [...errors];
  return [
    ...errors.slice(0, MOST_ERRORS),
    { ...next, code: "NF214", message: `and ${errors.length - MOST_ERRORS} more` },
  ];
}

/** A text whose every line stands at one place of the mail. */
function everywhereAt(text: string, place: TextPlace): ExtractedSequence {
  const lines = text.split("\n").map(() => place.line);
  return { text, lines, indents: lines.map(() => place.column - 1) };
}

/** Lines that only a program writes: what has them was sealed. */
function isSigned({ id, hash }: SequenceHeader): boolean {
  return id !== undefined || hash !== undefined;
}

export function damagedLine(place: TextPlace, seen: string): LanguageError {
  const message = sentence(
    `a one-line form that is damaged: ${seen}`,
    '"nf1:" and letters, digits, "-" and "_", with their number and a check in them',
    "copy it again, whole",
  );
  return { ...place, code: "NF219", message };
}

function withoutSeal({ place }: Mark): LanguageError {
  const message = sentence(
    "the block ends without its check",
    `a sealed block ends like: ${BLOCK_END} 5 steps, check 0123ABCD`,
    "take the line as it was sent; if the block was written by hand, take out the number of steps, id: and hash:",
  );
  return { ...place, code: "NF217", message };
}

/** A command with another number than is due: lines were lost, doubled or put in another order. */
function misnumbered({ lines, numbers = new Map() }: ExtractedSequence): LanguageError | undefined {
  const odd = [...numbers.entries()].find(([, number], index) => number !== index + 1);
  if (odd === undefined) return undefined;
  const [at, number] = odd;
  const due = [...numbers.keys()].indexOf(at) + 1;
  const message = sentence(
    `step ${number} where step ${due} is due`,
    "the steps of a block are numbered, each on its line",
    "take the block as it was sent",
  );
  return { line: lines[at]!, column: 1, code: "NF216", message };
}

/** The first step that differs from what was sent, with its line; a difference of the headers has no line. */
function firstDifference(
  parsed: ParsedSequence,
  sent: FoundSequence,
): { line: number | undefined; what: string } | undefined {
  const [here, there] = [parsed, sent.parsed].map(({ commands }) => commands.map(printCommand));
  const at = Array.from({ length: Math.max(here!.length, there!.length) }, (_, step) => step).find(
    (step) => here![step] !== there![step],
  );
  if (at === undefined) return { line: undefined, what: "the header of this block is not the one" };
  const quoted = (text: string | undefined): string => (text === undefined ? "nothing" : quoteWord(text));
  return { line: parsed.lines[at], what: `step ${at + 1} is ${quoted(here![at])} here, and ${quoted(there![at])}` };
}
