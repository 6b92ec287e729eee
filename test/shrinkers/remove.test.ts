import { describe, expect, it } from "vitest";
import { remove } from "../../shrinkers/remove.js";
import { failsIf, inOrder, runPass, sequence } from "./sequences.js";

describe("remove", () => {
  it("leaves the commands that each are needed", () => {
    const start = sequence(`${"fence; ".repeat(20)}w g4[0]=-; ${"execute 1; ".repeat(20)}dma r c0 i0; fence; fence`);
    const result = runPass(
      remove,
      start,
      failsIf((text) => inOrder(text, "w g4[0]=-", "dma r c0 i0")),
    );
    expect(result.text).toBe("w g4[0]=-; dma r c0 i0");
  });

  it("takes about two tries a command at most", () => {
    const start = sequence("fence; ".repeat(60));
    expect(runPass(remove, start, () => false).tries).toBeLessThanOrEqual(130);
  });

  it("removes neither of two that only go together", () => {
    const fails = failsIf((text) => text.includes("execute 1") === text.includes("execute 2"));
    const result = runPass(remove, sequence("execute 1; fence; fence; execute 2; fence"), fails);
    expect(result.text).toBe("execute 1; execute 2");
  });
});
