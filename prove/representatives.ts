/**
 * The requests that have to be proved: of those that a renaming of the start state exchanges, one.
 */

import type { Geometry } from "../models/geometry.js";
import { copyUsed } from "../models/layout.js";
import { PRESENT, valuePage, valueSecond } from "../models/values.js";
import { type RunCell, Runner } from "../search/runner.js";
import { ALL_PARTS, PARTS, Parts } from "./parts.js";
import { FAMILY, Renaming } from "./renaming.js";
import type { Scope } from "./scope.js";
import type { Request } from "./slice.js";
import { classesOf, hasSymmetry } from "./symmetry.js";

/** One request of each kind; `[null]`, all together, where concrete strategies keep what no slice takes apart. */
export function representatives(cell: RunCell, geometry: Geometry, scope: Scope): (Request | null)[] {
  const { machine } = new Runner(cell, geometry);
  if (machine.hardware !== null || machine.shadow !== null) return [null];
  const found: Request[] = [];
  for (let context = 0; context < geometry.contexts; context++) {
    for (let page = 0; page < geometry.iova.count; page++) {
      const isKnown = found.some(
        (other) => other.context === context && isExchanged(machine, scope, other.page, page, context),
      );
      if (!isKnown) found.push({ context, page });
    }
  }
  return found;
}

/** Whether the start state is the same when two IOVA pages, and the pages behind them, change places. */
function isExchanged(machine: Runner["machine"], scope: Scope, a: number, b: number, context: number): boolean {
  if (!hasSymmetry(machine) || machine.geometry.stage1.levels > 1) return false;
  const { oracle, geometry, layout } = machine;
  const left = oracle.value[context * geometry.iova.count + a]!;
  const right = oracle.value[context * geometry.iova.count + b]!;
  const classes = classesOf(machine, scope, null, true);
  const numbers = classes.map((names) => Int32Array.from(names.keys()));
  const exchange = (family: number, one: number, other: number): boolean => {
    numbers[family]![one] = other;
    numbers[family]![other] = one;
    return classes[family]![one] === classes[family]![other];
  };
  let isLike = exchange(FAMILY.iova, a, b);
  if (left >= 0 && right >= 0 && (left & 3) === PRESENT && (right & 3) === PRESENT) {
    isLike &&= exchange(FAMILY.guest, valueSecond(left), valueSecond(right));
    isLike &&= exchange(FAMILY.host, valuePage(left), valuePage(right));
  }
  if (!isLike) return false;
  const parts = new Parts(layout);
  const renamed = new Int32Array(layout.size);
  copyUsed(layout, machine.state, renamed);
  new Renaming(machine, false).rename(machine.state, numbers, renamed);
  const before = new Int32Array(PARTS);
  const after = new Int32Array(PARTS);
  parts.pack(machine.state, before, ALL_PARTS);
  parts.pack(renamed, after, ALL_PARTS);
  return before.every((number, part) => number === after[part]);
}
