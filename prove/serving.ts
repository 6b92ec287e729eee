/**
 * Which invalidations are worth submitting in a state: those that discharge something, and of those that discharge the
 * same the one that removes the least.
 *
 * See docs/decisions/017-serving.md. An invalidation that no open duty waits for makes the sets smaller and nothing
 * else; so does the larger one of two that serve alike. For the envelope alone: a shadow takes in what it is told, and
 * a concrete cache has places that become free.
 */

import type { Machine } from "../models/machine.js";
import { type Pending, QUEUE_DEPTH, removes } from "../models/queue.js";
import { CACHE } from "../models/unit.js";
import { ABSENT, MALFORMED, PRESENT, packContext, packValue } from "../models/values.js";
import type { Move } from "./alphabet.js";
import { selectsByGuestPage } from "./renaming.js";
import type { Scope } from "./scope.js";

/** Where nothing of the kind can be said, all are worth it. */
export function canServe({ hardware, shadow }: Machine, scope: Scope): boolean {
  // Within a step of several commands a full queue is fenced at another moment (decisions 017).
  return hardware === null && shadow === null && !(scope.atOnce && scope.queue === QUEUE_DEPTH);
}

export class Serving {
  /** By move: 1 where it is not worth being tried in the state that was judged last. */
  readonly isIdle: Uint8Array;
  private readonly submissions: readonly { move: number; pending: Pending }[];
  /** What the duties become by each submission, one after another, each in `room` numbers. */
  private after = new Int32Array(0);
  private room = 0;
  /** Numbers of the duties that are open. */
  private length = 0;
  /** By pair of submissions: 0 not known yet, 1 the first removes no more than the second, 2 it does. */
  private readonly order: Uint8Array;

  constructor(
    private readonly machine: Machine,
    moves: readonly Move[],
    /** By set: 0 where it is of no account (`slice.ts`). */
    private readonly keep: Int32Array | null,
  ) {
    this.isIdle = new Uint8Array(moves.length);
    this.submissions = moves.flatMap(({ submits, commands }, move) =>
      submits ? [{ move, pending: copyOf(machine.queue.preview(commands, 0)) }] : [],
    );
    this.order = new Uint8Array(this.submissions.length ** 2);
  }

  /** Judges the moves in the machine's state, which stays as it is. */
  judge(): void {
    const { submissions, isIdle } = this;
    const { state, ledger } = this.machine;
    const from = ledger.recordAt(0);
    this.length = ledger.recordAt(ledger.dutyCount(state)) - from;
    this.makeRoom();
    const { after, length, room } = this;
    const { superfluous } = ledger;
    // Behind those of the submissions: what the duties are.
    const before = submissions.length * room;
    for (let at = 0; at < length; at++) after[before + at] = state[from + at]!;
    for (let number = 0; number < submissions.length; number++) {
      const { move, pending } = submissions[number]!;
      isIdle[move] = 1;
      if (length === 0) continue;
      ledger.submit(state, pending);
      const to = number * room;
      for (let at = 0; at < length; at++) after[to + at] = state[from + at]!;
      if (this.isSame(to, before)) continue;
      for (let at = 0; at < length; at++) state[from + at] = after[before + at]!;
      isIdle[move] = this.isOutdone(number) ? 1 : 0;
    }
    ledger.superfluous = superfluous;
  }

  private makeRoom(): void {
    if (this.length <= this.room) return;
    this.room = 2 * this.length;
    this.after = new Int32Array((this.submissions.length + 1) * this.room);
  }

  private isSame(a: number, b: number): boolean {
    const { after, length } = this;
    for (let at = 0; at < length; at++) if (after[a + at] !== after[b + at]) return false;
    return true;
  }

  /** Whether an earlier submission that is worth it makes this one idle; it may make earlier ones so. */
  private isOutdone(number: number): boolean {
    const { submissions, isIdle, room } = this;
    for (let other = 0; other < number; other++) {
      const { move } = submissions[other]!;
      if (isIdle[move] === 1 || !this.isSame(other * room, number * room)) continue;
      if (this.removesNoMore(other, number)) return true;
      if (this.removesNoMore(number, other)) isIdle[move] = 1;
    }
    return false;
  }

  private removesNoMore(a: number, b: number): boolean {
    const at = a * this.submissions.length + b;
    if (this.order[at] === 0)
      this.order[at] = this.isWithin(this.submissions[a]!.pending, this.submissions[b]!.pending) ? 1 : 2;
    return this.order[at] === 1;
  }

  /** Whether whatever `a` removes, `b` removes too, tried with a value of every kind in every set. */
  private isWithin(a: Pending, b: Pending): boolean {
    const { unit } = this.machine;
    for (let set = 0; set < unit.setCount; set++) {
      if (this.keep !== null && this.keep[set] === 0) continue;
      for (const value of this.samplesOf(unit.setCache[set]!))
        if (removes(unit, a, set, value) && !removes(unit, b, set, value)) return false;
    }
    return true;
  }

  private readonly samples = new Map<number, readonly number[]>();

  private samplesOf(cache: number): readonly number[] {
    const known = this.samples.get(cache) ?? samplesOf(this.machine, cache);
    this.samples.set(cache, known);
    return known;
  }
}

/** Values that differ in everything that a rule of the unit looks at. */
function samplesOf(machine: Machine, cache: number): number[] {
  const { geometry, unit } = machine;
  const kinds = [PRESENT, ABSENT, MALFORMED];
  if (cache === CACHE.context || cache === CACHE.pasid) {
    return kinds.flatMap((kind) =>
      numbers(geometry.domains).flatMap((domain) =>
        numbers(geometry.processes).map((process) => packContext(kind, 0, domain, process, 0)),
      ),
    );
  }
  const hasPages = selectsByGuestPage(machine);
  const hasSpans =
    hasPages ||
    unit.caches.some(({ wholeSuperpages }) => wholeSuperpages) ||
    unit.commands.some(({ rules }) => rules.some(({ levelHint }) => levelHint));
  const pages = numbers(hasPages ? geometry.guestPages : 1);
  return kinds.flatMap((kind) =>
    [0, 1].flatMap((global) =>
      numbers(hasSpans ? 4 : 1).flatMap((span) => pages.map((page) => packValue(kind, 0, global, span, page, page))),
    ),
  );
}

function copyOf(pending: Pending): Pending {
  return { ...pending, rules: pending.rules.map((rules) => [...rules]) };
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}
