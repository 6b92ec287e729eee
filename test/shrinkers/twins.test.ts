import { describe, expect, it } from "vitest";
import { twins } from "../../shrinkers/twins.js";
import { failsIf, runPass, sequence } from "./sequences.js";

describe("twins", () => {
  it("moves a pair of writes to the entry and the classes that come first", () => {
    const fails = failsIf(
      (text) =>
        /^w g4\[([0-9])\]=super g0 rw; w g4\[\1\]=leaf g0 rw$/.test(text) ||
        text === "w g2[1]=leaf g0 rw; w g2[1]=super g0 rw",
    );
    const result = runPass(twins, sequence("w g4[2]=super g0; w g4[2]=leaf g0"), fails);
    expect(result.text).toBe("w g2[1]=leaf g0 rw; w g2[1]=super g0 rw");
  });

  it("finds a pair for a simpler start state", () => {
    const fails = failsIf((text, start) => start.has(0) && text === "w g2[1]=table g0; w g2[1]=-; fence");
    const result = runPass(twins, sequence("w g3[0]=-; w g5[0]=-; fence", 1), fails);
    expect([result.start, result.text]).toEqual([[0], "w g2[1]=table g0; w g2[1]=-; fence"]);
  });
});
