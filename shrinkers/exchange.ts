/**
 * Removes commands and changes another at once.
 */

import { type Candidate, commandCount, withCommand, withoutCommands, withoutTwo } from "./candidate.js";
import { moves, renamings } from "./renamings.js";
import type { Trial } from "./trial.js";
import { brief, universe } from "./universe.js";

const LONGEST = 12;
/** Up to this length any command of the universe is tried beside a removal; above, a brief set. */
const FULL_UNIVERSE = 3;

/**
 * Removes commands and changes what is left in one way. A run of any length goes while a number of a family becomes any
 * other, larger ones included, or while one more context is attached at the start, or both: what was removed had often
 * prepared a place that the start state has elsewhere. One command or any two go while writes move to another entry, or
 * while one command becomes another. The result has fewer commands. Bound: n * n / 2 removals, for each some 100
 * renamings in each start state, and n times the set of commands, which is brief for sequences of more than three.
 */
export function exchange(trial: Trial): void {
  if (trial.count < 2 || trial.count > LONGEST) return;
  if (removeRenaming(trial)) return;
  if (removeMoving(trial)) return;
  removeReplacing(trial);
}

function removeRenaming(trial: Trial): boolean {
  const starts = largerStarts(trial.best, trial.limits.contexts);
  for (const shorter of withoutRuns(trial.commands)) {
    for (const start of starts) {
      if (trial.attempt(shorter.slice(), start)) return true;
      for (const renaming of renamings(shorter, trial.limits)) if (trial.attempt(renaming, start)) return true;
    }
  }
  return false;
}

function removeMoving(trial: Trial): boolean {
  for (const shorter of withoutOneOrTwo(trial.commands)) {
    for (const moved of moves(shorter, trial.limits)) if (trial.attempt(moved)) return true;
  }
  return false;
}

function removeReplacing(trial: Trial): boolean {
  const set = trial.count <= FULL_UNIVERSE ? universe(trial.commands, trial.limits) : brief();
  for (const shorter of withoutOneOrTwo(trial.commands)) {
    for (let position = 0; position < commandCount(shorter); position++) {
      for (const command of set) if (trial.attempt(withCommand(shorter, position, command))) return true;
    }
  }
  return false;
}

/** The start state as it is, and with one context more. */
function largerStarts({ start }: Candidate, contextCount: number): ReadonlySet<number>[] {
  const starts = [start];
  for (let context = 0; context < contextCount; context++) {
    if (!start.has(context)) starts.push(new Set([...start, context]));
  }
  return starts;
}

/** The sequence without each run of commands, the longest runs first. */
function* withoutRuns(commands: Float64Array): Generator<Float64Array> {
  const count = commandCount(commands);
  for (let size = count - 1; size >= 1; size--) {
    for (let from = count - size; from >= 0; from--) yield withoutCommands(commands, from, size);
  }
}

/** The sequence without any two commands, then without any one. */
function* withoutOneOrTwo(commands: Float64Array): Generator<Float64Array> {
  const count = commandCount(commands);
  for (let second = count - 1; second > 0 && count > 2; second--) {
    for (let first = second - 1; first >= 0; first--) yield withoutTwo(commands, first, second);
  }
  for (let position = count - 1; position >= 0; position--) yield withoutCommands(commands, position, 1);
}
