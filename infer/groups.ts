/** The rows of an inferred contract: changes of one stage and level that owe the same stand together. */

import type { Entry } from "../corpus/entry.js";
import { type ContractRule, type Level, TRANSITIONS, type Transition } from "../rules/vocabulary.js";
import type { Shown, ShownRow } from "./evidence.js";
import { type Recipe, recipeKey } from "./recipes.js";

export interface ShownGroup {
  /** `s1-leaf`, `s1-leaf-2`; `s1-leaf-none` where nothing is owed. */
  id: string;
  stage: Transition["stage"];
  level: Level;
  by: ContractRule["by"];
  owes: Recipe;
  rows: readonly ShownRow[];
  /** Recipes next below, each with what refutes it for each change. */
  weaker: readonly { owes: Recipe; refuted: readonly { change: Transition["change"]; entry: Entry | null }[] }[];
}

export function rowsOfShown({ contract, rows }: Shown): ShownGroup[] {
  const groups = new Map<string, ShownRow[]>();
  for (const row of rows) {
    const { stage, level } = TRANSITIONS[row.transition]!;
    const key = `${stage} ${level} ${row.isReached} ${recipeKey(row.owes)}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const taken = new Map<string, number>();
  return [...groups.values()].map((members) => {
    const { transition, owes } = members[0]!;
    const { stage, level } = TRANSITIONS[transition]!;
    const place = stage === 0 ? "context" : `s${stage}-${level}`;
    const stem = owes.length === 0 ? `${place}-none` : place;
    const number = (taken.get(stem) ?? 0) + 1;
    taken.set(stem, number);
    const id = number === 1 ? stem : `${stem}-${number}`;
    const { by } = contract.rules[transition]!;
    return { id, stage, level, by, owes, rows: members, weaker: weakerOf(members) };
  });
}

/** Equal recipes have equal recipes next below. */
function weakerOf(members: readonly ShownRow[]): ShownGroup["weaker"] {
  return members[0]!.refuted.map(({ owes }, at) => ({
    owes,
    refuted: members.map(({ transition, refuted }) => ({
      change: TRANSITIONS[transition]!.change,
      entry: refuted[at]!.entry,
    })),
  }));
}
