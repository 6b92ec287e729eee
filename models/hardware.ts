/**
 * Hardware nesting as one concrete unit inside the envelope: finite caches, and noise that fills and empties them.
 *
 * Follows the design page, section 4 (Hardware). Each cache is a few lines; a key has one line it can be in (direct
 * mapped), and a fill takes that line. A request looks in the device TLB, the IOTLB, the stage-1 leaf and the deepest
 * walk entry first, and walks the rest, filling as it goes. Pending commands execute at the fence, or before it where
 * `execute` says so. A walk that was started (`walk+`) has read its stage-1 leaf and finishes at `walk-`; it is dropped
 * by a command that removes what it holds, and by any fence.
 */

import { READ } from "../commands/command.js";
import type { Geometry } from "./geometry.js";
import type { Layout } from "./layout.js";
import { type Pending, type Queue, removes } from "./queue.js";
import { addRange, Readers, takeReaders } from "./readers.js";
import { CACHE, CACHE_COUNT, GLOBAL, mayHold, type Unit, type UnitCache } from "./unit.js";
import {
  ABSENT,
  CONTEXT_FIELDS_MASK,
  CONTEXT_MASKS,
  contextClass,
  contextDomain,
  contextFault,
  contextProcess,
  contextRoot,
  contextRootIsHost,
  contextVm,
  entryGlobal,
  entryPermission,
  entryRole,
  entryTarget,
  faultCode,
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

/** Lines of each cache, in the order of `CACHE_NAMES`; powers of two. */
const LINES = [4, 4, 8, 8, 4, 8, 16, 16] as const;
/** No line holds the key. */
const MISS = -1;
/** The root of the context being asked for is not known yet; below every code of a table that is not to be had. */
const UNKNOWN = -(2 ** 31);
const FLIGHTS = 2;
/** A walk in flight: context + 1 (0: free), page, context value, stage-1 leaf. */
const FLIGHT = 4;

export class Hardware {
  /** Lines: set + 1 (0: empty) and value. */
  private readonly lines: number;
  private readonly lineBase: Int32Array;
  private readonly flights: number;
  private readonly executed: number;
  private readonly caches: readonly UnitCache[];
  private readonly directories: readonly number[];
  /** Whether the walk under way may change the caches. */
  private filling = false;
  /** The context whose request fills, from what a walk of now gives; -1 where a walk in flight ends. */
  private filler = -1;
  /** Counts the changes of lines: as long as it stands, and memory too, every answer does. */
  changes = 0;
  /** By cache: the first sets where the walk under way finds what is held; for `lookTagged`. */
  private readonly found: Int32Array[] = Array(CACHE_COUNT).fill(new Int32Array());
  private root: number = UNKNOWN;
  private permission = 0;
  private global = 0;
  /** By `context * pages + page`: what a request gets, as of the last `refresh`. */
  readonly answers: Int32Array;
  /** The requests whose answer may have changed since, and what the others' answers were read from. */
  private readonly stale: Int32Array;
  private readonly lineHits: Readers;
  private readonly lineMisses: Readers;
  private readonly wordReaders: Readers;
  /** The requests that what is read now is read for. */
  private readFrom = 0;
  private readTo = 0;

  constructor(
    layout: Layout,
    private readonly geometry: Geometry,
    private readonly unit: Unit,
    private readonly world: World,
    private readonly queue: Queue,
  ) {
    this.lineBase = new Int32Array(CACHE_COUNT + 1);
    for (let cache = 0; cache < CACHE_COUNT; cache++) this.lineBase[cache + 1] = this.lineBase[cache]! + LINES[cache]!;
    this.lines = layout.plain("hardware.lines", this.lineBase[CACHE_COUNT]! * 2);
    this.flights = layout.plain("hardware.walks", FLIGHTS * FLIGHT);
    this.executed = layout.plain("hardware.executed", 1);
    this.caches = unit.caches;
    this.directories = [CACHE.context, CACHE.pasid].filter((cache) => unit.caches[cache]!.present);
    const requests = geometry.contexts * geometry.iova.count;
    this.answers = new Int32Array(requests);
    this.lineHits = new Readers(this.lineBase[CACHE_COUNT]!, requests);
    this.lineMisses = new Readers(this.lineBase[CACHE_COUNT]!, requests);
    this.wordReaders = new Readers(geometry.hostPages * geometry.pageEntries, requests);
    this.stale = new Int32Array(this.wordReaders.words);
    this.forget();
  }

  reset(state: Int32Array): void {
    state.fill(0, this.lines, this.lines + this.lineBase[CACHE_COUNT]! * 2);
    state.fill(0, this.flights, this.flights + FLIGHTS * FLIGHT);
    state[this.executed] = 0;
    this.forget();
  }

  /** A request, or a prefetch of one: translates and fills. */
  access(state: Int32Array, context: number, page: number): number {
    this.filling = true;
    this.filler = context;
    this.root = UNKNOWN;
    const value = this.request(state, context, page);
    this.filler = -1;
    return value;
  }

  /** What a request would get now: a combined value, or a fault code that nothing could cache. Changes nothing. */
  translate(state: Int32Array, context: number, page: number): number {
    this.filling = false;
    this.root = UNKNOWN;
    return this.request(state, context, page);
  }

  /** The state was replaced: every answer is to be asked again. */
  forget(): void {
    addRange(this.stale, 0, this.answers.length);
  }

  /** The answers are those of the start state, which `restart` goes back to. */
  keepStart(): void {
    this.lineHits.keep();
    this.lineMisses.keep();
    this.wordReaders.keep();
  }

  /** The start state is back, and so are the answers. */
  restart(): void {
    this.stale.fill(0);
  }

  /** Memory or a context entry was written. */
  written(change: Change): void {
    takeReaders(change, this.geometry, this.wordReaders, this.stale);
  }

  /** Asks again for the requests whose answer may have changed. */
  refresh(state: Int32Array): void {
    const { stale } = this;
    this.filling = false;
    this.root = UNKNOWN;
    let known = -1;
    let entry = 0;
    for (let word = 0; word < stale.length; word++) {
      let bits = stale[word]!;
      stale[word] = 0;
      while (bits !== 0) {
        const at = word * 32 + (31 - Math.clz32(bits & -bits));
        bits &= bits - 1;
        const context = Math.floor(at / this.geometry.iova.count);
        if (context !== known) {
          known = context;
          entry = this.entryFor(state, context);
        }
        this.answers[at] = this.ask(state, context, entry, at);
      }
    }
    this.readFrom = 0;
    this.readTo = 0;
    this.root = UNKNOWN;
  }

  /** The context entry that all requests of a context go by. */
  private entryFor(state: Int32Array, context: number): number {
    const { count } = this.geometry.iova;
    this.readFrom = context * count;
    this.readTo = this.readFrom + count;
    const entry = this.contextValue(state, context);
    if (entry >= 0) this.useTags(context, entry);
    this.root = UNKNOWN;
    return entry;
  }

  private ask(state: Int32Array, context: number, entry: number, at: number): number {
    const page = at - context * this.geometry.iova.count;
    this.readFrom = at;
    this.readTo = at + 1;
    const held = this.withoutContext(state, context, page);
    return held !== MISS ? held : this.requestThrough(state, context, entry, page);
  }

  /** Drops everything that is cached for one request, at every level. */
  evict(state: Int32Array, context: number, page: number): void {
    const { iova } = this.geometry;
    for (let cache = 0; cache < CACHE_COUNT; cache++) {
      for (let line = this.lineBase[cache]!; line < this.lineBase[cache + 1]!; line++) {
        const at = this.lines + line * 2;
        const set = state[at]! - 1;
        if (set < 0) continue;
        const requester = this.unit.setRequester[set]!;
        const address = this.unit.setAddress[set]!;
        if (requester >= 0 && requester !== context) continue;
        if ((cache === CACHE.stage1 || cache === CACHE.iotlb || cache === CACHE["device-tlb"]) && address !== page)
          continue;
        if (cache === CACHE.walk && (page < iova.prefixFrom[address]! || page >= iova.prefixTo[address]!)) continue;
        this.noteLoss(line);
        state[at] = 0;
        state[at + 1] = 0;
      }
    }
  }

  /** Starts a walk: reads the context and stage 1 down to the leaf, and holds what it found. */
  startWalk(state: Int32Array, context: number, page: number): void {
    let flight = this.flights;
    while (flight < this.flights + FLIGHTS * FLIGHT && state[flight] !== 0) flight += FLIGHT;
    if (flight === this.flights + FLIGHTS * FLIGHT) return;
    this.filling = true;
    this.root = UNKNOWN;
    const entry = this.contextValue(state, context);
    if (entry < 0) return;
    this.useTags(context, entry);
    const leaf = this.stage1(state, context, entry, page);
    if (leaf < 0 || (leaf & 3) !== PRESENT) return;
    state[flight] = context + 1;
    state[flight + 1] = page;
    state[flight + 2] = entry;
    state[flight + 3] = leaf;
  }

  /** Ends a walk: translates the leaf through stage 2 and fills the IOTLB and the device TLB. */
  endWalk(state: Int32Array, context: number, page: number): void {
    for (let flight = this.flights; flight < this.flights + FLIGHTS * FLIGHT; flight += FLIGHT) {
      if (state[flight] !== context + 1 || state[flight + 1] !== page) continue;
      this.filling = true;
      const result = this.combine(state, context, state[flight + 2]!, page, state[flight + 3]!);
      this.fillDevice(state, context, page, result);
      state.fill(0, flight, flight + FLIGHT);
      return;
    }
  }

  /** Executes pending command `slot` before its fence, if the queue's order allows. */
  execute(state: Int32Array, slot: number): void {
    if (slot >= this.queue.count(state) || (state[this.executed]! & (1 << slot)) !== 0) return;
    if (this.unit.ordered && state[this.executed] !== (1 << slot) - 1) return;
    state[this.executed]! |= 1 << slot;
    this.remove(state, this.queue.pending[slot]!);
  }

  /** Executes what is still pending; walks in flight are abandoned. */
  fenced(state: Int32Array): void {
    for (let slot = 0; slot < this.queue.count(state); slot++) {
      if ((state[this.executed]! & (1 << slot)) === 0) this.remove(state, this.queue.pending[slot]!);
    }
    state[this.executed] = 0;
    state.fill(0, this.flights, this.flights + FLIGHTS * FLIGHT);
  }

  get lineCount(): number {
    return this.lineBase[CACHE_COUNT]!;
  }
  /** The set whose value a line holds, -1 if the line is empty. */
  setAt(state: Int32Array, line: number): number {
    return state[this.lines + line * 2]! - 1;
  }
  valueAt(state: Int32Array, line: number): number {
    return state[this.lines + line * 2 + 1]!;
  }

  /** Calls `visit` with the set and value of each line in use. */
  each(state: Int32Array, visit: (set: number, value: number) => void): void {
    for (let line = 0; line < this.lineCount; line++) {
      const set = this.setAt(state, line);
      if (set >= 0) visit(set, this.valueAt(state, line));
    }
  }

  private remove(state: Int32Array, command: Pending): void {
    for (let line = 0; line < this.lineBase[CACHE_COUNT]!; line++) {
      const at = this.lines + line * 2;
      const set = state[at]! - 1;
      if (set < 0 || !removes(this.unit, command, set, state[at + 1]!)) continue;
      this.noteLoss(line);
      state[at] = 0;
      state[at + 1] = 0;
    }
    for (let flight = this.flights; flight < this.flights + FLIGHTS * FLIGHT; flight += FLIGHT) {
      if (state[flight] !== 0 && this.abandons(state, command, flight)) state.fill(0, flight, flight + FLIGHT);
    }
  }

  /** Whether a command removes the context entry or the leaf that a walk in flight holds. */
  private abandons(state: Int32Array, command: Pending, flight: number): boolean {
    const context = state[flight]! - 1;
    const entry = state[flight + 2]!;
    const leaf = state[flight + 3]!;
    const chain = this.directories.length > 0 ? this.directories : [CACHE.context];
    for (const cache of chain) {
      const held = entry & (this.caches[cache]!.fieldMask | 3 | ROOT_IS_HOST);
      if (removes(this.unit, command, this.unit.set(cache, context, 0, 0, 0), held)) return true;
    }
    return removes(this.unit, command, this.leafSet(context, entry, state[flight + 1]!, leaf), leaf);
  }

  private leafSet(context: number, entry: number, page: number, leaf: number): number {
    const process = ((leaf >> 4) & 1) === 1 ? GLOBAL : contextProcess(entry);
    return this.unit.set(CACHE.stage1, context, contextDomain(entry), process, page);
  }

  /** A line is emptied: whoever found what it held is asked again. */
  private noteLoss(line: number): void {
    this.changes++;
    this.lineHits.take(line, this.stale);
  }

  /**
   * A line is filled: whoever found what it held is asked again, and whoever looked there in vain. Of these the
   * requests of the context that fills it need not be, where it is filled with something present by what a walk of now
   * gives: they find what they would have read by themselves, as this one did. Those of other contexts may share the
   * key and not the tables; and a fault is told otherwise where it is found than where it is met.
   */
  private noteFill(line: number, value: number): void {
    const { count } = this.geometry.iova;
    this.noteLoss(line);
    if (this.filler < 0 || (value & 3) !== PRESENT) this.lineMisses.take(line, this.stale);
    else this.lineMisses.addOutside(line, this.stale, this.filler * count, (this.filler + 1) * count);
  }

  // --- lines ------------------------------------------------------------------------------------------------------

  private lineOf(set: number): number {
    const cache = this.unit.setCache[set]!;
    const line = (set ^ (set >>> 4)) & (LINES[cache]! - 1);
    return this.lines + (this.lineBase[cache]! + line) * 2;
  }

  private look(state: Int32Array, set: number): number {
    const at = this.lineOf(set);
    const isHit = state[at] === set + 1;
    (isHit ? this.lineHits : this.lineMisses).mark((at - this.lines) >> 1, this.readFrom, this.readTo);
    return isHit ? state[at + 1]! : MISS;
  }

  /** Looks where a walk under the tags in use finds entries; `useTags` comes first. */
  private lookTagged(state: Int32Array, cache: number, address: number): number {
    return this.lookIn(state, this.found[cache]!, address);
  }

  private lookIn(state: Int32Array, sets: Int32Array, address: number): number {
    for (let at = 0; at < sets.length; at++) {
      const value = this.look(state, sets[at]! + address);
      if (value !== MISS) return value;
    }
    return MISS;
  }

  /** Finds the first sets of the caches that are keyed by tags, for a walk with these. */
  private useTags(context: number, entry: number): void {
    const domain = contextDomain(entry);
    const process = contextProcess(entry);
    for (let cache = CACHE.walk; cache <= CACHE.iotlb; cache++)
      this.found[cache] = this.unit.lookup(cache, context, domain, process);
  }

  private fill(state: Int32Array, set: number, value: number): void {
    if (!this.filling) return;
    const cache = this.caches[this.unit.setCache[set]!]!;
    if (!cache.present || !mayHold(cache, value)) return;
    const at = this.lineOf(set);
    if (state[at] === set + 1 && state[at + 1] === value) return;
    this.noteFill((at - this.lines) >> 1, value);
    state[at] = set + 1;
    state[at + 1] = value;
  }

  // --- walking ----------------------------------------------------------------------------------------------------

  private request(state: Int32Array, context: number, page: number): number {
    const held = this.withoutContext(state, context, page);
    if (held !== MISS) return held;
    const entry = this.contextValue(state, context);
    if (entry >= 0) this.useTags(context, entry);
    return this.requestThrough(state, context, entry, page);
  }

  /** What is found whatever the context entry says: in the device TLB, and in an IOTLB that is asked by requester. */
  private withoutContext(state: Int32Array, context: number, page: number): number {
    if (this.caches[CACHE["device-tlb"]]!.present) {
      const fromDevice = this.look(state, this.unit.set(CACHE["device-tlb"], context, 0, 0, page));
      if (fromDevice !== MISS) return fromDevice;
    }
    if (!this.unit.foundByRequester) return MISS;
    const result = this.lookIn(state, this.unit.lookup(CACHE.iotlb, context, 0, 0), page);
    if (result !== MISS) this.fillDevice(state, context, page, result);
    return result;
  }

  /** A request that needs its context entry; that entry, or the fault it gives, is known. */
  private requestThrough(state: Int32Array, context: number, entry: number, page: number): number {
    if (entry < 0) return entry;
    let result = this.caches[CACHE.iotlb]!.present ? this.lookTagged(state, CACHE.iotlb, page) : MISS;
    if (result === MISS) {
      const leaf = this.stage1(state, context, entry, page);
      if (leaf < 0) return leaf;
      result = this.combine(state, context, entry, page, leaf);
    }
    this.fillDevice(state, context, page, result);
    return result;
  }

  private fillDevice(state: Int32Array, context: number, page: number, result: number): void {
    if (result >= 0) this.fill(state, this.unit.set(CACHE["device-tlb"], context, 0, 0, page), result);
  }

  /** The context entry through the context caches; a fault code if it is not present. */
  private contextValue(state: Int32Array, context: number): number {
    const memory = state[this.world.contexts + context]!;
    let value = memory;
    let held = 0;
    for (const cache of this.directories) {
      const set = this.unit.set(cache, context, 0, 0, 0);
      const mask = this.caches[cache]!.fieldMask;
      let cached = this.look(state, set);
      if (cached === MISS) {
        // Fields that no cache before this one holds are read from memory, which must have them.
        const needsMemory = held === 0 || (mask & ~held & ~3) !== 0;
        const fetched = needsMemory && contextClass(memory) !== PRESENT ? memory : mergeContext(value, held, memory);
        cached = this.fetchDirectory(state, context, cache, fetched);
        if (cached < 0) return cached;
      }
      if (contextClass(cached) !== PRESENT) return contextFault(cached);
      value = mergeContext(cached, mask, mergeContext(value, held, memory));
      held |= mask;
    }
    // Fields that no cache holds come from memory, which must have them.
    if ((held & CONTEXT_FIELDS_MASK) !== CONTEXT_FIELDS_MASK && contextClass(memory) !== PRESENT)
      return contextFault(memory);
    return contextClass(value) === PRESENT ? value : contextFault(value);
  }

  /** What a context cache takes in, or a fault of stage 2 on the way to the root. */
  private fetchDirectory(state: Int32Array, context: number, cache: number, entry: number): number {
    const rule = this.caches[cache]!;
    const set = this.unit.set(cache, context, 0, 0, 0);
    if (contextClass(entry) !== PRESENT) {
      this.fill(state, set, contextClass(entry));
      return contextClass(entry);
    }
    let held = entry & (rule.fieldMask | 3 | ((rule.fieldMask & CONTEXT_MASKS.root) !== 0 ? ROOT_IS_HOST : 0));
    if ((rule.fieldMask & CONTEXT_MASKS.root) !== 0 && !rule.guestPointers && contextRootIsHost(entry) === 0) {
      const root = this.stage2(state, contextDomain(entry), contextVm(entry), contextRoot(entry));
      // An entry whose root cannot be translated is not kept: the request ends here, and no later cache hears of it.
      if ((root & 3) !== PRESENT) return faultCode(2, (root & 3) === ABSENT ? REASON.absent : REASON.malformed);
      if (((root >> 2) & READ) === 0) return faultCode(2, REASON.permission);
      held = (held & ~CONTEXT_MASKS.root) | ROOT_IS_HOST | (valuePage(root) << 14);
    }
    this.fill(state, set, held);
    return held;
  }

  /** The stage-1 leaf for a page, a negative one included; a fault code where nothing could be cached. */
  private stage1(state: Int32Array, context: number, entry: number, page: number): number {
    const { geometry } = this;
    const { iova } = geometry;
    if (this.caches[CACHE.stage1]!.present) {
      const cached = this.lookTagged(state, CACHE.stage1, page);
      if (cached !== MISS) return cached;
    }
    let depth = 0;
    let table = MISS;
    this.permission = 3;
    this.global = 0;
    if (this.caches[CACHE.walk]!.present) {
      for (let deepest = iova.levels - 2; deepest >= 0 && table === MISS; deepest--) {
        const pointer = this.lookTagged(state, CACHE.walk, iova.prefix[page * iova.levels + deepest]!);
        if (pointer === MISS) continue;
        if ((pointer & 3) !== PRESENT) return pointer;
        this.permission = (pointer >> 2) & 3;
        this.global = (pointer >> 4) & 1;
        table = pointer >>> 19 === 1 ? valuePage(pointer) : this.tablePage(state, entry, valuePage(pointer));
        if (table < 0) return this.tableFault(state, context, entry, page, table);
        depth = deepest + 1;
      }
    }
    if (table === MISS) {
      table = this.root === UNKNOWN ? this.rootTable(state, context, entry) : this.root;
      if (table < 0) return this.tableFault(state, context, entry, page, table);
    }
    return this.walkFrom(state, context, entry, page, depth, table);
  }

  /** The root's host page; kept while nothing fills, since every page of a context starts there. */
  private rootTable(state: Int32Array, context: number, entry: number): number {
    const { readFrom, readTo } = this;
    const { count } = this.geometry.iova;
    if (readFrom < readTo) {
      this.readFrom = context * count;
      this.readTo = this.readFrom + count;
    }
    const table =
      contextRootIsHost(entry) === 1 ? contextRoot(entry) : this.tablePage(state, entry, contextRoot(entry));
    this.readFrom = readFrom;
    this.readTo = readTo;
    if (!this.filling) this.root = table;
    return table;
  }

  private word(state: Int32Array, word: number): number {
    this.wordReaders.mark(word, this.readFrom, this.readTo);
    return state[this.world.memory + word]!;
  }

  private walkFrom(
    state: Int32Array,
    context: number,
    entry: number,
    page: number,
    from: number,
    root: number,
  ): number {
    const { geometry, unit } = this;
    const { iova } = geometry;
    const domain = contextDomain(entry);
    let table = root;
    for (let depth = from; depth < iova.levels; depth++) {
      const word = this.word(state, table * geometry.pageEntries + iova.index[page * iova.levels + depth]!);
      const span = iova.levels - 1 - depth;
      const spanPages = iova.spanPages[span]!;
      const role = entryRole(word, span, spanPages, geometry.guestPages);
      const prefix = span === 0 ? -1 : iova.prefix[page * iova.levels + depth]!;
      if (role === ROLE.absent || role === ROLE.malformed) {
        const negative = packValue(role === ROLE.absent ? ABSENT : MALFORMED, 0, 0, 1, 0, 0);
        const process = contextProcess(entry);
        if (span === 0) this.fill(state, unit.set(CACHE.stage1, context, domain, process, page), negative);
        else this.fill(state, unit.set(CACHE.walk, context, domain, process, prefix), negative);
        return negative;
      }
      this.permission &= entryPermission(word);
      this.global |= entryGlobal(word);
      const process = this.global === 1 ? GLOBAL : contextProcess(entry);
      if (role === ROLE.leaf) {
        const guestPage = entryTarget(word) + (iova.pages[page]! % spanPages);
        const leaf = packValue(PRESENT, this.permission, this.global, span, guestPage, 0);
        this.fill(state, unit.set(CACHE.stage1, context, domain, process, page), leaf);
        return leaf;
      }
      const guestTable = entryTarget(word);
      const set = unit.set(CACHE.walk, context, domain, process, prefix);
      if (this.caches[CACHE.walk]!.guestPointers) {
        this.fill(state, set, packValue(PRESENT, this.permission, this.global, 0, guestTable, 0));
      }
      table = this.tablePage(state, entry, guestTable);
      if (table < 0) return this.tableFault(state, context, entry, page, table);
      if (this.caches[CACHE.walk]!.hostPointers) {
        this.fill(state, set, packValue(PRESENT, this.permission, this.global, 0, table, 1));
      }
    }
    return MISS;
  }

  /** Host page of a stage-1 table, or below 0: a stage-2 negative value (`-2 - value`) or a permission fault (-1). */
  private tablePage(state: Int32Array, entry: number, guestPage: number): number {
    const stage2 = this.stage2(state, contextDomain(entry), contextVm(entry), guestPage);
    if ((stage2 & 3) !== PRESENT) return -2 - packValue(stage2 & 3, 0, 0, 2, 0, guestPage);
    return ((stage2 >> 2) & READ) !== 0 ? valuePage(stage2) : -1;
  }

  /** A table that stage 2 does not give: the request's fault, kept by the IOTLB where it keeps such. */
  private tableFault(state: Int32Array, context: number, entry: number, page: number, table: number): number {
    if (table === -1) return faultCode(2, REASON.permission);
    const negative = -2 - table;
    this.fill(state, this.unit.set(CACHE.iotlb, context, contextDomain(entry), contextProcess(entry), page), negative);
    return faultCode(2, (negative & 3) === ABSENT ? REASON.absent : REASON.malformed);
  }

  /** The combined result of a stage-1 leaf. */
  private combine(state: Int32Array, context: number, entry: number, page: number, leaf: number): number {
    const domain = contextDomain(entry);
    if ((leaf & 3) !== PRESENT) {
      this.fill(state, this.unit.set(CACHE.iotlb, context, domain, contextProcess(entry), page), leaf);
      return leaf;
    }
    const guestPage = valuePage(leaf);
    const stage2 = this.stage2(state, domain, contextVm(entry), guestPage);
    if ((stage2 & 3) !== PRESENT) {
      const negative = packValue(stage2 & 3, 0, 0, 2, 0, guestPage);
      this.fill(state, this.unit.set(CACHE.iotlb, context, domain, contextProcess(entry), page), negative);
      return negative;
    }
    const global = (leaf >> 4) & 1;
    const process = global === 1 ? GLOBAL : contextProcess(entry);
    const permission = (leaf >> 2) & (stage2 >> 2) & 3;
    const result = packValue(PRESENT, permission, global, (leaf >> 5) & 3, valuePage(stage2), guestPage);
    this.fill(state, this.unit.set(CACHE.iotlb, context, domain, process, page), result);
    return result;
  }

  /** Stage 2 of one guest page through its caches. */
  private stage2(state: Int32Array, domain: number, vm: number, guestPage: number): number {
    const { geometry, unit } = this;
    const { guest } = geometry;
    const set = unit.set(CACHE.stage2, 0, domain, 0, guestPage);
    if (this.caches[CACHE.stage2]!.present) {
      const cached = this.look(state, set);
      if (cached !== MISS) return cached;
    }
    let table = geometry.tableBase[vm]!;
    let permission = 3;
    let depth = 0;
    if (this.caches[CACHE["stage2-walk"]]!.present) {
      for (let deepest = guest.levels - 2; deepest >= 0; deepest--) {
        const pointer = this.look(
          state,
          unit.set(CACHE["stage2-walk"], 0, domain, 0, guest.prefix[guestPage * guest.levels + deepest]!),
        );
        if (pointer === MISS) continue;
        if ((pointer & 3) !== PRESENT) return pointer;
        table = valuePage(pointer);
        permission = (pointer >> 2) & 3;
        depth = deepest + 1;
        break;
      }
    }
    for (; depth < guest.levels; depth++) {
      const word = this.word(state, table * geometry.pageEntries + guest.index[guestPage * guest.levels + depth]!);
      const span = guest.levels - 1 - depth;
      const role = entryRole(word, span, guest.spanPages[span]!, geometry.hostPages);
      const pointers =
        span === 0 ? -1 : unit.set(CACHE["stage2-walk"], 0, domain, 0, guest.prefix[guestPage * guest.levels + depth]!);
      permission &= entryPermission(word);
      if (role === ROLE.absent || role === ROLE.malformed) {
        const negative = packValue(role === ROLE.absent ? ABSENT : MALFORMED, 0, 0, 2, 0, 0);
        if (pointers >= 0) this.fill(state, pointers, negative);
        this.fill(state, set, negative);
        return negative;
      }
      if (role === ROLE.leaf) {
        const leaf = packValue(
          PRESENT,
          permission,
          0,
          span,
          entryTarget(word) + (guestPage % guest.spanPages[span]!),
          0,
        );
        this.fill(state, set, leaf);
        return leaf;
      }
      this.fill(state, pointers, packValue(PRESENT, permission, 0, 0, entryTarget(word), 0));
      table = entryTarget(word);
    }
    return packValue(MALFORMED, 0, 0, 2, 0, 0);
  }
}
