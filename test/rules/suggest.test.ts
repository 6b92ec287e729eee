import { describe, expect, it } from "vitest";
import { editDistance, suggest } from "../../rules/suggest.js";
import { CACHE_NAMES } from "../../rules/vocabulary.js";

describe("suggest", () => {
  it("finds the word that was meant", () => {
    expect(suggest("iotbl", CACHE_NAMES)).toBe("iotlb");
    expect(suggest("Stage1", CACHE_NAMES)).toBe("stage1");
    expect(suggest("devicetlb", CACHE_NAMES)).toBe("device-tlb");
    expect(suggest("stage2_walk", CACHE_NAMES)).toBe("stage2-walk");
  });

  it("keeps silent when nothing is near, or the input is no word", () => {
    expect(suggest("colour", CACHE_NAMES)).toBeUndefined();
    expect(suggest("iotlb".repeat(100_000), CACHE_NAMES)).toBeUndefined();
    expect(suggest("x", [])).toBeUndefined();
  });

  it("prefers the word that is listed first among equals", () => {
    expect(suggest("stage3", ["stage1", "stage2"])).toBe("stage1");
  });
});

describe("editDistance", () => {
  it("counts insertions, deletions, changes and swaps of neighbours", () => {
    expect(editDistance("walk", "walk")).toBe(0);
    expect(editDistance("walk", "walks")).toBe(1);
    expect(editDistance("walk", "wak")).toBe(1);
    expect(editDistance("walk", "wall")).toBe(1);
    expect(editDistance("walk", "wlak")).toBe(1);
    expect(editDistance("", "walk")).toBe(4);
  });
});

describe("a swap", () => {
  /** The least number of steps from one word to the other, each an insertion, a deletion, a change or a swap. */
  function plainDistance(from: string, to: string): number {
    if (from === "" || to === "") return from.length + to.length;
    const [a, b] = [from.slice(1), to.slice(1)];
    const steps = [
      plainDistance(a, to) + 1,
      plainDistance(from, b) + 1,
      plainDistance(a, b) + (from[0] === to[0] ? 0 : 1),
    ];
    if (from.length > 1 && to.length > 1 && from[0] === to[1] && from[1] === to[0])
      steps.push(plainDistance(from.slice(2), to.slice(2)) + 1);
    return Math.min(...steps);
  }

  it("is one step wherever it stands, and the distance is the least number of steps for all short words", () => {
    const words = [""];
    for (const word of words) if (word.length < 4) words.push(`${word}a`, `${word}b`);
    for (const from of words) for (const to of words) expect(editDistance(from, to)).toBe(plainDistance(from, to));
  });
});
