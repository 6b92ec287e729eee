/**
 * Renumbers pages, tags and contexts in order of first use.
 */

import { FAMILIES, type Family, renamed, valuesOf } from "./families.js";
import { lowerNumbers } from "./lower-equal.js";
import type { Trial } from "./trial.js";

/** Up to this length numbers are exchanged in each run of commands too, not only in all. */
const RUNS_UP_TO = 8;

/**
 * Canonical renaming, family by family: first all numbers at once, 0, 1, 2, ... in order of first use; then one number
 * at a time, exchanged with each smaller one, since some numbers mean something in the start state and must stay. An
 * exchange keeps different things different, which lowering cannot where the smaller number is in use. In sequences of
 * up to eight commands it is tried in every run of them: the same number may be another thing before. The first operand
 * that changes is lowered, so the result is simpler. Bound: 16 tries a number in use, 36 times that in short sequences.
 */
export function rename(trial: Trial): void {
  for (const family of FAMILIES) {
    const order = valuesOf(trial.commands, family);
    if (trial.attempt(renamed(trial.commands, family, (value) => order.indexOf(value)))) continue;
    for (const value of order) exchangeLower(trial, family, value);
  }
}

function exchangeLower(trial: Trial, family: Family, value: number): void {
  for (const lower of lowerNumbers(family, value, trial.limits)) {
    for (const [from, to] of runsOf(trial.count)) {
      const swap = (other: number, position: number): number => {
        if (position < from || position >= to) return other;
        return other === value ? lower : other === lower ? value : other;
      };
      if (trial.attempt(renamed(trial.commands, family, swap))) return;
    }
  }
}

/** All commands, then in short sequences each run of them, the longest first. */
function runsOf(count: number): (readonly [from: number, to: number])[] {
  const runs: (readonly [number, number])[] = [[0, count]];
  for (let size = count - 1; size >= 1 && count <= RUNS_UP_TO; size--) {
    for (let from = 0; from + size <= count; from++) runs.push([from, from + size]);
  }
  return runs;
}
