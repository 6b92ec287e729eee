/**
 * Removes two commands together.
 */

import { withoutTwo } from "./candidate.js";
import { namesOf } from "./families.js";
import type { Trial } from "./trial.js";

/** Up to this length any two commands are tried, related or not. */
const ANY_TWO = 12;

/**
 * Tries to remove any two commands that name the same thing (a page, an index, a tag, a context): one makes it and the
 * other takes it away, and neither can go alone. In sequences of up to 12 commands any two are tried. Goes once over
 * the pairs, from the end. The result has two commands fewer. Bound: a try a pair, less than n * n / 2.
 */
export function pairs(trial: Trial): void {
  let names = namesOf(trial.commands);
  let second = trial.count - 1;
  while (second > 0 && !trial.exhausted) {
    const first = partnerOf(trial, names, second);
    // With the pair gone, the command before `second` is one place nearer to the start.
    second -= first < 0 ? 1 : 2;
    if (first >= 0) names = namesOf(trial.commands);
    second = Math.min(second, trial.count - 1);
  }
}

/** The first command that goes together with `second`, already removed; or -1. */
function partnerOf(trial: Trial, names: readonly ReadonlySet<string>[], second: number): number {
  const any = trial.count <= ANY_TWO;
  for (let first = second - 1; first >= 0; first--) {
    if (!any && !sharesName(names[first]!, names[second]!)) continue;
    if (trial.attempt(withoutTwo(trial.commands, first, second))) return first;
  }
  return -1;
}

function sharesName(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const name of a) if (b.has(name)) return true;
  return false;
}
