/**
 * The properties as section 5 of the design page words them, asked of every request after every command: no short cuts,
 * nothing taken from the step before. Shared with the sources: the oracle's walks, which requests are settled, what a
 * context could reach, and whether a context entry or pointer is fresh, each of which has tests of its own.
 */

import type { Machine } from "../../models/machine.js";
import { CACHE, UNTAGGED } from "../../models/unit.js";
import {
  ABSENT,
  contextClass,
  contextDomain,
  contextProcess,
  contextVm,
  faultCode,
  outcomeOf,
  PRESENT,
  REASON,
  valuePage,
  valuePermission,
} from "../../models/values.js";
import { sameContext, samePointer } from "../../properties/fresh.js";
import type { Severity, Violation } from "../../properties/violation.js";
import type { PropertyName, StrategyName } from "../../rules/vocabulary.js";

export interface Finding {
  /** Everything that a check may report: it reports one of them. */
  breaches: Violation[];
  /** The property's witness occurs. */
  witnessed: boolean;
  /** Caches with something invalid for an unsettled request, a bit each. */
  staleCaches: number;
}

interface Answer {
  strategy: StrategyName;
  value: number;
}

const isPage = (value: number): boolean => value >= 0 && (value & 3) === PRESENT;

/** Equal for every request that meets them: page and permissions, or a fault for reads and writes. */
export function isSame(a: number, b: number): boolean {
  if (isPage(a) && isPage(b)) return valuePage(a) === valuePage(b) && valuePermission(a) === valuePermission(b);
  return [a, b].every((value) => outcomeOf(value, 0) < 0 && outcomeOf(value, 1) < 0);
}

export class Plain {
  private readonly pages: number;
  private readonly requests: { context: number; page: number }[];
  private readonly room = new Int32Array(4096);

  constructor(
    private readonly machine: Machine,
    private readonly strategies: readonly StrategyName[],
  ) {
    const { contexts, iova } = machine.geometry;
    this.pages = iova.count;
    this.requests = Array.from({ length: contexts * iova.count }, (_, at) => ({
      context: Math.floor(at / iova.count),
      page: at % iova.count,
    }));
  }

  find(property: PropertyName): Finding {
    const found: Finding = { breaches: [], witnessed: false, staleCaches: 0 };
    if (property === "agreement") this.agreement(found);
    else if (property === "isolation") this.isolation(found);
    else if (property === "refinement") this.refinement(found);
    else this.cacheValidity(found);
    return found;
  }

  /** By request: 1 if every strategy, the envelope among them, can only answer as the oracle does. */
  fresh(): number[] {
    return this.requests.map(({ context, page }) => {
      const now = this.oracle(context, page);
      const { hardware, shadow, state } = this.machine;
      const answers = this.machine.envelope === null ? [] : this.envelopeValues(context, page);
      if (hardware !== null) answers.push(hardware.translate(state, context, page));
      if (shadow !== null) answers.push(shadow.translate(state, context, page));
      const mayTurnFault = [0, 1].some((one) => outcomeOf(now, one) >= 0) && this.mayFault(context, page);
      return !mayTurnFault && answers.every((value) => isSame(value, now)) ? 1 : 0;
    });
  }

  private agreement(found: Finding): void {
    for (const { context, page } of this.requests) {
      const now = this.oracle(context, page);
      for (const { strategy, value } of this.answers(context, page)) {
        if (!this.isSettled(context, page)) found.witnessed ||= !isSame(value, now);
        else this.compare(found, "agreement", strategy, context, page, value);
      }
      if (!this.isSettled(context, page) || !this.strategies.includes("envelope")) continue;
      for (const code of this.possibleFaults(context, page)) {
        const access = ([0, 1] as const).find((one) => outcomeOf(now, one) >= 0);
        if (access === undefined) continue;
        this.add(found, "agreement", "envelope", context, page, access, code);
      }
    }
  }

  /** The first access that a value answers otherwise than the oracle does. */
  private compare(
    found: Finding,
    property: PropertyName,
    strategy: StrategyName,
    context: number,
    page: number,
    value: number,
    cache = -1,
  ): boolean {
    const now = this.oracle(context, page);
    const access = ([0, 1] as const).find(
      (one) => Math.max(-1, outcomeOf(value, one)) !== Math.max(-1, outcomeOf(now, one)),
    );
    if (access === undefined) return false;
    this.add(found, property, strategy, context, page, access, outcomeOf(value, access), cache);
    return true;
  }

  private isolation(found: Finding): void {
    const { ledger, state } = this.machine;
    for (const { context, page } of this.requests) {
      const now = this.oracle(context, page);
      for (const { strategy, value } of this.answers(context, page)) {
        const access = ([0, 1] as const).find((one) => outcomeOf(value, one) >= 0);
        if (access === undefined || isSame(value, now)) continue;
        const host = valuePage(value);
        const isOthers = this.requests.some(
          (other) =>
            other.page === page && other.context !== context && isSame(value, this.oracle(other.context, page)),
        );
        if (!ledger.reach.couldReach(state, context, host) || (this.isSettled(context, page) && isOthers)) {
          this.add(found, "isolation", strategy, context, page, access, host, -1, "stale-access");
        } else found.witnessed ||= !ledger.reach.mapsNow(state, context, host);
      }
    }
  }

  private refinement(found: Finding): void {
    const isAlone = this.strategies.join() === "shadow";
    for (const { context, page } of this.requests) {
      for (const { strategy, value } of this.answers(context, page)) {
        if (strategy === "envelope" || (strategy === "shadow" && !isAlone)) continue;
        if (isSame(value, this.oracle(context, page))) continue;
        found.witnessed = true;
        const possible = this.envelopeValues(context, page);
        const access = ([0, 1] as const).find((one) => {
          const outcomes = possible.map((other) => Math.max(-1, outcomeOf(other, one)));
          if (this.mayFault(context, page)) outcomes.push(-1);
          return !outcomes.includes(Math.max(-1, outcomeOf(value, one)));
        });
        if (access === undefined) continue;
        this.add(found, "refinement", strategy, context, page, access, outcomeOf(value, access));
      }
    }
  }

  private cacheValidity(found: Finding): void {
    const { machine } = this;
    const { envelope, hardware, state, unit } = machine;
    const held: [StrategyName, number, number][] = [];
    if (envelope !== null && this.strategies.includes("envelope")) {
      for (let record = 0; record < envelope.count(state); record++) {
        const set = envelope.setOf(state, record);
        // A walk in flight is in no cache.
        if (unit.caches[unit.setCache[set]!]!.present) {
          held.push(["envelope", set, envelope.valueOf(state, record)]);
        }
      }
    }
    hardware?.each(state, (set, value) => held.push(["hardware", set, value]));
    for (const [strategy, set, value] of held) this.judge(found, strategy, set, value);
    if (machine.shadow !== null) this.judgeShadow(found);
  }

  private judge(found: Finding, strategy: StrategyName, set: number, value: number): void {
    const { unit } = this.machine;
    const cache = unit.setCache[set]!;
    const rule = unit.caches[cache]!;
    const kind = value & 3;
    if (kind !== PRESENT && !(kind === ABSENT ? rule.holdsAbsent : rule.holdsMalformed)) {
      const code = faultCode(1, kind === ABSENT ? REASON.absent : REASON.malformed);
      const context = Math.max(0, unit.setRequester[set]!);
      this.add(found, "cache-validity", strategy, context, 0, 0, code, cache, "spurious-fault", 0);
      return;
    }
    for (let context = 0; context < this.machine.geometry.contexts; context++) {
      if (!this.looksUnder(context, set) || this.isFresh(context, set, value)) continue;
      const pages = this.pagesThrough(context, set).filter((page) => this.isSettled(context, page));
      for (const page of pages) this.addInvalid(found, strategy, context, page, value, cache);
      if (pages.length > 0) continue;
      found.witnessed = true;
      found.staleCaches |= 1 << cache;
    }
  }

  /** What an invalid value does: to the request where it is an answer, else by what kind of value it is. */
  private addInvalid(
    found: Finding,
    strategy: StrategyName,
    context: number,
    page: number,
    value: number,
    cache: number,
  ): void {
    const isAnswer = cache === CACHE.iotlb || cache === CACHE["device-tlb"];
    if (isAnswer && this.compare(found, "cache-validity", strategy, context, page, value, cache)) return;
    const expected = outcomeOf(this.oracle(context, page), 0);
    if ((value & 3) !== PRESENT) {
      const code = faultCode(1, REASON.absent);
      this.add(found, "cache-validity", strategy, context, page, 0, code, cache, "spurious-fault");
      return;
    }
    const isEntry = cache === CACHE.context || cache === CACHE.pasid;
    const actual = isEntry ? Math.max(0, expected) : Math.min(valuePage(value), this.machine.geometry.hostPages - 1);
    const severity = expected >= 0 ? "wrong-page" : "stale-access";
    this.add(found, "cache-validity", strategy, context, page, 0, actual, cache, severity);
  }

  /** Whether a walk of the context would look under the set's key. */
  private looksUnder(context: number, set: number): boolean {
    const { setCache, setDomain, setProcess, setRequester } = this.machine.unit;
    const { "device-tlb": device, context: first, pasid: second } = CACHE;
    const isFoundByRequester = setCache[set] === CACHE.iotlb && this.machine.unit.foundByRequester;
    if (isFoundByRequester || [device, first, second].includes(setCache[set] as never))
      return setRequester[set] === context;
    const entry = this.entry(context);
    if (contextClass(entry) !== PRESENT) return false;
    const tags = [
      [setRequester[set], context],
      [setDomain[set], contextDomain(entry)],
      // A global entry is found by every process.
      [setProcess[set], contextProcess(entry)],
    ] as const;
    return tags.every(([key, own]) => key! <= UNTAGGED || key === own);
  }

  private isFresh(context: number, set: number, value: number): boolean {
    const { machine } = this;
    const { oracle, state, unit, world, geometry } = machine;
    const address = unit.setAddress[set]!;
    const vm = contextVm(this.entry(context));
    const cache = unit.setCache[set]!;
    switch (cache) {
      case CACHE.context:
      case CACHE.pasid:
        return sameContext(machine, value, this.entry(context), unit.caches[cache]!.fieldMask | 3);
      case CACHE.walk:
        return samePointer(
          machine,
          this.entry(context),
          value,
          oracle.pointer[context * geometry.iova.prefixCount + address]!,
        );
      case CACHE["stage2-walk"]: {
        const pointer = world.pointer(state, vm, address);
        return pointer >= 0 && isSame(value, pointer);
      }
      case CACHE.stage2:
        return isSame(value, world.translate(state, vm, address));
      case CACHE.stage1:
        return isSame(value, oracle.leaf[context * this.pages + address]!);
      default:
        return isSame(value, this.oracle(context, address));
    }
  }

  /** Pages of the context whose walk would use what stands in the set. */
  private pagesThrough(context: number, set: number): number[] {
    const { oracle, unit, geometry } = this.machine;
    const { iova, guest } = geometry;
    const address = unit.setAddress[set]!;
    const all = Array.from({ length: this.pages }, (_, page) => page);
    const within = (page: number, from: number, to: number): boolean => page >= from && page < to;
    const needs = (page: number): readonly number[] => {
      const from = (context * this.pages + page) * oracle.guestRoom;
      return [...oracle.guestPages.subarray(from + 1, from + 1 + oracle.guestPages[from]!)];
    };
    switch (unit.setCache[set]) {
      case CACHE.context:
      case CACHE.pasid:
        return all;
      case CACHE.walk:
        return all.filter((page) => within(page, iova.prefixFrom[address]!, iova.prefixTo[address]!));
      case CACHE["stage2-walk"]:
        return all.filter((page) =>
          needs(page).some((one) => within(one, guest.prefixFrom[address]!, guest.prefixTo[address]!)),
        );
      case CACHE.stage2:
        return all.filter((page) => needs(page).includes(address));
      default:
        return [address];
    }
  }

  /** The shadow's record: context entries as attached, and the guest's leaves. */
  private judgeShadow(found: Finding): void {
    const { shadow, state, oracle } = this.machine;
    for (const { context, page } of this.requests) {
      const entry = this.entry(context);
      const kept = shadow!.entryOf(state, context);
      const isAttached = contextClass(entry) === PRESENT;
      const isRight = isAttached
        ? kept === entry && isSame(shadow!.leafOf(state, context, page), oracle.leaf[context * this.pages + page]!)
        : contextClass(kept) !== PRESENT;
      if (isRight) continue;
      if (!this.isSettled(context, page)) found.witnessed = true;
      else {
        const value = shadow!.translate(state, context, page);
        // What it keeps may be wrong and still give the right answer.
        if (this.compare(found, "cache-validity", "shadow", context, page, value)) continue;
        this.add(found, "cache-validity", "shadow", context, page, 0, outcomeOf(value, 0));
      }
    }
  }

  private add(
    found: Finding,
    property: PropertyName,
    strategy: StrategyName,
    context: number,
    page: number,
    access: 0 | 1,
    actual: number,
    cache = -1,
    given?: Severity,
    expected = outcomeOf(this.oracle(context, page), access),
  ): void {
    const severity = given ?? this.severity(context, page, expected, actual);
    found.breaches.push({ property, strategy, context, page, access, expected, actual, severity, cache });
  }

  private severity(context: number, page: number, expected: number, actual: number): Severity {
    const { ledger, state } = this.machine;
    if (actual < 0) return "spurious-fault";
    if (!ledger.reach.mapsNow(state, context, actual)) return "stale-access";
    if (expected >= 0) return "wrong-page";
    const now = this.oracle(context, page);
    return isPage(now) && valuePage(now) === actual ? "stale-permission" : "stale-access";
  }

  private answers(context: number, page: number): Answer[] {
    const { hardware, shadow, state } = this.machine;
    const answers: Answer[] = [];
    if (hardware !== null) answers.push({ strategy: "hardware", value: hardware.translate(state, context, page) });
    if (shadow !== null) answers.push({ strategy: "shadow", value: shadow.translate(state, context, page) });
    if (!this.strategies.includes("envelope")) return answers;
    return [
      ...answers,
      ...this.envelopeValues(context, page).map((value) => ({ strategy: "envelope", value }) as const),
    ];
  }

  private envelopeValues(context: number, page: number): number[] {
    const { envelope, state } = this.machine;
    return [...this.room.subarray(0, envelope!.answers(state, context, page, this.room))];
  }

  /** Codes of the faults that a walk may meet. */
  private possibleFaults(context: number, page: number): number[] {
    const { envelope } = this.machine;
    const at = context * this.pages + page;
    if (envelope === null || envelope.faultMask[at] === 0) return [];
    return Array.from({ length: 31 }, (_, bit) => bit)
      .filter((bit) => ((envelope.faultKinds(at) >>> bit) & 1) === 1)
      .map((bit) => -1 - bit);
  }

  private mayFault(context: number, page: number): boolean {
    return this.possibleFaults(context, page).length > 0;
  }

  private oracle(context: number, page: number): number {
    return this.machine.oracle.value[context * this.pages + page]!;
  }

  private entry(context: number): number {
    return this.machine.state[this.machine.world.contexts + context]!;
  }

  private isSettled(context: number, page: number): boolean {
    return !this.machine.ledger.isUnsettled(this.machine.state, context, page);
  }
}
