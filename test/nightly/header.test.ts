import { describe, expect, it } from "vitest";
import { cellWith } from "../../cli/cells.js";
import { beforeOf, cellHash, isSameRun } from "../../nightly/header.js";
import { headerOf, night } from "./night.js";

const { header } = headerOf({ claims: ["T1", "T2"] });

describe("the head of a run", () => {
  it("is of one run whatever shard and day, and of another with another seed, budget, version or cell", () => {
    const same = { ...header, shard: { index: 1, of: 3 }, date: "1999-01-01" };
    expect(isSameRun(header, same)).toBe(true);
    const others = [
      { ...header, seed: "2" },
      { ...header, version: "9.9.9" },
      { ...header, night: 2 },
      { ...header, request: { ...header.request, commands: 5 } },
      { ...header, cells: header.cells.slice(1) },
      { ...header, cells: header.cells.map((cell) => ({ ...cell, weight: 9 })) },
    ];
    expect(others.map((other) => isSameRun(header, other))).toEqual(others.map(() => false));
  });

  it("knows a cell by what its verdict depends on, in any order of the names", () => {
    const cell = cellWith("T8.vtd", {});
    const turned = { ...cell, strategies: [...cell.strategies].reverse(), properties: [...cell.properties].reverse() };
    expect(cellHash({ ...turned, why: "other", id: "X" } as typeof cell)).toBe(cellHash(cell));
    expect(cellHash({ ...cell, strategies: ["envelope"] })).not.toBe(cellHash(cell));
  });

  it("carries on since when a verdict stands, as long as rules and verdict are the same", async () => {
    const first = await night({ claims: ["T2"], commands: 500 });
    const [row] = first.summary.cells;
    expect(row!.since).toEqual({ night: 1, seed: "1", commands: row!.commands });
    const known = beforeOf(row!, "2025-12-31");
    const second = await night({ claims: ["T2"], commands: 500, seed: "2", night: 2, before: () => known });
    const [after] = second.summary.cells;
    expect(after!.since).toEqual({ night: 1, seed: "1", commands: row!.commands + after!.commands });
    const { rules } = row!;
    expect(after!.history).toEqual([
      { first: 1, last: 2, verdict: "unrefuted", mark: after!.mark, rules, commands: after!.since.commands },
    ]);
    expect(second.summary.machine.since).toEqual({ T2: "2025-12-31" });
    expect(after!.coverage.ever).toBeGreaterThanOrEqual(Math.max(row!.coverage.ever, after!.coverage.tonight));
    const other = () => ({ ...known, rules: "other", history: [{ ...row!.history[0]!, rules: "other" }] });
    const changed = await night({ claims: ["T2"], commands: 500, seed: "2", night: 2, before: other });
    expect(changed.summary.cells[0]!.since).toMatchObject({ night: 2, seed: "2" });
    expect(changed.summary.cells[0]!.history.map((span) => [span.first, span.last])).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });
});
