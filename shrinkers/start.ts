/**
 * Drops contexts from the start state.
 */

import { compareStarts, sorted } from "./order.js";
import type { Trial } from "./trial.js";

/** Beyond this number of contexts the sets are not enumerated; they are dropped one by one. */
const ENUMERATED = 4;

/**
 * Tries to begin with fewer contexts attached, or with lower-numbered ones: every simpler set where there are up to
 * four contexts, the simplest first; else those with one context less. The commands stay as they are. Bound: 15 tries.
 */
export function start(trial: Trial): void {
  for (const contexts of simplerStarts(trial.best.start, trial.limits.contexts)) {
    if (trial.attempt(trial.commands.slice(), contexts)) return;
  }
}

/** Sets of contexts simpler than `current`, simplest first. */
export function simplerStarts(current: ReadonlySet<number>, contextCount: number): ReadonlySet<number>[] {
  const sets =
    contextCount <= ENUMERATED
      ? subsets(contextCount)
      : sorted(current).map((dropped) => new Set([...current].filter((context) => context !== dropped)));
  return sets.filter((set) => compareStarts(set, current) < 0).sort(compareStarts);
}

function subsets(count: number): Set<number>[] {
  return Array.from(
    { length: 2 ** count },
    (_, bits) => new Set(Array.from({ length: count }, (_, at) => at).filter((at) => ((bits >> at) & 1) === 1)),
  );
}
