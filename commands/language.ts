/**
 * The sequence language: the one text form of commands, in corpus, mail, tests and terminal.
 *
 * Follows the design page, section 7; `docs/language.md` is the grammar for people. Parser and printer are inverses:
 * printing and parsing again gives the same commands. Mistakes are returned, all of a text at once (one a command),
 * with line and column in the text as it was given, even if that is a quoted mail around the sequence. Nothing here
 * throws on a text, whatever it holds, and the time is linear in its length.
 */

import type { Command } from "./command.js";
import { ErrorList, type LanguageError, sentence } from "./language-codes.js";
import { type Manual, parseCommand } from "./language-grammar.js";
import {
  type HeaderLine,
  misplacedHeader,
  printHeader,
  readHeaderLine,
  type SequenceHeader,
  splitHeaderLine,
} from "./language-header.js";
import { lexLine } from "./language-lexer.js";
import { BLOCK_END, BLOCK_START, type ExtractedSequence, extractSequence } from "./language-mail.js";
import { printCommand } from "./language-print.js";

export { LANGUAGE_CODES, type LanguageCode, type LanguageError } from "./language-codes.js";
export {
  HEADER_KEYS,
  type HeaderKey,
  type SequenceHeader,
  SHADOW_WORDS,
  type ShadowWord,
  shadowOptions,
} from "./language-header.js";
export { BLOCK_END, BLOCK_START, type ExtractedSequence, extractSequence } from "./language-mail.js";
export { commandActor, describeCommand, printCommand } from "./language-print.js";

/** Commands with the source line of each. */
export interface ParsedCommands {
  ok: true;
  commands: Command[];
  lines: number[];
}
export interface ParsedSequence extends ParsedCommands {
  header: SequenceHeader;
}
export interface Refused {
  ok: false;
  errors: LanguageError[];
}

/** The architecture that a header means. */
export type ManualOf = (header: SequenceHeader) => Manual;

/**
 * The sequence file, or the mail with a sequence in it, that `text` is. With `manualOf` invalidations may be in the
 * words of the architecture's manual; it is asked at the first such word.
 */
export function parseSequence(text: string, manualOf?: ManualOf): ParsedSequence | Refused {
  const extracted = extractSequence(text);
  if (extracted.unclosed !== undefined) return { ok: false, errors: [unclosedBlock(extracted.unclosed)] };
  return parseExtracted(extracted, true, manualOf);
}

/** The commands that `text` is: no header, no mail around them. */
export function parseCommands(text: string): ParsedCommands | Refused {
  const lines = text.split("\n");
  const extracted = { text, lines: lines.map((_, at) => at + 1), indents: lines.map(() => 0) };
  const parsed = parseExtracted(extracted, false);
  return parsed.ok ? { ok: true, commands: parsed.commands, lines: parsed.lines } : parsed;
}

/** The canonical text: header lines in fixed order, an empty line, one command a line. */
export function printSequence({ header, commands }: Pick<ParsedSequence, "header" | "commands">): string {
  const head = printHeader(header);
  const body = commands.map((command) => `${printCommand(command)}\n`).join("");
  return head === "" || body === "" ? head + body : `${head}\n${body}`;
}

function parseExtracted(
  extracted: ExtractedSequence,
  withHeader: boolean,
  manualOf?: ManualOf,
): ParsedSequence | Refused {
  const errors = new ErrorList();
  const header: SequenceHeader = {};
  const commands: Command[] = [];
  const lines: number[] = [];
  let headerEnded = !withHeader;
  let known: Manual | undefined;
  const manual = (): Manual => {
    known ??= manualOf?.(header) ?? { commands: [], fence: "fence" };
    return known;
  };

  extracted.text.split("\n").forEach((line, at) => {
    const lineNumber = extracted.lines[at] ?? at + 1;
    const indent = extracted.indents[at] ?? 0;
    if (line === "") return;
    const headerLine = splitHeaderLine(line);
    if (headerLine !== undefined) {
      const problem = readHeader(headerLine, header, headerEnded);
      if (problem !== undefined) errors.add(lineNumber, indent + problem.offset + 1, problem);
      return;
    }
    for (const lexed of lexLine(line)) {
      headerEnded = true;
      const parsed = parseCommand(lexed, manual);
      if ("problem" in parsed) {
        errors.add(lineNumber, indent + parsed.problem.offset + 1, parsed.problem);
      } else {
        commands.push(parsed.command);
        lines.push(lineNumber);
      }
    }
  });
  return errors.isEmpty ? { ok: true, header, commands, lines } : { ok: false, errors: errors.toArray() };
}

function readHeader(line: HeaderLine, header: SequenceHeader, headerEnded: boolean) {
  return headerEnded ? misplacedHeader(line) : readHeaderLine(line, header);
}

function unclosedBlock({ line, column }: { line: number; column: number }): LanguageError {
  const message = sentence(
    `a block starts with "${BLOCK_START}" and does not end`,
    `a block ends with a line that holds "${BLOCK_END}"`,
    "add that line, or take the whole mail",
  );
  return { line, column, code: "NF215", message };
}
