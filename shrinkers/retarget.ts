/**
 * Moves a failure to a simpler start state, with the pages and tags that it is about.
 */

import { renamings } from "./renamings.js";
import { simplerStarts } from "./start.js";
import type { Trial } from "./trial.js";

const MOST_STARTS = 4;
/** Up to this length two numbers are changed at once. */
const TWO_CHANGES = 6;

/**
 * Tries the simplest start states with one number of a family changed to any other, then with two; then, in the same
 * start state, two numbers changed at once, of which the first to stand in the sequence is lowered. What one context
 * shows, another shows with its own table and tag. Bound: four start states and about 100 * 100 / 2 pairs of changes.
 */
export function retarget(trial: Trial): void {
  const { limits } = trial;
  const starts = simplerStarts(trial.best.start, limits.contexts).slice(0, MOST_STARTS);
  for (const start of starts) {
    for (const once of renamings(trial.commands, limits)) if (trial.attempt(once, start)) return;
  }
  if (trial.count > TWO_CHANGES) return;
  for (const start of [...starts, trial.best.start]) {
    for (const once of renamings(trial.commands, limits)) {
      for (const twice of renamings(once, limits)) if (trial.attempt(twice, start)) return;
    }
  }
}
