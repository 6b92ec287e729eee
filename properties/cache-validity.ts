/**
 * Cache validity: nothing cached, at any level, for a settled request differs from what a fresh walk gives there; and
 * no strategy caches a negative result that its architecture does not let it cache.
 *
 * A cached value belongs to a request if the request's walk would look under its key: context caches of its requester,
 * walk entries and leaves under its tags on the way to its page, stage-2 entries of the guest pages it needs. Size and
 * the guest page a result came through are no difference. Witness: an invalid value cached for an unsettled request.
 */

import type { Machine } from "../models/machine.js";
import { CACHE } from "../models/unit.js";
import { ABSENT, contextClass, contextVm, faultCode, outcomeOf, PRESENT, REASON, valuePage } from "../models/values.js";
import type { StrategyName } from "../rules/vocabulary.js";
import { sameContext, samePointer } from "./fresh.js";
import type { Property } from "./property.js";
import { differingAccess, sameMeaning, type View } from "./view.js";

/** A cached value belongs to no request, to settled ones only if valid, or is invalid for one. */
type Finding = "none" | "valid" | "unsettled" | "invalid";

export function cacheValidity(): Property {
  return {
    name: "cache-validity",
    sentence: "nothing cached for a settled request differs from a fresh walk",
    witness: "an invalid value was cached for an unsettled request",
    seen: 0,
    check(view) {
      const { machine } = view;
      const { hardware, shadow, state, unit } = machine;
      const envelope = view.judged;
      if (envelope !== null && view.setsChanged) {
        const count = envelope.count(state);
        for (let record = 0; record < count; record++) {
          const set = envelope.setOf(state, record);
          // A walk in flight is not cached.
          if (!unit.caches[unit.setCache[set]!]!.present) continue;
          if (isBroken(this, view, "envelope", set, envelope.valueOf(state, record))) return true;
        }
      }
      if (hardware !== null && (view.concreteChanged || view.setsChanged)) {
        for (let line = 0; line < hardware.lineCount; line++) {
          const set = hardware.setAt(state, line);
          if (set >= 0 && isBroken(this, view, "hardware", set, hardware.valueAt(state, line))) return true;
        }
      }
      return shadow !== null && shadowInvalid(this, view);
    },
  };
}

/** Judges a cached value, and counts it where it is invalid for an unsettled request. */
function isBroken(property: Property, view: View, strategy: StrategyName, set: number, value: number): boolean {
  const finding = judge(view, strategy, set, value);
  if (finding === "unsettled") {
    property.seen++;
    view.staleCaches |= 1 << view.machine.unit.setCache[set]!;
  }
  return finding === "invalid";
}

function judge(view: View, strategy: StrategyName, set: number, value: number): Finding {
  const { machine } = view;
  const cache = machine.unit.setCache[set]!;
  const rule = machine.unit.caches[cache]!;
  const kind = value & 3;
  if (kind === ABSENT ? !rule.holdsAbsent : kind !== PRESENT && !rule.holdsMalformed) {
    return forbidden(view, strategy, set, value);
  }
  switch (cache) {
    case CACHE.context:
    case CACHE.pasid:
      return judgeContext(view, strategy, set, value);
    case CACHE.walk:
      return judgeWalk(view, strategy, set, value);
    case CACHE["stage2-walk"]:
    case CACHE.stage2:
      return judgeStage2(view, strategy, set, value);
    default:
      return judgePage(view, strategy, set, value);
  }
}

/** A negative value in a cache that must not hold it, for whichever context could meet it. */
function forbidden(view: View, strategy: StrategyName, set: number, value: number): Finding {
  const requester = view.machine.unit.setRequester[set]!;
  const fault = faultCode(1, (value & 3) === ABSENT ? REASON.absent : REASON.malformed);
  view.report("cache-validity", strategy, Math.max(0, requester), 0, 0, 0, fault, view.machine.unit.setCache[set]!);
  return "invalid";
}

/** Reports an invalid value by what it would do to the request: the nearest outcomes that differ. */
function invalid(
  view: View,
  strategy: StrategyName,
  set: number,
  context: number,
  page: number,
  value: number,
): Finding {
  const expected = view.oracle(context, page);
  const cache = view.machine.unit.setCache[set]!;
  const combined = cache === CACHE.iotlb || cache === CACHE["device-tlb"];
  const access = combined ? differingAccess(expected, value) : -1;
  if (access >= 0) {
    view.report(
      "cache-validity",
      strategy,
      context,
      page,
      access as 0 | 1,
      outcomeOf(expected, access),
      outcomeOf(value, access),
      cache,
    );
    return "invalid";
  }
  const positive = (value & 3) === PRESENT;
  // A pointer or leaf leads to no host page by itself: what it stands for is a page that is not the right one.
  const actual = positive ? otherPage(view.machine, value, cache, outcomeOf(expected, 0)) : faultCode(1, REASON.absent);
  view.report("cache-validity", strategy, context, page, 0, outcomeOf(expected, 0), actual, cache);
  const fresh = outcomeOf(expected, 0) >= 0;
  view.violation.severity = !positive ? "spurious-fault" : fresh ? "wrong-page" : "stale-access";
  return "invalid";
}

function otherPage(machine: Machine, value: number, cache: number, expected: number): number {
  if (cache === CACHE.context || cache === CACHE.pasid) return Math.max(0, expected);
  return Math.min(valuePage(value), machine.geometry.hostPages - 1);
}

/** Whether requests of a context find what a set holds. */
function finds(view: View, set: number, context: number): boolean {
  const { unit } = view.machine;
  const cache = unit.setCache[set]!;
  if (cache === CACHE["device-tlb"] || (cache === CACHE.iotlb && unit.foundByRequester))
    return unit.setRequester[set] === context;
  const domain = unit.setDomain[set]!;
  const process = unit.setProcess[set]!;
  const requester = unit.setRequester[set]!;
  const tags = view.contextTags[context]!;
  if (tags < 0 || (requester >= 0 && requester !== context)) return false;
  if (domain >= 0 && domain !== tags >> 8) return false;
  return process < 0 || process === (tags & 0xff);
}

function judgeContext(view: View, strategy: StrategyName, set: number, value: number): Finding {
  const { machine } = view;
  const { unit, state, world, geometry } = machine;
  const context = unit.setRequester[set]!;
  const entry = state[world.contexts + context]!;
  const mask = unit.caches[unit.setCache[set]!]!.fieldMask | 3;
  if (sameContext(machine, value, entry, mask)) return "valid";
  for (let page = 0; page < geometry.iova.count; page++) {
    if (!view.isSettled(context, page)) continue;
    return invalid(view, strategy, set, context, page, value);
  }
  return "unsettled";
}

function judgeWalk(view: View, strategy: StrategyName, set: number, value: number): Finding {
  const { machine } = view;
  const { iova } = machine.geometry;
  const prefix = machine.unit.setAddress[set]!;
  let finding: Finding = "none";
  for (let context = 0; context < view.contexts; context++) {
    if (!finds(view, set, context)) continue;
    const fresh = machine.oracle.pointer[context * iova.prefixCount + prefix]!;
    if (samePointer(machine, machine.state[machine.world.contexts + context]!, value, fresh)) continue;
    for (let page = iova.prefixFrom[prefix]!; page < iova.prefixTo[prefix]!; page++) {
      if (view.isSettled(context, page)) return invalid(view, strategy, set, context, page, value);
    }
    finding = "unsettled";
  }
  return finding;
}

function judgeStage2(view: View, strategy: StrategyName, set: number, value: number): Finding {
  const { machine } = view;
  const { guest } = machine.geometry;
  const address = machine.unit.setAddress[set]!;
  const isPointer = machine.unit.setCache[set] === CACHE["stage2-walk"];
  const from = isPointer ? guest.prefixFrom[address]! : address;
  const to = isPointer ? guest.prefixTo[address]! : address + 1;
  let finding: Finding = "none";
  for (let context = 0; context < view.contexts; context++) {
    if (!finds(view, set, context)) continue;
    const vm = contextVm(machine.state[machine.world.contexts + context]!);
    const fresh = isPointer
      ? machine.world.pointer(machine.state, vm, address)
      : machine.world.translate(machine.state, vm, address);
    if (sameMeaning(value, fresh) && (fresh >= 0 || !isPointer)) continue;
    const needs = view.settledGuestPages(context);
    for (let guestPage = from; guestPage < to; guestPage++) {
      if (needs[guestPage]! > 0) return invalid(view, strategy, set, context, needs[guestPage]! - 1, value);
    }
    finding = "unsettled";
  }
  return finding;
}

/** Stage-1 leaves, combined entries and device-TLB entries: one page each. */
function judgePage(view: View, strategy: StrategyName, set: number, value: number): Finding {
  const { machine } = view;
  const page = machine.unit.setAddress[set]!;
  const isLeaf = machine.unit.setCache[set] === CACHE.stage1;
  let finding: Finding = "none";
  for (let context = 0; context < view.contexts; context++) {
    if (!finds(view, set, context)) continue;
    const fresh = isLeaf ? machine.oracle.leaf[context * view.pages + page]! : view.oracle(context, page);
    if (sameMeaning(value, fresh)) continue;
    if (view.isSettled(context, page)) return invalid(view, strategy, set, context, page, value);
    finding = "unsettled";
  }
  return finding;
}

/** The shadow's own record: the context as attached, and the guest's leaf for each page. */
function shadowInvalid(property: Property, view: View): boolean {
  const { machine } = view;
  const { shadow, state, world } = machine;
  for (let context = 0; context < view.contexts; context++) {
    const entry = state[world.contexts + context]!;
    const kept = shadow!.entryOf(state, context);
    const sameEntry = contextClass(entry) === PRESENT ? kept === entry : contextClass(kept) !== PRESENT;
    for (let page = 0; page < view.pages; page++) {
      const leaf = shadow!.leafOf(state, context, page);
      const fresh = machine.oracle.leaf[context * view.pages + page]!;
      const isAttached = contextClass(entry) === PRESENT;
      if (sameEntry && (!isAttached || sameMeaning(leaf, fresh))) continue;
      if (!view.isSettled(context, page)) {
        property.seen++;
        continue;
      }
      const actual = view.shadow[context * view.pages + page]!;
      const access = Math.max(0, differingAccess(view.oracle(context, page), actual)) as 0 | 1;
      view.report(
        "cache-validity",
        "shadow",
        context,
        page,
        access,
        outcomeOf(view.oracle(context, page), access),
        outcomeOf(actual, access),
      );
      return true;
    }
  }
  return false;
}
