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
