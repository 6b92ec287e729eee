/**
 * Tags in conflict: contexts whose requests a unit may answer with another's results, whatever is invalidated.
 *
 * Follows the design page, section 10 (Conflicts): software's error on every architecture, so it is no counterexample
 * to a contract.
 */

import type { Geometry } from "./geometry.js";
import type { Oracle } from "./oracle.js";
import { contextClass, contextDomain, contextProcess, contextRoot, contextVm, PRESENT, valueGlobal } from "./values.js";
import type { World } from "./world.js";

export class Conflicts {
  constructor(
    private readonly geometry: Geometry,
    private readonly world: World,
    private readonly oracle: Oracle,
  ) {}

  /**
   * The contexts whose requests may be answered by another's results: all of a domain that is used for two VMs or, with
   * one process tag, for two tables; and those that meet another context's global entry where they translate
   * differently.
   */
  mask(state: Int32Array, hasGlobals: boolean): number {
    const { contexts } = this.geometry;
    let mixed = 0;
    let met = 0;
    for (let a = 0; a < contexts; a++) {
      const left = state[this.world.contexts + a]!;
      if (contextClass(left) !== PRESENT) continue;
      for (let b = 0; b < contexts; b++) {
        const right = state[this.world.contexts + b]!;
        if (a === b || contextClass(right) !== PRESENT || contextDomain(left) !== contextDomain(right)) continue;
        const sameVm = contextVm(left) === contextVm(right);
        const sameTables = contextProcess(left) !== contextProcess(right) || contextRoot(left) === contextRoot(right);
        if (!sameVm || !sameTables) mixed |= (1 << a) | (1 << b);
        if (hasGlobals && this.meetsGlobal(a, b)) met |= 1 << a;
      }
    }
    return mixed === 0 ? met : met | this.widenToDomains(state, mixed);
  }

  private widenToDomains(state: Int32Array, mask: number): number {
    let wide = mask;
    for (let a = 0; a < this.geometry.contexts; a++) {
      if ((mask & (1 << a)) === 0) continue;
      for (let b = 0; b < this.geometry.contexts; b++) {
        const other = state[this.world.contexts + b]!;
        if (contextClass(other) !== PRESENT) continue;
        if (contextDomain(other) === contextDomain(state[this.world.contexts + a]!)) wide |= 1 << b;
      }
    }
    return wide;
  }

  /** Whether a global entry of `other` stands where the walk of `context` finds something else. */
  private meetsGlobal(context: number, other: number): boolean {
    const { count, prefixCount } = this.geometry.iova;
    const { leaf, pointer } = this.oracle;
    return (
      meetsGlobal(leaf, context * count, other * count, count) ||
      meetsGlobal(pointer, context * prefixCount, other * prefixCount, prefixCount)
    );
  }
}

function isGlobal(value: number): boolean {
  return value >= 0 && (value & 3) === PRESENT && valueGlobal(value) === 1;
}

function meetsGlobal(values: Int32Array, own: number, others: number, count: number): boolean {
  for (let at = 0; at < count; at++) {
    if (values[own + at] !== values[others + at] && isGlobal(values[others + at]!)) return true;
  }
  return false;
}
