/**
 * A concrete unit: Maps with a bound, the least recently used entry goes. It fills its caches on requests alone.
 */

import type { Architecture, CacheName } from "../../rules/vocabulary.js";
import type { Values } from "./envelope.js";
import { type Cached, extent, extentBelow, removes } from "./matching.js";
import { type Gathered, gather } from "./oracle.js";
import { type Entry, type Invalidation, indexOf, requestKey, roleOf, SHAPE, type Translation } from "./records.js";
import type { World } from "./world.js";

const BOUND = 8;

export interface Kept<N extends CacheName = CacheName> {
  value: Values[N];
  cached: Cached;
}

type Tags = Values["context"] & Values["pasid"];
type Caches = { [N in CacheName]: Map<string, Kept<N>> };

export class Hardware {
  readonly caches: Caches = {
    context: new Map(),
    pasid: new Map(),
    walk: new Map(),
    stage1: new Map(),
    "stage2-walk": new Map(),
    stage2: new Map(),
    iotlb: new Map(),
    "device-tlb": new Map(),
  };
  /** Whether the request that is under way fills caches, or only asks. */
  private isFilling = false;

  constructor(
    private readonly architecture: Architecture,
    private readonly world: World,
  ) {}

  /** A request of the device, or a prefetch. */
  access(context: number, page: number): Translation | null {
    this.isFilling = true;
    const result = this.request(context, page);
    this.isFilling = false;
    return result;
  }

  /** What the request would get; nothing is filled. */
  translate(context: number, page: number): Translation | null {
    return this.request(context, page);
  }

  execute(command: Invalidation): void {
    for (const cache of Object.values(this.caches) as Map<string, Kept>[]) {
      for (const [key, { cached }] of cache) if (removes(this.architecture, command, cached)) cache.delete(key);
    }
  }

  /** Drops what it holds of a page, and a pointer on the way. */
  evict(context: number, page: number): void {
    this.caches["device-tlb"].delete(requestKey(context, page));
    for (const name of ["walk", "stage1", "iotlb"] as const) {
      for (const [key, { cached }] of this.caches[name] as Map<string, Kept>) {
        const { first, pages } = cached;
        if (page >= first! && page < first! + pages!) this.caches[name].delete(key);
      }
    }
  }

  *all(): Generator<Kept> {
    for (const cache of Object.values(this.caches) as Map<string, Kept>[]) yield* cache.values();
  }

  private request(context: number, page: number): Translation | null {
    const held = this.find("device-tlb", [requestKey(context, page)]);
    if (held !== null) return held;
    const tags = this.tagsOf(context);
    const result = tags === null ? null : this.lookUp(tags, page);
    if (result === null) return null;
    const { guest, global, large } = result;
    const cached: Cached = { cache: "device-tlb", requester: context, guest, global, ...extent(page, large) };
    return this.keep("device-tlb", requestKey(context, page), result, cached);
  }

  private tagsOf(context: number): Tags | null {
    const entry = this.world.contexts[context]!;
    const key = `c${context}`;
    const isPresent = entry.state === "present";
    let upper = this.find("context", [key]);
    if (upper === null) {
      if (!isPresent) return null;
      const { vm, domain } = entry;
      upper = this.keep("context", key, { vm, domain }, { cache: "context", requester: context, domain });
    }
    let lower = this.find("pasid", [key]);
    if (lower === null) {
      if (!isPresent) return null;
      const { process, root } = entry;
      lower = this.keep("pasid", key, { process, root }, { cache: "pasid", requester: context, process });
    }
    return { ...upper, ...lower };
  }

  private lookUp(tags: Tags, page: number): Translation | null {
    const held = this.find("iotlb", keysOf(tags, `i${page}`));
    if (held !== null) return held;
    const leaf = this.find("stage1", keysOf(tags, `i${page}`)) ?? this.walk(tags, page);
    if (leaf === null) return null;
    const host = this.stage2(tags, leaf.page);
    if (host === null) return null;
    const { global, large } = leaf;
    const process = global ? "global" : tags.process;
    const value = { host: host.host, guest: leaf.page, permission: leaf.permission & host.permission, global, large };
    const cached: Cached = { cache: "iotlb", domain: tags.domain, process, guest: leaf.page, ...extent(page, large) };
    return this.keep("iotlb", `d${tags.domain} p${process} i${page}`, value, cached);
  }

  private walk(tags: Tags, page: number): Gathered | null {
    const start: Gathered = { page: tags.root, permission: 3, global: false, large: false };
    const pointer = this.find("walk", keysOf(tags, `i${indexOf(page, 0)}xx`));
    if (pointer !== null) return this.readTable(tags, pointer, 1, page);
    return this.readTable(tags, start, 0, page);
  }

  private readTable(tags: Tags, table: Gathered, depth: number, page: number): Gathered | null {
    const host = this.stage2(tags, table.page);
    if (host === null || (host.permission & 1) === 0) return null;
    const entry = this.world.entry(host.host, indexOf(page, depth));
    const role = roleOf(entry, depth, SHAPE.guestPages);
    if (role === "table") return this.readTable(tags, this.keepPointer(tags, table, entry, page), depth + 1, page);
    if (role !== "leaf") return null;
    const large = depth === 0;
    const leaf = gather(table, entry, large, page);
    const process = leaf.global ? "global" : tags.process;
    const cached: Cached = { cache: "stage1", domain: tags.domain, process, ...extent(page, large) };
    return this.keep("stage1", `d${tags.domain} p${process} i${page}`, leaf, cached);
  }

  private keepPointer(tags: Tags, table: Gathered, entry: Entry, page: number): Gathered {
    const pointer = gather(table, entry, false, 0);
    const process = pointer.global ? "global" : tags.process;
    const prefix = indexOf(page, 0);
    const cached: Cached = { cache: "walk", domain: tags.domain, process, ...extentBelow(prefix * SHAPE.entries) };
    return this.keep("walk", `d${tags.domain} p${process} i${prefix}xx`, pointer, cached);
  }

  private stage2({ vm, domain }: Tags, guest: number): Values["stage2"] | null {
    const held = this.find("stage2", [`d${domain} g${guest}`]);
    if (held !== null) return held;
    const prefix = indexOf(guest, 0);
    let table = this.find("stage2-walk", [`d${domain} g${prefix}xx`]);
    if (table === null) {
      const root = this.world.entry(SHAPE.stage2Roots[vm]!, prefix);
      const role = roleOf(root, 0, SHAPE.hostPages);
      if (role === "leaf") return this.keepStage2(domain, guest, root, true, root.permission);
      if (role !== "table") return null;
      const cached: Cached = { cache: "stage2-walk", domain, ...extentBelow(prefix * SHAPE.entries) };
      const value = { host: root.target, permission: root.permission };
      table = this.keep("stage2-walk", `d${domain} g${prefix}xx`, value, cached);
    }
    const entry = this.world.entry(table.host, indexOf(guest, 1));
    if (roleOf(entry, 1, SHAPE.hostPages) !== "leaf") return null;
    return this.keepStage2(domain, guest, entry, false, table.permission & entry.permission);
  }

  private keepStage2(
    domain: number,
    guest: number,
    entry: Entry,
    large: boolean,
    permission: number,
  ): Values["stage2"] {
    const value = { host: entry.target + (large ? guest % SHAPE.entries : 0), permission, large };
    return this.keep("stage2", `d${domain} g${guest}`, value, { cache: "stage2", domain, ...extent(guest, large) });
  }

  private find<N extends CacheName>(name: N, keys: readonly string[]): Values[N] | null {
    const cache = this.caches[name] as Map<string, Kept<N>>;
    for (const key of keys) {
      const kept = cache.get(key);
      if (kept === undefined) continue;
      if (this.isFilling) {
        cache.delete(key);
        cache.set(key, kept);
      }
      return kept.value;
    }
    return null;
  }

  private keep<N extends CacheName>(name: N, key: string, value: Values[N], cached: Cached): Values[N] {
    if (!this.isFilling) return value;
    const cache = this.caches[name] as Map<string, Kept<N>>;
    cache.set(key, { value, cached });
    if (cache.size > BOUND) cache.delete(cache.keys().next().value!);
    return value;
  }
}

function keysOf({ domain, process }: Tags, address: string): string[] {
  return [`d${domain} p${process} ${address}`, `d${domain} pglobal ${address}`];
}
