/**
 * The sentences of all problems, away from the logic that finds them.
 *
 * Each function gives a code and a message in three parts: what was seen; what is known; how to mend it. Text from the
 * file is quoted and cut, so that a hostile file cannot fill the terminal or write escape codes to it.
 */

import type { Code, Complaint } from "./problems.js";
import { suggest } from "./suggest.js";

const QUOTED_LENGTH = 60;

/** Text from a file, in quotes, on one line, at most 60 characters of it. */
export function quote(text: string): string {
  const cut = text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH)}...` : text;
  return JSON.stringify(cut).replace(/[^\x20-\x7e]/gu, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`);
}

function say(code: Code, seen: string, known: string, mend: string): Complaint {
  return { code, message: `${seen}; ${known}; ${mend}` };
}

function knownList(known: readonly string[]): string {
  return known.length === 0 ? "none is known here" : `known: ${known.join(", ")}`;
}

function mendName(seen: string, known: readonly string[], otherwise: string): string {
  const near = suggest(seen, known);
  return near === undefined ? otherwise : `did you mean ${near}?`;
}

// Files and text

export const fileMissing = (path: string) =>
  say("NF101", `no file ${quote(path)}`, "a path is taken from the current directory", "check the path");

export const fileIsDirectory = (path: string) =>
  say("NF102", `${quote(path)} is a directory`, "one YAML file is read at a time", "name a file in it");

export const fileUnreadable = (path: string, reason: string) =>
  say("NF103", `${quote(path)} cannot be read (${reason})`, "a regular, readable file is due", "check its permissions");

export const fileTooLarge = (bytes: number, limit: number) =>
  say("NF104", `${bytes} bytes`, `at most ${limit} bytes are read`, "split the file with extends");

export const fileEmpty = () =>
  say("NF105", "nothing but blanks or comments", "a rule file is a mapping that begins with kind:", "write one");

export const notUtf8 = (byte: number) =>
  say("NF106", `byte 0x${byte.toString(16).padStart(2, "0")} is not UTF-8`, "files are UTF-8", "save it as UTF-8");

export const controlCharacter = (unit: number) =>
  say(
    "NF107",
    `control character U+${unit.toString(16).toUpperCase().padStart(4, "0")}`,
    "YAML allows tabs and line ends only",
    "delete it",
  );

export const syntax = (detail: string, mend: string) => say("NF120", detail, "files are YAML 1.2", mend);

export const tabIndent = () => say("NF121", "a tab as indentation", "YAML indents with spaces", "use two spaces");

export const duplicateKey = (key: string, firstLine: number) =>
  say("NF122", `key ${quote(key)} again`, `it stands in line ${firstLine} already`, "keep one of them");

export const severalDocuments = () =>
  say("NF123", "a second YAML document", "a file holds one", "delete the --- or split the file");

export const tooDeep = (limit: number) =>
  say("NF124", `nested deeper than ${limit} levels`, "the formats need fewer than ten", "close the brackets");

export const tooManyTokens = (limit: number) =>
  say("NF128", `more than ${limit} YAML tokens`, "a rule file needs a few thousand", "split the file with extends");

export const unknownAlias = (name: string) =>
  say("NF125", `alias *${name.slice(0, QUOTED_LENGTH)}`, "no anchor of that name stands before it", "write it out");

export const nestedAlias = (name: string) =>
  say(
    "NF125",
    `alias *${name.slice(0, QUOTED_LENGTH)} inside an anchored value`,
    "an alias may not multiply others",
    "write the value out",
  );

export const tooManyAliases = (count: number, limit: number) =>
  say("NF125", `${count} aliases`, `a file may use ${limit}`, "write values out");

export const tagged = (tag: string) =>
  say("NF126", `tag ${quote(tag)}`, "plain YAML without tags is read", "delete the tag");

export const directive = (detail: string) =>
  say("NF127", detail, "files are YAML 1.2 without directives", "delete the directive");

// Keys and values

export const unknownKey = (what: string, key: string, known: readonly string[]) =>
  say("NF110", `unknown key ${quote(key)} in ${what}`, knownList(known), mendName(key, known, "delete it"));

export const keyNotText = (what: string) =>
  say("NF110", `a key of ${what} is not a plain word`, "keys are single words", "write the key as a word");

export const missingKey = (what: string, key: string, why: string, mend: string) =>
  say("NF111", `${what} has no ${key}`, why, mend);

export const unknownWord = (what: string, seen: string, known: readonly string[]) =>
  say("NF112", `unknown ${what} ${quote(seen)}`, knownList(known), mendName(seen, known, "use one of these"));

export const wrongType = (what: string, seen: string, due: string, mend: string) =>
  say("NF113", `${what} is ${seen}`, `${due} is due`, mend);

export const repeated = (what: string, value: string) =>
  say("NF115", `${what} names ${quote(value)} twice`, "each may stand once", "delete one");

export const emptyText = (what: string, known: string, mend: string) => say("NF116", `${what} is empty`, known, mend);

export const badName = (what: string, seen: string) =>
  say(
    "NF117",
    `${what} ${quote(seen)}`,
    "a name is letters, digits and single dashes or dots, a letter first, at most 60 long",
    "rename it",
  );

export const keyWithoutMeaning = (key: string, what: string, where: string) =>
  say("NF118", `key ${key} in ${what}`, `it has a meaning for ${where} only`, "delete it");

// References

export const unknownReference = (kind: string, seen: string, known: readonly string[]) =>
  say(
    "NF130",
    `no ${kind} is called ${quote(seen)}`,
    knownList(known),
    mendName(seen, known, "use one of these, or a path with a / or ending in .yaml"),
  );

export const extendsCycle = (files: readonly string[]) =>
  say("NF131", `extends leads in a circle: ${files.join(" -> ")}`, "a chain must end", "cut one of these extends");

export const extendsTooLong = (limit: number) =>
  say("NF132", `more than ${limit} files in a chain of extends`, `${limit} are allowed`, "merge some of them");

export const parentMissing = (kind: string, ref: string, known: readonly string[]) =>
  say(
    "NF133",
    `extends names ${quote(ref)}, which does not exist`,
    `a path is relative to this file; built-in ${kind}s: ${known.join(", ")}`,
    mendName(ref, known, "correct the name"),
  );

export const wrongKind = (seen: string, due: string) =>
  say("NF134", `a file of kind ${seen}`, `kind ${due} is due here`, `name a file of kind ${due}`);

// Architectures

export const undeclaredCache = (command: string, cache: string, declared: readonly string[]) =>
  say(
    "NF140",
    `command ${command} removes from ${cache}, which this architecture does not have`,
    `its caches: ${declared.join(", ")}`,
    `declare it, say ${cache}: absent, or delete the row`,
  );

export const contradiction = (one: string, other: string) =>
  say("NF141", `conditions ${one} and ${other} together`, "all of when must hold at once", "split the row in two");

export const badManual = (seen: string, known: string) =>
  say(
    "NF143",
    `${quote(seen)} in a form of the manual`,
    `known: ${known}`,
    "write NAME OPERAND={place} [OPTIONAL={place}]",
  );

export const lookupWithoutTag = (cache: string, tags: readonly string[]) =>
  say(
    "NF144",
    `cache ${cache} has lookup: requester, but no such tag`,
    `its tags: ${tags.join(", ") || "none"}`,
    "add requester to tags, or delete lookup",
  );

export const cannotCompare = (operand: string, cache: string, known: string) =>
  say("NF142", `operand ${operand} against cache ${cache}`, known, "delete it from match");

// Contracts

export const overlap = (one: string, other: string, transition: string, choice: string) =>
  say(
    "NF150",
    `rules ${one} and ${other} both match ${transition}${choice}`,
    "in one file only a rule that says any stands back for one that names it",
    "narrow stage, level, change or when",
  );

export const noRule = (transition: string, choice: string) =>
  say(
    "NF151",
    `no rule for ${transition}${choice}`,
    "a contract answers every transition, with owes: none if nothing is due",
    "add a row or extends: always",
  );

export const matchesNothing = (change: string, where: string, known: readonly string[]) =>
  say("NF152", `change ${change} does not occur at ${where}`, knownList(known), "correct change, stage or level");

export const unknownParameter = (name: string, known: readonly string[]) =>
  say(
    "NF153",
    `unknown parameter ${quote(name)}`,
    known.length === 0 ? "this contract has no parameters" : knownList(known),
    mendName(name, known, "delete it, or declare it under parameters"),
  );

export const badParameterValue = (name: string, seen: string, known: readonly string[]) =>
  say("NF154", `parameter ${name} is ${quote(seen)}`, knownList(known), "use one of these values");

export const cannotCover = (scope: string, rule: string, architecture: string, why: string) =>
  say(
    "NF155",
    `rule ${rule} owes ${scope}, which no command of ${architecture} removes`,
    why,
    "widen a command of the architecture, or owe less",
  );

export const duplicateId = (what: string, id: string, firstLine: number) =>
  say("NF156", `${what} ${quote(id)} again`, `it stands in line ${firstLine} already`, "rename one of them");

export const tooManyCombinations = (limit: number) =>
  say("NF157", `more than ${limit} combinations of parameter values`, "every one is checked", "use fewer parameters");

export const unusedParameter = (name: string) =>
  say("NF158", `parameter ${name} is asked for by no rule`, "a parameter is used in when", "delete it or use it");

// Claims

export const foreignCell = (cell: string, claim: string) =>
  say("NF160", `cell ${quote(cell)} under claim ${claim}`, `its id is ${claim} or ${claim}.SUFFIX`, "rename it");

export const shadowUnused = () =>
  say("NF161", "shadow options", "this cell does not run the shadow strategy", "delete them or add shadow");
