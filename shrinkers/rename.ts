/**
 * Renumbers pages, tags and contexts in order of first use.
 */

import { FAMILIES, type Family, renamed, valuesOf } from "./families.js";
import { lowerNumbers } from "./lower-equal.js";
import type { Trial } from "./trial.js";

/**
 * Canonical renaming, family by family: first all numbers at once, 0, 1, 2, ... in order of first use; then one number at a
 * time, exchanged with each smaller one, since some numbers mean something in the start state and must stay. An exchange
 * keeps different things different, which lowering cannot where the smaller number is in use. The first operand that
 * changes is lowered, so the result is simpler. Bound: a try a family and some 16 a number in use.
 */
export function rename(trial: Trial): void {
  for (const family of FAMILIES) {
    const order = valuesOf(trial.commands, family);
    if (trial.attempt(renamed(trial.commands, family, (value) => order.indexOf(value)))) continue;
    for (const value of order) exchange(trial, family, value);
  }
}

function exchange(trial: Trial, family: Family, value: number): void {
  for (const lower of lowerNumbers(family, value, trial.limits)) {
    const swap = (other: number): number => (other === value ? lower : other === lower ? value : other);
    if (trial.attempt(renamed(trial.commands, family, swap))) return;
  }
}
