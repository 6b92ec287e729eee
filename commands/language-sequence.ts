/**
 * A sequence as a whole: header lines and commands of an extracted text, and the canonical text of both.
 *
 * Parsing and printing are inverses; `language.ts` is the door to them.
 */

import type { Command } from "./command.js";
import { ErrorList, type LanguageError } from "./language-codes.js";
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
import { type ExtractedSequence, placeIn } from "./language-mail.js";
import { printCommand } from "./language-print.js";

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

/** The architecture that the header of a sequence means. */
export type ManualOf = (header: SequenceHeader, source: ExtractedSequence) => Manual;

/** The canonical text: header lines in fixed order, an empty line, one command a line. */
export function printSequence({ header, commands }: Pick<ParsedSequence, "header" | "commands">): string {
  const head = printHeader(header);
  const body = commands.map((command) => `${printCommand(command)}\n`).join("");
  return head === "" || body === "" ? head + body : `${head}\n${body}`;
}

export function parseExtracted(
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
    known ??= manualOf?.(header, extracted) ?? { commands: [], fence: "fence" };
    return known;
  };

  extracted.text.split("\n").forEach((line, at) => {
    if (line === "") return;
    const headerLine = splitHeaderLine(line);
    if (headerLine !== undefined) {
      const problem = readHeader(headerLine, header, headerEnded);
      if (problem === undefined) return;
      const place = placeIn(extracted, at, problem.offset);
      errors.add(place.line, place.column, problem);
      return;
    }
    for (const lexed of lexLine(line)) {
      headerEnded = true;
      const parsed = parseCommand(lexed, manual);
      if ("problem" in parsed) {
        const place = placeIn(extracted, at, parsed.problem.offset);
        errors.add(place.line, place.column, parsed.problem);
      } else {
        commands.push(parsed.command);
        lines.push(placeIn(extracted, at, lexed.tokens[0]!.start).line);
      }
    }
  });
  return errors.isEmpty ? { ok: true, header, commands, lines } : { ok: false, errors: errors.toArray() };
}

function readHeader(line: HeaderLine, header: SequenceHeader, headerEnded: boolean) {
  return headerEnded ? misplacedHeader(line) : readHeaderLine(line, header);
}
