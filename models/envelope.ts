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
import type { Geometry } from "./geometry.js";
import type { Layout } from "./layout.js";
import { type Pending, QUEUE_DEPTH, type Queue, removes } from "./queue.js";
import { addRange, Readers } from "./readers.js";
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

/**
 * A record of the pool: set, value, mask, then derived: next record of the set, commands that let it live, and which
 * node last found it fresh, in which pass.
 */
const RECORD = 7;
/**
 * Beside the subsets of a mask: what the mask is about follows from memory as it is, through no stale value. It holds
 * in every subset then, whatever is submitted, and a walk in flight for it may start again behind any fence.
 */
const FRESH = 1 << 16;
const SUBSETS = FRESH - 1;
const CAPACITY = 6000;
/** Tables that a walk may be at, at one depth. */
const TABLES = 64;
const CONTEXT_VALUES = 64;
/** Kinds of fault: three stages, three reasons. */
const KINDS = 9;
/** `WITHOUT[k]`: the subsets that do not hold command k, as a mask of subset bits. */
const WITHOUT = [0x5555, 0x3333, 0x0f0f, 0x00ff];

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
  private readonly pool: number;
  private readonly heads: number;
  overflowed = false;
  /** For searches that look at one request: other requests may lead a walk to any guest page at any time. */
  hasStrangers = false;
  /** By `context * pages + page`: the subsets in which a walk may fault. */
  readonly faultMask: Int32Array;
  /** The same by kind of fault, `KINDS` a request: `stage * 3 + reason - 1`. */
  private readonly faultMasks: Int32Array;
  /** What the context caches may give each requester now. */
  readonly contextValues: readonly ContextValues[];
  private readonly readStamp: Int32Array;
  private readonly stage2Stamp: Int32Array;
  private readonly stage2Filled: Int32Array;
  private readonly stage2Absent: Int32Array;
  private readonly stage2Malformed: Int32Array;
  private readonly tables: readonly Tables[];
  private readonly guestTables: readonly Tables[];
  private readonly translated = emptyTables();
  /** The pass that is under way, and whose requests it derives. */
  private pass = 0;
  private context = 0;
  /** Requests that are to be derived again, and those of a pass that is under way: a bit each; the latter by page. */
  private readonly stale: Int32Array;
  private readonly due: Int32Array;
  private readonly isDue: Uint8Array;
  /**
   * By node of the derivation (contexts, prefixes, pages): the pass that last derived it. What it found fresh then is
   * fresh as long as it is not derived again: a change of what it was derived from would do that.
   */
  private readonly nodePass: Int32Array;
  private readonly firstPrefixNode: number;
  private readonly firstPageNode: number;
  private node = 0;
  private readonly setReaders: Readers;
  private readonly wordReaders: Readers;
  /** The requests that what is read now is read for. */
  private readFrom = 0;
  private readTo = 0;
  /** How many of the pending commands the sets have heard of. */
  private heard = 0;
  /** The sets are those of the state, but faults and context values are not. */
  private isBlind = false;
  private startValues: readonly ContextValues[] = [];
  /** No value is a walk in flight. */
  private readonly allPresent: boolean;
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
    private readonly guestOnly: boolean,
  ) {
    this.pool = layout.bag("envelope.values", CAPACITY, RECORD, 3);
    this.heads = layout.derived("envelope.heads", unit.setCount);
    const requests = geometry.contexts * geometry.iova.count;
    this.faultMask = new Int32Array(requests);
    this.faultMasks = new Int32Array(requests * KINDS);
    this.contextValues = Array.from({ length: geometry.contexts }, emptyContextValues);
    this.readStamp = new Int32Array(unit.setCount);
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
    this.allPresent = unit.caches.every((cache) => cache.present);
    this.setReaders = new Readers(unit.setCount, requests);
    this.wordReaders = new Readers(geometry.hostPages * geometry.pageEntries, requests);
    this.stale = new Int32Array(this.setReaders.words);
    this.due = new Int32Array(this.setReaders.words);
    this.isDue = new Uint8Array(geometry.iova.count);
    this.firstPrefixNode = geometry.contexts;
    this.firstPageNode = this.firstPrefixNode + geometry.contexts * geometry.iova.prefixCount;
    this.nodePass = new Int32Array(this.firstPageNode + requests);
  }

  reset(state: Int32Array): void {
    state[this.pool] = 0;
    state.fill(-1, this.heads, this.heads + this.unit.setCount);
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
    return [this.faultMask, this.faultMasks, this.nodePass];
  }

  /** What is computed from the state is what `restart` goes back to. */
  keepStart(): void {
    this.startValues = this.contextValues.map(copyValues);
    this.setReaders.keep();
    this.wordReaders.keep();
  }

  /** The start state is back, and so are the arrays in `derived`. */
  restart(): void {
    this.overflowed = false;
    this.heard = 0;
    this.isBlind = false;
    this.stale.fill(0);
    for (let context = 0; context < this.contextValues.length; context++)
      assignValues(this.contextValues[context]!, this.startValues[context]!);
  }

  /** The state was replaced; the next step computes what is derived. */
  rewound(state: Int32Array): void {
    this.overflowed = false;
    this.heard = this.queue.count(state);
    this.isBlind = true;
    // The state may be another machine's: what was found fresh there says nothing here.
    for (let record = 0; record < state[this.pool]!; record++) state[this.pool + 7 + record * RECORD] = -1;
  }

  /** Everything is to be derived again, and nothing is known to be fresh. */
  forget(): void {
    this.isBlind = false;
    this.nodePass.fill(0);
    addRange(this.stale, 0, this.faultMask.length);
  }

  /** The sets as lists again, and which pending commands each value outlives: from the records alone. */
  relink(state: Int32Array): void {
    const pendingCount = this.queue.count(state);
    this.heard = pendingCount;
    this.isBlind = true;
    state.fill(-1, this.heads, this.heads + this.unit.setCount);
    for (let record = 0; record < state[this.pool]!; record++) {
      const at = this.pool + 1 + record * RECORD;
      const set = state[at]!;
      state[at + 3] = state[this.heads + set]!;
      state[at + 4] = this.outlived(set, state[at + 1]!, pendingCount);
      state[at + 6] = -1;
      state[this.heads + set] = record;
    }
  }

  /** The pending commands that do not remove a value, a bit each. */
  private outlived(set: number, value: number, pendingCount: number): number {
    let lives = 0;
    for (let slot = 0; slot < pendingCount; slot++) {
      if (!this.removes(this.queue.pending[slot]!, set, value)) lives |= 1 << slot;
    }
    return lives;
  }

  /**
   * After memory or a context entry was written: what was cached stays, what can be derived now comes in. `complete`
   * has come before the write.
   */
  written(state: Int32Array, change: Change): void {
    if (this.isBlind) this.forget();
    else this.markReaders(change);
    this.saturate(state);
  }

  private markReaders(change: Change): void {
    const { iova, pageEntries } = this.geometry;
    if (change.kind === "context") {
      addRange(this.stale, change.at * iova.count, (change.at + 1) * iova.count);
      return;
    }
    this.wordReaders.take(change.at, this.stale);
    if (change.copyFrom < 0) return;
    const copied = entryTarget(change.new) * pageEntries;
    for (let word = copied; word < copied + pageEntries; word++) this.wordReaders.take(word, this.stale);
  }

  /** The sets hear of the commands that were submitted since: what those do not match lives on beyond them. */
  complete(state: Int32Array): void {
    if (this.heard === this.queue.count(state)) return;
    this.hear(state);
    if (this.isBlind) this.forget();
    this.saturate(state);
  }

  private hear(state: Int32Array): void {
    const { queue, heard } = this;
    const pendingCount = queue.count(state);
    const everywhere = this.allSubsets(pendingCount);
    const count = state[this.pool]!;
    for (let record = 0; record < count; record++) {
      const at = this.pool + 1 + record * RECORD;
      const set = state[at]!;
      const cache = this.unit.setCache[set]!;
      let lives = state[at + 4]!;
      let isRemoved = false;
      for (let slot = heard; slot < pendingCount; slot++) {
        const command = queue.pending[slot]!;
        if (command.rules[cache]!.length > 0 && this.removes(command, set, state[at + 1]!)) isRemoved = true;
        else lives |= 1 << slot;
      }
      state[at + 4] = lives;
      if (isRemoved && this.isFresh(state, at)) {
        state[at + 2] = everywhere;
        continue;
      }
      if (isRemoved) this.lost(set);
      state[at + 2] = this.close(state[at + 2]!, lives, heard, pendingCount);
    }
    // What was derived from values that all live on does so too.
    for (let at = 0; at < this.faultMask.length; at++) {
      if (this.faultMask[at] === 0) continue;
      this.faultMask[at] = this.close(this.faultMask[at]!, -1, heard, pendingCount);
      for (let kind = at * KINDS; kind < (at + 1) * KINDS; kind++)
        this.faultMasks[kind] = this.close(this.faultMasks[kind]!, -1, heard, pendingCount);
    }
    for (const values of this.contextValues) {
      for (let at = 0; at < values.count; at++) values.mask[at] = this.close(values.mask[at]!, -1, heard, pendingCount);
    }
    this.heard = pendingCount;
  }

  /** A value of `set` does not outlive a command: whoever derives from it, or derives it again, is to do so. */
  private lost(set: number): void {
    // A stage-2 superpage is kept for pages beside the one it was read for.
    if (this.unit.setCache[set] === CACHE.stage2) addRange(this.stale, 0, this.faultMask.length);
    else this.setReaders.addTo(set, this.stale);
  }

  /** All pending commands have executed (the queue is emptied after this): the full subset's bit survives. */
  fenced(state: Int32Array): void {
    this.complete(state);
    const pendingCount = this.queue.count(state);
    if (pendingCount === 0 && this.allPresent && !this.isBlind) return;
    const full = (1 << pendingCount) - 1;
    this.heard = 0;
    this.keepFull(state, full);
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

  private keepFull(state: Int32Array, full: number): void {
    const count = state[this.pool]!;
    let kept = 0;
    for (let record = 0; record < count; record++) {
      const at = this.pool + 1 + record * RECORD;
      const set = state[at]!;
      state[this.heads + set] = -1;
      if (this.caches[this.unit.setCache[set]!]!.present) {
        if (((state[at + 2]! >>> full) & 1) === 0) continue;
      } else if (!this.isFresh(state, at)) {
        this.lost(set);
        continue;
      }
      const to = this.pool + 1 + kept * RECORD;
      state[to] = set;
      state[to + 1] = state[at + 1]!;
      state[to + 2] = 1;
      state[to + 4] = 0;
      state[to + 5] = state[at + 5]!;
      state[to + 6] = state[at + 6]!;
      kept++;
    }
    for (let record = 0; record < kept; record++) {
      const at = this.pool + 1 + record * RECORD;
      state[at + 3] = state[this.heads + state[at]!]!;
      state[this.heads + state[at]!] = record;
    }
    state[this.pool] = kept;
  }

  /**
   * For searches: leaves of the records those that `keep` gives a mask other than 0 (by set), with the bits of their
   * value that are in it; values that become one are one. The lists are not kept up: the state is to be packed.
   */
  reduce(state: Int32Array, keep: Int32Array): void {
    const count = state[this.pool]!;
    let kept = 0;
    for (let record = 0; record < count; record++) {
      const at = this.pool + 1 + record * RECORD;
      const set = state[at]!;
      if (keep[set] === 0) continue;
      const value = state[at + 1]! & keep[set]!;
      const mask = state[at + 2]!;
      let to = this.pool + 1;
      const end = to + kept * RECORD;
      if (keep[set] === -1) to = end;
      else while (to < end && (state[to] !== set || state[to + 1] !== value)) to += RECORD;
      if (to < end) {
        state[to + 2]! |= mask;
        continue;
      }
      state[to] = set;
      state[to + 1] = value;
      state[to + 2] = mask;
      kept++;
    }
    state[this.pool] = kept;
  }

  // --- looking ----------------------------------------------------------------------------------------------------

  count(state: Int32Array): number {
    return state[this.pool]!;
  }
  setOf(state: Int32Array, record: number): number {
    return state[this.pool + 1 + record * RECORD]!;
  }
  valueOf(state: Int32Array, record: number): number {
    return state[this.pool + 2 + record * RECORD]!;
  }
  maskOf(state: Int32Array, record: number): number {
    return state[this.pool + 3 + record * RECORD]!;
  }
  /** First record of a set, -1 if it is empty. */
  first(state: Int32Array, set: number): number {
    return state[this.heads + set]!;
  }
  next(state: Int32Array, record: number): number {
    return state[this.pool + 4 + record * RECORD]!;
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
    for (let record = state[this.heads + set]!; record >= 0; record = this.next(state, record)) {
      if ((this.maskOf(state, record) & mask) === 0) continue;
      const value = this.valueOf(state, record);
      if ((value & 3) !== PRESENT) continue;
      if (count < into.length) into[count++] = value;
      else this.overflowed = true;
    }
    return count;
  }

  // --- the pool ---------------------------------------------------------------------------------------------------

  /** Adds the subsets of `mask` closed under the commands `from` to `to` (exclusive) that let the value live. */
  private close(mask: number, lives: number, from: number, to: number): number {
    let closed = mask;
    for (let slot = from; slot < to; slot++) {
      if ((lives & (1 << slot)) === 0) continue;
      if (this.unit.ordered) {
        if ((closed >>> ((1 << slot) - 1)) & 1) closed |= 1 << ((1 << (slot + 1)) - 1);
      } else closed |= (closed & WITHOUT[slot]!) << (1 << slot);
    }
    return closed;
  }

  private removes(command: Pending, set: number, value: number): boolean {
    return !(this.guestOnly && command.host) && removes(this.unit, command, set, value);
  }

  private insert(state: Int32Array, set: number, value: number, flow: number): void {
    const mask = flow & SUBSETS;
    if (mask === 0) return;
    const pendingCount = this.queue.count(state);
    for (let record = state[this.heads + set]!; record >= 0; record = this.next(state, record)) {
      const at = this.pool + 1 + record * RECORD;
      if (state[at + 1] !== value) continue;
      if (flow !== mask) this.stamp(state, at);
      const old = state[at + 2]!;
      if ((mask & ~old) === 0) return;
      state[at + 2] = this.close(old | mask, state[at + 4]!, 0, pendingCount);
      this.grew(set);
      return;
    }
    const record = state[this.pool]!;
    if (record >= CAPACITY) {
      this.overflowed = true;
      return;
    }
    const lives = this.outlived(set, value, pendingCount);
    const at = this.pool + 1 + record * RECORD;
    state[at] = set;
    state[at + 1] = value;
    state[at + 2] = this.close(mask, lives, 0, pendingCount);
    state[at + 3] = state[this.heads + set]!;
    state[at + 4] = lives;
    state[at + 6] = -1;
    if (flow !== mask) this.stamp(state, at);
    state[this.heads + set] = record;
    state[this.pool] = record + 1;
    this.grew(set);
  }

  private stamp(state: Int32Array, at: number): void {
    state[at + 5] = this.node;
    state[at + 6] = this.pass;
  }

  private isFresh(state: Int32Array, at: number): boolean {
    const pass = state[at + 6]!;
    return pass > 0 && this.nodePass[state[at + 5]!] === pass;
  }

  /**
   * The mask of a record, and whether it was found fresh in this pass: what another context's walks found may cease to
   * be so without this one's being derived again.
   */
  private flowOf(state: Int32Array, record: number): number {
    const at = this.pool + 1 + record * RECORD;
    return state[at + 6] === this.pass ? state[at + 2]! | FRESH : state[at + 2]!;
  }

  // --- deriving ---------------------------------------------------------------------------------------------------

  /** First record of a set that is about to be read in this pass. */
  private read(state: Int32Array, set: number): number {
    this.readStamp[set] = this.pass;
    this.setReaders.mark(set, this.readFrom, this.readTo);
    return state[this.heads + set]!;
  }

  /** Readers of a set are stale, but for those that will read it in this pass. */
  private grew(set: number): void {
    if (this.readStamp[set] === this.pass) this.setReaders.addTo(set, this.stale);
    else this.setReaders.addOthersTo(set, this.stale, this.due);
  }

  /** An entry of a table. */
  private word(state: Int32Array, word: number): number {
    this.wordReaders.mark(word, this.readFrom, this.readTo);
    return state[this.world.memory + word]!;
  }

  /** What is read from now on is read for pages `from` to `to` of `context`; what is inserted is found by `node`. */
  private readFor(context: number, from: number, to: number, node: number): void {
    const first = context * this.geometry.iova.count;
    this.readFrom = first + from;
    this.readTo = first + to;
    this.node = node;
  }

  private readForPage(context: number, page: number): void {
    const at = context * this.geometry.iova.count + page;
    this.readFrom = at;
    this.readTo = at + 1;
    this.node = this.firstPageNode + at;
  }

  private isAnyDue(from: number, to: number): boolean {
    for (let page = from; page < to; page++) if (this.isDue[page] === 1) return true;
    return false;
  }

  /** Takes the stale requests of `context` for a pass, and forgets their faults; whether there are any. */
  private take(context: number): boolean {
    const { due, stale, isDue } = this;
    const { count } = this.geometry.iova;
    const first = context * count;
    let any = false;
    for (let word = first >> 5; word <= (first + count - 1) >> 5; word++) any ||= stale[word] !== 0;
    if (!any) return false;
    any = false;
    due.fill(0);
    this.pass++;
    this.nodePass[context] = this.pass;
    for (let page = 0; page < count; page++) {
      const at = first + page;
      const bit = 1 << (at & 31);
      const isStale = (stale[at >> 5]! & bit) !== 0;
      isDue[page] = isStale ? 1 : 0;
      if (!isStale) continue;
      any = true;
      due[at >> 5]! |= bit;
      stale[at >> 5]! &= ~bit;
      this.noteDerived(context, page);
      if (this.faultMask[at] === 0) continue;
      this.faultMask[at] = 0;
      for (let kind = at * KINDS; kind < (at + 1) * KINDS; kind++) this.faultMasks[kind] = 0;
    }
    return any;
  }

  /** The nodes on the way to a page are derived in this pass, and the page's own. */
  private noteDerived(context: number, page: number): void {
    const { nodePass, pass } = this;
    const { iova } = this.geometry;
    nodePass[this.firstPageNode + context * iova.count + page] = pass;
    const prefixes = this.firstPrefixNode + context * iova.prefixCount;
    for (let at = page * iova.levels; at < (page + 1) * iova.levels - 1; at++)
      nodePass[prefixes + iova.prefix[at]!] = pass;
  }

  private saturate(state: Int32Array): void {
    this.everywhere = this.allSubsets(this.queue.count(state)) | FRESH;
    for (let again = true; again && !this.overflowed; ) {
      again = false;
      for (let context = 0; context < this.geometry.contexts; context++) {
        if (!this.take(context)) continue;
        again = true;
        this.derive(state, context);
      }
    }
  }

  /** A pass for the requests of `context` that are due. */
  private derive(state: Int32Array, context: number): void {
    const { unit, geometry } = this;
    const { count } = geometry.iova;
    this.context = context;
    this.readFor(context, 0, count, context);
    this.deriveContext(state, context);
    const values = this.contextValues[context]!;
    for (let at = 0; at < values.count; at++) this.deriveWalks(state, context, values.value[at]!, values.mask[at]!);
    if (unit.foundByRequester)
      this.deriveAnswers(state, unit.lookup(CACHE.iotlb, context, 0, 0), context, this.everywhere);
  }

  /** The subsets that can have executed: all of them, or in an ordered queue the prefixes. */
  private allSubsets(pendingCount: number): number {
    if (!this.unit.ordered) return pendingCount === QUEUE_DEPTH ? 0xffff : (1 << (1 << pendingCount)) - 1;
    let mask = 0;
    for (let executed = 0; executed <= pendingCount; executed++) mask |= 1 << ((1 << executed) - 1);
    return mask;
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
    this.readFor(context, 0, geometry.iova.count, context);
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
      if (!this.isAnyDue(page, end)) {
        page = end;
        continue;
      }
      this.readFor(context, page, end, this.firstPrefixNode + context * iova.prefixCount + prefix);
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
        if (this.isDue[page] === 0) continue;
        this.readForPage(context, page);
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
      if (this.isDue[page] === 0) continue;
      this.readForPage(context, page);
      for (let at = 0; at < leaves.length; at++) this.combine(state, leaves[at]! + page, context, value, page, mask);
    }
    if (!unit.foundByRequester)
      this.deriveAnswers(state, unit.lookup(CACHE.iotlb, context, domain, process), context, mask);
  }

  /** From combined translations, in the sets where a request finds them, on to the device TLB. */
  private deriveAnswers(state: Int32Array, sets: Int32Array, context: number, mask: number): void {
    for (let page = 0; page < this.geometry.iova.count; page++) {
      if (this.isDue[page] === 0) continue;
      this.readForPage(context, page);
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
    this.setReaders.mark(cached, this.readFrom, this.readTo);
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
    if (this.stage2Stamp[key] !== this.pass) {
      this.stage2Stamp[key] = this.pass;
      this.stage2Filled[key] = 0;
      this.stage2Absent[key] = 0;
      this.stage2Malformed[key] = 0;
    }
    if ((mask & ~this.stage2Filled[key]!) === 0) return key;
    this.stage2Filled[key]! |= mask;
    // Done once a pass for whichever request asks first: what it reads counts for all.
    const { readFrom, readTo } = this;
    this.readFor(this.context, 0, geometry.iova.count, this.node);
    const root = this.guestTables[0]!;
    root.count = 0;
    pushTable(root, geometry.tableBase[vm]!, 3, 0, mask);
    for (let depth = 0; depth < geometry.guest.levels; depth++)
      this.readStage2(state, domain, guestPage, depth, key, mask);
    this.readFrom = readFrom;
    this.readTo = readTo;
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
