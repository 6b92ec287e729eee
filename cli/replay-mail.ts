/**
 * The sequences of a file that is a sequence, a mail or a mailbox, each ready to be run once.
 *
 * The parts of a mail are read as one long text, so that a sequence that is quoted in another message, or comes as an
 * attachment too, is known again; places are then shown in the part they belong to.
 */

import fs from "fs-extra";
import { damagedLine, type LanguageError } from "../commands/language.js";
import { refuse } from "./exit.js";
import { type MailPart, type MailParts, mailParts } from "./mime.js";
import { type ReadSetting, type SettingFlags, type ShowPlace, sequencesIn, settingOf } from "./setting.js";

export interface MailSequences {
  /** Made when it is asked for, since what is wrong with one sequence is no matter of the others. */
  sequences: { place: string; setting: () => ReadSetting }[];
  /** Lines for standard error. */
  errors: string[];
  notes: string[];
}

// No line of a sequence, a block or a one-line form: what begins in a part ends in it.
const BETWEEN = "\u0000 the next part of the mail \u0000";

export async function sequencesOf(file: string, bytes: Buffer, flags: SettingFlags): Promise<MailSequences> {
  const { parts, isMail, broken } = await mailParts(bytes);
  const bodies = parts.filter((part) => !isMail || !part.isAttachment || hasMarks(part));
  const show = placesOf(file, bodies);
  const text = bodies.map((part) => part.text).join(`\n${BETWEEN}\n`);
  // In one text a line is name enough.
  const naming = bodies.length > 1 ? { nameOf: show } : {};
  const reading = sequencesIn(text, show, flags, { isMail, ...naming });
  const errorText = (error: LanguageError): string => `${show(error)}: ${error.code} ${error.message}`;
  const found: MailSequences = {
    sequences: reading.sequences.map((sequence) => ({
      place: show(sequence.place),
      setting: () => settingOf(sequence, show, flags),
    })),
    errors: [
      ...broken.map(
        ({ label, reason }) => `${nameOf(file, label)}:1:1: cannot be read as a mail (${reason}); save it anew`,
      ),
      ...reading.errors.map(errorText),
    ],
    notes: reading.notes.map((note) => `${show(note)}: ${note.message}`),
  };
  if (isMail) for (const part of parts) if (part.isAttachment && !hasMarks(part)) addAttached(found, file, part, flags);
  if (found.sequences.length + found.errors.length === 0) nothingIn(file, parts);
  return found;
}

function hasMarks({ text }: MailPart): boolean {
  return /8<|>8|nf1(:|%3A)/.test(text);
}

/** An attachment that is a sequence file as a whole; any other is somebody's patch or log. */
function addAttached(found: MailSequences, file: string, part: MailPart, flags: SettingFlags): void {
  const show = placesOf(file, [part]);
  const { sequences, errors } = sequencesIn(part.text, show, flags);
  const [only] = sequences;
  if (errors.length > 0 || only === undefined || only.parsed.commands.length === 0) return;
  found.sequences.push({ place: show(only.place), setting: () => settingOf(only, show, flags) });
}

/** The bytes of a file, or of standard input for `-`. */
export function readBytes(ref: string): Buffer {
  try {
    return fs.readFileSync(ref === "-" ? 0 : ref);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown";
    return refuse(`${ref}:1:1: cannot be read (${reason}); a text file is due; name another`);
  }
}

/** What a one-line form means; a shell leaves out the backslashes between its lines, an editor may not. */
export function settingsOfLine(ref: string, flags: SettingFlags): (() => ReadSetting)[] {
  const show: ShowPlace = ({ line, column }) => `nf1:${line}:${column}`;
  const { sequences, errors } = sequencesIn(ref.replace(/[\s\\]+/g, ""), show, flags, { isMail: true });
  if (sequences.length + errors.length === 0)
    errors.push(damagedLine({ line: 1, column: 1 }, "it is too short to be one"));
  if (errors.length > 0) refuse(...errors.map((error) => `${show(error)}: ${error.code} ${error.message}`));
  return sequences.map((sequence) => () => settingOf(sequence, show, flags));
}

/** Places of the joined text, each in its part. */
function placesOf(file: string, parts: readonly MailPart[]): ShowPlace {
  const starts: number[] = [];
  let next = 1;
  for (const { text } of parts) {
    starts.push(next);
    next += text.split("\n").length + 1;
  }
  return ({ line, column }) => {
    const at = Math.max(
      0,
      starts.findLastIndex((start) => start <= line),
    );
    return `${nameOf(file, parts[at]?.label ?? "")}:${line - (starts[at] ?? 1) + 1}:${column}`;
  };
}

const nameOf = (file: string, label: string): string => (label === "" ? file : `${file} (${label})`);

function nothingIn(file: string, parts: MailParts["parts"]): never {
  const seen = parts.map(({ label }) => label).join("; ");
  return refuse(
    `${file}:1:1: there is no sequence in this mail (${seen === "" ? "it has no text" : `looked in: ${seen}`}); ` +
      'known: a block from a line with "--8<-- nestfuzz" to one with "-->8--", or "nf1:..."; take the whole mail, ' +
      "or save the sequence alone",
  );
}
