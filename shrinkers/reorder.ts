/**
 * Sorts commands that may stand in either order.
 */

import { withSwap } from "./candidate.js";
import type { Trial } from "./trial.js";

/**
 * Tries to exchange neighbours, once over the sequence; the key refuses, without a try, those exchanges that do not
 * make the sequence simpler. Bound: a try a command.
 */
export function reorder(trial: Trial): void {
  for (let position = 0; position + 1 < trial.count; position++) trial.attempt(withSwap(trial.commands, position));
}
