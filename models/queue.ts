/**
 * The invalidation queue: up to four submitted commands that no fence has completed, and what each removes.
 *
 * Follows the design page, section 4 (Envelope). Operands are stored as sent; `Pending` is their decoding by the
 * architecture's rules: the page range, and for each cache the rules whose conditions hold. Every model asks
 * `removes(pending, set, value)`, so that all agree on what a command means. A command that the architecture does not
 * have, or whose operands name nothing, removes nothing.
 */

import { ANY, NO_DOMAIN, RANGE, slots } from "../commands/command.js";
import type { Condition } from "../rules/vocabulary.js";
import type { Geometry } from "./geometry.js";
import type { Layout } from "./layout.js";
import { CACHE, CACHE_COUNT, GLOBAL, UNTAGGED, type Unit, type UnitRule } from "./unit.js";
import {
  contextClass,
  contextDomain,
  contextProcess,
  PRESENT,
  valueClass,
  valuePage,
  valueSecond,
  valueSpan,
} from "./values.js";

export const QUEUE_DEPTH = 4;
const FIELDS = 13;
const SPLIT = 2 ** 26;
const S = slots("invalidate");

/** A submitted command, decoded. Plain numbers, reused for the whole run. */
export interface Pending {
  kind: number;
  host: boolean;
  domain: number;
  process: number;
  requester: number;
  requesterMask: number;
  leaf: boolean;
  level: number;
  /** An address was sent, as conditions ask. */
  hasAddress: boolean;
  /** Every page. Otherwise pages `first` to `last`. */
  whole: boolean;
  first: number;
  last: number;
  /** The rules in force for each cache; shared with other commands of this form, never to be changed in place. */
  rules: readonly (readonly UnitRule[])[];
}

export class Queue {
  readonly pending: Pending[];
  private readonly at: number;
  private readonly scratch = new Int32Array(1 + FIELDS);
  private readonly previewed = emptyPending();
  /** By form of a command (kind and what of it was sent): the rules in force for each cache. */
  private readonly rules = new Map<number, Pending["rules"]>();
  /** The lowest slot that was decoded since the state was last replaced. */
  private lowest = QUEUE_DEPTH;

  constructor(
    layout: Layout,
    private readonly unit: Unit,
  ) {
    this.at = layout.plain("queue", 1 + QUEUE_DEPTH * FIELDS);
    this.pending = Array.from({ length: QUEUE_DEPTH }, emptyPending);
  }

  reset(state: Int32Array): void {
    state[this.at] = 0;
  }

  count(state: Int32Array): number {
    return state[this.at]!;
  }

  /** Appends the invalidation encoded at `from`; the queue must have room. Returns its decoding. */
  submit(state: Int32Array, sequence: Float64Array, from: number): Pending {
    const slot = state[this.at]!;
    this.store(state, this.at + 1 + slot * FIELDS, sequence, from);
    state[this.at] = slot + 1;
    this.lowest = Math.min(this.lowest, slot);
    this.decode(state, slot);
    return this.pending[slot]!;
  }

  /** Decodes an invalidation without submitting it. The result is reused. */
  preview(sequence: Float64Array, from: number): Pending {
    this.store(this.scratch, 1, sequence, from);
    this.decodeFrom(this.scratch, 1, this.previewed);
    return this.previewed;
  }

  /** All commands have executed. */
  empty(state: Int32Array): void {
    const count = state[this.at]!;
    state.fill(0, this.at, this.at + 1 + count * FIELDS);
  }

  /** Decodes every pending command again, after the state was replaced. */
  reload(state: Int32Array): void {
    for (let slot = 0; slot < state[this.at]!; slot++) this.decode(state, slot);
    this.lowest = QUEUE_DEPTH;
  }

  /** As `reload`, where the state was there before: commands that were not overwritten since are decoded still. */
  rewound(state: Int32Array): void {
    if (this.lowest < state[this.at]!) this.reload(state);
    this.lowest = QUEUE_DEPTH;
  }

  private store(state: Int32Array, to: number, sequence: Float64Array, from: number): void {
    state[to] = sequence[from + S.invalidation]!;
    state[to + 1] = sequence[from + S.host]!;
    state[to + 2] = sequence[from + S.domain]!;
    state[to + 3] = sequence[from + S.process]!;
    state[to + 4] = sequence[from + S.requester]!;
    state[to + 5] = sequence[from + S.requesterMask]!;
    state[to + 6] = sequence[from + S.leaf]!;
    state[to + 7] = sequence[from + S.level]!;
    state[to + 8] = sequence[from + S.form]!;
    putWide(state, to + 9, sequence[from + S.base]!);
    putWide(state, to + 11, sequence[from + S.size]!);
  }

  private decode(state: Int32Array, slot: number): void {
    this.decodeFrom(state, this.at + 1 + slot * FIELDS, this.pending[slot]!);
  }

  private decodeFrom(state: Int32Array, from: number, pending: Pending): void {
    pending.kind = state[from]!;
    pending.host = state[from + 1] === 1;
    pending.domain = state[from + 2]!;
    pending.process = state[from + 3]!;
    pending.requester = state[from + 4]!;
    pending.requesterMask = state[from + 5]!;
    pending.leaf = state[from + 6] === 1;
    pending.level = state[from + 7]!;
    const command = this.unit.commands[pending.kind]!;
    decodeRange(pending, command.range, state[from + 8]!, getWide(state, from + 9), getWide(state, from + 11));
    const form = formOf(pending);
    let rules = this.rules.get(form);
    if (rules === undefined) {
      const inForce = command.rules.filter((rule) => rule.when.every((condition) => holds(condition, pending)));
      rules = Array.from({ length: CACHE_COUNT }, (_, cache) => inForce.filter((rule) => rule.cache === cache));
      this.rules.set(form, rules);
    }
    pending.rules = rules;
  }
}

/** All that conditions ask of a command, in one number. */
function formOf({ kind, hasAddress, domain, process, requester, leaf }: Pending): number {
  const sent = (hasAddress ? 1 : 0) | (domain !== ANY ? 2 : 0) | (process !== ANY ? 4 : 0);
  return kind * 32 + (sent | (requester !== ANY ? 8 : 0) | (leaf ? 16 : 0));
}

function emptyPending(): Pending {
  return {
    kind: 0,
    host: false,
    domain: ANY,
    process: ANY,
    requester: ANY,
    requesterMask: 0,
    leaf: false,
    level: 0,
    hasAddress: false,
    whole: true,
    first: 0,
    last: 0,
    rules: Array.from({ length: CACHE_COUNT }, () => []),
  };
}

function putWide(state: Int32Array, at: number, value: number): void {
  state[at] = Math.floor(value / SPLIT);
  state[at + 1] = value % SPLIT;
}

function getWide(state: Int32Array, at: number): number {
  return state[at]! * SPLIT + state[at + 1]!;
}

/** The page range of an address operand as sent, by the architecture's encoding. */
function decodeRange(
  pending: Pending,
  range: { count: "exact" | "block" | "first"; mask: "aligned" | "shifted"; all: "whole" | "first" },
  form: number,
  base: number,
  size: number,
): void {
  pending.whole = false;
  pending.hasAddress = form !== RANGE.all;
  if (form === RANGE.all) {
    pending.whole = range.all === "whole";
    pending.first = 0;
    pending.last = 0;
  } else if (form === RANGE.mask) {
    const pages = 2 ** Math.min(size, 52);
    pending.first = range.mask === "aligned" ? Math.floor(base / pages) * pages : base;
    pending.last = pending.first + pages - 1;
  } else {
    pending.first = base;
    pending.last = base + size - 1;
    if (range.count === "first") pending.last = base;
    else if (size === 0) {
      // No page at all, not one of a superpage that lies around the base either.
      pending.first = 0;
      pending.last = -1;
    } else if (range.count === "block") {
      let pages = 1;
      while (Math.floor(base / pages) !== Math.floor(pending.last / pages)) pages *= 2;
      pending.first = Math.floor(base / pages) * pages;
      pending.last = pending.first + pages - 1;
    }
  }
}

function holds(condition: Condition, pending: Pending): boolean {
  switch (condition) {
    case "address":
      return pending.hasAddress;
    case "no-address":
      return !pending.hasAddress;
    case "domain":
      return pending.domain !== ANY;
    case "no-domain":
      return pending.domain === ANY;
    case "process":
      return pending.process !== ANY;
    case "no-process":
      return pending.process === ANY;
    case "requester":
      return pending.requester !== ANY;
    case "no-requester":
      return pending.requester === ANY;
    case "leaf":
      return pending.leaf;
    case "not-leaf":
      return !pending.leaf;
  }
}

/** Whether `pending` removes `value` from `set`. */
export function removes(unit: Unit, pending: Pending, set: number, value: number): boolean {
  const rules = pending.rules[unit.setCache[set]!]!;
  for (let at = 0; at < rules.length; at++) if (ruleMatches(unit, rules[at]!, pending, set, value)) return true;
  return false;
}

function ruleMatches(unit: Unit, rule: UnitRule, pending: Pending, set: number, value: number): boolean {
  const cache = unit.caches[rule.cache]!;
  if (rule.requester && pending.requester !== ANY) {
    const requester = unit.setRequester[set]!;
    if (requester !== UNTAGGED && !requesterMatches(pending, requester)) return false;
  }
  if (rule.domain && pending.domain !== ANY) {
    const domain = domainTag(unit, cache.holdsDomain, cache.negativeHasNoDomain, rule.cache, set, value);
    if (domain !== UNTAGGED && domain !== pending.domain) return false;
  }
  const process = processTag(unit, cache.holdsProcess, rule.cache, set, value);
  if (process === GLOBAL) {
    if (!rule.global) return false;
  } else {
    if (!rule.global && isGlobalValue(rule.cache, value)) return false;
    if (rule.process && pending.process !== ANY && process !== UNTAGGED && process !== pending.process) return false;
  }
  if (rule.levelHint && isOtherLevel(pending, rule.cache, value)) return false;
  if (pending.whole) return true;
  if (
    rule.address &&
    !addressMatches(unit.geometry, rule.cache, cache.wholeSuperpages, pending, unit.setAddress[set]!, value)
  ) {
    return false;
  }
  return !rule.guestAddress || guestAddressMatches(rule.cache, pending, value);
}

/** A leaf of another level than the hint; what is no leaf (pointers, negative results) is not asked. */
function isOtherLevel(pending: Pending, cache: number, value: number): boolean {
  const isLeaf = cache !== CACHE.walk && cache !== CACHE["stage2-walk"] && valueClass(value) === PRESENT;
  return isLeaf && pending.level > 0 && valueSpan(value) + 1 !== pending.level;
}

export function requesterMatches(pending: Pending, requester: number): boolean {
  return ((pending.requester ^ requester) & ~pending.requesterMask) === 0;
}

/** Entries marked global in a cache that is not keyed by process are still known as global. */
function isGlobalValue(cache: number, value: number): boolean {
  return (
    cache >= CACHE.walk &&
    cache !== CACHE["stage2-walk"] &&
    cache !== CACHE.stage2 &&
    (value & 16) !== 0 &&
    (value & 3) === PRESENT
  );
}

function domainTag(
  unit: Unit,
  held: boolean,
  negativeHasNone: boolean,
  cache: number,
  set: number,
  value: number,
): number {
  if (cache !== CACHE.context && cache !== CACHE.pasid) {
    if (negativeHasNone && valueClass(value) !== PRESENT) return NO_DOMAIN;
    return unit.setDomain[set]!;
  }
  // A context entry that is not present says nothing of its domain or process.
  if (contextClass(value) !== PRESENT) return negativeHasNone ? NO_DOMAIN : UNTAGGED;
  return held ? contextDomain(value) : UNTAGGED;
}

function processTag(unit: Unit, held: boolean, cache: number, set: number, value: number): number {
  if (cache !== CACHE.context && cache !== CACHE.pasid) return unit.setProcess[set]!;
  return held && contextClass(value) === PRESENT ? contextProcess(value) : UNTAGGED;
}

function addressMatches(
  geometry: Geometry,
  cache: number,
  wholeSuperpages: boolean,
  pending: Pending,
  address: number,
  value: number,
): boolean {
  if (cache === CACHE.context || cache === CACHE.pasid) return true;
  if (cache === CACHE.walk || cache === CACHE["stage2-walk"]) {
    const paths = cache === CACHE.walk ? geometry.iova : geometry.guest;
    const first = paths.prefixBase[address]!;
    return first <= pending.last && first + paths.prefixPages[address]! - 1 >= pending.first;
  }
  const paths = cache === CACHE.stage2 ? geometry.guest : geometry.iova;
  const page = paths.pages[address]!;
  if (page >= pending.first && page <= pending.last) return true;
  if (!wholeSuperpages || valueClass(value) !== PRESENT) return false;
  const pages = paths.spanPages[valueSpan(value)]!;
  if (pages === 1) return false;
  const first = Math.floor(page / pages) * pages;
  return first <= pending.last && first + pages - 1 >= pending.first;
}

/** Entries that a command selects by the guest page they came through. */
function guestAddressMatches(cache: number, pending: Pending, value: number): boolean {
  // A negative result of stage 1 came through no guest page.
  const present = valueClass(value) === PRESENT;
  if (cache === CACHE.iotlb || cache === CACHE["device-tlb"]) {
    const page = valueSecond(value);
    return (present || valueSpan(value) === 2) && page >= pending.first && page <= pending.last;
  }
  if (cache === CACHE.stage1) {
    const page = valuePage(value);
    return present && page >= pending.first && page <= pending.last;
  }
  return true;
}
