import { describe, expect, it } from "vitest";
import { reorder } from "../../shrinkers/reorder.js";
import { failsIf, inOrder, runPass, sequence } from "./sequences.js";

describe("reorder", () => {
  it("exchanges neighbours whose order does not matter", () => {
    expect(runPass(reorder, sequence("dma r c0 i0; w g4[0]=-"), () => true).text).toBe("w g4[0]=-; dma r c0 i0");
  });

  it("passes several commands at once where one step alone does not fail", () => {
    const fails = failsIf((text) => /^w g4\[0\]=-; fence; dma|^dma r c0 i0; fence; w/.test(text));
    expect(runPass(reorder, sequence("dma r c0 i0; fence; w g4[0]=-"), fails).text).toBe(
      "dma r c0 i0; fence; w g4[0]=-",
    );
    const moved = failsIf(
      (text) => text.startsWith("fence; dma r c0 i0; w") || text.startsWith("w g4[0]=-; fence; dma"),
    );
    expect(runPass(reorder, sequence("fence; dma r c0 i0; w g4[0]=-"), moved).text).toBe(
      "w g4[0]=-; fence; dma r c0 i0",
    );
  });

  it("keeps an order that matters, and one that is simpler already", () => {
    const fails = failsIf((text) => inOrder(text, "dma", "w "));
    expect(runPass(reorder, sequence("dma r c0 i0; w g4[0]=-"), fails).text).toBe("dma r c0 i0; w g4[0]=-");
    expect(runPass(reorder, sequence("w g4[0]=-; dma r c0 i0"), () => true).tries).toBe(0);
  });
});
