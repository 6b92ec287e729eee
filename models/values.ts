/**
 * How table entries, context entries and cached values are packed into one 32-bit number each.
 *
 * All share the low two bits, the class: not present, present, malformed. Pages have 12 bits where a cached value holds
 * two of them, so a geometry has at most 4,000 host pages. A negative value (class not present or malformed) says in
 * `span` which stage it is a fault of. Outcomes of a request are a host page (>= 0) or a fault code (< 0).
 */

import { ENTRY, READ, WRITE } from "../commands/command.js";

export const ABSENT = 0;
export const PRESENT = 1;
export const MALFORMED = 2;

/** Entries in memory: class of the word as written in bits 0-2 (`ENTRY`), permissions 3-4, global 5, target from 6. */
export function packEntry(kind: number, target: number, permission: number, global: number): number {
  if (kind === ENTRY.absent || kind === ENTRY.malformed) return kind;
  return kind | (permission << 3) | (global << 5) | (target << 6);
}
export const entryKind = (entry: number): number => entry & 7;
export const entryPermission = (entry: number): number => (entry >> 3) & 3;
export const entryGlobal = (entry: number): number => (entry >> 5) & 1;
export const entryTarget = (entry: number): number => entry >>> 6;

/** What an entry means at a place: absent, leaf (a superpage above the last level), pointer to a table, malformed. */
export const ROLE = { absent: 0, leaf: 1, table: 2, malformed: 3 } as const;

/**
 * The meaning of `entry` in a table `span` levels above the last one. A leaf is written `leaf` on the last level and
 * `super` above it, where its target must be aligned to its size; anything else is malformed there. `spanPages` is the
 * size of a leaf there, `targets` the number of pages that a leaf or pointer of this stage may name.
 */
export function entryRole(entry: number, span: number, spanPages: number, targets: number): number {
  const kind = entry & 7;
  if (kind === ENTRY.absent) return ROLE.absent;
  const target = entry >>> 6;
  if (kind === ENTRY.table) return span > 0 && target < targets ? ROLE.table : ROLE.malformed;
  if (kind === ENTRY.leaf) return span === 0 && target < targets ? ROLE.leaf : ROLE.malformed;
  if (kind === ENTRY.super) {
    return span > 0 && target % spanPages === 0 && target + spanPages <= targets ? ROLE.leaf : ROLE.malformed;
  }
  return ROLE.malformed;
}

/**
 * Context entries, in memory and cached: class 0-1, VM 2-4, domain 5-8, process 9-12, root is an HPA 13, root 14-25.
 */
export function packContext(state: number, vm: number, domain: number, process: number, root: number): number {
  return state | (vm << 2) | (domain << 5) | (process << 9) | (root << 14);
}
export const contextClass = (value: number): number => value & 3;
export const contextVm = (value: number): number => (value >> 2) & 7;
export const contextDomain = (value: number): number => (value >> 5) & 15;
export const contextProcess = (value: number): number => (value >> 9) & 15;
export const contextRootIsHost = (value: number): number => (value >> 13) & 1;
export const contextRoot = (value: number): number => (value >>> 14) & 0xfff;
export const CONTEXT_MASKS = {
  valid: 3,
  vm: 7 << 2,
  domain: 15 << 5,
  process: 15 << 9,
  root: 0xfff << 14,
} as const;
export const ROOT_IS_HOST = 1 << 13;
/** Every field of a context entry. */
export const CONTEXT_FIELDS_MASK = Object.values(CONTEXT_MASKS).reduce((mask, field) => mask | field, 0);

/** The fields of `held` that `heldMask` names, the others from `rest`; what kind of page a root is goes with it. */
export function mergeContext(held: number, heldMask: number, rest: number): number {
  const mask = heldMask | ((heldMask & CONTEXT_MASKS.root) !== 0 ? ROOT_IS_HOST : 0);
  return (held & mask) | (rest & ~mask);
}

/**
 * Cached pointers and translations: class 0-1, permissions 2-3, global 4, span (or stage of the fault) 5-6, page 7-18,
 * second page 19-30. Walk entries: page is the next table and `second` is 1 if that is an HPA. Stage-1 leaves: page is
 * the GPA. Stage-2 entries: page is the HPA. Combined entries: page is the HPA and `second` the GPA it came through.
 */
export function packValue(
  kind: number,
  permission: number,
  global: number,
  span: number,
  page: number,
  second: number,
): number {
  return kind | (permission << 2) | (global << 4) | (span << 5) | (page << 7) | (second << 19);
}
export const valueClass = (value: number): number => value & 3;
export const valuePermission = (value: number): number => (value >> 2) & 3;
export const valueGlobal = (value: number): number => (value >> 4) & 1;
export const valueSpan = (value: number): number => (value >> 5) & 3;
export const valuePage = (value: number): number => (value >> 7) & 0xfff;
export const valueSecond = (value: number): number => (value >>> 19) & 0xfff;
/** The parts of a value that a fresh walk must give again: everything but size and the page it came through. */
export const MEANING_MASK = ~((3 << 5) | (0xfff << 19));

/** Faults: stage 0 is the context entry. */
export const REASON = { absent: 1, malformed: 2, permission: 3 } as const;
export const faultCode = (stage: number, reason: number): number => -(stage * 3 + reason);
/**
 * What a target may answer: a fault of which no more is known, or its stage alone; a host page that is none of the
 * geometry's.
 */
export const ANY_FAULT = -64;
export const stageFault = (stage: 0 | 1 | 2): number => ANY_FAULT - 1 - stage;
export const FOREIGN_PAGE = 4095;
/** The fault of a context entry that is not present. */
export const contextFault = (entry: number): number =>
  faultCode(0, contextClass(entry) === ABSENT ? REASON.absent : REASON.malformed);
export const faultStage = (code: number): number => Math.floor((-code - 1) / 3);
export const faultReason = (code: number): number => ((-code - 1) % 3) + 1;

/** The outcome of one access through a combined value, a context fault (code < 0) included. */
export function outcomeOf(value: number, access: number): number {
  if (value < 0) return value;
  const kind = value & 3;
  if (kind !== PRESENT) return faultCode((value >> 5) & 3, kind === ABSENT ? REASON.absent : REASON.malformed);
  const needed = access === 0 ? READ : WRITE;
  return ((value >> 2) & needed) !== 0 ? (value >> 7) & 0xfff : faultCode(1, REASON.permission);
}

/** The same outcome, all faults being one: a shadow knows no reasons. */
export function sameOutcome(a: number, b: number): boolean {
  return a === b || (a < 0 && b < 0);
}

/** `h8`, `fault (stage 1, not present)`. */
export function outcomeText(outcome: number): string {
  if (outcome === FOREIGN_PAGE) return "memory of no page";
  if (outcome >= 0) return `h${outcome}`;
  if (outcome === ANY_FAULT) return "fault";
  if (outcome < ANY_FAULT)
    return outcome === stageFault(0) ? "fault (context)" : `fault (stage ${ANY_FAULT - 1 - outcome})`;
  const stage = faultStage(outcome);
  const reason = ["", "not present", "malformed", "permission"][faultReason(outcome)]!;
  return stage === 0 ? `fault (context, ${reason})` : `fault (stage ${stage}, ${reason})`;
}
