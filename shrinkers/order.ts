/**
 * "Simpler", defined once: the sort key by which every pass must make a candidate smaller.
 *
 * 1. Fewer commands. A reader follows each step, so one step less outweighs everything else.
 * 2. Fewer contexts attached at the start, then the lower-numbered ones: what is there before the first step must be
 *    kept in mind during all of them.
 * 3. Command by command from the first: kind in the order of the table, then operands in the order of the row. The
 *    first difference decides, because a reader compares from the top, and because this makes the order total, so that
 *    a failure has one simplest form and repeats are found.
 *
 * An operand's rank is 0 for the row's `simplest`, then the sentinels (any, none), then the numbers upwards: an operand
 * left out is shorter to print and to read than any number, and small numbers are the ones the start state uses. An
 * entry that is present without any permission comes last: hardly anybody writes one.
 */

import { ANY, COMMANDS, NO_DOMAIN, type Operand, READ, STRIDE, WRITE } from "../commands/command.js";
import type { Candidate } from "./candidate.js";

const FIRST_NUMBER = 3;

/** How simple an operand's value is, 0 the simplest. */
export function rank(operand: Operand, value: number): number {
  if (value === operand.simplest) return 0;
  if (value === ANY) return 1;
  if (value === NO_DOMAIN) return 2;
  if (operand.type === "permission" && value === 0) return FIRST_NUMBER + READ + WRITE;
  return FIRST_NUMBER + value;
}

/** Below 0 if `a` is simpler than `b`, above 0 if `b` is; 0 for equals. Both sequences are canonical. */
export function compareCandidates(a: Candidate, b: Candidate): number {
  if (a.commands.length !== b.commands.length) return a.commands.length - b.commands.length;
  const start = compareStarts(a.start, b.start);
  return start !== 0 ? start : compareCommands(a.commands, b.commands);
}

/** Fewer contexts first, then the set with the lower-numbered ones. */
export function compareStarts(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  if (a === b) return 0;
  if (a.size !== b.size) return a.size - b.size;
  const others = sorted(b);
  for (const [at, context] of sorted(a).entries()) {
    if (context !== others[at]) return context - others[at]!;
  }
  return 0;
}

export const sorted = (contexts: Iterable<number>): number[] => [...contexts].sort((a, b) => a - b);

/** Compares sequences of one length, command by command. */
export function compareCommands(a: Float64Array, b: Float64Array): number {
  for (let from = 0; from < a.length; from += STRIDE) {
    if (a[from] !== b[from]) return a[from]! - b[from]!;
    const { operands } = COMMANDS[a[from]!]!;
    for (let slot = 1; slot <= operands.length; slot++) {
      if (a[from + slot] === b[from + slot]) continue;
      const operand = operands[slot - 1]!;
      return rank(operand, a[from + slot]!) - rank(operand, b[from + slot]!);
    }
  }
  return 0;
}
