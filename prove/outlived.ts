/**
 * Which duties of a reduced state are needless, since another open one ends no sooner and affects no less.
 *
 * See docs/decisions/009-slices.md. A rule outlives another where, stage by stage, whatever serves its scopes serves
 * those of the other too: it owes the same caches or more at once, the same pages or all, every process rather than
 * its own.
 */

import { DUTY, FLAG, SPAN_SHIFT } from "../models/duty.js";
import type { Machine } from "../models/machine.js";
import type { CompiledScope, Recipe } from "../models/recipe.js";
import { CACHE } from "../models/unit.js";
import { TRANSITIONS } from "../rules/vocabulary.js";

const GLOBALS = ["never", "if-global", "always"];

export class Outlived {
  /** By rule, then rule: 1 where a duty of the first ends no sooner than one of the second, if it begins no sooner. */
  private readonly outlives: Uint8Array;
  private readonly count: number;
  /** By rule: the flags that can make a difference. */
  private readonly flags: Int32Array;
  private readonly isAlone: boolean;
  private readonly unitsAt: number;
  private readonly record: number;

  constructor(machine: Machine) {
    const { recipes, unitsAt, record } = machine.ledger;
    this.unitsAt = unitsAt;
    this.record = record;
    this.isAlone = machine.geometry.contexts === 1;
    this.count = recipes.length;
    this.outlives = new Uint8Array(this.count ** 2);
    for (let a = 0; a < this.count; a++) {
      for (let b = 0; b < this.count; b++) {
        // Where there are several contexts, duties of one rule keep pace with each other.
        const isOutlived = a === b || (this.isAlone && isLike(machine, a, b) && owesAll(recipes[a]!, recipes[b]!));
        if (isOutlived) this.outlives[a * this.count + b] = 1;
      }
    }
    this.flags = Int32Array.from(recipes, (recipe) => (this.isAlone ? flagsOf(machine, recipe) : -1));
  }

  /** Leaves out the flags of a duty that make no difference. */
  reduceFlags(state: Int32Array, at: number): void {
    state[at + DUTY.flags]! &= this.flags[state[at + DUTY.rule]!]!;
  }

  /** Whether the duty whose record begins at `a` makes that at `b` needless. */
  covers(from: Int32Array, a: number, b: number): boolean {
    const rule = from[a + DUTY.rule]!;
    const other = from[b + DUTY.rule]!;
    if (this.outlives[rule * this.count + other] === 0) return false;
    for (let field = DUTY.context; field < DUTY.flags; field++) if (from[a + field] !== from[b + field]) return false;
    const flags = this.flags[rule]! | this.flags[other]!;
    if (((from[a + DUTY.flags]! ^ from[b + DUTY.flags]!) & flags) !== 0) return false;
    return this.affects(from, a, b) && this.isBehind(from, a, b);
  }

  /** Whether duty `a` affects all that `b` does, now or later. */
  private affects(from: Int32Array, a: number, b: number): boolean {
    const [first, last] = [from[a + DUTY.firstGuestPage]!, from[a + DUTY.lastGuestPage]!];
    const [otherFirst, otherLast] = [from[b + DUTY.firstGuestPage]!, from[b + DUTY.lastGuestPage]!];
    const isWider = this.isAlone && first >= 0 && first <= otherFirst && last >= otherLast;
    if (!isWider && (first !== otherFirst || last !== otherLast)) return false;
    let own = 0;
    let others = 0;
    for (let word = DUTY.pages; word < this.unitsAt; word++) {
      if ((from[b + word]! & ~from[a + word]!) !== 0) return false;
      own |= from[a + word]!;
      others |= from[b + word]!;
    }
    // A duty of stage 1 without a page owes one that stands for it (`Ledger.fillUnits`), which is none of the other's.
    return first >= 0 || others !== 0 || own === 0;
  }

  /** Whether duty `a` has come no further than `b`. */
  private isBehind(from: Int32Array, a: number, b: number): boolean {
    const stages = from[b + DUTY.stage]! - from[a + DUTY.stage]!;
    if (stages !== 0) return stages > 0;
    for (let unit = this.unitsAt; unit < this.record; unit++)
      if ((from[b + unit]! & ~from[a + unit]!) !== 0) return false;
    return true;
  }
}

/**
 * What of a duty's flags decides what serves it or what it does: the span of the old entry by level hints and where
 * superpages go as a whole, a negative one where its tags are others.
 */
function flagsOf({ unit }: Machine, recipe: Recipe): number {
  const hasSpans =
    unit.caches.some(({ wholeSuperpages }) => wholeSuperpages) ||
    unit.commands.some(({ rules }) => rules.some(({ levelHint }) => levelHint));
  const hasTags =
    unit.caches.some(({ negativeHasNoDomain }) => negativeHasNoDomain) ||
    recipe.some((stage) => stage.some(({ caches }) => caches.some((cache) => cache <= CACHE.pasid)));
  return ~((hasSpans ? 0 : 3 << SPAN_SHIFT) | (hasTags ? 0 : FLAG.negative));
}

/** Of one stage, by the same party; of stage 2 a table for a table, since one that is owed opens all pages. */
function isLike({ options }: Machine, a: number, b: number): boolean {
  const [one, other] = [TRANSITIONS[a], TRANSITIONS[b]];
  if (one === undefined || other === undefined || one.stage !== other.stage || one.stage === 0) return false;
  const { rules } = options.contract;
  return rules[a]!.by === rules[b]!.by && (one.stage === 1 || one.level === "table" || other.level !== "table");
}

function owesAll(a: Recipe, b: Recipe): boolean {
  return (
    a.length === b.length &&
    a.every((stage, at) => stage.length === b[at]!.length && stage.every((scope, i) => owesNoLess(scope, b[at]![i]!)))
  );
}

function owesNoLess(a: CompiledScope, b: CompiledScope): boolean {
  return (
    b.caches.every((cache) => a.caches.includes(cache)) &&
    (a.all || !b.all) &&
    (a.processAny || !b.processAny) &&
    GLOBALS.indexOf(a.global) >= GLOBALS.indexOf(b.global)
  );
}
