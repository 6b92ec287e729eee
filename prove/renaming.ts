/**
 * The same state with other numbers for its host pages, guest pages and IOVA pages.
 *
 * For geometries whose stage 2 has one level: there the only stage-2 table of a VM is its root, which no guest writes
 * and nothing else is put into, so that every other host page holds stage-1 entries or nothing, and a number in memory
 * is a page of one kind. IOVA pages can be renamed where stage 1 has one level too. `walkWorld` and `walkRest` show
 * every place where such a number stands; a search finds canonical numbers by them (`symmetry.ts`), then writes them.
 */

import { ENTRY, RANGE } from "../commands/command.js";
import { DUTY } from "../models/duty.js";
import type { Region } from "../models/layout.js";
import type { Machine } from "../models/machine.js";
import { CACHE } from "../models/unit.js";
import { CONTEXT_MASKS, PRESENT, packValue, valuePage, valueSecond } from "../models/values.js";
import { INVALIDATION_KINDS } from "../rules/vocabulary.js";

/** What a number counts. */
export const FAMILY = { host: 0, guest: 1, iova: 2 } as const;
export const FAMILY_COUNT = 3;
/** New numbers by old ones, for each family. */
export type Numbers = readonly Int32Array[];

const TARGET_SHIFT = 6;
const ROOT_SHIFT = 14;
const ROOT_MASK = 0xfff << ROOT_SHIFT;
const QUEUE_FIELDS = 13;
const BASE = 10;
const SIZE = 12;
const STAGE2_KIND = INVALIDATION_KINDS.indexOf("s2");

export class Renaming {
  readonly hasPageIova: boolean;
  private readonly memory: Region;
  private readonly contexts: Region;
  private readonly queue: Region;
  private readonly duties: Region;
  private readonly reach: Region;
  private readonly sets: Region | undefined;
  private readonly roots: Set<number>;
  private readonly isRoot: Uint8Array;
  private readonly reachWords: number;
  /** Whether combined values keep the guest page that they came through (`slice.ts` leaves it out). */
  private readonly hasSecond: boolean;
  /** By cache: whether its sets stand for guest pages, IOVA pages or neither. */
  private readonly addressFamily: Int8Array;

  constructor(
    readonly machine: Machine,
    isSliced: boolean,
  ) {
    const { geometry, layout } = machine;
    const region = (name: string): Region => layout.regions.find((one) => one.name === name)!;
    this.memory = region("world.memory");
    this.contexts = region("world.contexts");
    this.queue = region("queue");
    this.duties = region("ledger.duties");
    this.reach = region("reach");
    this.sets = layout.regions.find(({ name }) => name === "envelope.values");
    this.roots = new Set(geometry.tableBase);
    this.isRoot = Uint8Array.from({ length: geometry.hostPages }, (_, page) => (this.roots.has(page) ? 1 : 0));
    this.hasSecond = !isSliced || selectsByGuestPage(machine);
    this.reachWords = (geometry.hostPages + 31) >> 5;
    this.hasPageIova = geometry.stage1.levels === 1;
    const iova = this.hasPageIova ? FAMILY.iova : -1;
    this.addressFamily = new Int8Array(8).fill(-1);
    this.addressFamily[CACHE.stage2] = FAMILY.guest;
    for (const cache of [CACHE.stage1, CACHE.iotlb, CACHE["device-tlb"]]) this.addressFamily[cache] = iova;
  }

  /**
   * Calls `see(place, family, number, other, otherNumber, third, thirdNumber)` for every fact of memory and queue that
   * names pages: up to three numbers that stand together, with all else that is said of them mixed into `place`.
   */
  walkWorld(state: Int32Array, see: See): void {
    this.walkMemory(state, see);
    this.walkContexts(state, see);
    this.walkQueue(state, see);
  }

  /** The same for what is owed and what may be cached. */
  walkRest(state: Int32Array, see: See): void {
    this.walkDuties(state, see);
    this.walkReach(state, see);
    this.walkSets(state, see);
  }

  private walkMemory(state: Int32Array, see: See): void {
    const { geometry } = this.machine;
    const { pageEntries, hostPages, guestPages, stage1 } = geometry;
    const iova = this.hasPageIova ? FAMILY.iova : -1;
    for (let page = 0; page < hostPages; page++) {
      const base = this.memory.offset + page * pageEntries;
      const isRoot = this.isRoot[page] === 1;
      const count = isRoot ? guestPages : stage1.entries;
      for (let index = 0; index < count; index++) {
        const entry = state[base + index]!;
        if (entry === 0) continue;
        const points = pointsSomewhere(entry);
        const said = entry & ((1 << TARGET_SHIFT) - 1);
        if (isRoot) {
          see(mix(1 + page, said), FAMILY.guest, index, points ? FAMILY.host : -1, entry >>> TARGET_SHIFT, -1, 0);
          continue;
        }
        const place = mix(2, iova < 0 ? said | (index << 8) : said);
        see(place, FAMILY.host, page, iova, index, points ? FAMILY.guest : -1, entry >>> TARGET_SHIFT);
      }
    }
  }

  private walkContexts(state: Int32Array, see: See): void {
    const { contexts, guestPages } = this.machine.geometry;
    for (let context = 0; context < contexts; context++) {
      const entry = state[this.contexts.offset + context]!;
      const root = (entry & ROOT_MASK) >>> ROOT_SHIFT;
      if ((entry & 3) === PRESENT && root < guestPages)
        see(mix(3 + context, entry & ~ROOT_MASK), FAMILY.guest, root, -1, 0, -1, 0);
    }
  }

  private walkQueue(state: Int32Array, see: See): void {
    const at = this.queue.offset;
    for (let slot = 0; slot < state[at]!; slot++) {
      const from = at + 1 + slot * QUEUE_FIELDS;
      const family = this.queueFamily(state, from);
      if (family < 0) continue;
      let place = mix(20 + slot, state[from]!);
      for (let field = 1; field < 9; field++) place = mix(place, state[from + field]!);
      see(place, family, state[from + BASE]!, -1, 0, -1, 0);
    }
  }

  /** What the address of a pending command counts, -1 if it has none or is no page that is renamed. */
  private queueFamily(state: Int32Array, from: number): number {
    if (state[from + 8] !== RANGE.count || state[from + SIZE] !== 1) return -1;
    if (state[from] === STAGE2_KIND) return FAMILY.guest;
    return this.hasPageIova ? FAMILY.iova : -1;
  }

  private walkDuties(state: Int32Array, see: See): void {
    const { offset, record } = this.duties;
    const { ledger } = this.machine;
    for (let number = 0; number < state[offset]!; number++) {
      const at = offset + 1 + number * record;
      const isStage2 = state[at + DUTY.firstGuestPage]! >= 0;
      let place = 40;
      for (let field = 0; field < DUTY.firstGuestPage; field++) place = mix(place, state[at + field]!);
      if (isOnePage(state, at)) see(place, FAMILY.guest, state[at + DUTY.firstGuestPage]!, -1, 0, -1, 0);
      for (let word = DUTY.pages; word < record; word++) {
        const family = this.dutyFamily(word, isStage2);
        if (family < 0) continue;
        const position = word < ledger.unitsAt ? word - DUTY.pages : (word - ledger.unitsAt) % this.unitWords;
        for (let bits = state[at + word]!; bits !== 0; bits &= bits - 1) {
          const page = position * 32 + 31 - Math.clz32(bits & -bits);
          see(mix(place, word), family, page, -1, 0, -1, 0);
        }
      }
    }
  }

  private get unitWords(): number {
    const { geometry } = this.machine;
    return Math.max((geometry.iova.count + 31) >> 5, (geometry.guestPages + 31) >> 5);
  }

  /** What the bits of a word of a duty's record count. */
  private dutyFamily(word: number, isStage2: boolean): number {
    const iova = this.hasPageIova ? FAMILY.iova : -1;
    return word < this.machine.ledger.unitsAt ? iova : isStage2 ? FAMILY.guest : iova;
  }

  private walkReach(state: Int32Array, see: See): void {
    const { offset, length } = this.reach;
    for (let word = 0; word < length; word++) {
      const context = Math.floor(word / this.reachWords);
      for (let bits = state[offset + word]!; bits !== 0; bits &= bits - 1) {
        const page = (word % this.reachWords) * 32 + 31 - Math.clz32(bits & -bits);
        see(60 + context, FAMILY.host, page, -1, 0, -1, 0);
      }
    }
  }

  private walkSets(state: Int32Array, see: See): void {
    if (this.sets === undefined) return;
    const { unit } = this.machine;
    const { offset, record } = this.sets;
    for (let number = 0; number < state[offset]!; number++) {
      const at = offset + 1 + number * record;
      const set = state[at]!;
      const value = state[at + 1]!;
      const cache = unit.setCache[set]!;
      const families = this.familiesOf(cache, value);
      const address = unit.setAddress[set]!;
      const own = this.addressFamily[cache]!;
      let place = mix(80 + cache, state[at + 2]!);
      place = mix(place, unit.setRequester[set]! * 4096 + unit.setDomain[set]! * 64 + unit.setProcess[set]!);
      place = mix(place, withoutPages(cache, value));
      if (own < 0) place = mix(place, address);
      const page = cache <= CACHE.pasid ? (value & ROOT_MASK) >>> ROOT_SHIFT : valuePage(value);
      see(place, own, address, families & 15, page, families >> 4, valueSecond(value));
    }
  }

  /** Some context caches hold no root: what stands in its place there is no page. */
  private familiesOf(cache: number, value: number): number {
    const isRootless = (this.machine.unit.caches[cache]!.fieldMask & CONTEXT_MASKS.root) === 0;
    if (cache <= CACHE.pasid && isRootless) return NO_PAGES;
    const families = valueFamilies(cache, value);
    const isCombined = cache === CACHE.iotlb || cache === CACHE["device-tlb"];
    return isCombined && !this.hasSecond ? families | (NONE << 4) : families;
  }

  /** Writes into `into` what `state` becomes with other numbers; `into` is a copy of it as far as it is in use. */
  rename(state: Int32Array, numbers: Numbers, into: Int32Array): void {
    this.renameMemory(state, numbers, into);
    const guest = numbers[FAMILY.guest]!;
    const { contexts, guestPages } = this.machine.geometry;
    for (let context = 0; context < contexts; context++) {
      const entry = state[this.contexts.offset + context]!;
      const root = (entry & ROOT_MASK) >>> ROOT_SHIFT;
      const isRenamed = (entry & 3) === PRESENT && root < guestPages;
      into[this.contexts.offset + context] = isRenamed ? (entry & ~ROOT_MASK) | (guest[root]! << ROOT_SHIFT) : entry;
    }
    for (let slot = 0; slot < state[this.queue.offset]!; slot++) {
      const from = this.queue.offset + 1 + slot * QUEUE_FIELDS;
      const family = this.queueFamily(state, from);
      if (family >= 0) into[from + BASE] = numbers[family]![state[from + BASE]!]!;
    }
    this.renameDuties(state, numbers, into);
    const { offset, length } = this.reach;
    into.fill(0, offset, offset + length);
    for (let word = 0; word < length; word++) {
      const base = word - (word % this.reachWords);
      moveBits(state[offset + word]!, (word % this.reachWords) * 32, numbers[FAMILY.host]!, into, offset + base);
    }
    this.renameSets(state, numbers, into);
  }

  private renameMemory(state: Int32Array, numbers: Numbers, into: Int32Array): void {
    const { geometry } = this.machine;
    const { pageEntries, hostPages, guestPages, stage1 } = geometry;
    const { offset } = this.memory;
    const guest = numbers[FAMILY.guest]!;
    const host = numbers[FAMILY.host]!;
    const iova = this.hasPageIova ? numbers[FAMILY.iova]! : null;
    for (let page = 0; page < hostPages; page++) {
      const isRoot = this.isRoot[page] === 1;
      const base = offset + page * pageEntries;
      const to = offset + host[page]! * pageEntries;
      const count = isRoot ? guestPages : stage1.entries;
      for (let index = 0; index < count; index++) {
        const entry = state[base + index]!;
        const place = isRoot ? guest[index]! : iova === null ? index : iova[index]!;
        into[to + place] = withTarget(entry, isRoot ? host : guest);
      }
    }
  }

  private renameDuties(state: Int32Array, numbers: Numbers, into: Int32Array): void {
    const { offset, record } = this.duties;
    const { ledger } = this.machine;
    for (let number = 0; number < state[offset]!; number++) {
      const at = offset + 1 + number * record;
      const isStage2 = state[at + DUTY.firstGuestPage]! >= 0;
      if (isOnePage(state, at)) {
        const page = numbers[FAMILY.guest]![state[at + DUTY.firstGuestPage]!]!;
        into[at + DUTY.firstGuestPage] = page;
        into[at + DUTY.lastGuestPage] = page;
      }
      for (let word = DUTY.pages; word < record; word++) if (this.dutyFamily(word, isStage2) >= 0) into[at + word] = 0;
      for (let word = DUTY.pages; word < record; word++) {
        const family = this.dutyFamily(word, isStage2);
        if (family < 0) continue;
        const isUnit = word >= ledger.unitsAt;
        const position = isUnit ? (word - ledger.unitsAt) % this.unitWords : word - DUTY.pages;
        moveBits(state[at + word]!, position * 32, numbers[family]!, into, at + word - position);
      }
    }
  }

  private renameSets(state: Int32Array, numbers: Numbers, into: Int32Array): void {
    if (this.sets === undefined) return;
    const { unit } = this.machine;
    const { offset, record } = this.sets;
    for (let number = 0; number < state[offset]!; number++) {
      const at = offset + 1 + number * record;
      const set = state[at]!;
      const value = state[at + 1]!;
      const cache = unit.setCache[set]!;
      const own = this.addressFamily[cache]!;
      const address = unit.setAddress[set]!;
      if (own >= 0) into[at] = set - address + numbers[own]![address]!;
      const families = this.familiesOf(cache, value);
      if (families === NO_PAGES) continue;
      if (cache <= CACHE.pasid) {
        const page = numbers[families & 15]![(value & ROOT_MASK) >>> ROOT_SHIFT]!;
        into[at + 1] = (value & ~ROOT_MASK) | (page << ROOT_SHIFT);
        continue;
      }
      const first = families & 15;
      const second = families >> 4;
      const page = first === NONE ? valuePage(value) : numbers[first]![valuePage(value)]!;
      const through = second === NONE ? valueSecond(value) : numbers[second]![valueSecond(value)]!;
      into[at + 1] = (value & 0x7f) | packValue(0, 0, 0, 0, page, through);
    }
  }
}

/** See `Renaming.walk`; a family below 0, or `NONE`, says that there is no number. */
export type See = (
  place: number,
  family: number,
  number: number,
  other: number,
  otherNumber: number,
  third: number,
  thirdNumber: number,
) => void;

export const NONE = 15;
const NO_PAGES = NONE | (NONE << 4);

/** Whether some command selects entries by the guest page that they came through. */
export function selectsByGuestPage({ unit }: Machine): boolean {
  return unit.commands.some(({ rules }) => rules.some(({ guestAddress }) => guestAddress));
}

/** The families of a value's page (four bits) and of its second page (above). */
function valueFamilies(cache: number, value: number): number {
  const isPresent = (value & 3) === PRESENT;
  switch (cache) {
    case CACHE.context:
    case CACHE.pasid:
      if (!isPresent) return NO_PAGES;
      return (((value >> 13) & 1) === 1 ? FAMILY.host : FAMILY.guest) | (NONE << 4);
    case CACHE.walk:
      if (!isPresent) return NO_PAGES;
      return (valueSecond(value) === 1 ? FAMILY.host : FAMILY.guest) | (NONE << 4);
    case CACHE.stage1:
      return isPresent ? FAMILY.guest | (NONE << 4) : NO_PAGES;
    case CACHE.stage2:
      return isPresent ? FAMILY.host | (NONE << 4) : NO_PAGES;
    case CACHE.iotlb:
    case CACHE["device-tlb"]:
      if (isPresent) return FAMILY.host | (FAMILY.guest << 4);
      // A fault of stage 2 is held with the guest page that failed.
      return ((value >> 5) & 3) === 2 ? NONE | (FAMILY.guest << 4) : NO_PAGES;
    default:
      return NO_PAGES;
  }
}

/** All that a value says but its pages. */
function withoutPages(cache: number, value: number): number {
  if (cache <= CACHE.pasid) return value & ~ROOT_MASK;
  return cache === CACHE.walk && (value & 3) === PRESENT ? (value & 0x7f) | (valueSecond(value) << 8) : value & 0x7f;
}

function pointsSomewhere(entry: number): boolean {
  const kind = entry & 7;
  return kind !== ENTRY.absent && kind !== ENTRY.malformed;
}

function withTarget(entry: number, numbers: Int32Array): number {
  if (!pointsSomewhere(entry)) return entry;
  const target = entry >>> TARGET_SHIFT;
  return target < numbers.length ? (entry & ((1 << TARGET_SHIFT) - 1)) | (numbers[target]! << TARGET_SHIFT) : entry;
}

/** A duty for one guest page; a range of several is the whole space, which no renaming changes. */
function isOnePage(state: Int32Array, at: number): boolean {
  const first = state[at + DUTY.firstGuestPage]!;
  return first >= 0 && first === state[at + DUTY.lastGuestPage];
}

function moveBits(bits: number, from: number, numbers: Int32Array, into: Int32Array, at: number): void {
  for (let left = bits; left !== 0; left &= left - 1) {
    const number = from + 31 - Math.clz32(left & -left);
    const to = number < numbers.length ? numbers[number]! : number;
    into[at + (to >> 5)]! |= 1 << (to & 31);
  }
}

/** A hash of two numbers. */
export function mix(a: number, b: number): number {
  const mixed = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
