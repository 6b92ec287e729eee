/**
 * The way back from the numbers of a search's states to those of a run from the start.
 *
 * Each state that a search keeps is renamed (`symmetry.ts`); a way through them is one of commands whose numbers are
 * those of the state before. `follow` is told of each renaming; `original` gives a command the numbers of the start.
 */

import { KIND, RANGE, STRIDE, slots } from "../commands/command.js";
import { INVALIDATION_KINDS } from "../rules/vocabulary.js";
import { FAMILY, type Numbers } from "./renaming.js";
import type { Symmetry } from "./symmetry.js";

const W = slots("write");
const C = slots("context");
const T = slots("stage2");
const M = slots("move");
const I = slots("invalidate");
const STAGE2_KIND = INVALIDATION_KINDS.indexOf("s2");

export class Names {
  /** By family: the number at the start of each number of the state in hand. */
  private originals: Int32Array[];

  constructor(private readonly symmetry: Symmetry | null) {
    this.originals = (symmetry?.classes ?? []).map((names) => Int32Array.from(names.keys()));
  }

  /** The state in hand was renamed as the symmetry did last. */
  follow(): void {
    if (this.symmetry === null) return;
    const { numbers } = this.symmetry;
    this.originals = this.originals.map((originals, family) => {
      const next = new Int32Array(originals.length);
      for (let number = 0; number < originals.length; number++) next[numbers[family]![number]!] = originals[number]!;
      return next;
    });
  }

  /** The commands of a move, in the numbers of the start. */
  original(commands: Float64Array, count: number): Float64Array {
    const renamed = commands.slice();
    if (this.symmetry === null) return renamed;
    for (let at = 0; at < count; at++) renameCommand(renamed, at * STRIDE, this.originals, this.symmetry.hasPageIova);
    return renamed;
  }
}

/** Gives a command other numbers, in place. IOVA pages and indexes of entries go together, where they are renamed. */
export function renameCommand(commands: Float64Array, from: number, numbers: Numbers, hasPageIova: boolean): void {
  const put = (slot: number, family: number): void => {
    const known = numbers[family]!;
    const number = commands[from + slot]!;
    if (number >= 0 && number < known.length) commands[from + slot] = known[number]!;
  };
  switch (commands[from]) {
    case KIND.write:
      put(W.page, FAMILY.guest);
      put(W.target, FAMILY.guest);
      if (hasPageIova) put(W.index, FAMILY.iova);
      return;
    case KIND.context:
      put(C.root, FAMILY.guest);
      return;
    case KIND.stage2:
      put(T.page, FAMILY.guest);
      put(T.target, FAMILY.host);
      return;
    case KIND.move:
      put(M.page, FAMILY.guest);
      put(M.target, FAMILY.host);
      return;
    case KIND.invalidate:
      // A run is of all pages, where pages are renamed.
      if (commands[from + I.form] !== RANGE.count || commands[from + I.size] !== 1) return;
      if (commands[from + I.invalidation] === STAGE2_KIND) put(I.base, FAMILY.guest);
      else if (hasPageIova) put(I.base, FAMILY.iova);
      return;
  }
}
