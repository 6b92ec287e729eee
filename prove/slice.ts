/**
 * What of a state one request can ever depend on; the rest is left out, and each request is proved by itself.
 *
 * See docs/decisions/009-slices.md. A state so reduced has no more duties than the full one, no less in the sets that
 * the request's walks read: it shows every violation of the request that the full one does. It may show more, so a
 * violation counts when the full models show it too (`prover.ts` sees to that). Two ways: `exact` leaves out what can
 * never come to the request; with `strangers` other requests may lead to any guest page, so that what stands in their
 * entries does not matter at all.
 */

import { DUTY } from "../models/duty.js";
import type { Machine } from "../models/machine.js";
import { CACHE } from "../models/unit.js";
import { contextRoot, contextRootIsHost, PRESENT, valuePage, valueSecond } from "../models/values.js";
import { TRANSITIONS } from "../rules/vocabulary.js";
import { offPathOf } from "./off-path.js";
import { Outlived } from "./outlived.js";
import { selectsByGuestPage } from "./renaming.js";
import type { Scope } from "./scope.js";

/** A request: context and position of the IOVA page. */
export interface Request {
  context: number;
  page: number;
}

export type Slicing = "none" | "exact" | "strangers";

/** Whether strangers can stand for all other requests: one context that stays. */
export function mayHaveStrangers({ geometry, hardware, shadow }: Machine, scope: Scope): boolean {
  // Marks in entries that are left out would be counted (`ledger.ts`), and may be written again.
  const isCounted = geometry.stage2.levels > 1 && scope.entries.includes("global");
  return geometry.contexts === 1 && !scope.contexts && !isCounted && !hardware && !shadow;
}

/** The host page that a cached value names, or -1. */
function hostPageOf(cache: number, value: number): number {
  if ((value & 3) !== PRESENT) return -1;
  switch (cache) {
    case CACHE.context:
    case CACHE.pasid:
      return contextRootIsHost(value) === 1 ? contextRoot(value) : -1;
    case CACHE.walk:
      return valueSecond(value) === 1 ? valuePage(value) : -1;
    case CACHE.stage1:
      return -1;
    default:
      return valuePage(value);
  }
}

const words = (bits: number): number => (bits + 31) >> 5;

/** The page in a combined value that it came through. */
const SECOND = 0xfff << 19;

export class Slice {
  /** By set: the bits of its values that matter, 0 where none of it does. */
  readonly keep: Int32Array;
  /** By rule: the first one that owes the same and is of the same kind. */
  private readonly ruleClass: Int32Array;
  private readonly isAlone: boolean;
  private readonly named: Int32Array;
  private readonly isConcrete: boolean;
  /** By host page: the indexes of its entries that the request's walks never read. */
  private readonly offPath: readonly (readonly number[])[];
  readonly outlived: Outlived;
  private readonly hasGlobals: boolean;
  private readonly unitWords: number;

  constructor(
    private readonly machine: Machine,
    /** The request; null leaves out only what no request depends on. */
    readonly request: Request | null,
    private readonly hasStrangers: boolean,
    private readonly needsReach: boolean,
    scope: Scope,
  ) {
    if (machine.envelope !== null) machine.envelope.hasStrangers = hasStrangers;
    this.isAlone = machine.geometry.contexts === 1;
    this.outlived = new Outlived(machine);
    this.hasGlobals = scope.entries.includes("global");
    this.unitWords = Math.max(words(machine.geometry.iova.count), words(machine.geometry.guestPages));
    this.offPath = hasStrangers && request !== null ? offPathOf(machine, request, scope) : [];
    this.keep = this.keptSets();
    this.ruleClass = this.ruleClasses();
    this.named = new Int32Array((machine.geometry.hostPages + 31) >> 5);
    this.isConcrete = machine.hardware !== null || machine.shadow !== null;
  }

  /** Reduces the machine's state in place; the machine is to be brought to another state before it goes on. */
  reduce(): void {
    const { machine } = this;
    machine.envelope?.reduce(machine.state, this.keep);
    if (this.offPath.length > 0) this.reduceMemory();
    this.reduceLedger();
    this.reduceReach();
  }

  /**
   * What was in reach matters for pages that a cache still names: another one must be mapped before it is met, and is
   * in reach then. A stale stage-2 table may name any page.
   */
  private reduceReach(): void {
    const { machine, named } = this;
    const { envelope, state, unit, geometry, world } = machine;
    if (this.needsReach && (envelope === null || this.isConcrete || geometry.stage2.levels > 1)) return;
    named.fill(0);
    if (this.needsReach) {
      for (let vm = 0; vm < geometry.vms; vm++) {
        for (let guestPage = 0; guestPage < geometry.guestPages; guestPage++) {
          const page = hostPageOf(CACHE.stage2, world.translate(state, vm, guestPage));
          if (page >= 0) named[page >> 5]! |= 1 << (page & 31);
        }
      }
      for (let record = 0; record < envelope!.count(state); record++) {
        const page = hostPageOf(unit.setCache[envelope!.setOf(state, record)]!, envelope!.valueOf(state, record));
        if (page >= 0) named[page >> 5]! |= 1 << (page & 31);
      }
    }
    machine.ledger.reach.keepOnly(state, named);
  }

  /** Entries that the request's walks never read are as good as none. */
  private reduceMemory(): void {
    const { state, world, geometry } = this.machine;
    for (let page = 0; page < this.offPath.length; page++) {
      const base = world.memory + page * geometry.pageEntries;
      const indexes = this.offPath[page]!;
      for (let at = 0; at < indexes.length; at++) state[base + indexes[at]!] = 0;
    }
  }

  private keptSets(): Int32Array {
    const { unit, geometry } = this.machine;
    const { iova } = geometry;
    const usesSecond = selectsByGuestPage(this.machine);
    const keep = new Int32Array(unit.setCount).fill(-1);
    const { request } = this;
    for (let set = 0; set < unit.setCount; set++) {
      const cache = unit.setCache[set]!;
      const isCombined = cache === CACHE.iotlb || cache === CACHE["device-tlb"];
      if (isCombined && !usesSecond) keep[set] = ~SECOND;
      if (request === null) continue;
      const address = unit.setAddress[set]!;
      if (isCombined && address !== request.page) keep[set] = 0;
      // What one device has kept comes to no other.
      if (cache === CACHE["device-tlb"] && unit.setRequester[set] !== request.context) keep[set] = 0;
      // Leaves and pointers of other pages lead walks to stage-2 entries, as strangers do.
      if (!this.hasStrangers) continue;
      if (cache === CACHE.stage1 && address !== request.page) keep[set] = 0;
      const isOffPath =
        cache === CACHE.walk && (iova.prefixFrom[address]! > request.page || iova.prefixTo[address]! <= request.page);
      if (isOffPath) keep[set] = 0;
    }
    return keep;
  }

  private ruleClasses(): Int32Array {
    const { recipes } = this.machine.ledger;
    const { contract } = this.machine.options;
    const names = recipes.map((recipe, rule) => {
      const transition = TRANSITIONS[rule];
      // A table of stage 2 that is owed opens all pages to the reach (`reach.ts`); else the level is of no account.
      const isTable = transition?.stage === 2 && transition.level === "table";
      const kind = transition === undefined ? "conflict" : `${transition.stage} ${isTable}`;
      return JSON.stringify([kind, contract.rules[rule]?.by, recipe]);
    });
    // Where there are several contexts, duties of one rule keep pace with each other.
    return Int32Array.from(names, (name, rule) => (this.isAlone ? names.indexOf(name) : rule));
  }

  private reduceLedger(): void {
    const { machine } = this;
    const { state, ledger } = machine;
    for (let number = ledger.dutyCount(state) - 1; number >= 0; number--) {
      const rule = ledger.duty(state, number, DUTY.rule);
      if (this.ruleClass[rule] !== rule) ledger.renameRule(state, number, this.ruleClass[rule]!);
      if (this.isIdle(number)) ledger.forget(state, number);
      else if (this.isAlone && this.request !== null) {
        this.outlived.reduceFlags(state, ledger.recordAt(number));
        this.reducePages(ledger.recordAt(number), this.request.page);
      }
    }
    for (let number = ledger.dutyCount(state) - 1; number >= 0; number--) {
      if (this.isNeedless(number)) ledger.forget(state, number);
    }
  }

  /** Whether a duty never affects the request. */
  private isIdle(number: number): boolean {
    const { request, machine } = this;
    const { state, ledger } = machine;
    if (request === null || ledger.duty(state, number, DUTY.context) !== request.context) return false;
    if (ledger.duty(state, number, DUTY.firstGuestPage) >= 0) return false;
    return ((ledger.duty(state, number, DUTY.pages + (request.page >> 5)) >>> (request.page & 31)) & 1) === 0;
  }

  /**
   * Other pages that a duty affects matter where they have yet to be covered: in a later stage; in this one, since
   * another duty may come to it later; or when a global mark begins it again.
   */
  private reducePages(at: number, page: number): void {
    const { state, ledger } = this.machine;
    const isStage2 = state[at + DUTY.firstGuestPage]! >= 0;
    const isLast = state[at + DUTY.stage] === ledger.recipes[state[at + DUTY.rule]!]!.length - 1;
    if (!isStage2 && (!isLast || this.hasGlobals)) return;
    const words = ledger.unitsAt - DUTY.pages;
    for (let word = 0; word < words; word++) {
      let left = word === page >> 5 ? 1 << (page & 31) : 0;
      if (!isStage2)
        for (let unit = ledger.unitsAt + word; unit < ledger.record; unit += this.unitWords) left |= state[at + unit]!;
      state[at + DUTY.pages + word]! &= left;
    }
  }

  /** Whether another duty is the same but has as much before it, or more: it ends no sooner. */
  private isNeedless(number: number): boolean {
    const { state, ledger } = this.machine;
    const own = ledger.recordAt(number);
    for (let other = 0; other < ledger.dutyCount(state); other++) {
      if (other !== number && this.outlived.covers(state, ledger.recordAt(other), own)) return true;
    }
    return false;
  }
}
