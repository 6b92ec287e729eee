import { describe, expect, it } from "vitest";
import { retarget } from "../../shrinkers/retarget.js";
import { failsIf, runPass, sequence } from "./sequences.js";

describe("retarget", () => {
  it("moves a failure to another context with its table", () => {
    const fails = failsIf((text, start) => text === (start.has(0) ? "w g4[0]=-; fence" : "w g5[0]=-; fence"));
    const result = runPass(retarget, sequence("w g5[0]=-; fence", 1), fails);
    expect([result.start, result.text]).toEqual([[0], "w g4[0]=-; fence"]);
  });

  it("changes page and tag at once", () => {
    const fails = failsIf((text, start) =>
      start.has(0) ? text === "w g4[0]=-; inv iotlb p0 all" : start.has(1) && text === "w g5[0]=-; inv iotlb p1 all",
    );
    const result = runPass(retarget, sequence("w g5[0]=-; inv iotlb p1 all", 1), fails);
    expect([result.start, result.text]).toEqual([[0], "w g4[0]=-; inv iotlb p0 all"]);
  });

  it("changes two numbers under the same start state", () => {
    const fails = failsIf((text) => text === "evict c1 i3" || text === "evict c0 i7");
    expect(runPass(retarget, sequence("evict c1 i3"), fails).text).toBe("evict c0 i7");
  });
});
