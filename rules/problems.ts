/**
 * Problems: a user's mistakes as values, with the list of all codes.
 *
 * Follows the style rule that errors say where, what and how to mend. A loader returns problems and never throws them;
 * a throw means that the program itself is broken. Every message has three parts, divided by semicolons: what was
 * seen, what is known, how to mend it. The sentences are built in `messages.ts`, away from the logic; the codes, which
 * users may search for, are all here, and `docs/rules.md` lists them.
 */

export const CODES = {
  NF100: "more problems than are shown",
  NF101: "the file does not exist",
  NF102: "the path is a directory",
  NF103: "the file cannot be read",
  NF104: "the file is larger than 1 MiB",
  NF105: "the file is empty",
  NF106: "the file is not UTF-8 text",
  NF107: "a control character stands in the file",
  NF110: "a key that is not known here",
  NF111: "a key is missing",
  NF112: "a word that is none of the known ones",
  NF113: "a value of another type is due",
  NF115: "the same thing twice in one list",
  NF116: "a text or list is empty",
  NF117: "a name or id has the wrong form",
  NF118: "a key that has no meaning here",
  NF120: "YAML syntax",
  NF121: "a tab in the indentation",
  NF122: "the same key twice in one mapping",
  NF123: "more than one YAML document",
  NF124: "nested too deep",
  NF125: "an alias that is unknown, nested, or one of too many",
  NF126: "a YAML tag",
  NF127: "a YAML directive",
  NF128: "too many YAML tokens",
  NF130: "no architecture or contract of that name",
  NF131: "files extend each other in a cycle",
  NF132: "too many files extend one another",
  NF133: "the file named by extends does not exist",
  NF134: "a file of another kind is due",
  NF140: "a command removes from a cache that is not declared",
  NF141: "conditions that exclude each other",
  NF142: "an operand that cannot be compared with entries of this cache",
  NF143: "a form of the manual's command that cannot be read",
  NF144: "a cache that is asked by requester without being tagged so",
  NF150: "two rules match one transition",
  NF151: "no rule for a transition",
  NF152: "a rule that matches no transition",
  NF153: "an unknown parameter",
  NF154: "a value that the parameter does not have",
  NF155: "a scope that no command of the architecture covers",
  NF156: "an id that is used twice",
  NF157: "too many combinations of parameters",
  NF158: "a parameter that no rule asks for",
  NF160: "the id of a cell does not belong to its claim",
  NF161: "shadow options in a cell without the shadow strategy",
} as const;
export type Code = keyof typeof CODES;

/** A place in a file; lines and columns count from 1. */
export interface Spot {
  file: string;
  line: number;
  column: number;
}

/** What is wrong, without the place. */
export interface Complaint {
  code: Code;
  message: string;
}

export interface Problem extends Spot, Complaint {}

export type Loaded<T> = { ok: true; value: T } | { ok: false; problems: Problem[] };

/** Problems shown for one load; a broken file can hold thousands, and the first hundreds say enough. */
const SHOWN_LIMIT = 200;

export function problemAt(spot: Spot, complaint: Complaint): Problem {
  const { file, line, column } = spot;
  return { file, line, column, code: complaint.code, message: complaint.message };
}

/** The line that is printed: `file:line:column: NFnnn message`. */
export function formatProblem(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.code} ${problem.message}`;
}

/** Sorted by place, each once (two claims may load one broken file), cut at a number that a reader can use. */
export function tidyProblems(problems: readonly Problem[]): Problem[] {
  const unique = [...new Map(problems.map((problem) => [formatProblem(problem), problem])).values()];
  unique.sort(comparePlaces);
  if (unique.length <= SHOWN_LIMIT) return unique;
  const shown = unique.slice(0, SHOWN_LIMIT);
  const rest = unique.length - SHOWN_LIMIT;
  const message = `${rest} further problems; the first ${SHOWN_LIMIT} are shown; mend these first`;
  return [...shown, { ...unique[SHOWN_LIMIT]!, code: "NF100", message }];
}

/** The value if there is no problem. `undefined` without a problem cannot happen: a reader reports before giving up. */
export function loaded<T>(value: T | undefined, problems: readonly Problem[]): Loaded<T> {
  if (problems.length > 0) return { ok: false, problems: tidyProblems(problems) };
  if (value === undefined) throw new Error("a loader gave up without a problem");
  return { ok: true, value };
}

function comparePlaces(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0);
}
