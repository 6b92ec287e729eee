import { describe, expect, it } from "vitest";
import { groups } from "../../shrinkers/groups.js";
import { failsIf, runPass, sequence } from "./sequences.js";

const count = (text: string, part: string): number => text.split(part).length - 1;

describe("groups", () => {
  it("removes all commands of one kind at once", () => {
    const fails = failsIf((text) => [0, 4].includes(count(text, "fence")) && text.includes("dma"));
    expect(runPass(groups, sequence("fence; fence; dma r c0 i0; fence; fence"), fails).text).toBe("dma r c0 i0");
  });

  it("removes all commands that name one page at once", () => {
    const fails = failsIf((text) => [0, 4].includes(count(text, "g9")) && text.includes("fence"));
    const start = sequence("w g9[0]=-; s2 d0 g9=-; fence; s2 d0 g9=h0; w g4[0]=leaf g9; w g4[1]=-; s2 d0 g4=-");
    expect(runPass(groups, start, fails).text).not.toContain("g9");
  });

  it("removes three commands that only go together", () => {
    const parts = ["c1 valid=1", "c1 vm=v0", "c1 valid=0"];
    const fails = failsIf((text) => new Set(parts.map((part) => count(text, part))).size === 1 && text.includes("c0"));
    const start = sequence("ctx c1 valid=1; ctx c0 valid=1; ctx c1 vm=v0; ctx c1 valid=0");
    expect(runPass(groups, start, fails).text).toBe("ctx c0 valid=1");
  });
});
