import { describe, expect, it } from "vitest";
import { beforeOf } from "../../nightly/header.js";
import { TRANSITIONS, transitionName } from "../../rules/vocabulary.js";
import { night } from "./night.js";

const WHAT = { claims: ["T8.vtd", "T2"], commands: 4000 };
const numbers = (text: string): number[] => text.split(" ").map(Number);
const countOver = (list: readonly string[], least: number): number =>
  list.flatMap(numbers).filter((count) => count >= least).length;

describe("what a night reached", () => {
  it("is told by contract, rule, transition and cache, and adds up to what its cell says", async () => {
    const { summary, cells } = await night(WHAT);
    const { transitions, contracts } = summary.coverage;
    expect(transitions).toEqual(TRANSITIONS.map(transitionName));
    const [row] = summary.cells;
    const reached = contracts.find(({ cells: ids }) => ids.includes("T8.vtd"))!;
    expect(reached.rules).toEqual(cells[0]!.contract.rules.map(({ id }) => id));
    expect(Object.keys(reached.stale).sort()).toEqual(cells[0]!.architecture.caches.map(({ name }) => name).sort());
    expect(countOver(Object.values(reached.stale), 1)).toBe(row!.coverage.tonight);
    expect(reached.ever).toEqual(
      Object.fromEntries(
        Object.entries(reached.stale).map(([cache, text]) => [
          cache,
          numbers(text)
            .map((count) => Math.min(count, 1))
            .join(" "),
        ]),
      ),
    );
  });

  it("keeps what was seen in nights before, apart from tonight's", async () => {
    const first = (await night(WHAT)).summary;
    const before = (cell: { id: string }) => beforeOf(first.cells.find((row) => row.cell === cell.id)!, null);
    const { summary } = await night({ claims: ["T8.vtd"], commands: 100, seed: "2", night: 2, before });
    const [reached] = summary.coverage.contracts;
    const [row] = summary.cells;
    expect(countOver(Object.values(reached!.stale), 1)).toBe(row!.coverage.tonight);
    expect(countOver(Object.values(reached!.ever), 1)).toBe(row!.coverage.ever);
    expect(row!.coverage.ever).toBeGreaterThan(row!.coverage.tonight);
  });
});
