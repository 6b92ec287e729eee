/**
 * What can be wrong with the corpus: all codes, and the sentence of each.
 *
 * As for rule files: a problem is a value with a place, and its message has three parts, what was seen, what is known,
 * how to mend it. Text from a file is quoted and cut. Problems with the same code in many files are all reported; none
 * of them changes a file.
 */

import { quote } from "../rules/messages.js";
import { suggest } from "../rules/suggest.js";

export const CORPUS_CODES = {
  NF301: "the folder cannot be read",
  NF302: "the file cannot be read",
  NF303: "the file cannot be written",
  NF304: "JSON syntax, a truncated file included",
  NF305: "a schema version that is not known",
  NF306: "a field is missing",
  NF307: "a value that does not fit its field",
  NF308: "a field that is not known",
  NF309: "the content does not match the id: it was edited",
  NF310: "the name of the file is not the id",
  NF311: "commands, geometry or start that cannot be read",
  NF312: "no counterexample of that id",
  NF313: "the beginning of several ids",
  NF314: "a failure that does not replay: it is not saved",
} as const;
export type CorpusCode = keyof typeof CORPUS_CODES;

export interface CorpusComplaint {
  code: CorpusCode;
  message: string;
}

/** A complaint and its place; line and column count from 1. */
export interface CorpusProblem extends CorpusComplaint {
  file: string;
  line: number;
  column: number;
}

export type CorpusResult<T> = { ok: true; value: T } | { ok: false; problems: CorpusProblem[] };

/** The line that is printed: `file:line:column: NFnnn message`. */
export function formatCorpusProblem({ file, line, column, code, message }: CorpusProblem): string {
  return `${file}:${line}:${column}: ${code} ${message}`;
}

export function refuse(file: string, complaint: CorpusComplaint, place = { line: 1, column: 1 }): CorpusProblem {
  return { file, line: place.line, column: place.column, ...complaint };
}

/** Ids that one message lists. */
const LISTED = 8;

function say(code: CorpusCode, seen: string, known: string, mend: string): CorpusComplaint {
  return { code, message: `${seen}; ${known}; ${mend}` };
}

function listed(ids: readonly string[]): string {
  if (ids.length === 0) return "the corpus is empty";
  const rest = ids.length > LISTED ? ` and ${ids.length - LISTED} more` : "";
  return `known: ${ids.slice(0, LISTED).join(", ")}${rest}`;
}

export const folderUnreadable = (reason: string) =>
  say("NF301", `the folder cannot be read (${reason})`, "a corpus is a folder of nf-*.json files", "check the path");

export const fileUnreadable = (reason: string) =>
  say(
    "NF302",
    `the file cannot be read (${reason})`,
    "a counterexample is one JSON file",
    "check path and permissions",
  );

export const fileUnwritable = (reason: string) =>
  say(
    "NF303",
    `the counterexample cannot be written (${reason})`,
    "the folder must be writable",
    "check its permissions, or name another folder",
  );

export const notJson = (seen: string) =>
  say("NF304", seen, "a counterexample is one complete JSON value", "fetch or write the file again");

export const unknownVersion = (seen: string, known: string) =>
  say(
    "NF305",
    `schema ${seen}`,
    `this version reads "${known}"`,
    "use the nestfuzz that wrote it; the file is left as it is",
  );

export const fieldMissing = (field: string) =>
  say("NF306", `${field} is missing`, "an entry has all its fields", "restore the file, or delete it");

export const valueUnfit = (field: string, seen: string, due: string) =>
  say("NF307", `${field} is ${seen}`, due, "restore the file, or delete it");

export const fieldUnknown = (field: string, where: string) =>
  say("NF308", `field ${quote(field)} in ${where}`, "an entry has no such field", "restore the file, or delete it");

export const edited = (stated: string, computed: string) =>
  say(
    "NF309",
    `the entry says ${quote(stated)}, its content gives ${computed}`,
    "an id is a hash of what defines the failure",
    "restore the file; to try a change, replay its commands as a sequence",
  );

export const misnamed = (name: string, id: string) =>
  say("NF310", `a file called ${quote(name)}`, `its entry is ${id}`, `rename it to ${id}.json`);

export const unreadableRun = (detail: string) =>
  say("NF311", detail, "the commands of an entry are in the sequence language", "restore the file, or delete it");

export const unknownId = (seen: string, ids: readonly string[]) => {
  const near = suggest(seen, ids);
  const mend = near === undefined ? "name one of them, or a file" : `did you mean ${near}?`;
  return say("NF312", `no counterexample is called ${quote(seen)}`, listed(ids), mend);
};

export const severalIds = (seen: string, ids: readonly string[]) =>
  say("NF313", `${quote(seen)} is the beginning of ${ids.length} ids`, listed(ids), "give more of its digits");

export const notReproducible = (detail: string) =>
  say(
    "NF314",
    `the failure does not replay: ${detail}`,
    "an entry is saved only if two replays agree with it",
    "report this with seed and version: a model is not deterministic, or the commands are not those of the run",
  );
