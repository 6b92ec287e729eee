/**
 * Finds one-line forms in the lines of a mail, and joins what was broken over several lines.
 *
 * The form may stand anywhere in a line: in a sentence, a link, a command to paste. It goes on in the next line,
 * behind the quotes, while its own length says that letters are missing; a backslash at the end of a line, as a shell
 * needs it, does not count.
 */

import type { TextPlace } from "./language-mail.js";
import { type Decoded, decodeOneLine, lettersDue } from "./one-line.js";

export interface OneLineFound {
  place: TextPlace;
  decoded: Decoded;
}

/** Fewer letters are no form, but somebody's words about it. */
const FEWEST = 8;
const FORM = /(?<![A-Za-z0-9])nf1(?::|%3A)([A-Za-z0-9_-]+)/g;
const QUOTES = /^[\s>|]*/;
const REST = /^[A-Za-z0-9_-]+/;
/** What may stand behind the letters where the next line goes on with them. */
const GOES_ON = /^\\?\s*$/;

export function findOneLines(lines: readonly string[]): OneLineFound[] {
  const found: OneLineFound[] = [];
  for (const [at, line] of lines.entries()) if (line.includes("nf1")) found.push(...formsIn(lines, line, at));
  return found;
}

function formsIn(lines: readonly string[], line: string, at: number): OneLineFound[] {
  return [...line.matchAll(FORM)].flatMap((found) => {
    const goesOn = GOES_ON.test(line.slice(found.index + found[0].length));
    const letters = goesOn ? joined(lines, at, found[1]!) : found[1]!;
    if (letters.length < FEWEST) return [];
    return [{ place: { line: at + 1, column: found.index + 1 }, decoded: decodeOneLine(letters) }];
  });
}

/** The letters of line `at` and of those behind it, until there are enough. */
function joined(lines: readonly string[], at: number, first: string): string {
  const depth = depthOf(lines[at]!);
  let letters = first;
  for (let next = at + 1; next < lines.length; next++) {
    const due = lettersDue(letters);
    if (due === undefined || letters.length >= due) break;
    const line = lines[next]!;
    const text = line.slice(QUOTES.exec(line)![0].length);
    // Somebody's remark between the lines of a quoted mail.
    if (text === "" || depthOf(line) < depth) continue;
    const piece = REST.exec(text)?.[0] ?? "";
    letters += piece;
    if (piece === "" || !GOES_ON.test(text.slice(piece.length))) break;
  }
  return letters;
}

const depthOf = (line: string): number => QUOTES.exec(line)![0].replace(/\s+/g, "").length;
