/**
 * When one state makes another needless: with the same world and queue, fewer duties and larger sets reach every
 * violation that more duties and smaller sets reach, in as many commands.
 *
 * Follows the design page, section 6, and docs/decisions/008-subsumption.md, which has the argument. Ledgers and sets
 * are compared as `parts.ts` keeps them: bags in ascending order of their records.
 */

import type { Interner } from "./intern.js";
import type { Outlived } from "./outlived.js";

export class Dominance {
  constructor(
    private readonly ledgers: Interner,
    private readonly sets: Interner,
    private readonly outlived: Outlived,
    /** Numbers of a duty's record. */
    private readonly dutyLength: number,
    /** Whether a concrete strategy is held against the sets: then larger ones forgive more. */
    private readonly setsMustBeEqual: boolean,
  ) {}

  /** Whether a state with ledger and sets `a` makes one with `b` needless. */
  covers(aLedger: number, aSets: number, bLedger: number, bSets: number): boolean {
    if (aSets !== bSets && (this.setsMustBeEqual || !this.holdsAll(aSets, bSets))) return false;
    return aLedger === bLedger || this.owesNoMore(aLedger, bLedger);
  }

  /** Whether sets `a` hold every value of `b`, in every subset of pending commands in which `b` does. */
  private holdsAll(a: number, b: number): boolean {
    const { raw } = this.sets;
    let left = this.sets.start(a);
    let right = this.sets.start(b);
    const leftEnd = left + this.sets.lengthOf(a);
    const rightEnd = right + this.sets.lengthOf(b);
    if (leftEnd - left < rightEnd - right) return false;
    left++;
    right++;
    for (; right < rightEnd; right += 3, left += 3) {
      while (left < leftEnd && (raw[left]! !== raw[right]! || raw[left + 1]! !== raw[right + 1]!)) left += 3;
      if (left >= leftEnd || (raw[right + 2]! & ~raw[left + 2]!) !== 0) return false;
    }
    return true;
  }

  /** Whether each duty of ledger `a` is outlived by one of `b`, and no more pages are in reach. */
  private owesNoMore(a: number, b: number): boolean {
    const { raw } = this.ledgers;
    const left = this.ledgers.start(a);
    const right = this.ledgers.start(b);
    const { dutyLength } = this;
    const leftEnd = left + 1 + raw[left]! * dutyLength;
    const rightEnd = right + 1 + raw[right]! * dutyLength;
    const words = this.ledgers.lengthOf(a) - (leftEnd - left);
    for (let word = 0; word < words; word++) if ((raw[leftEnd + word]! & ~raw[rightEnd + word]!) !== 0) return false;
    for (let duty = left + 1; duty < leftEnd; duty += dutyLength) {
      let isOwed = false;
      for (let other = right + 1; other < rightEnd && !isOwed; other += dutyLength)
        isOwed = this.outlived.covers(raw, other, duty);
      if (!isOwed) return false;
    }
    return true;
  }
}
