/**
 * Exit codes, and the one way in which a subcommand ends early.
 *
 * 0 as expected, 1 a verdict differs or a violation was found, 2 bad usage or input, 3 an internal error or a file that
 * cannot be written. What the user
 * got wrong is printed on standard error without a stack; `Ended` carries the code up to `main`.
 */

import { type Code, formatProblem, type Loaded, type Problem } from "../rules/problems.js";

export const EXIT = { ok: 0, differs: 1, input: 2, internal: 3, unwritable: 3 } as const;

export class Ended extends Error {
  constructor(readonly code: number) {
    super(`ended with code ${code}`);
  }
}

/** Takes what is wrong in place of standard error, while a call is listened to. */
let listener: string[] | null = null;

/** Prints what is wrong, a line each, and ends with code 2. */
export function refuse(...lines: string[]): never {
  if (listener !== null) listener.push(...lines);
  else for (const line of lines) process.stderr.write(`${line}\n`);
  throw new Ended(EXIT.input);
}

/** The value of a call, or the lines that it refuses with: for a server, which goes on. */
export function orRefusal<T>(call: () => T): { ok: true; value: T } | { ok: false; lines: string[] } {
  const lines: string[] = [];
  listener = lines;
  try {
    return { ok: true, value: call() };
  } catch (error) {
    if (error instanceof Ended) return { ok: false, lines };
    throw error;
  } finally {
    listener = null;
  }
}

/** The reference that a value was loaded by, and where it stands: a flag, or a place in a sequence file. */
export interface Said {
  ref: string;
  place: string;
}

/** The value, or every problem printed and code 2. */
export function must<T>(result: Loaded<T>, said?: Said): T {
  if (result.ok) return result.value;
  return refuse(...result.problems.map((problem) => textOf(problem, said)));
}

/** Codes of what can be wrong with a reference itself, not with the file it names. */
const OF_REFERENCES: readonly Code[] = ["NF101", "NF102", "NF103", "NF115", "NF130", "NF153", "NF154"];

/** A loader knows a reference by its text alone: the place where the user wrote it says more. */
function textOf(problem: Problem, said: Said | undefined): string {
  const { file, line, column, code, message } = problem;
  const isReference = said !== undefined && (file === said.ref || file === said.ref.trim().split(/\s+/)[0]);
  return isReference && line === 1 && column === 1 && OF_REFERENCES.includes(code)
    ? `${said.place}: ${code} ${message}`
    : formatProblem(problem);
}

export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}
