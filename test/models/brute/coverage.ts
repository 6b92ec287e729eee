/**
 * What of a duty a submitted command serves, worked out entry by entry: everything that a cache may hold for one unit
 * of the duty is listed, and the command serves the unit if one of its rules removes all of it.
 *
 * From section 10 of the design page (Duties) and `matching.ts`; the project's `Covering` is not used. A range of the
 * other kind of address (IOVA for guest pages) serves nothing, nor does one of guest pages a cache that may hold a
 * result that came through none.
 */

import { GLOBAL, type Unit } from "../../../models/unit.js";
import { ABSENT, MALFORMED, PRESENT, packContext, packValue } from "../../../models/values.js";
import { CACHE_NAMES, type CacheName, type Scope } from "../../../rules/vocabulary.js";
import { isRemoved, type Submitted } from "./matching.js";

/** What was due when the duty began. */
export interface Due {
  context: number;
  vm: number;
  domain: number;
  process: number;
  /** Entries marked global exist. */
  global: boolean;
  /** The old entry was not present: what is cached is a fault. */
  negative: boolean;
  /** Levels above the last one at which the old entry was a leaf. */
  span: number;
  /** Units are guest pages, not IOVA pages. */
  byGuestPage: boolean;
}

type Held = readonly [set: number, value: number];

export function serves(unit: Unit, submitted: Submitted, due: Due, scope: Scope, at: number): boolean {
  return scope.caches.every((cache) => {
    if (!unit.architecture.caches.some(({ name }) => name === cache)) return true;
    const held = heldFor(unit, cache, due, scope, at);
    return submitted.rules.some(
      (rule) =>
        rule.cache === cache &&
        !isOtherRange(cache, rule.match, submitted, due) &&
        held.every(([set, value]) => isRemoved(unit, { ...submitted, rules: [rule] }, set, value)),
    );
  });
}

/** Whether a rule selects by addresses that are not those of the duty. */
function isOtherRange(cache: CacheName, match: readonly string[], submitted: Submitted, due: Due): boolean {
  if (submitted.last === Number.POSITIVE_INFINITY || cache === "context" || cache === "pasid") return false;
  const byGuestPage = match.includes("guest-address") || cache === "stage2" || cache === "stage2-walk";
  const selects = match.includes("address") || match.includes("guest-address");
  return selects && byGuestPage !== due.byGuestPage;
}

function heldFor(unit: Unit, cache: CacheName, due: Due, scope: Scope, at: number): Held[] {
  const number = CACHE_NAMES.indexOf(cache);
  const all = Array.from({ length: unit.geometry.processes }, (_, process) => process);
  const processes = scope.process === "any" ? all : [due.process];
  if (cache === "context" || cache === "pasid") {
    const set = unit.set(number, due.context, 0, 0, 0);
    if (due.negative) return [ABSENT, MALFORMED].map((kind) => [set, kind]);
    return processes.map((process) => [set, packContext(PRESENT, due.vm, due.domain, process, 0)]);
  }
  const isDue = scope.global === "always" || (scope.global === "if-global" && due.global);
  const mayBeGlobal = cache === "walk" || cache === "stage1" || cache === "iotlb";
  const tags = isDue && mayBeGlobal ? [...processes, GLOBAL] : processes;
  return tags.flatMap((process) =>
    addressesOf(unit, cache, due, at).flatMap((address) =>
      valuesOf(unit, number, due, at, process === GLOBAL ? 1 : 0).map((value): Held => {
        const set = unit.set(number, due.context, due.domain, process, address);
        return [set, value];
      }),
    ),
  );
}

/** Where a cache may hold what belongs to a unit: its page, the prefixes above it, or every address of the other kind. */
function addressesOf({ geometry }: Unit, cache: CacheName, due: Due, at: number): number[] {
  const isStage2 = cache === "stage2" || cache === "stage2-walk";
  const paths = isStage2 ? geometry.guest : geometry.iova;
  const pages = isStage2 === due.byGuestPage ? [at] : Array.from({ length: paths.count }, (_, page) => page);
  if (cache !== "walk" && cache !== "stage2-walk") return pages;
  const above = pages.flatMap((page) =>
    Array.from({ length: paths.levels - 1 }, (_, depth) => paths.prefix[page * paths.levels + depth]!),
  );
  return [...new Set(above)];
}

function valuesOf(unit: Unit, cache: number, due: Due, at: number, global: number): number[] {
  const { holdsAbsent, holdsMalformed, name } = unit.caches[cache]!;
  const isStage2 = name === "stage2" || name === "stage2-walk";
  const guestPage = due.byGuestPage && !isStage2 ? at : 0;
  const leaf = (kind: number): number =>
    name === "stage1"
      ? packValue(kind, 3, global, due.span, guestPage, 0)
      : packValue(kind, 3, global, due.span, 0, guestPage);
  if (due.byGuestPage && !isStage2 && (holdsAbsent || holdsMalformed)) {
    const throughNone = packValue(holdsAbsent ? ABSENT : MALFORMED, 0, 0, 1, 0, 0);
    return [due.negative ? throughNone : leaf(PRESENT), throughNone];
  }
  return [due.negative ? packValue(ABSENT, 0, global, due.byGuestPage ? 2 : 1, 0, guestPage) : leaf(PRESENT)];
}
