/**
 * Everything that a legal cache could hold: a Map from cache key to the values, each with a mask over the subsets of
 * the pending commands. All values are derived again and again until nothing is new.
 *
 * For units like `tiny`: all eight caches, nothing negative, guest pointers, an unordered queue.
 */

import type { Architecture, CacheName } from "../../rules/vocabulary.js";
import { type Cached, extent, extentBelow, removes } from "./matching.js";
import { type Gathered, gather } from "./oracle.js";
import {
  CONTEXTS,
  type Entry,
  type Invalidation,
  IOVA_PAGES,
  indexOf,
  pagesBelow,
  requestKey,
  roleOf,
  SHAPE,
  type Translation,
  upTo,
} from "./records.js";
import type { World } from "./world.js";

/** What the eight caches hold. */
export interface Values {
  context: { vm: number; domain: number };
  pasid: { process: number; root: number };
  walk: Gathered;
  stage1: Gathered;
  "stage2-walk": { host: number; permission: number };
  stage2: { host: number; permission: number; large: boolean };
  iotlb: Translation;
  "device-tlb": Translation;
}

export interface Held<N extends CacheName = CacheName> {
  value: Values[N];
  cached: Cached;
  mask: number;
}

type Sets = { [N in CacheName]: Map<string, Map<string, Held<N>>> };
type Process = number | "global";
/** One result of many: what was found, or null for a fault, and under which subsets. */
type Found<V> = { value: V | null; mask: number };

export class Envelope {
  readonly sets: Sets = {
    context: new Map(),
    pasid: new Map(),
    walk: new Map(),
    stage1: new Map(),
    "stage2-walk": new Map(),
    stage2: new Map(),
    iotlb: new Map(),
    "device-tlb": new Map(),
  };
  private readonly faults = new Set<string>();
  private pending: Invalidation[] = [];
  private isChanged = false;

  constructor(
    private readonly architecture: Architecture,
    private readonly world: World,
  ) {
    this.saturate();
  }

  /** The translations that the request may get. */
  answers(context: number, page: number): Translation[] {
    const held = this.sets["device-tlb"].get(requestKey(context, page));
    return held === undefined ? [] : [...held.values()].map(({ value }) => value);
  }

  mayFault(context: number, page: number): boolean {
    return this.faults.has(requestKey(context, page));
  }

  /** Everything held, with the cache it is held in. */
  *all(): Generator<Held> {
    for (const sets of Object.values(this.sets) as Map<string, Map<string, Held>>[]) {
      for (const held of sets.values()) yield* held.values();
    }
  }

  changed(): void {
    this.saturate();
  }

  submitted(command: Invalidation): void {
    this.pending.push(command);
    for (const held of this.all()) held.mask = this.close(held.mask, held.cached);
    this.saturate();
  }

  fenced(): void {
    const all = 2 ** this.pending.length - 1;
    for (const sets of Object.values(this.sets) as Map<string, Map<string, Held>>[]) {
      for (const held of sets.values()) {
        for (const [text, one] of held) {
          if ((one.mask & (1 << all)) === 0) held.delete(text);
          else one.mask = 1;
        }
      }
    }
    this.pending = [];
    this.saturate();
  }

  private saturate(): void {
    this.faults.clear();
    do {
      this.isChanged = false;
      for (const context of CONTEXTS) this.deriveContext(context);
    } while (this.isChanged);
  }

  /** Every subset of the pending commands. */
  private everything(): number {
    return 2 ** (2 ** this.pending.length) - 1;
  }

  /** A command that does not match leaves the value where it is. */
  private close(mask: number, cached: Cached): number {
    let closed = mask;
    const idle = upTo(this.pending.length).filter((at) => !removes(this.architecture, this.pending[at]!, cached));
    for (let subset = 0; subset < 2 ** this.pending.length; subset++) {
      if ((closed & (1 << subset)) !== 0) for (const at of idle) closed |= 1 << (subset | (1 << at));
    }
    return closed;
  }

  private insert<N extends CacheName>(cache: N, key: string, value: Values[N], mask: number, cached: Cached): void {
    const sets = this.sets[cache] as Map<string, Map<string, Held<N>>>;
    const held = sets.get(key) ?? new Map<string, Held<N>>();
    sets.set(key, held);
    const text = JSON.stringify(value);
    const known = held.get(text);
    const before = known?.mask ?? 0;
    const closed = this.close(before | mask, cached);
    if (closed === before) return;
    held.set(text, { value, cached, mask: closed });
    this.isChanged = true;
  }

  /** What a cache may hold under any of the keys, as far as `mask` goes. */
  private held<N extends CacheName>(
    cache: N,
    keys: readonly string[],
    mask: number,
  ): { value: Values[N]; mask: number }[] {
    const sets = this.sets[cache] as Map<string, Map<string, Held<N>>>;
    return keys
      .flatMap((key) => [...(sets.get(key)?.values() ?? [])])
      .map((held) => ({ value: held.value, mask: held.mask & mask }))
      .filter((held) => held.mask !== 0);
  }

  private fault(context: number, pages: readonly number[]): void {
    for (const page of pages) this.faults.add(requestKey(context, page));
  }

  private deriveContext(context: number): void {
    const entry = this.world.contexts[context]!;
    const key = `c${context}`;
    if (entry.state === "present") {
      const { vm, domain } = entry;
      this.insert("context", key, { vm, domain }, this.everything(), { cache: "context", requester: context, domain });
    } else {
      this.fault(context, IOVA_PAGES);
    }
    for (const { value, mask } of this.held("context", [key], this.everything())) {
      if (entry.state === "present") {
        const { process, root } = entry;
        this.insert("pasid", key, { process, root }, mask, { cache: "pasid", requester: context, process });
      } else {
        this.fault(context, IOVA_PAGES);
      }
      for (const pasid of this.held("pasid", [key], mask))
        this.deriveWalks(context, { ...value, ...pasid.value }, pasid.mask);
    }
  }

  private deriveWalks(context: number, tags: Values["context"] & Values["pasid"], mask: number): void {
    const start: Gathered = { page: tags.root, permission: 3, global: false, large: false };
    for (const prefix of upTo(SHAPE.entries)) {
      const pages = pagesBelow(prefix);
      this.readTable(context, tags, start, 0, pages, mask);
      for (const pointer of this.held("walk", keysOf(tags, `i${prefix}xx`), mask)) {
        for (const page of pages) this.readTable(context, tags, pointer.value, 1, [page], pointer.mask);
      }
      for (const page of pages) this.deriveResults(context, tags, page, mask);
    }
  }

  /** Reads the entry for `pages` in a stage-1 table at its depth. */
  private readTable(
    context: number,
    tags: Values["context"] & Values["pasid"],
    table: Gathered,
    depth: number,
    pages: readonly number[],
    mask: number,
  ): void {
    for (const found of this.translate(tags, table.page, mask)) {
      if (found.value === null || (found.value.permission & 1) === 0) {
        this.fault(context, pages);
        continue;
      }
      const entry = this.world.entry(found.value.host, indexOf(pages[0]!, depth));
      const role = roleOf(entry, depth, SHAPE.guestPages);
      if (role === "table") this.keepPointer(tags, gather(table, entry, false, 0), pages[0]!, found.mask);
      else if (role === "leaf") this.keepLeaves(tags, table, entry, depth === 0, pages, found.mask);
      else this.fault(context, pages);
    }
  }

  private keepPointer(tags: Values["context"] & Values["pasid"], pointer: Gathered, first: number, mask: number): void {
    const process = processOf(tags, pointer.global);
    const { domain } = tags;
    const cached: Cached = { cache: "walk", domain, process, ...extentBelow(first) };
    this.insert("walk", keyOf(domain, process, `i${indexOf(first, 0)}xx`), pointer, mask, cached);
  }

  private keepLeaves(
    tags: Values["context"] & Values["pasid"],
    table: Gathered,
    entry: Entry,
    large: boolean,
    pages: readonly number[],
    mask: number,
  ): void {
    const { domain } = tags;
    for (const page of pages) {
      const leaf = gather(table, entry, large, page);
      const process = processOf(tags, leaf.global);
      const cached: Cached = { cache: "stage1", domain, process, ...extent(page, large) };
      this.insert("stage1", keyOf(domain, process, `i${page}`), leaf, mask, cached);
    }
  }

  /** From leaves through stage 2 to the IOTLB, and on to the device TLB. */
  private deriveResults(context: number, tags: Values["context"] & Values["pasid"], page: number, mask: number): void {
    const keys = keysOf(tags, `i${page}`);
    for (const leaf of this.held("stage1", keys, mask)) {
      for (const found of this.translate(tags, leaf.value.page, leaf.mask)) {
        if (found.value === null) this.fault(context, [page]);
        else this.keepResult(tags, leaf.value, found.value, page, found.mask);
      }
    }
    for (const { value, mask: some } of this.held("iotlb", keys, mask)) {
      const { guest, global, large } = value;
      const cached: Cached = { cache: "device-tlb", requester: context, guest, global, ...extent(page, large) };
      this.insert("device-tlb", requestKey(context, page), value, some, cached);
    }
  }

  private keepResult(
    tags: Values["context"] & Values["pasid"],
    leaf: Gathered,
    page: Values["stage2"],
    iova: number,
    mask: number,
  ): void {
    const { domain } = tags;
    const { global, large } = leaf;
    const process = processOf(tags, global);
    const value = { host: page.host, guest: leaf.page, permission: leaf.permission & page.permission, global, large };
    const cached: Cached = { cache: "iotlb", domain, process, guest: leaf.page, ...extent(iova, large) };
    this.insert("iotlb", keyOf(domain, process, `i${iova}`), value, mask, cached);
  }

  /** Every stage-2 result that a walk under `mask` may get for a guest page. */
  private translate({ vm, domain }: Values["context"], guest: number, mask: number): Found<Values["stage2"]>[] {
    const faults: Found<Values["stage2"]>[] = [];
    const prefix = indexOf(guest, 0);
    const root = this.world.entry(SHAPE.stage2Roots[vm]!, prefix);
    const role = roleOf(root, 0, SHAPE.hostPages);
    if (role === "table") {
      const cached: Cached = { cache: "stage2-walk", domain, ...extentBelow(prefix * SHAPE.entries) };
      const value = { host: root.target, permission: root.permission };
      this.insert("stage2-walk", `d${domain} g${prefix}xx`, value, mask, cached);
    } else if (role === "leaf") {
      for (const page of pagesBelow(prefix)) this.keepStage2(domain, page, root, true, root.permission, mask);
    } else {
      faults.push({ value: null, mask });
    }
    for (const table of this.held("stage2-walk", [`d${domain} g${prefix}xx`], mask)) {
      const entry = this.world.entry(table.value.host, indexOf(guest, 1));
      const permission = table.value.permission & entry.permission;
      const isLeaf = roleOf(entry, 1, SHAPE.hostPages) === "leaf";
      if (isLeaf) this.keepStage2(domain, guest, entry, false, permission, table.mask);
      else faults.push({ value: null, mask: table.mask });
    }
    return [...faults, ...this.held("stage2", [`d${domain} g${guest}`], mask)];
  }

  private keepStage2(
    domain: number,
    guest: number,
    entry: Entry,
    large: boolean,
    permission: number,
    mask: number,
  ): void {
    const host = entry.target + (large ? guest % SHAPE.entries : 0);
    const cached: Cached = { cache: "stage2", domain, ...extent(guest, large) };
    this.insert("stage2", `d${domain} g${guest}`, { host, permission, large }, mask, cached);
  }
}

function processOf({ process }: { process: number }, global: boolean): Process {
  return global ? "global" : process;
}

function keyOf(domain: number, process: Process, address: string): string {
  return `d${domain} p${process} ${address}`;
}

/** The process's own key and the global one. */
function keysOf({ domain, process }: { domain: number; process: number }, address: string): string[] {
  return [keyOf(domain, process, address), keyOf(domain, "global", address)];
}
