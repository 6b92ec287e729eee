import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isOfShard, type Planned, planOf, sliceSeed } from "../../nightly/plan.js";

const take = (weights: readonly number[], commands: number | null, count = 5000): Planned[] => {
  const taken: Planned[] = [];
  for (const planned of planOf({ weights, commands })) {
    taken.push(planned);
    if (taken.length === count) break;
  }
  return taken;
};
const sumOf = (plan: readonly Planned[]): number => plan.reduce((sum, { commands }) => sum + commands, 0);
const ofCell = (plan: readonly Planned[], cell: number): number => sumOf(plan.filter((one) => one.cell === cell));

const weights = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 100 });

describe("the plan", () => {
  it("spends the budget, each slice numbered once, and every cell gets one before any gets two", () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 3_000_000 }), (by, commands) => {
        const plan = take(by, commands, 1e6);
        expect(new Set(plan.map(({ cell, number }) => `${cell}/${number}`)).size).toBe(plan.length);
        expect(plan.slice(0, by.length).map(({ cell }) => cell)).toEqual(by.map((_, cell) => cell));
        expect(plan.every((one) => one.commands >= 1)).toBe(true);
        // Small budgets give every cell one command at least; large ones leave less than a smallest round.
        const slices = by.reduce((sum, weight) => sum + weight, 0);
        expect(sumOf(plan)).toBeLessThanOrEqual(Math.max(commands, by.length));
        expect(commands - sumOf(plan)).toBeLessThan(Math.max(200 * slices, slices));
      }),
      { numRuns: 60 },
    );
  });

  it("starves no cell, wherever it is cut off", () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 4000 }), (by, count) => {
        const plan = take(by, null, Math.max(count, by.length));
        const spent = by.map((weight, cell) => ofCell(plan, cell) / weight);
        // The first round is the same for all, a round is twice the one before, and a heavy cell's share comes last.
        expect(Math.max(...spent) / Math.min(...spent)).toBeLessThanOrEqual(3 * Math.max(...by));
      }),
      { numRuns: 60 },
    );
  });

  it("gives cells by their weights", () => {
    const plan = take([1, 4], 1_000_000, 1e6);
    expect(ofCell(plan, 1) / ofCell(plan, 0)).toBeCloseTo(4, 1);
  });

  it("is the same again, and its slices stay below a size", () => {
    expect(take([2, 1, 3], null)).toEqual(take([2, 1, 3], null));
    expect(Math.max(...take([2, 1, 3], null).map(({ commands }) => commands))).toBe(100_000);
  });

  it("is divided among shards without overlap and without a rest, each cell among all of them", () => {
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 9 }), (by, of) => {
        const plan = take(by, null, 2000);
        const parts = Array.from({ length: of }, (_, index) => plan.filter((one) => isOfShard(one, { index, of })));
        expect(parts.flat()).toHaveLength(plan.length);
        expect(new Set(parts.flat()).size).toBe(plan.length);
        const numbers = plan.filter(({ cell }) => cell === 0).length;
        for (const part of parts) {
          const own = part.filter(({ cell }) => cell === 0).length;
          expect(Math.abs(own - numbers / of)).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("has a seed for each slice", () => {
    expect(sliceSeed("night-3", { number: 7 })).toBe("night-3/7");
  });
});
