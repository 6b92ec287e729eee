/**
 * Removes commands, in runs and one by one.
 */

import { withoutCommands } from "./candidate.js";
import type { Trial } from "./trial.js";

/**
 * Tries to remove runs of commands: half of the sequence, then a quarter, down to single commands, each size once over
 * the sequence from its end, since nothing behind the failing step matters. The result has fewer commands. Bound: about
 * two tries a command.
 */
export function remove(trial: Trial): void {
  for (let size = Math.ceil(trial.count / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let end = trial.count; end > 0 && !trial.exhausted; end -= size) {
      const from = Math.max(0, end - size);
      trial.attempt(withoutCommands(trial.commands, from, end - from));
    }
  }
}
