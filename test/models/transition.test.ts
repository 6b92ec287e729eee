/** Which transition a change is: every row of the vocabulary is reached, and only changes that a walk can see are rows. */

import { describe, expect, it } from "vitest";
import { ENTRY } from "../../commands/command.js";
import { contextTransition, entryTransition, NO_TRANSITION } from "../../models/transition.js";
import { ABSENT, entryRole, MALFORMED, PRESENT, packContext, packEntry } from "../../models/values.js";
import { TRANSITIONS, transitionName } from "../../rules/vocabulary.js";

const SPAN = 1;
const leaf = (target: number, permission = 3, global = 0): number => packEntry(ENTRY.super, target, permission, global);
const table = (target: number, permission = 3): number => packEntry(ENTRY.table, target, permission, 0);
const absent = packEntry(ENTRY.absent, 0, 0, 0);
const bad = packEntry(ENTRY.malformed, 0, 0, 0);

const nameOf = (number: number): string => (number === NO_TRANSITION ? "none" : transitionName(TRANSITIONS[number]!));
const change = (old: number, now: number, stage: 1 | 2 = 1): string => {
  const role = (entry: number): number => entryRole(entry, SPAN, 4, 64);
  return nameOf(entryTransition(stage, role(old), role(now), old, now));
};

describe("transition of an entry", () => {
  const rows: [number, number, string][] = [
    [absent, leaf(4), "leaf np->p"],
    [leaf(4), absent, "leaf p->np"],
    [leaf(4), leaf(8), "leaf retarget"],
    [leaf(4), leaf(4, 3, 1), "leaf retarget"],
    [leaf(4), leaf(4, 1), "leaf loss"],
    [leaf(4, 1), leaf(4), "leaf gain"],
    [leaf(4, 1), leaf(4, 2), "leaf loss"],
    [bad, leaf(4), "leaf malformed->p"],
    [leaf(4), bad, "leaf p->malformed"],
    [leaf(4), leaf(5), "leaf p->malformed"],
    [absent, bad, "leaf np->malformed"],
    [bad, absent, "leaf malformed->np"],
    [absent, table(4), "table np->p"],
    [table(4), absent, "table p->np"],
    [table(4), table(5), "table retarget"],
    [table(4), table(4, 1), "table loss"],
    [table(4, 1), table(4), "table gain"],
    [leaf(4), table(4), "table split"],
    [table(4), leaf(4), "table collapse"],
    [bad, table(4), "table malformed->p"],
    [table(4), bad, "table p->malformed"],
  ];

  it("has the name of the row that applies, in both stages", () => {
    for (const stage of [1, 2] as const) {
      for (const [old, now, name] of rows) expect(change(old, now, stage)).toBe(`stage ${stage} ${name}`);
    }
  });

  it("is none from malformed to malformed", () => {
    expect(change(bad, leaf(5))).toBe("none");
    expect(change(table(64), bad)).toBe("none");
  });

  it("covers every row of the vocabulary", () => {
    const names = new Set([1, 2].flatMap((stage) => rows.map(([, , name]) => `stage ${stage} ${name}`)));
    for (const name of contextRows.map(([, , row]) => row)) names.add(`context ${name}`);
    expect([...names].sort()).toEqual(TRANSITIONS.map(transitionName).sort());
  });
});

const present = packContext(PRESENT, 0, 1, 2, 3);
const contextRows: [number, number, string][] = [
  [ABSENT, present, "np->p"],
  [present, ABSENT, "p->np"],
  [present, packContext(PRESENT, 1, 1, 2, 3), "domain"],
  [present, packContext(PRESENT, 0, 2, 2, 3), "domain"],
  [present, packContext(PRESENT, 0, 1, 0, 3), "process"],
  [present, packContext(PRESENT, 0, 1, 2, 4), "process"],
  [MALFORMED, present, "malformed->p"],
  [present, MALFORMED, "p->malformed"],
  [ABSENT, MALFORMED, "np->malformed"],
  [MALFORMED, ABSENT, "malformed->np"],
];

describe("transition of a context entry", () => {
  it("has the name of the row that applies", () => {
    for (const [old, now, name] of contextRows) expect(nameOf(contextTransition(old, now))).toBe(`context ${name}`);
  });

  it("is none where only fields of an absent entry change", () => {
    expect(nameOf(contextTransition(packContext(ABSENT, 0, 1, 0, 0), packContext(ABSENT, 0, 2, 0, 0)))).toBe("none");
  });
});
