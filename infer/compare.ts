/**
 * A published contract beside the weakest one that was inferred from it: row by row, what is too weak, what owes more
 * than is needed, what is just right.
 */

import { STRIDE } from "../commands/command.js";
import type { Entry } from "../corpus/entry.js";
import type { Geometry } from "../models/geometry.js";
import { TRANSITIONS, type Transition } from "../rules/vocabulary.js";
import { type RunCell, Runner } from "../search/runner.js";
import { shrunkEntry } from "../verdicts/campaign.js";
import { type Row, rowsOf } from "../verdicts/rows.js";
import type { Shown, ShownRow } from "./evidence.js";
import { isWeaker, type Recipe, Recipes } from "./recipes.js";
import { contractOwing, type Weakest } from "./weakest.js";

/**
 * `traded`: nothing was found against the row, but the contract that was inferred owes something else there, since
 * other rows owe less.
 */
export type RowDifference = "just right" | "more than needed" | "too weak" | "traded" | "not reached";

export interface Compared {
  row: Row;
  change: Transition["change"];
  /** Position in `TRANSITIONS`. */
  transition: number;
  difference: RowDifference;
  /** What will do. */
  needs: Recipe;
  shown: ShownRow;
  /** Against the published contract, where its row is too weak. */
  entry: Entry | null;
}

/** `cell` has the published contract, `weakest` began with it. */
export function compareWith(
  cell: RunCell,
  weakest: Weakest,
  shown: Shown,
  options: { seed: string; geometry?: Geometry },
): Compared[] {
  const refuting = (transition: number): Entry | null => {
    const runner = new Runner(cell, options.geometry);
    const found = weakest.raised.find(
      (one) => one.transition === transition && runner.runCommands(one.commands) !== null,
    );
    if (found === undefined) return null;
    const { commands } = found;
    const failing = { commands, seed: options.seed, run: 0, lengthBefore: commands.length / STRIDE };
    // Where everything else owes enough the sequence is about this change, and not about another that is too weak.
    const published = cell.contract.rules[transition]!.stages;
    const also = { ...cell, contract: contractOwing(shown.contract, transition, published) };
    const alone = new Runner(also, options.geometry).runCommands(commands) === null ? {} : { also };
    const shrinking = { geometry: options.geometry, ...alone };
    return { ...shrunkEntry({ ...cell, id: "published" }, failing, shrinking), claim: "" };
  };
  return rowsOf(cell.contract).flatMap((row) =>
    row.transitions.map((transition): Compared => {
      const recipes = new Recipes(cell.architecture, TRANSITIONS[transition]!.stage === 2);
      const owes = recipes.canonical(row.stages) ?? [];
      const one = shown.rows[transition]!;
      const entry = refuting(transition);
      const difference = entry === null ? differenceOf(owes, one) : "too weak";
      return {
        row,
        change: TRANSITIONS[transition]!.change,
        transition,
        difference,
        needs: one.owes,
        shown: one,
        entry,
      };
    }),
  );
}

function differenceOf(owes: Recipe, shown: ShownRow): RowDifference {
  if (!shown.isReached) return "not reached";
  const [isLess, isMore] = [isWeaker(shown.owes, owes), isWeaker(owes, shown.owes)];
  if (isLess && isMore) return "just right";
  return isLess ? "more than needed" : "traded";
}
