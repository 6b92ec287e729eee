import { describe, expect, it } from "vitest";
import { cellWith } from "../../cli/cells.js";
import { addSparse, runSlice, sparse } from "../../nightly/slice.js";
import { fuzzCell } from "../../search/fuzz.js";

describe("a slice", () => {
  it("is the search of nestfuzz fuzz with its seed and budget, and survives JSON", async () => {
    const cell = cellWith("T2", {});
    const task = { cell, seed: "s/3", commands: 600, geometry: null };
    const answer = await runSlice(task);
    const fuzz = await fuzzCell(cell, { seed: "s/3", commands: 600 });
    expect(answer.result).toMatchObject({ commands: fuzz.commands, runs: fuzz.runs, settled: fuzz.discharged });
    expect(answer.entry).toBeNull();
    const into = new Float64Array(fuzz.coverage.transitions.length);
    addSparse(into, answer.result.transitions);
    expect(into).toEqual(fuzz.coverage.transitions);
    expect(await runSlice(JSON.parse(JSON.stringify(task)))).toEqual(JSON.parse(JSON.stringify(answer)));
  });

  it("ends at its first failure, with the entry and its cause", async () => {
    const { result, entry } = await runSlice({ cell: cellWith("T6a", {}), seed: "1", commands: 500, geometry: "2x4" });
    expect(entry!.found.seed).toBe("1");
    expect(result.found).toMatchObject({ id: entry!.id, length: 1, property: "agreement", strategy: "shadow" });
    expect(result.found!.cause).toMatchObject({ row: "s1-new", cache: "shadow", contract: "vtd-scalable cm=1" });
    expect(result.commands).toBeLessThan(500);
  });

  it("counts sparsely", () => {
    expect(sparse(Float64Array.of(0, 3, 0, 1))).toEqual([1, 3, 3, 1]);
    const into = new Float64Array(4);
    addSparse(into, [1, 3, 3, 1]);
    addSparse(into, [1, 1]);
    expect([...into]).toEqual([0, 4, 0, 1]);
  });
});
