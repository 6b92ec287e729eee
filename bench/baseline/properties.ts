/**
 * The four properties over all requests and all cached values; the first that is broken is thrown.
 */

import type { CacheName } from "../../rules/vocabulary.js";
import type { Values } from "./envelope.js";
import type { Cached } from "./matching.js";
import type { Model, Strategies } from "./model.js";
import type { Gathered } from "./oracle.js";
import {
  ACCESSES,
  CONTEXTS,
  type ContextEntry,
  IOVA_PAGES,
  indexOf,
  outcome,
  pagesBelow,
  sameOutcomes,
  type Translation,
} from "./records.js";
import type { Shadow } from "./shadow.js";

export class Broken extends Error {
  constructor(
    readonly property: string,
    readonly strategy: string,
    context: number,
    page: number,
    detail: string,
  ) {
    super(`${property}: ${strategy} c${context} i${page}: ${detail}`);
  }
}

export function checkAll(model: Model, real: Strategies): void {
  checkAgreement(model, real);
  checkCacheValidity(model, real);
  checkRefinement(model, real);
  checkIsolation(model, real);
}

/** Answers of every strategy for one request. */
function* answersOf(real: Strategies, context: number, page: number): Generator<[string, Translation | null]> {
  if (real.hardware !== null) yield ["hardware", real.hardware.translate(context, page)];
  if (real.shadow !== null) yield ["shadow", real.shadow.translate(context, page)];
  if (real.envelope === null) return;
  for (const answer of real.envelope.answers(context, page)) yield ["envelope", answer];
  if (real.envelope.mayFault(context, page)) yield ["envelope", null];
}

function checkAgreement(model: Model, real: Strategies): void {
  for (const context of CONTEXTS) {
    for (const page of IOVA_PAGES) {
      if (!model.ledger.isSettled(context, page)) continue;
      const expected = model.walk(context, page).result;
      for (const [strategy, actual] of answersOf(real, context, page)) {
        if (!sameOutcomes(expected, actual)) throw broken("agreement", strategy, context, page, expected, actual);
      }
    }
  }
}

function checkRefinement(model: Model, real: Strategies): void {
  const { hardware, envelope } = real;
  if (hardware === null || envelope === null) return;
  for (const context of CONTEXTS) {
    for (const page of IOVA_PAGES) {
      const actual = hardware.translate(context, page);
      const allowed: (Translation | null)[] = envelope.answers(context, page);
      if (envelope.mayFault(context, page)) allowed.push(null);
      const isInside = ACCESSES.every((access) =>
        allowed.some((answer) => outcome(answer, access) === outcome(actual, access)),
      );
      if (!isInside) throw broken("refinement", "hardware", context, page, model.walk(context, page).result, actual);
    }
  }
}

function checkIsolation(model: Model, real: Strategies): void {
  for (const context of CONTEXTS) {
    for (const page of IOVA_PAGES) {
      const expected = model.walk(context, page).result;
      for (const [strategy, actual] of answersOf(real, context, page)) {
        if (actual === null || actual.permission === 0 || sameOutcomes(expected, actual)) continue;
        const isKnown = model.ledger.reach.get(context)!.has(actual.host);
        const isForeign = model.ledger.isSettled(context, page) && isOthers(model, context, page, actual);
        if (!isKnown || isForeign) throw broken("isolation", strategy, context, page, expected, actual);
      }
    }
  }
}

function isOthers(model: Model, context: number, page: number, actual: Translation): boolean {
  return CONTEXTS.some((other) => other !== context && sameOutcomes(model.walk(other, page).result, actual));
}

function checkCacheValidity(model: Model, real: Strategies): void {
  for (const [strategy, held] of [
    ["envelope", real.envelope],
    ["hardware", real.hardware],
  ] as const) {
    if (held === null) continue;
    for (const { cached, value } of held.all()) {
      for (const context of CONTEXTS) {
        const page = invalidFor(model, context, cached, value);
        if (page !== null) throw new Broken("cache-validity", strategy, context, page, cached.cache);
      }
    }
  }
  if (real.shadow !== null) checkShadowRecord(model, real.shadow);
}

/** A settled page of the context for which the cached value is not what a fresh walk gives, or null. */
function invalidFor(model: Model, context: number, cached: Cached, value: Values[CacheName]): number | null {
  const { cache } = cached;
  const entry = model.world.contexts[context]!;
  if (!usesTags(model, context, cached)) return null;
  const settled = (pages: readonly number[]): number | null =>
    pages.find((page) => model.ledger.isSettled(context, page)) ?? null;
  switch (cache) {
    case "context": {
      const { vm, domain } = value as Values["context"];
      const isFresh = entry.state === "present" && entry.vm === vm && entry.domain === domain;
      return isFresh ? null : settled(IOVA_PAGES);
    }
    case "pasid": {
      const { process, root } = value as Values["pasid"];
      const isFresh = entry.state === "present" && entry.process === process && entry.root === root;
      return isFresh ? null : settled(IOVA_PAGES);
    }
    case "walk": {
      const pages = pagesBelow(indexOf(cached.page!, 0));
      const fresh = model.walk(context, pages[0]!).pointer;
      const kept = value as Gathered;
      return fresh !== null && fresh.global === kept.global && samePage(fresh, kept) ? null : settled(pages);
    }
    case "stage1": {
      const fresh = model.walk(context, cached.page!).leaf;
      return samePage(fresh, value as Gathered) ? null : settled([cached.page!]);
    }
    case "stage2-walk":
    case "stage2":
      return isFreshStage2(model, entry.vm, cached, value as Values["stage2"])
        ? null
        : settled(IOVA_PAGES.filter((page) => needs(model, context, page, cached)));
    case "iotlb":
    case "device-tlb":
      return sameOutcomes(model.walk(context, cached.page!).result, value as Translation)
        ? null
        : settled([cached.page!]);
  }
}

function usesTags(model: Model, context: number, { cache, requester, domain, process }: Cached): boolean {
  if (requester !== undefined) return requester === context;
  const entry = model.world.contexts[context]!;
  if (entry.state !== "present" || domain !== entry.domain) return false;
  return cache === "stage2" || cache === "stage2-walk" || process === "global" || process === entry.process;
}

function isFreshStage2(model: Model, vm: number, { cache, page }: Cached, value: Values["stage2"]): boolean {
  if (cache === "stage2-walk") {
    const table = model.world.stage2Table(vm, indexOf(page!, 0));
    return table?.target === value.host && table.permission === value.permission;
  }
  const fresh = model.world.translate(vm, page!);
  if (!fresh.found) return value.permission === 0;
  const isBarred = fresh.permission === 0 && value.permission === 0;
  return isBarred || (fresh.host === value.host && fresh.permission === value.permission);
}

/** Whether the current walk needs a guest page that the cached stage-2 entry translates. */
function needs(model: Model, context: number, page: number, cached: Cached): boolean {
  const below = cached.cache === "stage2" ? [cached.page!] : pagesBelow(indexOf(cached.page!, 0));
  return model.walk(context, page).guestPages.some((guest) => below.includes(guest));
}

/** The same page with the same permissions; without any permission it is as good as none. */
function samePage(fresh: Gathered | null, kept: Gathered | null): boolean {
  const isBarred = (leaf: Gathered | null): boolean => leaf === null || leaf.permission === 0;
  if (isBarred(fresh) && isBarred(kept)) return true;
  return fresh?.page === kept?.page && fresh?.permission === kept?.permission;
}

/** The shadow's own record: the context as attached, and the guest's leaf for each page. */
function checkShadowRecord(model: Model, shadow: Shadow): void {
  for (const context of CONTEXTS) {
    const entry = model.world.contexts[context]!;
    const kept = shadow.entryOf(context);
    const sameEntry = sameContext(entry, kept);
    for (const page of IOVA_PAGES) {
      const sameLeaf = samePage(model.walk(context, page).leaf, shadow.leafOf(context, page));
      if (sameEntry && (entry.state !== "present" || sameLeaf)) continue;
      if (model.ledger.isSettled(context, page)) {
        throw new Broken("cache-validity", "shadow", context, page, sameEntry ? "leaf" : "context");
      }
    }
  }
}

function sameContext(a: ContextEntry, b: ContextEntry): boolean {
  if (a.state !== "present" || b.state !== "present") return a.state !== "present" && b.state !== "present";
  return a.vm === b.vm && a.domain === b.domain && a.process === b.process && a.root === b.root;
}

function broken(
  property: string,
  strategy: string,
  context: number,
  page: number,
  expected: Translation | null,
  actual: Translation | null,
): Broken {
  const text = (translation: Translation | null): string =>
    ACCESSES.map((access) => outcome(translation, access)).join("/");
  return new Broken(property, strategy, context, page, `${text(actual)} instead of ${text(expected)}`);
}
