/**
 * Whether a submitted command serves a scope of a duty: what it removes, by the architecture's rules, of what is due.
 *
 * The same conditions as when a command meets a cached entry (`queue.ts`), asked of everything that a duty's tags and
 * pages stand for: a tag that is given must be the duty's, and what is due for any process is not served by one.
 */

import { ANY, NO_DOMAIN } from "../commands/command.js";
import { DUTY, FLAG, oldSpan } from "./duty.js";
import type { Geometry, Paths } from "./geometry.js";
import { type Pending, requesterMatches } from "./queue.js";
import type { CompiledScope } from "./recipe.js";
import { CACHE, type Unit, type UnitRule } from "./unit.js";

export class Covering {
  private readonly covered: Int32Array;
  private readonly common: Int32Array;

  constructor(
    private readonly geometry: Geometry,
    private readonly unit: Unit,
    /** Words of a scope's units. */
    private readonly unitWords: number,
  ) {
    this.covered = new Int32Array(unitWords);
    this.common = new Int32Array(unitWords);
  }

  /**
   * Takes from a scope's units what `pending` removes from all its caches; true if any was left. Two commands for two
   * caches would not do: between them the one could be filled again from the other.
   */
  cover(state: Int32Array, at: number, units: number, scope: CompiledScope, pending: Pending): boolean {
    if (!this.findCommon(state, at, units, scope, pending)) return false;
    let useful = false;
    for (let word = 0; word < this.unitWords; word++) {
      if ((state[units + word]! & this.common[word]!) === 0) continue;
      state[units + word]! &= ~this.common[word]!;
      useful = true;
    }
    return useful;
  }

  /** Whether `pending` would leave none of a scope's units. */
  coversAll(state: Int32Array, at: number, units: number, scope: CompiledScope, pending: Pending): boolean {
    const isAny = this.findCommon(state, at, units, scope, pending);
    for (let word = 0; word < this.unitWords; word++) {
      if ((state[units + word]! & ~(isAny ? this.common[word]! : 0)) !== 0) return false;
    }
    return true;
  }

  /** Leaves in `common` what `pending` removes from all caches of the scope; false if that is nothing. */
  private findCommon(state: Int32Array, at: number, units: number, scope: CompiledScope, pending: Pending): boolean {
    this.common.fill(-1);
    for (const cache of scope.caches) {
      const rules = pending.rules[cache]!;
      if (rules.length === 0) return false;
      this.covered.fill(0);
      for (const rule of rules) {
        if (this.tagsCovered(state, at, cache, scope, rule, pending))
          this.coverRange(state, at, units, cache, rule, pending);
      }
      let isAny = false;
      for (let word = 0; word < this.unitWords; word++) {
        this.common[word]! &= this.covered[word]!;
        isAny ||= this.common[word] !== 0;
      }
      if (!isAny) return false;
    }
    return true;
  }

  private tagsCovered(
    state: Int32Array,
    at: number,
    cacheNumber: number,
    scope: CompiledScope,
    rule: UnitRule,
    pending: Pending,
  ): boolean {
    const cache = this.unit.caches[cacheNumber]!;
    const directory = cacheNumber === CACHE.context || cacheNumber === CACHE.pasid;
    const flags = state[at + DUTY.flags]!;
    const negative = (flags & FLAG.negative) !== 0;
    if (rule.requester && pending.requester !== ANY && cache.keyedByRequester) {
      if (!requesterMatches(pending, state[at + DUTY.context]!)) return false;
    }
    if (rule.domain && pending.domain !== ANY) {
      const known = directory ? cache.holdsDomain && !negative : cache.keyedByDomain;
      if (negative && cache.negativeHasNoDomain) {
        if (pending.domain !== NO_DOMAIN) return false;
      } else if (known && pending.domain !== state[at + DUTY.domain]!) return false;
    }
    if (rule.process && pending.process !== ANY) {
      const known = directory ? cache.holdsProcess && !negative : cache.keyedByProcess;
      if (known && (scope.processAny || pending.process !== state[at + DUTY.process]!)) return false;
    }
    const needsGlobal = scope.global === "always" || (scope.global === "if-global" && (flags & FLAG.global) !== 0);
    const holdsGlobal = cacheNumber === CACHE.walk || cacheNumber === CACHE.stage1 || cacheNumber === CACHE.iotlb;
    if (needsGlobal && !rule.global && holdsGlobal) return false;
    if (rule.levelHint && pending.level > 0 && pending.level !== oldSpan(flags) + 1) return false;
    return true;
  }

  /** Marks in `covered` the units of a scope that one rule of a command removes from one cache. */
  private coverRange(
    state: Int32Array,
    at: number,
    units: number,
    cache: number,
    rule: UnitRule,
    pending: Pending,
  ): void {
    const directory = cache === CACHE.context || cache === CACHE.pasid;
    const isStage2 = state[at + DUTY.firstGuestPage]! >= 0;
    if (pending.whole || directory || !(rule.address || rule.guestAddress)) {
      this.covered.fill(-1);
      return;
    }
    // A negative result of stage 1 came through no guest page: to select by one leaves it.
    const { holdsAbsent, holdsMalformed } = this.unit.caches[cache]!;
    if (rule.guestAddress && (holdsAbsent || holdsMalformed)) return;
    const guestRange = rule.guestAddress || cache === CACHE.stage2 || cache === CACHE["stage2-walk"];
    if (guestRange !== isStage2) return;
    const paths = isStage2 ? this.geometry.guest : this.geometry.iova;
    let { first, last } = pending;
    const span = paths.spanPages[oldSpan(state[at + DUTY.flags]!)]!;
    if (this.unit.caches[cache]!.wholeSuperpages && span > 1) {
      first = Math.floor(first / span) * span;
      last = Math.floor(last / span) * span + span - 1;
    }
    const isPointer = cache === CACHE.walk || cache === CACHE["stage2-walk"];
    for (let page = 0; page < paths.count; page++) {
      const bit = 1 << (page & 31);
      if ((state[units + (page >> 5)]! & bit) !== 0 && isInRange(paths, page, isPointer, first, last)) {
        this.covered[page >> 5]! |= bit;
      }
    }
  }
}

/** A pointer goes when the range touches the pages below it: the deepest one stands for those above. */
function isInRange(paths: Paths, page: number, isPointer: boolean, first: number, last: number): boolean {
  const deepest = isPointer && paths.levels >= 2 ? paths.prefix[page * paths.levels + paths.levels - 2]! : -1;
  if (deepest < 0) return paths.pages[page]! >= first && paths.pages[page]! <= last;
  return paths.prefixBase[deepest]! <= last && paths.prefixBase[deepest]! + paths.prefixPages[deepest]! - 1 >= first;
}
