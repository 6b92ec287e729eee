import { describe, expect, it } from "vitest";
import { substitute } from "../../shrinkers/substitute.js";
import { failsIf, runPass, sequence } from "./sequences.js";

describe("substitute", () => {
  it("puts the simplest command of any kind that fails in the place of another", () => {
    const fails = failsIf((text) => ["evict c0 i0", "w g4[2]=leaf g0 rw", "w g2[1]=super g0 rw"].includes(text));
    expect(runPass(substitute, sequence("evict c0 i0"), fails).text).toBe("w g4[2]=leaf g0 rw");
  });

  it("finds a single command for a simpler start state", () => {
    const fails = failsIf((text, start) => text === (start.has(1) ? "w g5[1]=-" : "evict c0 i0"));
    const result = runPass(substitute, sequence("w g5[1]=-", 1), fails);
    expect([result.start, result.text]).toEqual([[], "evict c0 i0"]);
  });

  it("leaves long sequences alone", () => {
    expect(runPass(substitute, sequence("execute 3; ".repeat(9)), () => true).tries).toBe(0);
  });
});
