/**
 * Exit codes, and the one way in which a subcommand ends early.
 *
 * 0 as expected, 1 a verdict differs or a violation was found, 2 bad usage or input, 3 an internal error. What the user
 * got wrong is printed on standard error without a stack; `Ended` carries the code up to `main`.
 */

import { formatProblem, type Loaded } from "../rules/problems.js";

export const EXIT = { ok: 0, differs: 1, input: 2, internal: 3 } as const;

export class Ended extends Error {
  constructor(readonly code: number) {
    super(`ended with code ${code}`);
  }
}

/** Prints what is wrong, a line each, and ends with code 2. */
export function refuse(...lines: string[]): never {
  for (const line of lines) process.stderr.write(`${line}\n`);
  throw new Ended(EXIT.input);
}

/** The value, or every problem printed and code 2. */
export function must<T>(result: Loaded<T>): T {
  if (result.ok) return result.value;
  return refuse(...result.problems.map(formatProblem));
}

export function print(text: string): void {
  process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}
