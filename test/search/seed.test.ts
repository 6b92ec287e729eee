import { describe, expect, it } from "vitest";
import { seedOf } from "../../search/seed.js";

describe("the seed of a batch", () => {
  it("is the same for the same run, search and batch, and another for any other", () => {
    const seeds = [seedOf("1", "T1", 0), seedOf("1", "T1", 1), seedOf("1", "T2", 0), seedOf("2", "T1", 0)];
    expect(new Set(seeds).size).toBe(4);
    expect(seedOf("1", "T1", 0)).toBe(seeds[0]);
    expect(seeds.every((seed) => Number.isInteger(seed) && Math.abs(seed) < 2 ** 31 + 1)).toBe(true);
  });
});
