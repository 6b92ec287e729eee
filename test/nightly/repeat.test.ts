import { describe, expect, it } from "vitest";
import { firstSliceLine, nightLine, sliceLine } from "../../nightly/repeat.js";
import { headerOf, night, REQUEST } from "./night.js";

const { header } = headerOf({ claims: ["T2", "T6"], commands: 900, seed: "a b" });

describe("the lines that repeat a night", () => {
  it("have all that was asked for, quoted as a shell takes it", () => {
    expect(nightLine(header)).toBe("nestfuzz nightly T2 T6 --seed 'a b' --commands 900 --no-canary");
    const request = { ...REQUEST, hours: 8, commands: null, canary: true, contract: "it's cm=1", geometry: "3x8" };
    expect(nightLine({ ...header, request, shard: { index: 1, of: 4 } })).toBe(
      "nestfuzz nightly --seed 'a b' --hours 8 --contract 'it'\\''s cm=1' --geometry 3x8 --shard 1/4",
    );
  });

  it("name a slice by its cell, or by the rules that made the cell", () => {
    const slice = { number: 3, budget: 70 };
    expect(sliceLine(header, "T6", slice)).toBe("nestfuzz fuzz T6 --seed 'a b/3' --commands 70");
    const own = { ...REQUEST, contract: "mine.yaml" };
    expect(sliceLine({ ...header, request: own }, "own", slice)).toBe(
      "nestfuzz fuzz --seed 'a b/3' --commands 70 --contract mine.yaml",
    );
    expect(sliceLine({ ...header, request: { ...own, claims: ["T6"] } }, "T6", slice)).toMatch(/^nestfuzz fuzz T6 /);
  });

  it("begin with the slice that the plan, or the shard, begins with", async () => {
    expect(firstSliceLine(header)).toBe("nestfuzz fuzz T2 --seed 'a b/0' --commands 450");
    expect(firstSliceLine({ ...header, shard: { index: 1, of: 2 } })).toBe(
      "nestfuzz fuzz T6 --seed 'a b/0' --commands 450",
    );
    const { summary } = await night({ claims: ["T2", "T6"], commands: 900, seed: "a b" });
    expect(summary.repeat).toEqual({ night: nightLine(header), slice: firstSliceLine(header) });
  });
});
