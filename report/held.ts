/**
 * What a strategy holds on the way of one request, and whether it is what a walk would give now.
 *
 * The keys are those that the request's walk would look under: of its requester, of the tags that the context caches
 * may give it, of the tables and guest pages that pointers and leaves there lead to. Values under other keys cannot
 * have answered it.
 */

import type { Machine } from "../models/machine.js";
import { CACHE, GLOBAL } from "../models/unit.js";
import {
  contextClass,
  contextDomain,
  contextProcess,
  contextRoot,
  contextRootIsHost,
  contextVm,
  PRESENT,
  valuePage,
} from "../models/values.js";
import { sameContext, samePointer } from "../properties/fresh.js";
import { sameMeaning } from "../properties/view.js";

/** The strategies that hold values in caches. */
export type CachingStrategy = "envelope" | "hardware";

/** A request by the position of its page among the pages in play. */
export interface Place {
  context: number;
  page: number;
}

/** The values that one set may hold, or holds, now. */
export function valuesIn(machine: Machine, strategy: CachingStrategy, set: number): number[] {
  const { envelope, hardware, state } = machine;
  const values: number[] = [];
  if (strategy === "envelope" && envelope !== null) {
    for (let record = envelope.first(state, set); record >= 0; record = envelope.next(state, record)) {
      values.push(envelope.valueOf(state, record));
    }
  }
  if (strategy === "hardware") {
    hardware?.each(state, (held, value) => {
      if (held === set) values.push(value);
    });
  }
  return values;
}

/** The sets on the way of a request, from the context caches down to the device TLB. */
export function setsOnPath(machine: Machine, strategy: CachingStrategy, { context, page }: Place): number[] {
  const { unit, geometry } = machine;
  const { iova } = geometry;
  const sets = new Set<number>([CACHE.context, CACHE.pasid].map((cache) => unit.set(cache!, context, 0, 0, 0)));
  const add = (cache: number, entry: number, address: number): void => {
    sets.add(unit.set(cache, context, contextDomain(entry), contextProcess(entry), address));
    sets.add(unit.set(cache, context, contextDomain(entry), GLOBAL, address));
  };
  for (const entry of contextEntries(machine, strategy, context)) {
    for (let depth = 0; depth < iova.levels - 1; depth++) {
      add(CACHE.walk, entry, iova.prefix[page * iova.levels + depth]!);
    }
    add(CACHE.stage1, entry, page);
    for (const guestPage of guestPages(machine, strategy, sets, { context, page }, entry)) {
      addStage2(machine, sets, context, contextDomain(entry), guestPage);
    }
    add(CACHE.iotlb, entry, page);
  }
  // Found by requester and address alone: under tags too that the context does not have any more.
  if (unit.foundByRequester) for (const first of unit.lookup(CACHE.iotlb, context, 0, 0)) sets.add(first + page);
  if (unit.caches[CACHE["device-tlb"]]!.present) sets.add(unit.set(CACHE["device-tlb"], context, 0, 0, page));
  return [...sets].sort((a, b) => a - b);
}

function addStage2(machine: Machine, sets: Set<number>, context: number, domain: number, guestPage: number): void {
  const { unit, geometry } = machine;
  const { guest } = geometry;
  for (let depth = 0; depth < guest.levels - 1; depth++) {
    sets.add(unit.set(CACHE["stage2-walk"], context, domain, 0, guest.prefix[guestPage * guest.levels + depth]!));
  }
  sets.add(unit.set(CACHE.stage2, context, domain, 0, guestPage));
}

/** The context entries that a walk may go by: those that caches give, and the one in memory. */
function contextEntries(machine: Machine, strategy: CachingStrategy, context: number): number[] {
  const { envelope, state, world, unit } = machine;
  const memory = state[world.contexts + context]!;
  const entries = new Set<number>(contextClass(memory) === PRESENT ? [memory] : []);
  if (strategy === "envelope" && envelope !== null) {
    const { value, count } = envelope.contextValues[context]!;
    for (const entry of value.subarray(0, count)) entries.add(entry);
    return [...entries];
  }
  let merged = memory;
  for (const cache of [CACHE.context, CACHE.pasid]) {
    for (const held of valuesIn(machine, strategy, unit.set(cache, context, 0, 0, 0))) {
      const mask = unit.caches[cache]!.fieldMask | 3;
      merged = (held & mask) | (merged & ~mask);
      if (contextClass(held) === PRESENT) entries.add(merged);
    }
  }
  return [...entries];
}

/** The guest pages that a walk by `entry` may need translated: root, tables, the leaf's page. */
function guestPages(
  machine: Machine,
  strategy: CachingStrategy,
  sets: ReadonlySet<number>,
  { context, page }: Place,
  entry: number,
): Set<number> {
  const { oracle, geometry, unit } = machine;
  const from = (context * geometry.iova.count + page) * oracle.guestRoom;
  const pages = new Set<number>(oracle.guestPages.subarray(from + 1, from + 1 + oracle.guestPages[from]!));
  if (contextRootIsHost(entry) === 0) pages.add(contextRoot(entry));
  for (const set of sets) {
    const cache = unit.setCache[set]!;
    if (cache !== CACHE.walk && cache !== CACHE.stage1) continue;
    for (const value of valuesIn(machine, strategy, set)) {
      const isHost = cache === CACHE.walk && value >>> 19 === 1;
      if ((value & 3) === PRESENT && !isHost) pages.add(valuePage(value));
    }
  }
  return pages;
}

/** Whether a walk of the request would put `value` into `set` now. */
export function isFresh(machine: Machine, place: Place, set: number, value: number): boolean {
  const { unit, state, world, oracle, geometry } = machine;
  const entry = state[world.contexts + place.context]!;
  const address = unit.setAddress[set]!;
  switch (unit.setCache[set]!) {
    case CACHE.context:
    case CACHE.pasid:
      return sameContext(machine, value, entry, unit.caches[unit.setCache[set]!]!.fieldMask | 3);
    case CACHE.walk:
      return samePointer(machine, entry, value, oracle.pointer[place.context * geometry.iova.prefixCount + address]!);
    case CACHE.stage1:
      return sameMeaning(value, oracle.leaf[place.context * geometry.iova.count + place.page]!);
    case CACHE["stage2-walk"]:
      return contextClass(entry) === PRESENT && sameMeaning(value, world.pointer(state, contextVm(entry), address));
    case CACHE.stage2:
      return contextClass(entry) === PRESENT && sameMeaning(value, world.translate(state, contextVm(entry), address));
    default:
      return sameMeaning(value, oracle.value[place.context * geometry.iova.count + place.page]!);
  }
}
