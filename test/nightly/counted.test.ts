import { describe, expect, it } from "vitest";
import { Counted } from "../../nightly/counted.js";
import type { Line } from "../../nightly/journal.js";

const CELLS = [{ properties: ["agreement" as const] }];
const RESULT = { commands: 10, runs: 1, inconclusive: 0, settled: 2, witnesses: [3], transitions: [], stale: [] };
const slice = (number: number, seconds: number): Line => ({
  ...{ kind: "slice", cell: 0, number, budget: 12, seconds },
  result: { ...RESULT, found: null },
});
const trouble = (number: number): Line => ({
  ...{ kind: "trouble", cell: 0, number, budget: 12, what: "hung", seconds: 1 },
});

describe("what lines come to", () => {
  it("has each slice once, and the longest time", () => {
    const counted = new Counted(CELLS);
    for (const line of [slice(0, 5), slice(1, 9), slice(0, 7)]) counted.add(line);
    expect(counted.tally.cells[0]).toMatchObject({ slices: 2, commands: 20, budget: 24, witnesses: [6] });
    expect(counted.seconds).toBe(9);
    expect([0, 1, 2].map((number) => counted.has({ cell: 0, number }))).toEqual([true, true, false]);
  });

  it("has what a cell took its workers, also where older lines do not tell", () => {
    const counted = new Counted(CELLS);
    for (const line of [slice(0, 5), { ...slice(1, 9), took: 4, memory: 70 }]) counted.add(line);
    expect(counted.busy).toEqual([4]);
    expect(Math.max(...counted.course.figures().memory)).toBe(70);
  });

  it("forgets a trouble whose slice was done after all", () => {
    const counted = new Counted(CELLS);
    for (const line of [trouble(1), trouble(0), slice(1, 2)]) counted.add(line);
    expect(counted.trouble().map(({ kind }) => kind)).toEqual(["trouble"]);
    expect(counted.trouble()[0]).toMatchObject({ number: 0 });
  });

  it("has a canary of each family, in one order", () => {
    const counted = new Counted(CELLS);
    const result = { planted: "", commands: 3, id: null };
    for (const family of ["vtd", "amd", "vtd"])
      counted.add({ kind: "canary", result: { ...result, family }, seconds: 1 });
    expect(counted.canaries().map(({ family }) => family)).toEqual(["amd", "vtd"]);
  });
});
