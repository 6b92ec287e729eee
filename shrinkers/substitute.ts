/**
 * Puts simpler commands in the place of others.
 */

import { STRIDE } from "../commands/command.js";
import { withCommand } from "./candidate.js";
import { compareCommands } from "./order.js";
import { simplerStarts } from "./start.js";
import type { Trial } from "./trial.js";
import { universe } from "./universe.js";

/** Longer sequences keep their commands: they are not near a minimum that single replacements would reach. */
const LONGEST = 8;

/**
 * Tries a simpler command of any kind and shape from a bounded set (`universe.ts`) at each place, the simplest first,
 * so that the first that fails wins. Sequences of one command are tried under simpler start states first, with any
 * command of the set. The first command that changes is simpler, or the start is. Bound: some 1,500 tries a command.
 */
export function substitute(trial: Trial): void {
  if (trial.count > LONGEST) return;
  const set = universe(trial.commands, trial.limits);
  if (trial.count === 1) {
    for (const start of simplerStarts(trial.best.start, trial.limits.contexts)) {
      for (const command of set) if (trial.attempt(command.slice(), start)) return;
    }
  }
  for (let position = 0; position < trial.count && !trial.exhausted; position++) substituteAt(trial, position, set);
}

function substituteAt(trial: Trial, position: number, set: readonly Float64Array[]): void {
  const present = trial.commands.slice(position * STRIDE, (position + 1) * STRIDE);
  for (const command of set) {
    if (compareCommands(command, present) >= 0) return;
    if (trial.attempt(withCommand(trial.commands, position, command))) return;
  }
}
