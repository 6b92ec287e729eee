/**
 * How much of a night a cell gets: slices a round, by what is still to be learnt.
 *
 * A cell whose counterexample is known has little to tell and gets one. Of the others those get more that no proof
 * stands behind, whose rules have changed since the last night, and that have ways left that were never seen stale.
 */

import type { Cell } from "../rules/vocabulary.js";
import type { Before } from "./header.js";
import { bitsOf, waysOf } from "./ways.js";

export interface Weight {
  weight: number;
  reasons: string[];
}

/** Slices more for a cell, in each round. */
const UNPROVED = 1;
const CHANGED = 2;
const UNCOVERED = 2;

export function weightOf(cell: Cell, before: Before | null, rules: string, isFirstNight: boolean): Weight {
  if (cell.expected === "fails") return { weight: 1, reasons: ["a counterexample is expected"] };
  const reasons: string[] = [];
  let weight = 1;
  if ((cell.proofs ?? []).length === 0) {
    weight += UNPROVED;
    reasons.push("no proof is pinned");
  }
  // In the first night all is new, and nothing is more so.
  if (!isFirstNight && before?.rules !== rules) {
    weight += CHANGED;
    reasons.push(before === null ? "new since the last night" : "its rules changed since the last night");
  }
  const left = unseen(cell, before?.rules === rules ? before : null);
  const more = Math.round(UNCOVERED * left);
  if (more > 0) {
    weight += more;
    reasons.push(`${Math.round(100 * left)} % of its ways were never seen`);
  }
  return { weight, reasons };
}

function unseen(cell: Cell, before: Before | null): number {
  const { reachable } = waysOf(cell);
  const seen = bitsOf(before?.seen ?? "");
  return reachable.filter((at) => !seen.has(at)).length / reachable.length;
}
