/**
 * Why a property was broken: which cached value gave the wrong answer, since when, from where, and what left it there.
 *
 * Found by running the sequence again and watching. A value that was right when it was taken in went stale at a write;
 * from there on each invalidation is asked why it did not remove it. One that was stale from its beginning, or came
 * back behind an invalidation, has a source further up the walk, which is followed until a value is found that was
 * right once. Envelopes are sets, so there may be several reasons: the one nearest to the answer is told.
 */

import type { Machine } from "../models/machine.js";
import { CACHE } from "../models/unit.js";
import { outcomeOf, PRESENT, valuePage, valueSecond } from "../models/values.js";
import { CACHE_NAMES, type CacheName, type Confidence, TRANSITIONS, transitionName } from "../rules/vocabulary.js";
import type { Failure } from "../search/runner.js";
import { type CachingStrategy, isFresh, type Place, setsOnPath, valuesIn } from "./held.js";
import { whyNotRemoved } from "./removal.js";
import type { Timeline } from "./timeline.js";
import { explainShadow } from "./why-shadow.js";
import { cacheWords, keyText, owesText, valueText } from "./words.js";

/** An invalidation behind the write that made a value stale, and why the value outlived it. */
export interface Survival {
  step: number;
  command: string;
  /** It matches the value, which comes back or has not gone yet. */
  removes: boolean;
  reason: string;
}

export interface HeldValue {
  cache: CacheName | "shadow";
  /** The unit has no such cache: a walk in flight has the value, until a fence. */
  inFlight: boolean;
  key: string;
  value: string;
  /** The step, 0 for the start, since which it has been held. */
  since: number;
  /** How it was taken in: `fetched by the walk of step 1`. */
  origin: string;
  /** The step that made it stale. */
  staleSince: number;
  survived: Survival[];
}

/** A change of an entry on the way of the request, and what the contract says of it. */
export interface RuleUse {
  step: number;
  command: string;
  transition: string;
  id: string;
  at: string;
  source: string;
  confidence: Confidence;
  by: "guest" | "host";
  owes: string;
}

export interface Why {
  /** From the value that gave the answer up to the one that was right once. */
  held: HeldValue[];
  rules: RuleUse[];
  /** The rule for the change that made the value stale. */
  failed: RuleUse | null;
}

/** Values followed towards the root of a walk. */
const LONGEST_CHAIN = 12;

export function explain(timeline: Timeline, { step, violation }: Failure): Why {
  const place: Place = { context: violation.context, page: violation.page };
  const until = step + 1;
  const rules = ruleUses(timeline, place, until);
  const held =
    violation.strategy === "shadow"
      ? explainShadow(timeline, place, until)
      : follow(timeline, violation.strategy === "target" ? "envelope" : violation.strategy, place, until, violation);
  const turned = held.at(-1)?.staleSince;
  const failed =
    turned === undefined ? rules.at(-1) : (rules.find((use) => use.step === turned) ?? useAt(timeline, turned));
  return { held, rules, failed: failed ?? null };
}

// --- the rules ----------------------------------------------------------------------------------------------------

function ruleUses(timeline: Timeline, place: Place, until: number): RuleUse[] {
  const uses: RuleUse[] = [];
  for (let step = 1; step <= until; step++) {
    if (!changesPath(timeline.after(step), place)) continue;
    const use = useAt(timeline, step);
    if (use !== undefined) uses.push(use);
  }
  return uses;
}

/** Whether the last step changed an entry that the request's walk passes through. */
function changesPath({ note, world, ledger }: Machine, { context, page }: Place): boolean {
  if (note.transition < 0 || !note.wrote) return false;
  if (world.change.kind === "context") return world.change.at === context;
  return ((ledger.passes[context * ledger.words + (page >> 5)]! >>> (page & 31)) & 1) === 1;
}

function useAt(timeline: Timeline, step: number): RuleUse | undefined {
  if (step < 1) return undefined;
  const machine = timeline.after(step);
  const rule = machine.options.contract.rules[machine.note.transition];
  if (rule === undefined) return undefined;
  const { id, at, source, confidence, by, stages } = rule;
  const transition = transitionName(TRANSITIONS[machine.note.transition]!);
  return { step, command: timeline.text(step), transition, id, at, source, confidence, by, owes: owesText(stages) };
}

// --- the values ---------------------------------------------------------------------------------------------------

interface Held {
  set: number;
  value: number;
}

/** The value that answered, then its sources. */
function follow(
  timeline: Timeline,
  strategy: CachingStrategy,
  place: Place,
  until: number,
  violation: Failure["violation"],
): HeldValue[] {
  const chain: HeldValue[] = [];
  const seen = new Set<string>();
  let end = until;
  let held = answering(timeline.after(until), strategy, place, violation);
  while (held !== undefined && chain.length < LONGEST_CHAIN && !seen.has(`${held.set} ${held.value}`)) {
    seen.add(`${held.set} ${held.value}`);
    const { told, source, sourceEnd } = look(timeline, strategy, place, held, end);
    chain.push(told);
    held = source;
    end = sourceEnd;
  }
  return chain;
}

/** The stale value that gives the wrong answer, nearest to the device first. */
function answering(
  machine: Machine,
  strategy: CachingStrategy,
  place: Place,
  violation: Failure["violation"],
): Held | undefined {
  const stale = staleOnPath(machine, strategy, place).reverse();
  const cacheOf = ({ set }: Held): number => machine.unit.setCache[set]!;
  if (violation.property === "cache-validity") return stale.find((held) => cacheOf(held) === violation.cache);
  // Pointers of stage 2 answer nothing by themselves where stage 1 led elsewhere.
  const isResult = (held: Held): boolean => cacheOf(held) === CACHE.iotlb || cacheOf(held) === CACHE["device-tlb"];
  const results = stale.filter(isResult);
  const exact = results.find(({ value }) => outcomeOf(value, violation.access) === violation.actual);
  if (exact !== undefined) return exact;
  const negative = stale.find(({ value }) => (value & 3) !== PRESENT);
  return (violation.actual < 0 ? negative : undefined) ?? stale.find((held) => !isResult(held)) ?? stale[0];
}

function staleOnPath(machine: Machine, strategy: CachingStrategy, place: Place): Held[] {
  return setsOnPath(machine, strategy, place).flatMap((set) =>
    valuesIn(machine, strategy, set)
      .filter((value) => !isFresh(machine, place, set, value))
      .map((value) => ({ set, value })),
  );
}

interface Looked {
  told: HeldValue;
  source: Held | undefined;
  /** The step up to which the source matters. */
  sourceEnd: number;
}

/** The history of one value up to step `until`, and what it came from if it was never right. */
function look(timeline: Timeline, strategy: CachingStrategy, place: Place, held: Held, until: number): Looked {
  let since = 0;
  let staleSince = 0;
  for (let step = 0; step <= until; step++) {
    const machine = timeline.after(step);
    const isHeld = valuesIn(machine, strategy, held.set).includes(held.value);
    if (!isHeld) since = step + 1;
    if (!isHeld || isFresh(machine, place, held.set, held.value)) staleSince = step + 1;
  }
  const wasRight = staleSince > since;
  const history = survivals(timeline, strategy, place, held, staleSince, until);
  const derived = wasRight ? undefined : sourceOf(timeline.after(since), strategy, place, held);
  const { machine } = timeline;
  const cache = machine.unit.setCache[held.set]!;
  const told: HeldValue = {
    cache: CACHE_NAMES[cache]!,
    inFlight: !machine.unit.caches[cache]!.present,
    key: keyText(machine, held.set),
    value: valueText(machine, held.set, held.value),
    since,
    origin: originOf(timeline, strategy, place, since, staleSince, wasRight),
    staleSince,
    survived: history.survived,
  };
  if (derived !== undefined) return { told, source: derived, sourceEnd: since };
  return { told, source: history.source, sourceEnd: history.sourceEnd };
}

function originOf(
  timeline: Timeline,
  strategy: CachingStrategy,
  place: Place,
  since: number,
  staleSince: number,
  wasRight: boolean,
): string {
  const isAccess = (step: number): boolean => {
    const command = timeline.command(step);
    if (command.kind !== "dma" && command.kind !== "prefetch" && command.kind !== "walk-end") return false;
    const { iova } = timeline.machine.geometry;
    return command.context === place.context && command.iova === iova.pages[place.page];
  };
  if (strategy === "hardware" && since > 0) return `fetched by step ${since} (${timeline.text(since)})`;
  if (!wasRight) return since === 0 ? "there at the start" : `there since step ${since} (${timeline.text(since)})`;
  const steps = timeline.commands.map((_, at) => at + 1);
  const step = steps.find((at) => at >= Math.max(1, since) && at < staleSince && isAccess(at));
  if (step !== undefined) return `fetched by the walk of step ${step} (${timeline.text(step)})`;
  const when = since === 0 ? "at the start" : `after step ${since} (${timeline.text(since)})`;
  return `fetched by a walk ${when}`;
}

/** What was submitted after the value went stale, and, where that should have removed it, what brought it back. */
function survivals(
  timeline: Timeline,
  strategy: CachingStrategy,
  place: Place,
  held: Held,
  staleSince: number,
  until: number,
): { survived: Survival[]; source: Held | undefined; sourceEnd: number } {
  const survived: Survival[] = [];
  let source: Held | undefined;
  let sourceEnd = until;
  for (let step = staleSince + 1; step <= until; step++) {
    const command = timeline.command(step);
    if (command.kind !== "invalidate") continue;
    const { machine } = timeline;
    const deaf = strategy === "envelope" && machine.options.guestEnvelope === true && command.host === 1;
    const leaves = deaf
      ? "a guest's view hears none of the host's"
      : whyNotRemoved(machine, command, held.set, held.value);
    let reason = leaves ?? "no fence has completed it";
    const fence = timeline.fenceAfter(step, until);
    if (leaves === undefined && fence > 0) {
      const later = sourceOf(timeline.after(fence), strategy, place, held);
      source = later ?? sourceOf(timeline.after(step), strategy, place, held);
      sourceEnd = later === undefined ? step : fence;
      reason = refilled(machine, source, fence, later !== undefined);
    }
    survived.push({ step, command: timeline.text(step), removes: leaves === undefined, reason });
  }
  return { survived, source, sourceEnd };
}

function refilled(machine: Machine, source: Held | undefined, fence: number, isAfter: boolean): string {
  if (source === undefined) return `it can come back before the fence of step ${fence}`;
  const from = cacheWords(machine, source.set);
  return isAfter
    ? `it comes back from the ${from}, behind the fence of step ${fence} too`
    : `until the fence of step ${fence} it can come back from the ${from}`;
}

/** The caches that a value may have come from, nearest first. */
const SOURCES: Readonly<Record<CacheName, readonly CacheName[]>> = {
  "device-tlb": ["iotlb"],
  iotlb: ["stage1", "stage2", "pasid", "context"],
  stage1: ["walk", "stage2", "pasid", "context"],
  walk: ["walk", "stage2", "pasid", "context"],
  pasid: ["context", "stage2"],
  context: ["stage2"],
  stage2: ["stage2-walk"],
  "stage2-walk": ["stage2-walk"],
};

/** A stale value above `held` that it can be derived from now. */
function sourceOf(machine: Machine, strategy: CachingStrategy, place: Place, held: Held): Held | undefined {
  const { unit } = machine;
  const own = CACHE_NAMES[unit.setCache[held.set]!]!;
  const stale = staleOnPath(machine, strategy, place).reverse();
  for (const name of SOURCES[own]) {
    const found = stale.find((other) => {
      if (unit.setCache[other.set] !== CACHE[name]) return false;
      // Prefixes are numbered depth by depth: a pointer above has a smaller number.
      if (name === own && unit.setAddress[other.set]! >= unit.setAddress[held.set]!) return false;
      return isLinked(machine, other, held);
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A result names the guest page that it came through, and so the leaf and the stage-2 entry. */
function isLinked({ unit }: Machine, source: Held, held: Held): boolean {
  if ((held.value & 3) !== PRESENT || (source.value & 3) !== PRESENT) return true;
  if (unit.setCache[held.set] === CACHE["device-tlb"]) return valuePage(source.value) === valuePage(held.value);
  if (unit.setCache[held.set] !== CACHE.iotlb) return true;
  const guestPage = valueSecond(held.value);
  if (unit.setCache[source.set] === CACHE.stage1) return valuePage(source.value) === guestPage;
  if (unit.setCache[source.set] !== CACHE.stage2) return true;
  return unit.setAddress[source.set] === guestPage && valuePage(source.value) === valuePage(held.value);
}
