import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SliceResult } from "../../nightly/slice.js";
import { Tally } from "../../nightly/tally.js";

const CELLS = [{ properties: ["agreement" as const] }, { properties: ["agreement" as const] }];
const CAUSE = { architecture: "a", contract: "c", row: "r", at: "f:1", transition: "t", cache: "iotlb", rules: "x" };

const count = fc.nat(1000);
const sighting = fc
  .record({ nth: fc.nat(3), length: fc.integer({ min: 1, max: 4 }), row: fc.constantFrom("r", "s") })
  .map(({ nth, length, row }) => ({
    ...{ id: `nf-00000000000${nth}`, length, property: "agreement", strategy: "shadow" },
    ...{ severity: "stale-access" as const, cause: { ...CAUSE, row } },
  }));
const added = fc.record({
  cell: fc.nat(1),
  result: fc.record({
    ...{ commands: count, runs: count, inconclusive: count, settled: count },
    witnesses: count.map((seen) => [seen]),
    transitions: count.map((times) => [3, times]),
    stale: count.map((times) => [17, times]),
    found: fc.option(sighting),
  }) as fc.Arbitrary<SliceResult>,
});

function tallied(slices: readonly { cell: number; result: SliceResult }[]): unknown {
  const tally = new Tally(CELLS);
  for (const { cell, result } of slices) tally.add(cell, 100, result);
  const findings = [...tally.findings].map(([key, { first, ids, times, cells }]) => ({
    ...{ key, times, id: first.id, length: first.length },
    ...{ ids: [...ids].sort(), cells: [...cells].sort() },
  }));
  const cells = tally.cells.map((cell) => ({ ...cell, causes: [...cell.causes].sort() }));
  return { cells, findings: findings.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

describe("a tally", () => {
  it("comes to the same in any order of the slices", () => {
    fc.assert(
      fc.property(fc.array(added, { maxLength: 20 }), (slices) => {
        expect(tallied([...slices].reverse())).toEqual(tallied(slices));
      }),
    );
  });

  it("has a cause once, with the simplest of its counterexamples, however often it is seen", () => {
    const tally = new Tally(CELLS);
    const result = { commands: 1, runs: 1, inconclusive: 0, settled: 0, witnesses: [1], transitions: [], stale: [] };
    const found = (id: string, length: number, cache = "iotlb") => ({
      ...{ id, length, property: "agreement", strategy: "shadow", severity: "stale-access" as const },
      cause: { ...CAUSE, cache },
    });
    for (let times = 0; times < 1000; times++) tally.add(times % 2, 10, { ...result, found: found("nf-b", 3) });
    tally.add(0, 10, { ...result, found: found("nf-c", 2) });
    tally.add(0, 10, { ...result, found: found("nf-a", 3) });
    expect(tally.findings.size).toBe(1);
    const [only] = tally.findings.values();
    expect(only).toMatchObject({ times: 1002, first: { id: "nf-c" } });
    expect([...only!.ids].sort()).toEqual(["nf-a", "nf-b", "nf-c"]);
    tally.add(0, 10, { ...result, found: found("nf-d", 1, "walk") });
    expect(tally.findings.size).toBe(2);
  });
});
