import { describe, expect, it } from "vitest";
import { simplerStarts, start } from "../../shrinkers/start.js";
import { failsIf, runPass, sequence } from "./sequences.js";

describe("start", () => {
  it("drops every context that is not needed at once", () => {
    const fails = failsIf((_, contexts) => contexts.has(1));
    const result = runPass(start, sequence("fence", 0, 1, 2), fails);
    expect(result.start).toEqual([1]);
    expect(result.text).toBe("fence");
  });

  it("tries the smallest sets first, then the lower-numbered ones", () => {
    const sets = simplerStarts(new Set([1, 2]), 3).map((set) => [...set].join());
    expect(sets).toEqual(["", "0", "1", "2", "0,1", "0,2"]);
  });

  it("drops single contexts where there are many", () => {
    expect(simplerStarts(new Set([0, 3, 7]), 8).map((set) => [...set])).toEqual([
      [0, 3],
      [0, 7],
      [3, 7],
    ]);
  });
});
