/**
 * Sorts commands that may stand in another order.
 */

import { STRIDE } from "../commands/command.js";
import { withSwap } from "./candidate.js";
import type { Trial } from "./trial.js";

/** Up to this length a command is tried at every earlier place, not only before its neighbour. */
const LONGEST = 12;

/**
 * Tries to exchange neighbours, once over the sequence, and in short sequences to put each command anywhere before:
 * what lies between may have to be passed at once. The key refuses, without a try, what does not make the sequence
 * simpler. Bound: a try a command, and n * n / 2 up to twelve commands.
 */
export function reorder(trial: Trial): void {
  for (let position = 0; position + 1 < trial.count; position++) trial.attempt(withSwap(trial.commands, position));
  if (trial.count > LONGEST) return;
  for (let from = 2; from < trial.count; from++) {
    for (let to = 0; to + 1 < from; to++) if (trial.attempt(withMoved(trial.commands, from, to))) break;
  }
}

/** A copy with the command at `from` put before the one at `to`, an earlier one. */
function withMoved(commands: Float64Array, from: number, to: number): Float64Array {
  const copy = commands.slice();
  copy.set(commands.subarray(from * STRIDE, (from + 1) * STRIDE), to * STRIDE);
  copy.set(commands.subarray(to * STRIDE, from * STRIDE), (to + 1) * STRIDE);
  return copy;
}
