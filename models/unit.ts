/**
 * An architecture compiled for the models: numbered sets (one a cache and key) and, for each invalidation command, the
 * rules that remove from each cache.
 *
 * A *set* is everything that one cache may hold under one key: tags and address. Set numbers are dense, and the tables
 * `setCache`, `setDomain`, ... give back what a number stands for. A cache that the architecture does not have still
 * has sets: a walk in flight holds the same values, emptied by any fence. What removes those before the fence, where no
 * command names them, follows the IOTLB: a walk is abandoned by the commands that remove its result.
 */

import {
  type Architecture,
  CACHE_NAMES,
  type CacheName,
  type CacheRule,
  CONTEXT_FIELDS,
  type CommandRule,
  type Condition,
  INVALIDATION_KINDS,
  type RemovalRule,
} from "../rules/vocabulary.js";
import type { Geometry } from "./geometry.js";
import { ABSENT, CONTEXT_MASKS, PRESENT } from "./values.js";

/** Positions of the caches in `CACHE_NAMES`; written out, since hot loops read them. */
export const CACHE: Readonly<Record<CacheName, number>> = {
  context: 0,
  pasid: 1,
  walk: 2,
  stage1: 3,
  "stage2-walk": 4,
  stage2: 5,
  iotlb: 6,
  "device-tlb": 7,
};
export const CACHE_COUNT = CACHE_NAMES.length;

/** The process tag of entries marked global. */
export const GLOBAL = -3;
/** A tag that is not part of the key. */
export const UNTAGGED = -1;

export interface UnitCache {
  name: CacheName;
  /** False: only walks in flight hold it. */
  present: boolean;
  keyedByRequester: boolean;
  keyedByDomain: boolean;
  keyedByProcess: boolean;
  holdsAbsent: boolean;
  holdsMalformed: boolean;
  negativeHasNoDomain: boolean;
  /** Context caches: the bits of a context entry that are held. */
  fieldMask: number;
  holdsDomain: boolean;
  holdsProcess: boolean;
  guestPointers: boolean;
  hostPointers: boolean;
  wholeSuperpages: boolean;
  /** First set number, and the strides of the key. */
  base: number;
  addresses: number;
}

/** Whether a cache may hold a value of class `kind` (any value of that class will do). */
export function mayHold(cache: UnitCache, kind: number): boolean {
  switch (kind & 3) {
    case PRESENT:
      return true;
    case ABSENT:
      return cache.holdsAbsent;
    default:
      return cache.holdsMalformed;
  }
}

export interface UnitRule {
  cache: number;
  requester: boolean;
  domain: boolean;
  process: boolean;
  address: boolean;
  guestAddress: boolean;
  global: boolean;
  levelHint: boolean;
  when: readonly Condition[];
}

export interface UnitCommand {
  known: boolean;
  range: CommandRule["range"];
  rules: readonly UnitRule[];
}

export class Unit {
  readonly ordered: boolean;
  readonly caches: readonly UnitCache[];
  /** By position of the kind in `INVALIDATION_KINDS`. */
  readonly commands: readonly UnitCommand[];
  readonly setCount: number;
  readonly setCache: Int8Array;
  readonly setRequester: Int8Array;
  readonly setDomain: Int8Array;
  readonly setProcess: Int8Array;
  /** IOVA page position, prefix, guest page or guest prefix, by cache. */
  readonly setAddress: Int32Array;
  /** Requests find entries of the IOTLB by requester and address alone. */
  readonly foundByRequester: boolean;
  private readonly keys: Int32Array;
  /** As `keys`: the first sets where a walk under these tags finds what a cache holds. */
  private readonly found: readonly Int32Array[];

  constructor(
    readonly architecture: Architecture,
    readonly geometry: Geometry,
  ) {
    this.ordered = architecture.queue === "ordered";
    const caches: UnitCache[] = [];
    let base = 0;
    for (const name of CACHE_NAMES) {
      const cache = compileCache(architecture, geometry, name, base);
      caches.push(cache);
      base += keyCount(cache, geometry) * cache.addresses;
    }
    this.caches = caches;
    this.setCount = base;
    this.keys = this.buildKeys();
    this.foundByRequester = architecture.caches.some(({ name, lookup }) => name === "iotlb" && lookup === "requester");
    this.found = this.buildFound();
    this.commands = INVALIDATION_KINDS.map((kind) =>
      compileCommand(
        architecture,
        architecture.commands.find((command) => command.kind === kind),
      ),
    );
    this.setCache = new Int8Array(base);
    this.setRequester = new Int8Array(base).fill(UNTAGGED);
    this.setDomain = new Int8Array(base).fill(UNTAGGED);
    this.setProcess = new Int8Array(base).fill(UNTAGGED);
    this.setAddress = new Int32Array(base);
    this.fillSetTables();
  }

  /** The set of `cache` for a walk of requester `context` under these tags; `process` may be `GLOBAL`. */
  set(cache: number, context: number, domain: number, process: number, address: number): number {
    return this.keys[this.keyOf(cache, context, domain, process)]! + address;
  }

  /**
   * The first sets (address 0) in which a request of `context` finds what a cache holds for its walk: under its own
   * process tag, then among global entries; or, where it is found by requester, under every domain and process.
   */
  lookup(cache: number, context: number, domain: number, process: number): Int32Array {
    return this.found[this.keyOf(cache, context, domain, process)]!;
  }

  private keyOf(cache: number, context: number, domain: number, process: number): number {
    const { contexts, domains, processes } = this.geometry;
    const tag = process === GLOBAL ? processes : process;
    return ((cache * contexts + context) * domains + domain) * (processes + 1) + tag;
  }

  private buildFound(): Int32Array[] {
    const { contexts, domains, processes } = this.geometry;
    const found: Int32Array[] = [];
    // Where a key has no domain or process, the sets are the same for all: one array then.
    const known = new Map<number, Int32Array>();
    const pairOf = (own: number, global: number): Int32Array => {
      const key = own * this.setCount + global;
      const pair = known.get(key) ?? Int32Array.from(own === global ? [own] : [own, global]);
      known.set(key, pair);
      return pair;
    };
    for (let cache = 0; cache < CACHE_COUNT; cache++) {
      for (let context = 0; context < contexts; context++) {
        const first = (cache * contexts + context) * domains * (processes + 1);
        const any = new Int32Array(new Set(this.keys.subarray(first, first + domains * (processes + 1))));
        for (let domain = 0; domain < domains; domain++) {
          const own = first + domain * (processes + 1);
          for (let process = 0; process <= processes; process++) {
            const isAny = cache === CACHE.iotlb && this.foundByRequester;
            found.push(isAny ? any : pairOf(this.keys[own + process]!, this.keys[own + processes]!));
          }
        }
      }
    }
    return found;
  }

  /** First set of each cache and key, by cache, context, domain and process tag. */
  private buildKeys(): Int32Array {
    const { contexts, domains, processes } = this.geometry;
    const keys = new Int32Array(CACHE_COUNT * contexts * domains * (processes + 1));
    let at = 0;
    for (const rule of this.caches) {
      for (let context = 0; context < contexts; context++) {
        for (let domain = 0; domain < domains; domain++) {
          for (let process = 0; process <= processes; process++) {
            let key = rule.keyedByRequester ? context : 0;
            if (rule.keyedByDomain) key = key * domains + domain;
            if (rule.keyedByProcess) key = key * (processes + 1) + process;
            keys[at++] = rule.base + key * rule.addresses;
          }
        }
      }
    }
    return keys;
  }

  private fillSetTables(): void {
    const { contexts, domains, processes } = this.geometry;
    for (let cache = 0; cache < CACHE_COUNT; cache++) {
      const rule = this.caches[cache]!;
      for (let context = 0; context < (rule.keyedByRequester ? contexts : 1); context++) {
        for (let domain = 0; domain < (rule.keyedByDomain ? domains : 1); domain++) {
          for (let process = 0; process < (rule.keyedByProcess ? processes + 1 : 1); process++) {
            const tag = process === processes ? GLOBAL : process;
            for (let address = 0; address < rule.addresses; address++) {
              const set = this.set(cache, context, domain, tag, address);
              this.setCache[set] = cache;
              if (rule.keyedByRequester) this.setRequester[set] = context;
              if (rule.keyedByDomain) this.setDomain[set] = domain;
              if (rule.keyedByProcess) this.setProcess[set] = tag;
              this.setAddress[set] = address;
            }
          }
        }
      }
    }
  }
}

function keyCount(cache: UnitCache, geometry: Geometry): number {
  return (
    (cache.keyedByRequester ? geometry.contexts : 1) *
    (cache.keyedByDomain ? geometry.domains : 1) *
    (cache.keyedByProcess ? geometry.processes + 1 : 1)
  );
}

function addressCount(name: CacheName, geometry: Geometry): number {
  switch (name) {
    case "context":
    case "pasid":
      return 1;
    case "walk":
      return geometry.iova.prefixCount;
    case "stage1":
    case "iotlb":
    case "device-tlb":
      return geometry.iova.count;
    case "stage2-walk":
      return geometry.guest.prefixCount;
    case "stage2":
      return geometry.guestPages;
  }
}

/** Tags of a walk in flight through a cache that the unit does not have: those of the IOTLB. */
function tagsInFlight(architecture: Architecture, name: CacheName): readonly string[] {
  if (name === "context" || name === "pasid" || name === "device-tlb") return ["requester"];
  const iotlb = architecture.caches.find((cache) => cache.name === "iotlb");
  const tags = iotlb?.tags ?? ["domain", "process"];
  return name === "stage2" || name === "stage2-walk" ? tags.filter((tag) => tag !== "process") : tags;
}

function compileCache(architecture: Architecture, geometry: Geometry, name: CacheName, base: number): UnitCache {
  const rule: CacheRule | undefined = architecture.caches.find((cache) => cache.name === name);
  const tags = rule?.tags ?? tagsInFlight(architecture, name);
  const directory = name === "context" || name === "pasid";
  const fields = rule?.fields ?? CONTEXT_FIELDS;
  const pointers = rule?.pointers ?? "guest";
  return {
    name,
    present: rule !== undefined,
    // Stage 2 belongs to a domain, whoever asks.
    keyedByRequester:
      directory || name === "device-tlb" || (tags.includes("requester") && name !== "stage2" && name !== "stage2-walk"),
    keyedByDomain: !directory && name !== "device-tlb" && tags.includes("domain"),
    keyedByProcess: (name === "walk" || name === "stage1" || name === "iotlb") && tags.includes("process"),
    holdsAbsent: rule?.negative.notPresent ?? false,
    holdsMalformed: rule?.negative.malformed ?? false,
    negativeHasNoDomain: rule?.negativeDomain === "none",
    fieldMask: fields.reduce((mask, field) => mask | CONTEXT_MASKS[field], 0),
    holdsDomain: fields.includes("domain"),
    holdsProcess: fields.includes("process"),
    guestPointers: pointers !== "host",
    hostPointers: pointers !== "guest",
    wholeSuperpages: rule?.superpages !== "piece",
    base,
    addresses: addressCount(name, geometry),
  };
}

const NO_COMMAND: UnitCommand = {
  known: false,
  range: { count: "exact", mask: "aligned", all: "whole" },
  rules: [],
};

function compileCommand(architecture: Architecture, command: CommandRule | undefined): UnitCommand {
  if (command === undefined) return NO_COMMAND;
  const rules = command.removes.map(compileRule);
  const present = new Set(architecture.caches.map((cache) => cache.name));
  const inFlight = CACHE_NAMES.filter(
    (name) => !present.has(name) && !command.removes.some((rule) => rule.cache === name),
  ).flatMap((name) => rulesInFlight(name, command.removes));
  return { known: true, range: command.range, rules: [...rules, ...inFlight] };
}

function compileRule(rule: RemovalRule): UnitRule {
  return {
    cache: CACHE[rule.cache],
    requester: rule.match.includes("requester"),
    domain: rule.match.includes("domain"),
    process: rule.match.includes("process"),
    address: rule.match.includes("address"),
    guestAddress: rule.match.includes("guest-address"),
    global: rule.global,
    levelHint: rule.levelHint,
    when: rule.when,
  };
}

/** What a command that removes IOTLB entries does to walks in flight at `name`. */
function rulesInFlight(name: CacheName, removes: readonly RemovalRule[]): UnitRule[] {
  const results = removes.filter((rule) => rule.cache === "iotlb").map(compileRule);
  const of = (rule: UnitRule, extra: readonly Condition[]): UnitRule => ({
    ...rule,
    cache: CACHE[name],
    when: [...rule.when, ...extra],
  });
  switch (name) {
    case "stage1":
      return results.map((rule) => of(rule, []));
    case "walk":
      return results.map((rule) => of(rule, ["not-leaf"]));
    case "context":
    case "pasid":
    case "stage2":
    case "stage2-walk":
      // An address says nothing about these: only a command for the whole address space abandons such a walk.
      return results.map((rule) => of(rule, rule.address || rule.guestAddress ? ["no-address"] : []));
    case "iotlb":
    case "device-tlb":
      return [];
  }
}
