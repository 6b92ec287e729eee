/**
 * What the properties look at: the answers of every strategy to every request, taken once a step.
 *
 * `refresh` asks each concrete strategy once; the envelope's answers are listed on demand, since most requests have
 * only one. Properties read this and the machine's public accessors, never a region of the state.
 */

import { READ, WRITE } from "../commands/command.js";
import type { Envelope } from "../models/envelope.js";
import type { Machine } from "../models/machine.js";
import type { Shadow } from "../models/shadow.js";
import {
  contextClass,
  contextDomain,
  contextProcess,
  MEANING_MASK,
  outcomeOf,
  PRESENT,
  valuePage,
} from "../models/values.js";
import type { StrategyName } from "../rules/vocabulary.js";
import { emptyViolation, type Severity, type Violation } from "./violation.js";

export class View {
  readonly pages: number;
  readonly contexts: number;
  /** By `context * pages + page`: combined values or fault codes. */
  readonly hardware: Int32Array;
  readonly shadow: Int32Array;
  /** The envelope's answers: those of request `at` (as above) stand from `answerFrom[at]` up to `answerTo[at]`. */
  readonly answers = new Int32Array(8192);
  readonly answerFrom: Int32Array;
  readonly answerTo: Int32Array;
  /** By request: 1 if every strategy answers, or can only answer, as the oracle does. */
  readonly isFresh: Uint8Array;
  /** What the last step may have changed: concrete strategies; the envelope or which requests are settled. */
  concreteChanged = true;
  setsChanged = true;
  private lastLines = 0;
  readonly violation: Violation = emptyViolation();
  /** The envelope where it is a strategy of the cell; where refinement alone needs it, it is no answer to be judged. */
  readonly judged: Envelope | null;
  /** Caches that hold something invalid for an unsettled request, a bit each; set by cache validity. */
  staleCaches = 0;
  /** By context: domain * 256 + process of its entry now, or -1. */
  readonly contextTags: Int32Array;
  private readonly guestUse: Int32Array;
  /** The one request that is judged, as `context * pages + page`; -1 for all. */
  only = -1;

  constructor(
    readonly machine: Machine,
    strategies: readonly StrategyName[],
  ) {
    this.judged = strategies.includes("envelope") ? machine.envelope : null;
    this.pages = machine.geometry.iova.count;
    this.contexts = machine.geometry.contexts;
    this.hardware = machine.hardware?.answers ?? new Int32Array(0);
    this.shadow = new Int32Array(this.contexts * this.pages);
    this.answerFrom = new Int32Array(this.contexts * this.pages);
    this.answerTo = new Int32Array(this.contexts * this.pages);
    this.isFresh = new Uint8Array(this.contexts * this.pages);
    this.contextTags = new Int32Array(this.contexts);
    this.guestUse = new Int32Array(machine.geometry.guestPages);
  }

  /** Asks again what the last step may have changed; `all` after the state was replaced. */
  refresh(all: boolean): void {
    const { note, hardware, shadow, envelope } = this.machine;
    // Submitting changes no concrete cache, nor what the envelope allows: what may be held with one command more
    // executed may be held without it. Requests and noise change nothing but the concrete caches.
    const moved = all || note.wrote || note.fenced;
    const lines = hardware?.changes ?? 0;
    const isShadowMoved = shadow !== null && (moved || note.noise);
    this.concreteChanged = all || note.wrote || lines !== this.lastLines || isShadowMoved;
    this.lastLines = lines;
    this.setsChanged = moved;
    if (this.setsChanged) this.noteTags();
    if (this.concreteChanged) hardware?.refresh(this.machine.state);
    if (this.concreteChanged && shadow !== null) this.askShadow(shadow);
    if (this.setsChanged && envelope !== null) this.listAll(envelope);
    if (this.concreteChanged || this.setsChanged) this.noteFresh();
  }

  private noteFresh(): void {
    const { hardware, shadow, envelope, oracle } = this.machine;
    for (let at = 0; at < this.isFresh.length; at++) {
      const expected = oracle.value[at]!;
      let fresh = hardware === null || sameMeaning(expected, this.hardware[at]!);
      if (shadow !== null) fresh &&= sameMeaning(expected, this.shadow[at]!);
      if (envelope !== null && fresh) fresh = this.isSetFresh(envelope, at, expected);
      this.isFresh[at] = fresh ? 1 : 0;
    }
  }

  private isSetFresh(envelope: Envelope, at: number, expected: number): boolean {
    if (envelope.faultMask[at] !== 0 && expected >= 0 && (expected & 3) === PRESENT && !isBarred(expected))
      return false;
    for (let answer = this.answerFrom[at]!; answer < this.answerTo[at]!; answer++) {
      if (!sameMeaning(expected, this.answers[answer]!)) return false;
    }
    return true;
  }

  private noteTags(): void {
    const { state, world } = this.machine;
    for (let context = 0; context < this.contexts; context++) {
      const entry = state[world.contexts + context]!;
      this.contextTags[context] =
        contextClass(entry) === PRESENT ? (contextDomain(entry) << 8) | contextProcess(entry) : -1;
    }
  }

  private askShadow(shadow: Shadow): void {
    const { state } = this.machine;
    for (let context = 0; context < this.contexts; context++) {
      for (let page = 0; page < this.pages; page++) {
        this.shadow[context * this.pages + page] = shadow.translate(state, context, page);
      }
    }
  }

  /** All answers that the envelope allows, one request after another. */
  private listAll(envelope: Envelope): void {
    const { state } = this.machine;
    let end = 0;
    for (let context = 0; context < this.contexts; context++) {
      for (let page = 0; page < this.pages; page++) {
        const at = context * this.pages + page;
        this.answerFrom[at] = end;
        end = envelope.answers(state, context, page, this.answers, end);
        this.answerTo[at] = end;
      }
    }
  }

  oracle(context: number, page: number): number {
    return this.machine.oracle.value[context * this.pages + page]!;
  }

  /** Whether the request is judged at all. */
  isAsked(context: number, page: number): boolean {
    return this.only < 0 || this.only === context * this.pages + page;
  }

  isSettled(context: number, page: number): boolean {
    return this.isAsked(context, page) && !this.machine.ledger.isUnsettled(this.machine.state, context, page);
  }

  mayFault(context: number, page: number): boolean {
    const { envelope } = this.machine;
    return envelope !== null && envelope.faultMask[context * this.pages + page] !== 0;
  }

  /** A fault that the envelope allows for the request, as a code. */
  possibleFault(context: number, page: number): number {
    const kinds = this.machine.envelope!.faultKinds(context * this.pages + page);
    return -1 - (31 - Math.clz32(kinds & -kinds));
  }

  /** Whether the request's VM maps host page `host` now. */
  isMapped(context: number, host: number): boolean {
    return this.machine.ledger.reach.mapsNow(this.machine.state, context, host);
  }

  /** Guest pages that settled walks of `context` need now: `needs[guestPage]` is a page position + 1, or 0. */
  settledGuestPages(context: number): Int32Array {
    const { guestPages, guestRoom } = this.machine.oracle;
    this.guestUse.fill(0);
    for (let page = 0; page < this.pages; page++) {
      if (!this.isSettled(context, page)) continue;
      const from = (context * this.pages + page) * guestRoom;
      const to = from + guestPages[from]!;
      for (let at = from + 1; at <= to; at++)
        if (this.guestUse[guestPages[at]!] === 0) this.guestUse[guestPages[at]!] = page + 1;
    }
    return this.guestUse;
  }

  /** Records a violation; returns true so that a check can end with it. */
  report(
    property: Violation["property"],
    strategy: StrategyName,
    context: number,
    page: number,
    access: 0 | 1,
    expected: number,
    actual: number,
    cache = -1,
  ): true {
    const found = this.violation;
    found.property = property;
    found.strategy = strategy;
    found.context = context;
    found.page = page;
    found.access = access;
    found.expected = expected;
    found.actual = actual;
    found.cache = cache;
    found.severity = this.severity(context, page, expected, actual);
    return true;
  }

  /** How bad it is that a request got `actual` instead of `expected`, as things stand now. */
  severity(context: number, page: number, expected: number, actual: number): Severity {
    if (actual < 0) return "spurious-fault";
    if (!this.isMapped(context, actual)) return "stale-access";
    if (expected >= 0) return "wrong-page";
    const walk = this.oracle(context, page);
    const samePage = walk >= 0 && (walk & 3) === PRESENT && valuePage(walk) === actual;
    return samePage ? "stale-permission" : "stale-access";
  }
}

/** Equal in what a request can see: host page, permissions, or both negative. */
export function sameMeaning(a: number, b: number): boolean {
  if (a === b) return true;
  const aPresent = a >= 0 && (a & 3) === PRESENT;
  const bPresent = b >= 0 && (b & 3) === PRESENT;
  if (!aPresent || !bPresent) return aPresent === bPresent || (aPresent ? isBarred(a) : isBarred(b));
  return (a & MEANING_MASK & ~GLOBAL_BIT) === (b & MEANING_MASK & ~GLOBAL_BIT);
}
const GLOBAL_BIT = 1 << 4;

/** A translation without any permission faults as a missing one does. */
function isBarred(value: number): boolean {
  return ((value >> 2) & (READ | WRITE)) === 0;
}

/** The first access (0 read, 1 write) that two values answer differently, or -1. */
export function differingAccess(a: number, b: number): 0 | 1 | -1 {
  for (const access of [0, 1] as const) {
    const left = outcomeOf(a, access);
    const right = outcomeOf(b, access);
    if (left !== right && (left >= 0 || right >= 0)) return access;
  }
  return -1;
}
