/**
 * Hardware nesting as everything that any legal cache could hold: sets, not schedules.
 *
 * Follows the design page, section 4 (Envelope). For each cache and key there is the set of values that some legal unit
 * might hold now, each with a mask over the subsets D of the pending commands: bit D is set when the value may be held
 * after exactly the commands in D have executed. Values come from current memory (every bit) and from other sets (the
 * AND of their masks); a command that does not match a value lets it live on in D + k; a fence keeps the full subset.
 *
 * Example: g4[0] is retargeted from g8 to g9 while i0 is cached. Set iotlb(d0,p0,i0) = {h8, h9}. Submit `inv iotlb d0
 * p0 i0`: h8 keeps bit {}, h9 has {} and {0}. Fence: h9 alone, settled. With a stale pointer left in the walk cache
 * h8's table would still be read after the command, and whatever it holds then would be in the set at {0} too.
 *
 * A pass derives from contexts down to the device TLB, for the requests that are stale: those that read a word that was
 * written, or a set that has grown or lost bits since. A command that was submitted makes nothing possible that was not
 * before, so the sets hear of it late: before the next write or fence, or when somebody looks (`complete`). Values of
 * caches that the unit does not have are walks in flight: same sets, emptied by any fence.
 */

import { READ } from "../commands/command.js";
import { Due } from "./due.js";
import type { Geometry } from "./geometry.js";
import type { Layout } from "./layout.js";
import type { Queue } from "./queue.js";
import { FRESH, Sets, SUBSETS } from "./sets.js";
import { CACHE, GLOBAL, mayHold, type Unit, type UnitCache } from "./unit.js";
import {
  ABSENT,
  CONTEXT_FIELDS_MASK,
  CONTEXT_MASKS,
  contextClass,
  contextDomain,
  contextProcess,
  contextRoot,
  contextRootIsHost,
  contextVm,
  entryGlobal,
  entryPermission,
  entryRole,
  entryTarget,
  MALFORMED,
  mergeContext,
  PRESENT,
  packValue,
  REASON,
  ROLE,
  ROOT_IS_HOST,
  valuePage,
} from "./values.js";
import type { Change, World } from "./world.js";

/** Tables that a walk may be at, at one depth. */
const TABLES = 64;
const CONTEXT_VALUES = 64;
/** Kinds of fault: three stages, three reasons. */
const KINDS = 9;
/** The tables that walks may have reached at one depth, with what the way there gave. */
interface Tables {
  count: number;
  page: Int32Array;
  permission: Int32Array;
  global: Int32Array;
  mask: Int32Array;
}

/** The values that the context caches may give a requester, combined. */
interface ContextValues {
  count: number;
  value: Int32Array;
  mask: Int32Array;
  /** First IOTLB sets where a request with this value finds results: one set a page. */
  results: Int32Array[];
}

export class Envelope {
  private readonly sets: Sets;
  private readonly due: Due;
  /** There was no room for a table, a context value or an answer. */
  private isFull = false;
  /** For searches that look at one request: other requests may lead a walk to any guest page at any time. */
  hasStrangers = false;
  /** By `context * pages + page`: the subsets in which a walk may fault. */
  readonly faultMask: Int32Array;
  /** The same by kind of fault, `KINDS` a request: `stage * 3 + reason - 1`. */
  private readonly faultMasks: Int32Array;
  /** What the context caches may give each requester now. */
  readonly contextValues: readonly ContextValues[];
  private readonly stage2Stamp: Int32Array;
  private readonly stage2Filled: Int32Array;
  private readonly stage2Absent: Int32Array;
  private readonly stage2Malformed: Int32Array;
  private readonly tables: readonly Tables[];
  private readonly guestTables: readonly Tables[];
  private readonly translated = emptyTables();
  /** How many of the pending commands the sets have heard of. */
  private heard = 0;
  /** The sets are those of the state, but faults and context values are not. */
  private isBlind = false;
  private startValues: readonly ContextValues[] = [];
  private everywhere = 1;
  private readonly caches: readonly UnitCache[];
  private readonly directories: readonly number[];

  constructor(
    layout: Layout,
    private readonly geometry: Geometry,
    private readonly unit: Unit,
    private readonly world: World,
    private readonly queue: Queue,
    /** Commands of the host remove nothing: the envelope of what a guest sees. */
    guestOnly: boolean,
  ) {
    this.due = new Due(geometry, unit.setCount);
    this.sets = new Sets(layout, unit, queue, this.due, guestOnly);
    const requests = geometry.contexts * geometry.iova.count;
    this.faultMask = new Int32Array(requests);
    this.faultMasks = new Int32Array(requests * KINDS);
    this.contextValues = Array.from({ length: geometry.contexts }, emptyContextValues);
    const guests = geometry.domains * geometry.vms * geometry.guestPages;
    this.stage2Stamp = new Int32Array(guests);
    this.stage2Filled = new Int32Array(guests);
    this.stage2Absent = new Int32Array(guests);
    this.stage2Malformed = new Int32Array(guests);
    this.tables = Array.from({ length: geometry.iova.levels }, emptyTables);
    this.guestTables = Array.from({ length: geometry.guest.levels }, emptyTables);
    this.caches = unit.caches;
    const present = [CACHE.context, CACHE.pasid].filter((cache) => unit.caches[cache]!.present);
    this.directories = present.length > 0 ? present : [CACHE.context];
  }

  /** A capacity was reached: what the sets hold says nothing. */
  get overflowed(): boolean {
    return this.isFull || this.sets.overflowed;
  }

  private set overflowed(is: boolean) {
    this.isFull = is;
    this.sets.overflowed = is;
  }

  reset(state: Int32Array): void {
    this.sets.clear(state);
    this.overflowed = false;
    this.heard = 0;
    this.forget();
    this.saturate(state);
  }

  /** Computes again what is derived from the state, after it was replaced. */
  reload(state: Int32Array): void {
    this.overflowed = false;
    this.relink(state);
    this.forget();
    this.saturate(state);
  }

  /** The arrays that are computed from a state, beside the context values. */
  get derived(): readonly Int32Array[] {
    return [this.faultMask, this.faultMasks, this.due.nodePass];
  }

  /** What is computed from the state is what `restart` goes back to. */
  keepStart(): void {
    this.startValues = this.contextValues.map(copyValues);
    this.due.keepStart();
  }

  /** The start state is back, and so are the arrays in `derived`. */
  restart(): void {
    this.overflowed = false;
    this.heard = 0;
    this.isBlind = false;
    this.due.restart();
    for (let context = 0; context < this.contextValues.length; context++)
      assignValues(this.contextValues[context]!, this.startValues[context]!);
  }

  /** The state was replaced; the next step computes what is derived. */
  rewound(state: Int32Array): void {
    this.overflowed = false;
    this.heard = this.queue.count(state);
    this.isBlind = true;
    this.sets.forgetFresh(state);
  }

  /** Everything is to be derived again, and nothing is known to be fresh. */
  forget(): void {
    this.isBlind = false;
    this.due.forget();
  }

  /** The sets as lists again, and which pending commands each value outlives: from the records alone. */
  relink(state: Int32Array): void {
    this.heard = this.queue.count(state);
    this.isBlind = true;
    this.sets.relink(state);
  }

  /**
   * After memory or a context entry was written: what was cached stays, what can be derived now comes in. `complete`
   * has come before the write.
   */
  written(state: Int32Array, change: Change): void {
    if (this.isBlind) this.forget();
    else this.due.markChange(change);
    this.saturate(state);
  }

  /** The sets hear of the commands that were submitted since: what those do not match lives on beyond them. */
  complete(state: Int32Array): void {
    if (this.heard === this.queue.count(state)) return;
    this.hear(state);
    if (this.isBlind) this.forget();
    this.saturate(state);
  }

  private hear(state: Int32Array): void {
    const { sets, heard } = this;
    const pendingCount = this.queue.count(state);
    sets.hear(state, heard);
    // What was derived from values that all live on does so too.
    for (let at = 0; at < this.faultMask.length; at++) {
      if (this.faultMask[at] === 0) continue;
      this.faultMask[at] = this.sets.close(this.faultMask[at]!, -1, heard, pendingCount);
      for (let kind = at * KINDS; kind < (at + 1) * KINDS; kind++)
        this.faultMasks[kind] = this.sets.close(this.faultMasks[kind]!, -1, heard, pendingCount);
    }
    for (const values of this.contextValues) {
      for (let at = 0; at < values.count; at++)
        values.mask[at] = this.sets.close(values.mask[at]!, -1, heard, pendingCount);
    }
    this.heard = pendingCount;
  }

  /** All pending commands have executed (the queue is emptied after this): the full subset's bit survives. */
  fenced(state: Int32Array): void {
    this.complete(state);
    const pendingCount = this.queue.count(state);
    if (pendingCount === 0 && this.sets.allPresent && !this.isBlind) return;
    const full = (1 << pendingCount) - 1;
    this.heard = 0;
    this.sets.keepFull(state, full);
    if (this.isBlind) this.forget();
    else this.keepAnswers(full);
  }

  /** After a fence has emptied the queue. */
  emptied(state: Int32Array): void {
    this.saturate(state);
  }

  /** Faults and context values of the full subset: all that follows from what is left was there before. */
  private keepAnswers(full: number): void {
    for (let at = 0; at < this.faultMask.length; at++) {
      if (this.faultMask[at] === 0) continue;
      this.faultMask[at] = (this.faultMask[at]! >>> full) & 1;
      for (let kind = at * KINDS; kind < (at + 1) * KINDS; kind++)
        this.faultMasks[kind] = (this.faultMasks[kind]! >>> full) & 1;
    }
    for (const values of this.contextValues) {
      let kept = 0;
      for (let at = 0; at < values.count; at++) {
        if (((values.mask[at]! >>> full) & 1) === 0) continue;
        values.value[kept] = values.value[at]!;
        values.results[kept] = values.results[at]!;
        values.mask[kept++] = 1;
      }
      values.count = kept;
    }
  }

  /** For searches: see `Sets.reduce`. */
  reduce(state: Int32Array, keep: Int32Array): void {
    this.sets.reduce(state, keep);
  }

  // --- looking ----------------------------------------------------------------------------------------------------

  count(state: Int32Array): number {
    return this.sets.count(state);
  }
  setOf(state: Int32Array, record: number): number {
    return this.sets.setOf(state, record);
  }
  valueOf(state: Int32Array, record: number): number {
    return this.sets.valueOf(state, record);
  }
  maskOf(state: Int32Array, record: number): number {
    return this.sets.maskOf(state, record);
  }
  /** First record of a set, -1 if it is empty. */
  first(state: Int32Array, set: number): number {
    return this.sets.first(state, set);
  }
  next(state: Int32Array, record: number): number {
    return this.sets.next(state, record);
  }

  /**
   * Writes the combined values that a request of `context` to `page` may be answered from into `into`, from `from` on;
   * returns where they end (repetitions possible). Faults that nothing caches are in `faultMask`.
   */
  answers(state: Int32Array, context: number, page: number, into: Int32Array, from = 0): number {
    const { unit } = this;
    if (this.caches[CACHE["device-tlb"]]!.present) {
      const set = unit.set(CACHE["device-tlb"], context, 0, 0, page);
      return this.collect(state, set, -1, into, from);
    }
    if (unit.foundByRequester)
      return this.collectFrom(state, unit.lookup(CACHE.iotlb, context, 0, 0), page, -1, into, from);
    const values = this.contextValues[context]!;
    let found = from;
    for (let at = 0; at < values.count; at++)
      found = this.collectFrom(state, values.results[at]!, page, values.mask[at]!, into, found);
    return found;
  }

  private collectFrom(
    state: Int32Array,
    sets: Int32Array,
    page: number,
    mask: number,
    into: Int32Array,
    from: number,
  ): number {
    let found = from;
    for (let at = 0; at < sets.length; at++) found = this.collect(state, sets[at]! + page, mask, into, found);
    return found;
  }

  private collect(state: Int32Array, set: number, mask: number, into: Int32Array, found: number): number {
    let count = found;
    for (let record = this.first(state, set); record >= 0; record = this.next(state, record)) {
      if ((this.maskOf(state, record) & mask) === 0) continue;
      const value = this.valueOf(state, record);
      if ((value & 3) !== PRESENT) continue;
      if (count < into.length) into[count++] = value;
      else this.overflowed = true;
    }
    return count;
  }

  // --- deriving ---------------------------------------------------------------------------------------------------

  /** An entry of a table. */
  private word(state: Int32Array, word: number): number {
    this.due.readsWord(word);
    return state[this.world.memory + word]!;
  }

  private insert(state: Int32Array, set: number, value: number, flow: number): void {
    this.sets.insert(state, set, value, flow);
  }

  private read(state: Int32Array, set: number): number {
    return this.sets.read(state, set);
  }

  private flowOf(state: Int32Array, record: number): number {
    return this.sets.flowOf(state, record);
  }

  private saturate(state: Int32Array): void {
    this.everywhere = this.sets.allSubsets(this.queue.count(state)) | FRESH;
    for (let again = true; again && !this.overflowed; ) {
      again = false;
      for (let context = 0; context < this.geometry.contexts; context++) {
        if (!this.due.take(context)) continue;
        again = true;
        this.derive(state, context);
      }
    }
  }

  /** A pass for the requests of `context` that are due. */
  private derive(state: Int32Array, context: number): void {
    const { unit } = this;
    this.clearFaults(context);
    this.due.enterContext();
    this.deriveContext(state, context);
    const values = this.contextValues[context]!;
    for (let at = 0; at < values.count; at++) this.deriveWalks(state, context, values.value[at]!, values.mask[at]!);
    if (unit.foundByRequester)
      this.deriveAnswers(state, unit.lookup(CACHE.iotlb, context, 0, 0), context, this.everywhere);
  }

  private clearFaults(context: number): void {
    const { count } = this.geometry.iova;
    for (let page = 0; page < count; page++) {
      const at = context * count + page;
      if (this.due.isDue[page] === 0 || this.faultMask[at] === 0) continue;
      this.faultMask[at] = 0;
      for (let kind = at * KINDS; kind < (at + 1) * KINDS; kind++) this.faultMasks[kind] = 0;
    }
  }

  /** How a request may fault now: bit `stage * 3 + reason - 1` each. */
  faultKinds(request: number): number {
    let kinds = 0;
    for (let kind = 0; kind < KINDS; kind++) if (this.faultMasks[request * KINDS + kind] !== 0) kinds |= 1 << kind;
    return kinds;
  }

  private fault(context: number, page: number, stage: number, kind: number, flow: number): void {
    const mask = flow & SUBSETS;
    if (mask === 0) return;
    const at = context * this.geometry.iova.count + page;
    this.faultMask[at]! |= mask;
    this.faultMasks[at * KINDS + stage * 3 + (kind === ABSENT ? REASON.absent : REASON.malformed) - 1]! |= mask;
  }

  private faultPermission(context: number, from: number, to: number, flow: number): void {
    const mask = flow & SUBSETS;
    for (let page = from; page < to; page++) {
      const at = context * this.geometry.iova.count + page;
      this.faultMask[at]! |= mask;
      this.faultMasks[at * KINDS + 2 * 3 + REASON.permission - 1]! |= mask;
    }
  }

  private faultAll(context: number, stage: number, kind: number, mask: number): void {
    for (let page = 0; page < this.geometry.iova.count; page++) this.fault(context, page, stage, kind, mask);
  }

  /** Context caches: each filled from the one before it, the first from memory; then their values combined. */
  private deriveContext(state: Int32Array, context: number): void {
    const { directories, world } = this;
    const values = this.contextValues[context]!;
    values.count = 0;
    const memory = state[world.contexts + context]!;
    const first = directories[0]!;
    this.fillDirectory(state, context, first, memory, this.everywhere);
    const set = this.unit.set(first, context, 0, 0, 0);
    const firstMask = this.caches[first]!.fieldMask;
    const kind = contextClass(memory);
    if (kind !== PRESENT) this.faultAll(context, 0, kind, this.everywhere);
    for (let record = this.read(state, set); record >= 0; record = this.next(state, record)) {
      const value = this.valueOf(state, record);
      const mask = this.flowOf(state, record);
      if (contextClass(value) !== PRESENT) this.faultAll(context, 0, contextClass(value), mask);
      else if (directories.length === 1) this.addContextValue(values, value, firstMask, memory, mask, context);
      else this.deriveSecond(state, context, value, firstMask, memory, mask, values);
    }
  }

  /** The second directory cache of the chain, through one value of the first. */
  private deriveSecond(
    state: Int32Array,
    context: number,
    through: number,
    throughMask: number,
    memory: number,
    mask: number,
    values: ContextValues,
  ): void {
    const second = this.directories[1]!;
    const secondMask = this.caches[second]!.fieldMask;
    // Fields that the first does not hold are read from memory now.
    const kind = contextClass(memory);
    const needsMemory = (secondMask & ~throughMask & ~3) !== 0 || secondMask === 3;
    if (kind !== PRESENT && needsMemory) this.faultAll(context, 0, kind, mask);
    const fetched = needsMemory && kind !== PRESENT ? kind : mergeContext(through, throughMask, memory);
    this.fillDirectory(state, context, second, fetched, mask);
    const set = this.unit.set(second, context, 0, 0, 0);
    for (let record = this.read(state, set); record >= 0; record = this.next(state, record)) {
      const value = this.valueOf(state, record);
      const both = this.flowOf(state, record) & mask;
      if (contextClass(value) !== PRESENT) this.faultAll(context, 0, contextClass(value), both);
      else
        this.addContextValue(
          values,
          mergeContext(value, secondMask, through),
          secondMask | throughMask,
          memory,
          both,
          context,
        );
    }
  }

  private addContextValue(
    values: ContextValues,
    held: number,
    heldMask: number,
    memory: number,
    mask: number,
    context: number,
  ): void {
    if (mask === 0) return;
    if ((heldMask & CONTEXT_FIELDS_MASK) !== CONTEXT_FIELDS_MASK && contextClass(memory) !== PRESENT) {
      this.faultAll(context, 0, contextClass(memory), mask);
      return;
    }
    const value = mergeContext(held, heldMask, memory);
    for (let at = 0; at < values.count; at++) {
      if (values.value[at] !== value) continue;
      values.mask[at]! |= mask;
      return;
    }
    if (values.count === CONTEXT_VALUES) {
      this.overflowed = true;
      return;
    }
    const domain = contextDomain(value);
    values.results[values.count] = this.unit.lookup(CACHE.iotlb, context, domain, contextProcess(value));
    values.value[values.count] = value;
    values.mask[values.count++] = mask;
  }

  private fillDirectory(state: Int32Array, context: number, cache: number, entry: number, mask: number): void {
    const rule = this.caches[cache]!;
    const set = this.unit.set(cache, context, 0, 0, 0);
    const kind = contextClass(entry);
    if (kind !== PRESENT) {
      if (mayHold(rule, kind)) this.insert(state, set, kind, mask);
      return;
    }
    const held = entry & (rule.fieldMask | 3);
    const holdsRoot = (rule.fieldMask & CONTEXT_MASKS.root) !== 0;
    const isHost = contextRootIsHost(entry) === 1;
    if (!holdsRoot || rule.guestPointers || isHost) {
      this.insert(state, set, isHost && holdsRoot ? held | ROOT_IS_HOST : held, mask);
    }
    if (!holdsRoot || !rule.hostPointers || isHost) return;
    const domain = contextDomain(entry);
    const root = contextRoot(entry);
    const key = this.fillStage2(state, domain, contextVm(entry), root, mask);
    const stage2 = this.unit.set(CACHE.stage2, context, domain, 0, root);
    const { count } = this.geometry.iova;
    for (let record = this.read(state, stage2); record >= 0; record = this.next(state, record)) {
      const value = this.valueOf(state, record);
      const both = mask & this.flowOf(state, record);
      if (readable(value)) {
        const translated = (held & ~CONTEXT_MASKS.root) | ROOT_IS_HOST | (valuePage(value) << 14);
        this.insert(state, set, translated, both);
      } else if (!rule.guestPointers) {
        // Nothing is kept then: the fault is met here. Where the guest's root is kept too, a walk from it meets it.
        if ((value & 3) === PRESENT) this.faultPermission(context, 0, count, both);
        else this.faultAll(context, 2, value & 3, both);
      }
    }
    if (rule.guestPointers) return;
    this.faultAll(context, 2, ABSENT, this.stage2Absent[key]! & mask);
    this.faultAll(context, 2, MALFORMED, this.stage2Malformed[key]! & mask);
  }

  /** All walks that a requester may do with one context value. */
  private deriveWalks(state: Int32Array, context: number, value: number, mask: number): void {
    const { geometry } = this;
    const domain = contextDomain(value);
    const vm = contextVm(value);
    if (this.hasStrangers)
      for (let page = 0; page < geometry.guestPages; page++) this.fillStage2(state, domain, vm, page, mask);
    const root = this.tables[0]!;
    root.count = 0;
    this.due.enterContext();
    if (contextRootIsHost(value) === 1) pushTable(root, contextRoot(value), 3, 0, mask);
    else
      this.pushTranslated(
        state,
        context,
        root,
        domain,
        vm,
        contextRoot(value),
        3,
        0,
        mask,
        0,
        geometry.iova.count,
        contextProcess(value),
      );
    this.descend(state, context, value, mask, 0, 0, geometry.iova.count);
    this.deriveResults(state, context, value, mask);
  }

  /**
   * Adds the host pages that guest page `guestPage` may translate to, as tables; the rest are faults of the pages
   * below.
   */
  private pushTranslated(
    state: Int32Array,
    context: number,
    tables: Tables,
    domain: number,
    vm: number,
    guestPage: number,
    permission: number,
    global: number,
    mask: number,
    from: number,
    to: number,
    process: number,
  ): void {
    const key = this.fillStage2(state, domain, vm, guestPage, mask);
    const set = this.unit.set(CACHE.stage2, context, domain, 0, guestPage);
    for (let record = this.read(state, set); record >= 0; record = this.next(state, record)) {
      const value = this.valueOf(state, record);
      const both = this.flowOf(state, record) & mask;
      if (both === 0) continue;
      if (readable(value)) {
        if (!pushTable(tables, valuePage(value), permission, global, both)) this.overflowed = true;
      } else if ((value & 3) === PRESENT) this.faultPermission(context, from, to, both);
      else this.stage2Fault(state, context, domain, process, from, to, guestPage, value & 3, both);
    }
    this.stage2Fault(state, context, domain, process, from, to, guestPage, ABSENT, this.stage2Absent[key]! & mask);
    this.stage2Fault(
      state,
      context,
      domain,
      process,
      from,
      to,
      guestPage,
      MALFORMED,
      this.stage2Malformed[key]! & mask,
    );
  }

  private stage2Fault(
    state: Int32Array,
    context: number,
    domain: number,
    process: number,
    from: number,
    to: number,
    guestPage: number,
    kind: number,
    mask: number,
  ): void {
    if (mask === 0) return;
    const negative = packValue(kind, 0, 0, 2, 0, guestPage);
    for (let page = from; page < to; page++) {
      this.fault(context, page, 2, kind, mask);
      this.insertNegativeResult(state, context, domain, process, page, negative, mask);
    }
  }

  private insertNegativeResult(
    state: Int32Array,
    context: number,
    domain: number,
    process: number,
    page: number,
    negative: number,
    mask: number,
  ): void {
    if (mayHold(this.caches[CACHE.iotlb]!, negative)) {
      this.insert(state, this.unit.set(CACHE.iotlb, context, domain, process, page), negative, mask);
    }
    // A device may keep an answer that the IOTLB may not.
    const device = this.caches[CACHE["device-tlb"]]!;
    if (device.present && mayHold(device, negative)) {
      this.insert(state, this.unit.set(CACHE["device-tlb"], context, 0, 0, page), negative, mask);
    }
  }

  /** Reads the tables at `depth` for the pages `from` to `to`, and goes on where they point. */
  private descend(
    state: Int32Array,
    context: number,
    value: number,
    mask: number,
    depth: number,
    from: number,
    to: number,
  ): void {
    const { iova } = this.geometry;
    if (depth === iova.levels - 1) {
      this.readLeaves(state, context, value, depth, from, to);
      return;
    }
    for (let page = from; page < to; ) {
      const prefix = iova.prefix[page * iova.levels + depth]!;
      const end = iova.prefixTo[prefix]!;
      if (!this.due.isAnyDue(page, end)) {
        page = end;
        continue;
      }
      this.due.enterPrefix(prefix, page, end);
      this.readPointers(state, context, value, depth, prefix, page, end);
      const below = this.tables[depth + 1]!;
      below.count = 0;
      this.followPointers(state, context, value, mask, prefix, page, end, below);
      // Without a table too: a pointer that is held further down serves although those above are out of reach.
      this.descend(state, context, value, mask, depth + 1, page, end);
      page = end;
    }
  }

  /** Reads one non-leaf entry in every table that a walk may be at. */
  private readPointers(
    state: Int32Array,
    context: number,
    value: number,
    depth: number,
    prefix: number,
    from: number,
    to: number,
  ): void {
    const { geometry, unit } = this;
    const { iova } = geometry;
    const domain = contextDomain(value);
    const process = contextProcess(value);
    const tables = this.tables[depth]!;
    const walk = this.caches[CACHE.walk]!;
    const span = iova.levels - 1 - depth;
    for (let at = 0; at < tables.count; at++) {
      const entry = this.word(state, tables.page[at]! * geometry.pageEntries + iova.prefixIndex[prefix]!);
      const mask = tables.mask[at]!;
      const role = entryRole(entry, span, iova.spanPages[span]!, geometry.guestPages);
      const permission = tables.permission[at]! & entryPermission(entry);
      const global = tables.global[at]! | entryGlobal(entry);
      if (role === ROLE.absent || role === ROLE.malformed) {
        const negative = packValue(role === ROLE.absent ? ABSENT : MALFORMED, 0, 0, 1, 0, 0);
        if (mayHold(walk, negative))
          this.insert(state, unit.set(CACHE.walk, context, domain, process, prefix), negative, mask);
        for (let page = from; page < to; page++)
          this.stage1Fault(state, context, domain, process, page, negative, mask);
      } else if (role === ROLE.leaf) {
        for (let page = from; page < to; page++) {
          const guestPage = entryTarget(entry) + (iova.pages[page]! % iova.spanPages[span]!);
          this.insertLeaf(state, context, domain, process, page, permission, global, span, guestPage, mask);
        }
      } else {
        this.insertPointer(state, context, value, prefix, entryTarget(entry), permission, global, mask);
      }
    }
  }

  private insertPointer(
    state: Int32Array,
    context: number,
    value: number,
    prefix: number,
    guestTable: number,
    permission: number,
    global: number,
    mask: number,
  ): void {
    const { unit } = this;
    const { iova } = this.geometry;
    const walk = this.caches[CACHE.walk]!;
    const domain = contextDomain(value);
    const process = contextProcess(value);
    const set = unit.set(CACHE.walk, context, domain, global === 1 ? GLOBAL : process, prefix);
    if (walk.guestPointers) this.insert(state, set, packValue(PRESENT, permission, global, 0, guestTable, 0), mask);
    if (!walk.hostPointers) return;
    const tables = this.translated;
    tables.count = 0;
    const from = iova.prefixFrom[prefix]!;
    // Where the guest's pointer is kept too, its own translation meets the faults.
    const to = walk.guestPointers ? from : iova.prefixTo[prefix]!;
    this.pushTranslated(
      state,
      context,
      tables,
      domain,
      contextVm(value),
      guestTable,
      permission,
      global,
      mask,
      from,
      to,
      process,
    );
    for (let at = 0; at < tables.count; at++) {
      this.insert(state, set, packValue(PRESENT, permission, global, 0, tables.page[at]!, 1), tables.mask[at]!);
    }
  }

  /** The tables that cached pointers lead to. */
  private followPointers(
    state: Int32Array,
    context: number,
    value: number,
    mask: number,
    prefix: number,
    from: number,
    to: number,
    below: Tables,
  ): void {
    const { unit } = this;
    const domain = contextDomain(value);
    const process = contextProcess(value);
    const sets = unit.lookup(CACHE.walk, context, domain, process);
    for (let at = 0; at < sets.length; at++)
      this.followSet(state, sets[at]! + prefix, context, value, mask, from, to, below);
  }

  private followSet(
    state: Int32Array,
    set: number,
    context: number,
    value: number,
    mask: number,
    from: number,
    to: number,
    below: Tables,
  ): void {
    const domain = contextDomain(value);
    const process = contextProcess(value);
    for (let record = this.read(state, set); record >= 0; record = this.next(state, record)) {
      const pointer = this.valueOf(state, record);
      const both = this.flowOf(state, record) & mask;
      if (both === 0) continue;
      const permission = (pointer >> 2) & 3;
      const global = (pointer >> 4) & 1;
      if ((pointer & 3) !== PRESENT) {
        for (let page = from; page < to; page++) this.stage1Fault(state, context, domain, process, page, pointer, both);
      } else if (pointer >>> 19 === 1) {
        if (!pushTable(below, valuePage(pointer), permission, global, both)) this.overflowed = true;
      } else {
        const vm = contextVm(value);
        this.pushTranslated(
          state,
          context,
          below,
          domain,
          vm,
          valuePage(pointer),
          permission,
          global,
          both,
          from,
          to,
          process,
        );
      }
    }
  }

  private stage1Fault(
    state: Int32Array,
    context: number,
    domain: number,
    process: number,
    page: number,
    negative: number,
    mask: number,
  ): void {
    this.fault(context, page, 1, negative & 3, mask);
    this.insertNegativeResult(state, context, domain, process, page, negative, mask);
  }

  private readLeaves(state: Int32Array, context: number, value: number, depth: number, from: number, to: number): void {
    const { geometry, unit } = this;
    const { iova } = geometry;
    const domain = contextDomain(value);
    const process = contextProcess(value);
    const tables = this.tables[depth]!;
    const stage1 = this.caches[CACHE.stage1]!;
    for (let at = 0; at < tables.count; at++) {
      const mask = tables.mask[at]!;
      const base = tables.page[at]! * geometry.pageEntries;
      for (let page = from; page < to; page++) {
        if (this.due.isDue[page] === 0) continue;
        this.due.enterPage(page);
        const entry = this.word(state, base + iova.index[page * iova.levels + depth]!);
        const role = entryRole(entry, 0, 1, geometry.guestPages);
        if (role === ROLE.leaf) {
          const permission = tables.permission[at]! & entryPermission(entry);
          const global = tables.global[at]! | entryGlobal(entry);
          this.insertLeaf(state, context, domain, process, page, permission, global, 0, entryTarget(entry), mask);
          continue;
        }
        const negative = packValue(role === ROLE.absent ? ABSENT : MALFORMED, 0, 0, 1, 0, 0);
        if (mayHold(stage1, negative))
          this.insert(state, unit.set(CACHE.stage1, context, domain, process, page), negative, mask);
        this.stage1Fault(state, context, domain, process, page, negative, mask);
      }
    }
  }

  private insertLeaf(
    state: Int32Array,
    context: number,
    domain: number,
    process: number,
    page: number,
    permission: number,
    global: number,
    span: number,
    guestPage: number,
    mask: number,
  ): void {
    const set = this.unit.set(CACHE.stage1, context, domain, global === 1 ? GLOBAL : process, page);
    this.insert(state, set, packValue(PRESENT, permission, global, span, guestPage, 0), mask);
  }

  /** From stage-1 leaves to combined translations. */
  private deriveResults(state: Int32Array, context: number, value: number, mask: number): void {
    const { unit } = this;
    const domain = contextDomain(value);
    const process = contextProcess(value);
    const leaves = unit.lookup(CACHE.stage1, context, domain, process);
    for (let page = 0; page < this.geometry.iova.count; page++) {
      if (this.due.isDue[page] === 0) continue;
      this.due.enterPage(page);
      for (let at = 0; at < leaves.length; at++) this.combine(state, leaves[at]! + page, context, value, page, mask);
    }
    if (!unit.foundByRequester)
      this.deriveAnswers(state, unit.lookup(CACHE.iotlb, context, domain, process), context, mask);
  }

  /** From combined translations, in the sets where a request finds them, on to the device TLB. */
  private deriveAnswers(state: Int32Array, sets: Int32Array, context: number, mask: number): void {
    for (let page = 0; page < this.geometry.iova.count; page++) {
      if (this.due.isDue[page] === 0) continue;
      this.due.enterPage(page);
      for (let at = 0; at < sets.length; at++) this.answer(state, sets[at]! + page, context, page, mask);
    }
  }

  private combine(state: Int32Array, set: number, context: number, value: number, page: number, mask: number): void {
    const domain = contextDomain(value);
    const process = contextProcess(value);
    for (let record = this.read(state, set); record >= 0; record = this.next(state, record)) {
      const leaf = this.valueOf(state, record);
      const both = this.flowOf(state, record) & mask;
      if (both === 0) continue;
      if ((leaf & 3) !== PRESENT) this.stage1Fault(state, context, domain, process, page, leaf, both);
      else this.combineLeaf(state, context, value, page, leaf, both);
    }
  }

  private combineLeaf(
    state: Int32Array,
    context: number,
    value: number,
    page: number,
    leaf: number,
    mask: number,
  ): void {
    const domain = contextDomain(value);
    const process = contextProcess(value);
    const guestPage = valuePage(leaf);
    const key = this.fillStage2(state, domain, contextVm(value), guestPage, mask);
    const stage2 = this.unit.set(CACHE.stage2, context, domain, 0, guestPage);
    const global = (leaf >> 4) & 1;
    for (let record = this.read(state, stage2); record >= 0; record = this.next(state, record)) {
      const translated = this.valueOf(state, record);
      const both = this.flowOf(state, record) & mask;
      if (both === 0) continue;
      if ((translated & 3) !== PRESENT) {
        this.stage2Fault(state, context, domain, process, page, page + 1, guestPage, translated & 3, both);
        continue;
      }
      const permission = (leaf >> 2) & (translated >> 2) & 3;
      const result = packValue(PRESENT, permission, global, (leaf >> 5) & 3, valuePage(translated), guestPage);
      this.insert(
        state,
        this.unit.set(CACHE.iotlb, context, domain, global === 1 ? GLOBAL : process, page),
        result,
        both,
      );
    }
    this.stage2Fault(
      state,
      context,
      domain,
      process,
      page,
      page + 1,
      guestPage,
      ABSENT,
      this.stage2Absent[key]! & mask,
    );
    this.stage2Fault(
      state,
      context,
      domain,
      process,
      page,
      page + 1,
      guestPage,
      MALFORMED,
      this.stage2Malformed[key]! & mask,
    );
  }

  private answer(state: Int32Array, set: number, context: number, page: number, mask: number): void {
    const device = this.caches[CACHE["device-tlb"]]!;
    for (let record = this.read(state, set); record >= 0; record = this.next(state, record)) {
      const result = this.valueOf(state, record);
      const both = this.flowOf(state, record) & mask;
      if (both === 0) continue;
      const present = (result & 3) === PRESENT;
      if (!present) this.fault(context, page, (result >> 5) & 3, result & 3, both);
      if (!device.present || !mayHold(device, result)) continue;
      this.insert(state, this.unit.set(CACHE["device-tlb"], context, 0, 0, page), result, both);
    }
    if (!device.present) return;
    const cached = this.unit.set(CACHE["device-tlb"], context, 0, 0, page);
    // Whoever fills a set is asked again when it loses a value.
    this.due.fills(cached);
    if (!(device.holdsAbsent || device.holdsMalformed)) return;
    for (let record = this.read(state, cached); record >= 0; record = this.next(state, record)) {
      const result = this.valueOf(state, record);
      if ((result & 3) !== PRESENT)
        this.fault(context, page, (result >> 5) & 3, result & 3, this.flowOf(state, record));
    }
  }

  // --- stage 2 ----------------------------------------------------------------------------------------------------

  /**
   * Fills the stage-2 sets for one guest page, for walks that may happen in the subsets of `mask`. Returns the key
   * under which `stage2Absent` and `stage2Malformed` tell in which subsets a walk of stage 2 may fault.
   */
  private fillStage2(state: Int32Array, domain: number, vm: number, guestPage: number, mask: number): number {
    const { geometry } = this;
    const key = (domain * geometry.vms + vm) * geometry.guestPages + guestPage;
    if (this.stage2Stamp[key] !== this.due.pass) {
      this.stage2Stamp[key] = this.due.pass;
      this.stage2Filled[key] = 0;
      this.stage2Absent[key] = 0;
      this.stage2Malformed[key] = 0;
    }
    if ((mask & ~this.stage2Filled[key]!) === 0) return key;
    this.stage2Filled[key]! |= mask;
    // Done once a pass for whichever request asks first: what it reads counts for all.
    this.due.widen();
    const root = this.guestTables[0]!;
    root.count = 0;
    pushTable(root, geometry.tableBase[vm]!, 3, 0, mask);
    for (let depth = 0; depth < geometry.guest.levels; depth++)
      this.readStage2(state, domain, guestPage, depth, key, mask);
    this.due.narrow();
    return key;
  }

  private readStage2(
    state: Int32Array,
    domain: number,
    guestPage: number,
    depth: number,
    key: number,
    mask: number,
  ): void {
    const { geometry, unit } = this;
    const { guest } = geometry;
    const tables = this.guestTables[depth]!;
    const span = guest.levels - 1 - depth;
    const last = span === 0;
    const prefix = last ? -1 : guest.prefix[guestPage * guest.levels + depth]!;
    const pointers = last ? -1 : unit.set(CACHE["stage2-walk"], 0, domain, 0, prefix);
    for (let at = 0; at < tables.count; at++) {
      const index = guest.index[guestPage * guest.levels + depth]!;
      const entry = this.word(state, tables.page[at]! * geometry.pageEntries + index);
      const role = entryRole(entry, span, guest.spanPages[span]!, geometry.hostPages);
      const permission = tables.permission[at]! & entryPermission(entry);
      const subsets = tables.mask[at]!;
      if (role === ROLE.leaf)
        this.insertStage2Leaf(state, domain, guestPage, span, entryTarget(entry), permission, subsets);
      else if (role === ROLE.table)
        this.insert(state, pointers, packValue(PRESENT, permission, 0, 0, entryTarget(entry), 0), subsets);
      else
        this.negativeStage2(
          state,
          domain,
          guestPage,
          pointers,
          role === ROLE.absent ? ABSENT : MALFORMED,
          key,
          subsets,
        );
    }
    if (last) return;
    const below = this.guestTables[depth + 1]!;
    below.count = 0;
    for (let record = this.read(state, pointers); record >= 0; record = this.next(state, record)) {
      const pointer = this.valueOf(state, record);
      const both = this.flowOf(state, record) & mask;
      if (both === 0) continue;
      if ((pointer & 3) === PRESENT) {
        if (!pushTable(below, valuePage(pointer), (pointer >> 2) & 3, 0, both)) this.overflowed = true;
      } else this.negativeStage2(state, domain, guestPage, -1, pointer & 3, key, both);
    }
  }

  /** A superpage read for one guest page may serve all the pages below it. */
  private insertStage2Leaf(
    state: Int32Array,
    domain: number,
    guestPage: number,
    span: number,
    target: number,
    permission: number,
    mask: number,
  ): void {
    const { guest, guestPages } = this.geometry;
    const pages = guest.spanPages[span]!;
    const first = Math.floor(guestPage / pages) * pages;
    for (let page = first; page < first + pages && page < guestPages; page++) {
      const value = packValue(PRESENT, permission, 0, span, target + (page - first), 0);
      this.insert(state, this.unit.set(CACHE.stage2, 0, domain, 0, page), value, mask);
    }
  }

  private negativeStage2(
    state: Int32Array,
    domain: number,
    guestPage: number,
    pointers: number,
    kind: number,
    key: number,
    mask: number,
  ): void {
    const negative = packValue(kind, 0, 0, 2, 0, 0);
    if (pointers >= 0 && mayHold(this.caches[CACHE["stage2-walk"]]!, negative))
      this.insert(state, pointers, negative, mask);
    if (mayHold(this.caches[CACHE.stage2]!, negative)) {
      this.insert(state, this.unit.set(CACHE.stage2, 0, domain, 0, guestPage), negative, mask);
    }
    if (kind === ABSENT) this.stage2Absent[key]! |= mask;
    else this.stage2Malformed[key]! |= mask;
  }
}

function readable(stage2: number): boolean {
  return (stage2 & 3) === PRESENT && ((stage2 >> 2) & READ) !== 0;
}

function emptyTables(): Tables {
  return {
    count: 0,
    page: new Int32Array(TABLES),
    permission: new Int32Array(TABLES),
    global: new Int32Array(TABLES),
    mask: new Int32Array(TABLES),
  };
}

function emptyContextValues(): ContextValues {
  const room = (): Int32Array => new Int32Array(CONTEXT_VALUES);
  return { count: 0, value: room(), mask: room(), results: Array(CONTEXT_VALUES).fill(new Int32Array()) };
}

function copyValues({ count, value, mask, results }: ContextValues): ContextValues {
  return { count, value: value.slice(), mask: mask.slice(), results: [...results] };
}

function assignValues(into: ContextValues, from: ContextValues): void {
  into.count = from.count;
  for (let at = 0; at < from.count; at++) {
    into.value[at] = from.value[at]!;
    into.mask[at] = from.mask[at]!;
    into.results[at] = from.results[at]!;
  }
}

/** Adds a table, or the subsets to one that is there already; false when there is no room. */
function pushTable(tables: Tables, page: number, permission: number, global: number, mask: number): boolean {
  for (let at = 0; at < tables.count; at++) {
    if (tables.page[at] === page && tables.permission[at] === permission && tables.global[at] === global) {
      tables.mask[at]! |= mask;
      return true;
    }
  }
  if (tables.count === TABLES) return false;
  tables.page[tables.count] = page;
  tables.permission[tables.count] = permission;
  tables.global[tables.count] = global;
  tables.mask[tables.count++] = mask;
  return true;
}
