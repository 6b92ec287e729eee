/**
 * The plain records of the baseline, and the one geometry that it knows: two levels of four entries in both stages.
 *
 * The baseline is the same work as the models', written the way that the fast-check guide shows: objects, Maps and
 * Sets, strings as keys. It is what `npm run bench` compares with, and an independent reading of docs/design.md that
 * the test beside it holds against the models. So it shares data with them (rules, operands), never code.
 */

import type { InvalidationKind } from "../../rules/vocabulary.js";

export const SHAPE = {
  entries: 4,
  iovaPages: 16,
  guestPages: 16,
  hostPages: 48,
  vms: 2,
  contexts: 3,
  domains: 4,
  processes: 4,
  /** Host pages of the stage-2 roots; the tables of a VM follow its root. */
  stage2Roots: [32, 37],
  /** Commands that may be pending. */
  queue: 4,
} as const;

export const CONTEXTS = upTo(SHAPE.contexts);
export const IOVA_PAGES = upTo(SHAPE.iovaPages);
export const GUEST_PAGES = upTo(SHAPE.guestPages);

export type EntryKind = "absent" | "leaf" | "super" | "table" | "malformed";

export interface Entry {
  kind: EntryKind;
  target: number;
  /** 1 read, 2 write. */
  permission: number;
  global: boolean;
}

export const NO_ENTRY: Entry = { kind: "absent", target: 0, permission: 0, global: false };

export interface ContextEntry {
  state: "absent" | "present" | "malformed";
  vm: number;
  domain: number;
  process: number;
  root: number;
}

/** What an entry means in a table of that depth. */
export type Role = "absent" | "leaf" | "table" | "malformed";

/** An invalidation as sent; `null` is an operand that was not given. */
export interface Invalidation {
  kind: InvalidationKind;
  host: boolean;
  domain: number | null;
  process: number | null;
  requester: number | null;
  requesterMask: number;
  form: "all" | "count" | "mask";
  base: number;
  size: number;
  leaf: boolean;
}

export type Access = "read" | "write";
export const ACCESSES: readonly Access[] = ["read", "write"];

/** A translation of one page, as walked or as cached. */
export interface Translation {
  host: number;
  /** The guest page it came through. */
  guest: number;
  permission: number;
  global: boolean;
  /** Whether the stage-1 leaf is a superpage. */
  large: boolean;
}

/** `h8` or `fault`: all that is compared between strategies. */
export function outcome(translation: Translation | null, access: Access): string {
  const needed = access === "read" ? 1 : 2;
  return translation !== null && (translation.permission & needed) !== 0 ? `h${translation.host}` : "fault";
}

export function sameOutcomes(a: Translation | null, b: Translation | null): boolean {
  return ACCESSES.every((access) => outcome(a, access) === outcome(b, access));
}

/** `targets`: how many pages an entry of this stage may name. */
export function roleOf(entry: Entry, depth: number, targets: number): Role {
  const { kind, target } = entry;
  const isLast = depth === 1;
  if (kind === "absent") return "absent";
  if (kind === "leaf") return isLast && target < targets ? "leaf" : "malformed";
  if (kind === "table") return !isLast && target < targets ? "table" : "malformed";
  if (kind === "super") {
    const fits = target % SHAPE.entries === 0 && target + SHAPE.entries <= targets;
    return !isLast && fits ? "leaf" : "malformed";
  }
  return "malformed";
}

/** The entry to read for `page` in a table of that depth. */
export function indexOf(page: number, depth: number): number {
  return depth === 0 ? Math.floor(page / SHAPE.entries) : page % SHAPE.entries;
}

/** The pages below one entry of a root. */
export function pagesBelow(prefix: number): number[] {
  return upTo(SHAPE.entries).map((index) => prefix * SHAPE.entries + index);
}

export function requestKey(context: number, page: number): string {
  return `c${context} i${page}`;
}

export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}
