/**
 * Finds the sequence in a mail: the marked block if there is one, without the quote prefixes.
 *
 * Markers count wherever they stand in a line, since mailers and people put quotes and dashes around them; the first
 * complete block counts. Quote prefixes (`> `) are stripped to the depth that all lines with text share, so a line that
 * was quoted once less than the others leaves its `>` on them, and is reported rather than misread. Nothing is lost:
 * each line keeps its number and the width of what was stripped.
 */

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
  /** Where a block starts that does not end; `text` is then empty. */
  unclosed?: { line: number; column: number };
}

/** The sequence in `text`, which may be a whole mail. */
export function extractSequence(text: string): ExtractedSequence {
  const all = text.split("\n");
  const start = text.includes(BLOCK_START) ? all.findIndex((line) => line.includes(BLOCK_START)) : -1;
  if (start < 0) return unquoted(all, 0);
  const length = all.slice(start + 1).findIndex((line) => line.includes(BLOCK_END));
  if (length < 0) {
    const unclosed = { line: start + 1, column: all[start]!.indexOf(BLOCK_START) + 1 };
    return { text: "", lines: [], indents: [], unclosed };
  }
  return unquoted(all.slice(start + 1, start + 1 + length), start + 1);
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

const QUOTES = /^[\s>]*/;

/**
 * The least number of `>` before the text of a line. Lines without text do not count: infinite if there are only
 * those.
 */
function sharedDepth(lines: readonly string[]): number {
  let shared = Number.POSITIVE_INFINITY;
  for (const line of lines) {
    const prefix = QUOTES.exec(line)![0];
    if (prefix.length < line.length) shared = Math.min(shared, prefix.split(">").length - 1);
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
  for (let left = depth; left > 0; left -= 1) end = prefix.indexOf(">", end) + 1;
  return line[end] === " " ? end + 1 : end;
}
