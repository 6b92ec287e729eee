/**
 * The sequence language: the one text form of commands, in corpus, mail, tests and terminal.
 *
 * Follows the design page, section 7; `docs/language.md` is the grammar for people. Parser and printer are inverses:
 * printing and parsing again gives the same commands. Mistakes are returned, all of a text at once (one a command),
 * with line and column in the text as it was given, even if that is a quoted mail around the sequence. Nothing here
 * throws on a text, whatever it holds, and the time is linear in its length.
 */

import {
  type ManualOf,
  type ParsedCommands,
  type ParsedSequence,
  parseExtracted,
  type Refused,
} from "./language-sequence.js";
import { type MailReading, readMail } from "./mail.js";

export { LANGUAGE_CODES, type LanguageCode, type LanguageError } from "./language-codes.js";
export {
  HEADER_KEYS,
  type HeaderKey,
  type SequenceHeader,
  SHADOW_WORDS,
  type ShadowWord,
  shadowOptions,
} from "./language-header.js";
export { BLOCK_END, BLOCK_START, type ExtractedSequence, placeIn } from "./language-mail.js";
export { commandActor, describeCommand, entryText, printCommand } from "./language-print.js";
export {
  type ManualOf,
  type ParsedCommands,
  type ParsedSequence,
  printSequence,
  type Refused,
} from "./language-sequence.js";
export { damagedLine, type FoundSequence, type MailNote, type MailReading, readMail } from "./mail.js";

/**
 * The sequence file, or the first sequence of the mail, that `text` is. With `manualOf` invalidations may be in the
 * words of the architecture's manual; it is asked at the first such word.
 */
export function parseSequence(text: string, manualOf?: ManualOf): ParsedSequence | Refused {
  const { sequences, errors }: MailReading = readMail(text, { manualOf });
  if (errors.length > 0) return { ok: false, errors };
  return sequences[0]!.parsed;
}

/** The commands that `text` is: no header, no mail around them. */
export function parseCommands(text: string): ParsedCommands | Refused {
  const lines = text.split("\n");
  const extracted = { text, lines: lines.map((_, at) => at + 1), indents: lines.map(() => 0) };
  const parsed = parseExtracted(extracted, false);
  return parsed.ok ? { ok: true, commands: parsed.commands, lines: parsed.lines } : parsed;
}
