/**
 * Which cached entries an invalidation command removes, worked out once more from the architecture record.
 *
 * Written from `rules/vocabulary.ts` and section 10 of the design page alone; the project's own `removes` is not used.
 * Left out: nothing of the vocabulary. Where the page is silent the reading chosen is named at its line.
 */

import { ANY, type CommandOf, NO_DOMAIN, RANGE } from "../../../commands/command.js";
import type { Geometry } from "../../../models/geometry.js";
import { GLOBAL, type Unit } from "../../../models/unit.js";
import {
  contextDomain,
  contextProcess,
  PRESENT,
  valueClass,
  valueGlobal,
  valuePage,
  valueSecond,
  valueSpan,
} from "../../../models/values.js";
import {
  type Architecture,
  CACHE_NAMES,
  type CacheName,
  type CacheRule,
  type CommandRule,
  type Condition,
  INVALIDATION_KINDS,
  type RemovalRule,
} from "../../../rules/vocabulary.js";

export type Invalidation = CommandOf<"invalidate">;

/** A removal rule of a submitted command that applies, with the pages that the command names. */
interface Applied {
  cache: CacheName;
  match: RemovalRule["match"];
  global: boolean;
  level: number;
}

export interface Submitted {
  command: Invalidation;
  first: number;
  last: number;
  rules: Applied[];
}

/** Decodes a command as the architecture reads it. */
export function submit(architecture: Architecture, command: Invalidation): Submitted {
  const rule = architecture.commands.find((row) => row.kind === INVALIDATION_KINDS[command.invalidation]);
  if (rule === undefined) return { command, first: 0, last: -1, rules: [] };
  const [first, last] = pagesOf(rule, command);
  const rules = allRules(architecture, rule)
    .filter((row) => row.when.every((condition) => holds(condition, command)))
    .map((row) => ({
      cache: row.cache,
      match: row.match,
      global: row.global,
      level: row.levelHint ? command.level : 0,
    }));
  return { command, first, last, rules };
}

/** First and last page of the range. */
function pagesOf(rule: CommandRule, command: Invalidation): [number, number] {
  const { base, size, form } = command;
  if (form === RANGE.all) return rule.range.all === "whole" ? [0, Number.POSITIVE_INFINITY] : [0, 0];
  if (form === RANGE.mask) {
    const pages = 2 ** size;
    const from = rule.range.mask === "aligned" ? Math.floor(base / pages) * pages : base;
    return [from, from + pages - 1];
  }
  if (rule.range.count === "first") return [base, base];
  if (size === 0) return [0, -1];
  if (rule.range.count === "exact") return [base, base + size - 1];
  let pages = 1;
  while (Math.floor(base / pages) * pages + pages < base + size) pages *= 2;
  const from = Math.floor(base / pages) * pages;
  return [from, from + pages - 1];
}

function holds(condition: Condition, command: Invalidation): boolean {
  switch (condition) {
    case "address":
      return command.form !== RANGE.all;
    case "no-address":
      return command.form === RANGE.all;
    case "domain":
      return command.domain !== ANY;
    case "no-domain":
      return command.domain === ANY;
    case "process":
      return command.process !== ANY;
    case "no-process":
      return command.process === ANY;
    case "requester":
      return command.requester !== ANY;
    case "no-requester":
      return command.requester === ANY;
    case "leaf":
      return command.leaf === 1;
    case "not-leaf":
      return command.leaf === 0;
  }
}

/** The rules as written, and those for walks in flight through caches that the unit does not have. */
function allRules(architecture: Architecture, command: CommandRule): RemovalRule[] {
  const has = (name: CacheName): boolean => architecture.caches.some((cache) => cache.name === name);
  const named = (name: CacheName): boolean => command.removes.some((rule) => rule.cache === name);
  const results = command.removes.filter((rule) => rule.cache === "iotlb");
  const inFlight = CACHE_NAMES.filter((name) => !has(name) && !named(name)).flatMap((name) =>
    results.flatMap((rule) => inFlightRule(name, rule)),
  );
  return [...command.removes, ...inFlight];
}

/** "Else those that remove IOTLB entries" (section 10, walks in flight). */
function inFlightRule(cache: CacheName, rule: RemovalRule): RemovalRule[] {
  const byAddress = rule.match.includes("address") || rule.match.includes("guest-address");
  switch (cache) {
    case "stage1":
      return [{ ...rule, cache }];
    case "walk":
      return [{ ...rule, cache, when: [...rule.when, "not-leaf"] }];
    case "context":
    case "pasid":
    case "stage2":
    case "stage2-walk":
      return [{ ...rule, cache, when: byAddress ? [...rule.when, "no-address"] : rule.when }];
    default:
      return [];
  }
}

/** Everything about an entry that a command can be compared with. */
interface Entry {
  cache: CacheName;
  rule: CacheRule | undefined;
  requester: number | undefined;
  domain: number | undefined;
  process: number | undefined;
  address: number;
  value: number;
}

export function isRemoved(unit: Unit, submitted: Submitted, set: number, value: number): boolean {
  const cache = CACHE_NAMES[unit.setCache[set]!]!;
  if (!submitted.rules.some((rule) => rule.cache === cache)) return false;
  const entry = entryOf(unit, cache, set, value);
  return submitted.rules.some((rule) => rule.cache === cache && matches(unit.geometry, submitted, rule, entry));
}

function entryOf(unit: Unit, cache: CacheName, set: number, value: number): Entry {
  const rule = unit.architecture.caches.find((row) => row.name === cache);
  const compiled = unit.caches[unit.setCache[set]!]!;
  const isDirectory = cache === "context" || cache === "pasid";
  const negative = valueClass(value) !== PRESENT;
  let domain = compiled.keyedByDomain ? unit.setDomain[set]! : undefined;
  let process = compiled.keyedByProcess ? unit.setProcess[set]! : undefined;
  if (isDirectory && !negative) {
    if (rule === undefined || rule.fields.includes("domain")) domain = contextDomain(value);
    if (rule === undefined || rule.fields.includes("process")) process = contextProcess(value);
  }
  if (negative && rule?.negativeDomain === "none") domain = NO_DOMAIN;
  const requester = compiled.keyedByRequester ? unit.setRequester[set]! : undefined;
  return { cache, rule, requester, domain, process, address: unit.setAddress[set]!, value };
}

/** A tag that the entry does not have cannot differ: the cache is shared over it. */
function matches(geometry: Geometry, submitted: Submitted, rule: Applied, entry: Entry): boolean {
  const { command } = submitted;
  const isGlobal = hasGlobal(entry) && valueGlobal(entry.value) === 1;
  if (isGlobal && !rule.global) return false;
  for (const match of rule.match) {
    if (match === "requester" && !requesterEqual(command, entry.requester)) return false;
    if (match === "domain" && differs(command.domain, entry.domain)) return false;
    if (match === "process" && entry.process !== GLOBAL && differs(command.process, entry.process)) return false;
    if (match === "address" && !touches(geometry, submitted, entry)) return false;
    if (match === "guest-address" && !touchesGuest(submitted, entry)) return false;
  }
  return rule.level === 0 || levelEqual(rule.level, entry);
}

function hasGlobal(entry: Entry): boolean {
  return entry.cache !== "context" && entry.cache !== "pasid";
}

function differs(operand: number, tag: number | undefined): boolean {
  return operand !== ANY && tag !== undefined && operand !== tag;
}

function requesterEqual(command: Invalidation, requester: number | undefined): boolean {
  if (command.requester === ANY || requester === undefined) return true;
  return (command.requester | command.requesterMask) === (requester | command.requesterMask);
}

/**
 * Whether the range reaches the entry: a prefix by all pages below it, a superpage by all its pages, unless by
 * pieces.
 */
function touches(geometry: Geometry, submitted: Submitted, entry: Entry): boolean {
  const [first, last] = extent(geometry, entry);
  return submitted.first <= last && submitted.last >= first;
}

function extent(geometry: Geometry, entry: Entry): [number, number] {
  const { cache, address, value } = entry;
  const paths = cache === "stage2" || cache === "stage2-walk" ? geometry.guest : geometry.iova;
  if (cache === "walk" || cache === "stage2-walk") {
    const base = paths.prefixBase[address]!;
    return [base, base + paths.prefixPages[address]! - 1];
  }
  const page = paths.pages[address]!;
  const negative = valueClass(value) !== PRESENT;
  if (negative || entry.rule?.superpages === "piece") return [page, page];
  const size = paths.entries ** valueSpan(value);
  const base = Math.floor(page / size) * size;
  return [base, base + size - 1];
}

/**
 * The guest page of a leaf, or the one that a result came through. A stage-1 fault came through none: only "every page"
 * reaches it. A pointer in flight does not tell which guest pages lie beyond it: it goes.
 */
function touchesGuest(submitted: Submitted, entry: Entry): boolean {
  const { cache, value } = entry;
  if (cache !== "iotlb" && cache !== "stage1") return true;
  if (valueClass(value) !== PRESENT && valueSpan(value) === 1) return submitted.last === Number.POSITIVE_INFINITY;
  const page = cache === "stage1" ? valuePage(value) : valueSecond(value);
  return submitted.first <= page && page <= submitted.last;
}

function levelEqual(level: number, entry: Entry): boolean {
  if (entry.cache === "walk" || entry.cache === "stage2-walk") return false;
  return valueClass(entry.value) === PRESENT && valueSpan(entry.value) === level - 1;
}
