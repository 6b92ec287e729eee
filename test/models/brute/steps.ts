/**
 * One derivation step of a concrete unit: what it may put into which cache, given memory and what it holds.
 *
 * Written from section 10 of the design page ("The chain of caches"). `Steps.each` calls `emit(set, value)` for every
 * value that one step gives, `fault(context, page)` for every request that may fault now, and `answer` for what a
 * request may be answered from. A step reads memory and held values only: longer walks are several steps, since every
 * cache that the unit lacks still holds the walks in flight. Set numbers are those of `Unit`, packed values those of
 * `values.ts`.
 */

import type { Geometry } from "../../../models/geometry.js";
import { CACHE, GLOBAL, type Unit } from "../../../models/unit.js";
import {
  ABSENT,
  CONTEXT_MASKS,
  contextClass,
  contextDomain,
  contextProcess,
  contextRoot,
  contextRootIsHost,
  contextVm,
  PRESENT,
  packValue,
  ROOT_IS_HOST,
  valueClass,
  valueGlobal,
  valuePage,
  valuePermission,
  valueSecond,
  valueSpan,
} from "../../../models/values.js";
import { type CacheName, CONTEXT_FIELDS } from "../../../rules/vocabulary.js";
import { faultClass, type Meaning, type Memory } from "./memory.js";

/** Values held, by set number. */
export type Held = readonly (readonly number[])[];

export interface Sink {
  emit(set: number, value: number): void;
  fault(context: number, page: number): void;
  /** A combined value that a request may be answered from. */
  answer(context: number, page: number, value: number): void;
}

/** What a requester's walk goes by: a combined context value. */
interface Walker {
  context: number;
  vm: number;
  domain: number;
  process: number;
  root: number;
  rootIsHost: boolean;
}

const READABLE = 1;

export class Steps {
  private readonly geometry: Geometry;
  private held: Held = [];
  private sink: Sink = { emit: () => {}, fault: () => {}, answer: () => {} };

  constructor(
    private readonly unit: Unit,
    private readonly memory: Memory,
  ) {
    this.geometry = unit.geometry;
  }

  each(held: Held, sink: Sink): void {
    this.held = held;
    this.sink = sink;
    for (let context = 0; context < this.geometry.contexts; context++) {
      for (const walker of this.walkers(context)) this.walk(walker);
      if (this.foundByRequester()) this.answer(context, (page) => this.heldOfRequester(context, page));
      this.answerFromDevice(context);
    }
  }

  // -- Context entries ------------------------------------------------------------------------------------------------

  private has(name: CacheName): boolean {
    return this.unit.caches[CACHE[name]]!.present;
  }

  /** Fills the context caches; returns what they may give the requester. */
  private walkers(context: number): Walker[] {
    const first = this.has("context") || !this.has("pasid") ? "context" : "pasid";
    const second = first === "context" && this.has("pasid") ? "pasid" : undefined;
    this.fetchContext(context, first, undefined);
    const result: Walker[] = [];
    for (const value of this.heldIn(first, context, 0, 0, 0)) {
      if (contextClass(value) !== PRESENT) {
        this.faultEverywhere(context);
        continue;
      }
      if (second === undefined) {
        result.push(walkerOf(context, value));
        continue;
      }
      this.fetchContext(context, second, value);
      for (const other of this.heldIn(second, context, 0, 0, 0)) {
        if (contextClass(other) !== PRESENT) this.faultEverywhere(context);
        else result.push(walkerOf(context, this.combineContext(value, other)));
      }
    }
    return result;
  }

  /** The fields of each cache side by side; no tested unit holds one field (but `valid`) in both. */
  private combineContext(first: number, second: number): number {
    const own = this.unit.caches[CACHE.pasid]!.fieldMask;
    const rootHere = (own & CONTEXT_MASKS.root) !== 0;
    const mask = rootHere ? own | ROOT_IS_HOST : own;
    return (first & ~mask) | (second & mask);
  }

  private fetchContext(context: number, name: "context" | "pasid", through: number | undefined): void {
    const rule = this.unit.caches[CACHE[name]]!;
    const set = this.setOf(name, context, 0, 0, 0);
    const entry = this.memory.contextEntry(context);
    const kind = contextClass(entry);
    if (kind !== PRESENT) {
      if (kind === ABSENT ? rule.holdsAbsent : rule.holdsMalformed) this.sink.emit(set, kind);
      this.faultEverywhere(context);
      return;
    }
    const fields = CONTEXT_FIELDS.filter((field) => (rule.fieldMask & CONTEXT_MASKS[field]) === CONTEXT_MASKS[field]);
    const mask = fields.reduce((bits, field) => bits | CONTEXT_MASKS[field], 0);
    const value = entry & mask;
    if (!fields.includes("root") || rule.guestPointers) this.sink.emit(set, value);
    if (!fields.includes("root") || !rule.hostPointers) return;
    const throughMask = through === undefined ? 0 : this.unit.caches[CACHE.context]!.fieldMask & ~rule.fieldMask;
    const seen = walkerOf(context, (entry & ~throughMask) | ((through ?? 0) & throughMask));
    for (const stage2 of this.translate(seen, contextRoot(entry))) {
      if (isTable(stage2)) {
        this.sink.emit(set, (value & ~CONTEXT_MASKS.root) | ROOT_IS_HOST | (valuePage(stage2) << 14));
        continue;
      }
      // The fetch itself has failed: there is no context to have a result under, so nothing is kept.
      this.faultEverywhere(context);
    }
  }

  private faultEverywhere(context: number): void {
    for (let page = 0; page < this.geometry.iova.count; page++) this.sink.fault(context, page);
  }

  // -- Stage 1 --------------------------------------------------------------------------------------------------------

  private walk(walker: Walker): void {
    const { iova } = this.geometry;
    const everything = { from: 0, to: iova.count };
    const root = { permission: 3, global: 0 };
    for (const table of this.tables(walker, walker.root, walker.rootIsHost, everything)) {
      this.readTable(walker, table, 0, everything, root);
    }
    for (let prefix = 0; prefix < iova.prefixCount; prefix++) this.follow(walker, prefix);
    for (let page = 0; page < iova.count; page++) {
      this.combineLeaves(walker, page);
    }
    if (!this.foundByRequester()) this.answer(walker.context, (page) => this.heldTagged("iotlb", walker, page));
  }

  /** The host pages where a stage-1 table may lie; what hinders is a fault of the pages below it. */
  private tables(walker: Walker, page: number, isHost: boolean, below: { from: number; to: number }): number[] {
    if (isHost) return [page];
    const pages: number[] = [];
    for (const value of this.translate(walker, page)) {
      if (isTable(value)) pages.push(valuePage(value));
      else this.faultBelow(walker, below, value, page);
    }
    return pages;
  }

  /** Fault `value` of a table or pointer, for all pages below; kept by what holds results, if it holds such. */
  private faultBelow(walker: Walker, below: { from: number; to: number }, value: number, guestPage = 0): void {
    for (let page = below.from; page < below.to; page++) {
      this.sink.fault(walker.context, page);
      this.negativeResult(walker, page, value, guestPage);
    }
  }

  private readTable(
    walker: Walker,
    table: number,
    depth: number,
    below: { from: number; to: number },
    above: { permission: number; global: number },
  ): void {
    const { iova } = this.geometry;
    for (let page = below.from; page < below.to; page++) {
      const entry = this.memory.stage1(table, iova.index[page * iova.levels + depth]!, depth);
      const permission = above.permission & entry.permission;
      const global = above.global | entry.global;
      if (entry.what === "leaf") this.stage1Leaf(walker, page, depth, { ...entry, permission, global });
      else if (entry.what === "table") this.pointer(walker, page, depth, { ...entry, permission, global });
      else this.stage1Fault(walker, page, depth, entry.what);
    }
  }

  private pointer(walker: Walker, page: number, depth: number, entry: Meaning): void {
    const { iova } = this.geometry;
    const rule = this.unit.caches[CACHE.walk]!;
    const set = this.taggedSet("walk", walker, entry.global, iova.prefix[page * iova.levels + depth]!);
    const pack = (target: number, isHost: number): number =>
      packValue(PRESENT, entry.permission, entry.global, 0, target, isHost);
    if (rule.guestPointers) this.sink.emit(set, pack(entry.target, 0));
    if (!rule.hostPointers) return;
    for (const host of this.tables(walker, entry.target, false, { from: page, to: page + 1 })) {
      this.sink.emit(set, pack(host, 1));
    }
  }

  private stage1Leaf(walker: Walker, page: number, depth: number, entry: Meaning): void {
    const { iova } = this.geometry;
    const span = iova.levels - 1 - depth;
    const target = entry.target + (iova.pages[page]! % iova.entries ** span);
    const value = packValue(PRESENT, entry.permission, entry.global, span, target, 0);
    this.sink.emit(this.taggedSet("stage1", walker, entry.global, page), value);
  }

  private stage1Fault(walker: Walker, page: number, depth: number, what: "absent" | "malformed"): void {
    const { iova } = this.geometry;
    const isLast = depth === iova.levels - 1;
    const cache = isLast ? "stage1" : "walk";
    const value = packValue(faultClass(what), 0, 0, 1, 0, 0);
    const address = isLast ? page : iova.prefix[page * iova.levels + depth]!;
    if (this.holds(cache, value)) this.sink.emit(this.taggedSet(cache, walker, 0, address), value);
    this.sink.fault(walker.context, page);
    this.negativeResult(walker, page, value);
  }

  /** Goes on from the pointers held for a prefix. */
  private follow(walker: Walker, prefix: number): void {
    const { iova } = this.geometry;
    const below = { from: iova.prefixFrom[prefix]!, to: iova.prefixTo[prefix]! };
    for (const value of this.heldTagged("walk", walker, prefix)) {
      if (valueClass(value) !== PRESENT) {
        this.faultBelow(walker, below, value);
        continue;
      }
      const above = { permission: valuePermission(value), global: valueGlobal(value) };
      for (const table of this.tables(walker, valuePage(value), valueSecond(value) === 1, below)) {
        this.readTable(walker, table, iova.prefixDepth[prefix]! + 1, below, above);
      }
    }
  }

  // -- Results --------------------------------------------------------------------------------------------------------

  private combineLeaves(walker: Walker, page: number): void {
    for (const leaf of this.heldTagged("stage1", walker, page)) {
      if (valueClass(leaf) !== PRESENT) {
        this.sink.fault(walker.context, page);
        this.negativeResult(walker, page, leaf);
        continue;
      }
      for (const stage2 of this.translate(walker, valuePage(leaf))) {
        if (valueClass(stage2) !== PRESENT) {
          this.sink.fault(walker.context, page);
          this.negativeResult(walker, page, stage2, valuePage(leaf));
          continue;
        }
        this.sink.emit(this.taggedSet("iotlb", walker, valueGlobal(leaf), page), combined(leaf, stage2));
      }
    }
  }

  /** A faulting result, in the IOTLB and the device TLB as far as they hold its class. */
  private negativeResult(walker: Walker, page: number, fault: number, guestPage = 0): void {
    if (valueClass(fault) === PRESENT) return;
    const value = packValue(valueClass(fault), 0, 0, valueSpan(fault), 0, guestPage);
    if (this.holds("iotlb", value)) this.sink.emit(this.taggedSet("iotlb", walker, 0, page), value);
    if (this.holds("device-tlb", value)) this.sink.emit(this.setOf("device-tlb", walker.context, 0, 0, page), value);
  }

  /** `found` gives what requests to a page find in the IOTLB. */
  private answer(context: number, found: (page: number) => readonly number[]): void {
    // A device without a TLB keeps nothing between its requests, so nothing is in flight there.
    const keeps = this.has("device-tlb");
    for (let page = 0; page < this.geometry.iova.count; page++) {
      const set = this.setOf("device-tlb", context, 0, 0, page);
      for (const value of found(page)) {
        const negative = valueClass(value) !== PRESENT;
        if (negative) this.sink.fault(context, page);
        this.sink.answer(context, page, value);
        if (keeps && (!negative || this.holds("device-tlb", value))) this.sink.emit(set, value);
      }
    }
  }

  private foundByRequester(): boolean {
    return this.unit.architecture.caches.some(({ name, lookup }) => name === "iotlb" && lookup === "requester");
  }

  /** Everything that the IOTLB holds for a requester and a page, whatever its other tags. */
  private heldOfRequester(context: number, page: number): readonly number[] {
    const { setCache, setRequester, setAddress } = this.unit;
    return this.held.flatMap((values, set) =>
      setCache[set] === CACHE.iotlb && setRequester[set] === context && setAddress[set] === page ? values : [],
    );
  }

  private answerFromDevice(context: number): void {
    for (let page = 0; page < this.geometry.iova.count; page++) {
      for (const value of this.heldIn("device-tlb", context, 0, 0, page)) {
        if (valueClass(value) !== PRESENT) this.sink.fault(context, page);
        this.sink.answer(context, page, value);
      }
    }
  }

  // -- Stage 2 --------------------------------------------------------------------------------------------------------

  /** What guest page `page` may translate to on behalf of a walk: held values, and faults that a walk would meet. */
  private translate(walker: Walker, page: number): readonly number[] {
    const { guest, tableBase } = this.geometry;
    const faults: number[] = [];
    this.readStage2(walker, page, 0, tableBase[walker.vm]!, 3, faults);
    for (let depth = 0; depth < guest.levels - 1; depth++) {
      const prefix = guest.prefix[page * guest.levels + depth]!;
      for (const value of this.heldIn("stage2-walk", walker.context, walker.domain, 0, prefix)) {
        if (valueClass(value) !== PRESENT) this.stage2Negative(walker, page, value, faults);
        else this.readStage2(walker, page, depth + 1, valuePage(value), valuePermission(value), faults);
      }
    }
    const held = this.heldIn("stage2", walker.context, walker.domain, 0, page);
    return faults.length === 0 ? held : [...held, ...faults];
  }

  private readStage2(
    walker: Walker,
    page: number,
    depth: number,
    table: number,
    above: number,
    faults: number[],
  ): void {
    const { guest } = this.geometry;
    const entry = this.memory.stage2(table, guest.index[page * guest.levels + depth]!, depth);
    const permission = above & entry.permission;
    const prefix = guest.prefix[page * guest.levels + depth]!;
    if (entry.what === "table") {
      const set = this.setOf("stage2-walk", walker.context, walker.domain, 0, prefix);
      this.sink.emit(set, packValue(PRESENT, permission, 0, 0, entry.target, 0));
      return;
    }
    if (entry.what === "leaf") {
      this.stage2Leaf(walker, page, guest.levels - 1 - depth, permission, entry.target);
      return;
    }
    const value = packValue(faultClass(entry.what), 0, 0, 2, 0, 0);
    if (depth < guest.levels - 1 && this.holds("stage2-walk", value)) {
      this.sink.emit(this.setOf("stage2-walk", walker.context, walker.domain, 0, prefix), value);
    }
    this.stage2Negative(walker, page, value, faults);
  }

  private stage2Negative(walker: Walker, page: number, value: number, faults: number[]): void {
    if (this.holds("stage2", value))
      this.sink.emit(this.setOf("stage2", walker.context, walker.domain, 0, page), value);
    faults.push(value);
  }

  /** A superpage may be held for every page below it. */
  private stage2Leaf(walker: Walker, page: number, span: number, permission: number, target: number): void {
    const { guest, guestPages } = this.geometry;
    const size = guest.entries ** span;
    const first = Math.floor(page / size) * size;
    for (let at = first; at < Math.min(first + size, guestPages); at++) {
      const value = packValue(PRESENT, permission, 0, span, target + (at - first), 0);
      this.sink.emit(this.setOf("stage2", walker.context, walker.domain, 0, at), value);
    }
  }

  // -- Sets -----------------------------------------------------------------------------------------------------------

  private holds(name: CacheName, value: number): boolean {
    const rule = this.unit.caches[CACHE[name]]!;
    return valueClass(value) === ABSENT ? rule.holdsAbsent : rule.holdsMalformed;
  }

  private setOf(name: CacheName, context: number, domain: number, process: number, address: number): number {
    return this.unit.set(CACHE[name], context, domain, process, address);
  }

  private taggedSet(name: CacheName, walker: Walker, global: number, address: number): number {
    return this.setOf(name, walker.context, walker.domain, global === 1 ? GLOBAL : walker.process, address);
  }

  private heldIn(
    name: CacheName,
    context: number,
    domain: number,
    process: number,
    address: number,
  ): readonly number[] {
    return this.held[this.setOf(name, context, domain, process, address)]!;
  }

  /** Under the walk's own process tag and among global entries. */
  private heldTagged(name: CacheName, walker: Walker, address: number): readonly number[] {
    const own = this.heldIn(name, walker.context, walker.domain, walker.process, address);
    if (!this.unit.caches[CACHE[name]]!.keyedByProcess) return own;
    const global = this.heldIn(name, walker.context, walker.domain, GLOBAL, address);
    return global.length === 0 ? own : [...own, ...global];
  }
}

function walkerOf(context: number, value: number): Walker {
  return {
    context,
    vm: contextVm(value),
    domain: contextDomain(value),
    process: contextProcess(value),
    root: contextRoot(value),
    rootIsHost: contextRootIsHost(value) === 1,
  };
}

/** A stage-1 table must be readable in stage 2. */
function isTable(stage2: number): boolean {
  return valueClass(stage2) === PRESENT && (valuePermission(stage2) & READABLE) !== 0;
}

/**
 * HPA and permissions, with the GPA it came through. Its size is that of the stage-1 leaf: by that an address match
 * takes the whole superpage, whatever stage 2 lies under it (section 10 is silent on this; a reading).
 */
export function combined(leaf: number, stage2: number): number {
  const permission = valuePermission(leaf) & valuePermission(stage2);
  return packValue(PRESENT, permission, valueGlobal(leaf), valueSpan(leaf), valuePage(stage2), valuePage(leaf));
}
