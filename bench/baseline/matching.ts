/**
 * Which cached entries an invalidation removes, by the rows of the architecture; operands are decoded here, as late as
 * possible.
 */

import type { Architecture, CacheName, Condition, RemovalRule, Tag } from "../../rules/vocabulary.js";
import { type Invalidation, SHAPE } from "./records.js";

/** Where something is cached, and what a command can compare of it. */
export interface Cached {
  cache: CacheName;
  requester?: number;
  domain?: number;
  process?: number | "global";
  /**
   * The page under which it is held (the first one of a prefix): an IOVA page, or a guest page in the caches of stage
   * 2.
   */
  page?: number;
  /** First page and number of pages of the entry, which a superpage shares with its neighbours. */
  first?: number;
  pages?: number;
  /** Combined entries: the guest page they came through. */
  guest?: number;
  /** An entry of a global page under no process tag. */
  global?: boolean;
}

export interface Range {
  first: number;
  /** One past the last page. */
  end: number;
}

export function removes(architecture: Architecture, command: Invalidation, cached: Cached): boolean {
  const rules = architecture.commands.find(({ kind }) => kind === command.kind)?.removes ?? [];
  const range = rangeOf(architecture, command);
  return rules.some(
    (rule) => rule.cache === cached.cache && applies(rule, command) && matches(rule, command, range, cached),
  );
}

function matches(rule: RemovalRule, command: Invalidation, range: Range | null, cached: Cached): boolean {
  const compares = (tag: RemovalRule["match"][number]): boolean => rule.match.includes(tag);
  const isGlobal = cached.process === "global" || cached.global === true;
  if (isGlobal && !rule.global) return false;
  if (compares("requester") && cached.requester !== undefined && !sameRequester(command, cached.requester))
    return false;
  if (
    compares("domain") &&
    command.domain !== null &&
    cached.domain !== undefined &&
    command.domain !== cached.domain
  ) {
    return false;
  }
  const process = cached.process;
  if (compares("process") && command.process !== null && typeof process === "number" && command.process !== process) {
    return false;
  }
  if (range === null) return true;
  const { first, pages, guest } = cached;
  if (compares("address") && first !== undefined && (first >= range.end || first + (pages ?? 1) <= range.first))
    return false;
  return !compares("guest-address") || guest === undefined || (guest >= range.first && guest < range.end);
}

export function sameRequester(command: Invalidation, requester: number): boolean {
  if (command.requester === null) return true;
  return (command.requester & ~command.requesterMask) === (requester & ~command.requesterMask);
}

/** The pages that the address operand means, or null for all. */
export function rangeOf(architecture: Architecture, command: Invalidation): Range | null {
  const encoding = architecture.commands.find(({ kind }) => kind === command.kind)?.range;
  const { form, base, size } = command;
  if (form === "all" || encoding === undefined) return encoding?.all === "first" ? { first: 0, end: 1 } : null;
  if (form === "mask") {
    const first = encoding.mask === "aligned" ? base - (base % 2 ** size) : base;
    return { first, end: first + 2 ** size };
  }
  if (encoding.count === "exact") return { first: base, end: base + size };
  if (encoding.count === "first") return { first: base, end: base + 1 };
  let block = 1;
  while (Math.floor(base / block) !== Math.floor((base + size - 1) / block)) block *= 2;
  const first = base - (base % block);
  return { first, end: first + block };
}

/** Whether a row's conditions hold for the operands as sent. */
export function applies(rule: RemovalRule, command: Invalidation): boolean {
  return rule.when.every((condition) => holds(condition, command));
}

function holds(condition: Condition, command: Invalidation): boolean {
  switch (condition) {
    case "address":
      return command.form !== "all";
    case "no-address":
      return command.form === "all";
    case "domain":
      return command.domain !== null;
    case "no-domain":
      return command.domain === null;
    case "process":
      return command.process !== null;
    case "no-process":
      return command.process === null;
    case "requester":
      return command.requester !== null;
    case "no-requester":
      return command.requester === null;
    case "leaf":
      return command.leaf;
    case "not-leaf":
      return !command.leaf;
  }
}

/** Whether entries of a cache hold a tag, in their key or as a field. */
export function holdsTag(architecture: Architecture, name: CacheName, tag: Tag): boolean {
  const rule = architecture.caches.find((cache) => cache.name === name);
  if (rule === undefined) return false;
  const isDirectory = name === "context" || name === "pasid";
  return rule.tags.includes(tag) || (isDirectory && tag !== "requester" && rule.fields.includes(tag));
}

/** The first page and the number of pages of an entry: the whole superpage if it is one. */
export function extent(page: number, large: boolean): { page: number; first: number; pages: number } {
  return large ? { page, first: page - (page % SHAPE.entries), pages: SHAPE.entries } : { page, first: page, pages: 1 };
}

/** All pages below one entry of a root; `first` is the first of them. */
export function extentBelow(first: number): { page: number; first: number; pages: number } {
  return extent(first, true);
}
