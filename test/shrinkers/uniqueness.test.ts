/**
 * The same failure, found in different ways, must end as one sequence: the id of a counterexample is a hash of it.
 *
 * A failure is a cell with the property and the strategy that break; random starts of a cell are sorted by that. The
 * cells with an envelope take fewer starts, since finding and judging them costs more.
 */

import { describe, expect, it } from "vitest";
import { minimality } from "../../shrinkers/minimality.js";
import { shrink } from "../../shrinkers/shrink.js";
import { failingCells, failingStarts, printCandidate } from "./cells.js";

const STARTS: Record<string, number> = {
  T1: 12,
  T3: 12,
  "T4.new": 12,
  "T5b.riscv": 6,
  "T5c.vtd-legacy": 4,
  T6a: 12,
  "T7a.shadow": 12,
  "T9.first-stage": 12,
  "T11.shadow-clear": 12,
  "T14.leaf": 6,
  "T16.deaf": 10,
  "T17.emulated-clear": 12,
};
/** `NESTFUZZ_STARTS=5` takes five times as many. */
const SCALE = Number(process.env.NESTFUZZ_STARTS ?? 1);
const CELLS = failingCells().filter((cell) => STARTS[cell.id] !== undefined);

describe("uniqueness of the shrunk sequence", () => {
  it("is looked at for the cells that are named here", () => {
    expect(CELLS.map((cell) => cell.id).sort()).toEqual(Object.keys(STARTS).sort());
  });

  for (const cell of CELLS) {
    const count = STARTS[cell.id]!;
    it(`brings all random failures of ${cell.id} to one sequence for each way to fail`, { timeout: 600_000 }, () => {
      const results = new Map<string, Set<string>>();
      const starts = failingStarts(cell, count * SCALE, 1000 * SCALE);
      expect(starts.length).toBeGreaterThan(count / 2);
      let tries = 0;
      for (const { candidate, fails, limits, kind } of starts) {
        const { candidate: shrunk, report } = shrink(candidate, fails, limits);
        tries += report.tries;
        expect(report.finished).toBe(true);
        expect(minimality(shrunk, fails, limits)).toEqual({ removable: false, lowerable: false });
        results.set(kind, (results.get(kind) ?? new Set()).add(printCandidate(shrunk)));
      }
      const lines = [...results].map(([kind, sequences]) => `${kind}: ${[...sequences].join("\n   or ")}`);
      const mean = Math.round(tries / starts.length);
      console.info([`${cell.id}, ${starts.length} starts, ${mean} tries each`, ...lines].join("\n"));
      for (const sequences of results.values()) expect(sequences.size).toBe(1);
    });
  }
});
