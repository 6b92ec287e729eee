/**
 * Candidates from text, and one pass alone on them, for the tests of the passes.
 */

import { decodeAll, encodeAll } from "../../commands/command.js";
import { parseCommands, printCommand } from "../../commands/language.js";
import type { Candidate, Fails, Pass } from "../../shrinkers/shrink.js";
import { Trial } from "../../shrinkers/trial.js";
import { LIMITS } from "./patterns.js";

export function sequence(text: string, ...start: number[]): Candidate {
  const parsed = parseCommands(text);
  if (!parsed.ok) throw new Error(parsed.errors.map((error) => error.message).join("\n"));
  return { commands: encodeAll(parsed.commands), start: new Set(start) };
}

/** The commands as one line. */
export function textOf(commands: Float64Array): string {
  return decodeAll(commands).map(printCommand).join("; ");
}

/** A judge of the printed line and the start contexts. */
export function failsIf(test: (text: string, start: ReadonlySet<number>) => boolean): Fails {
  return ({ commands, start }) => test(textOf(commands), start);
}

/** Whether the parts stand in the text in this order. */
export function inOrder(text: string, ...parts: string[]): boolean {
  let at = 0;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}

/** What one run of one pass makes of a candidate, and the tries it took. */
export function runPass(
  pass: Pass,
  candidate: Candidate,
  fails: Fails,
): { text: string; start: number[]; tries: number } {
  const trial = new Trial(candidate, fails, LIMITS, 100_000);
  pass(trial);
  return { text: textOf(trial.commands), start: [...trial.best.start], tries: trial.tries };
}
