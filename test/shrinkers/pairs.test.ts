import { describe, expect, it } from "vitest";
import { pairs } from "../../shrinkers/pairs.js";
import { failsIf, runPass, sequence } from "./sequences.js";

const count = (text: string, part: string): number => text.split(part).length - 1;

describe("pairs", () => {
  it("removes two commands that name one context", () => {
    const fails = failsIf((text) => count(text, "c1 valid=1") === count(text, "c1 valid=0"));
    const start = sequence(`ctx c1 valid=1; ${"dma r c0 i0; ".repeat(14)}ctx c1 valid=0`);
    expect(runPass(pairs, start, fails).text).not.toContain("valid");
  });

  it("removes two unrelated commands of a short sequence", () => {
    const fails = failsIf((text) => text.includes("execute 1") === text.includes("fence") && text.includes("dma"));
    expect(runPass(pairs, sequence("execute 1; dma r c0 i0; fence"), fails).text).toBe("dma r c0 i0");
  });

  it("removes several pairs in one go over the sequence", () => {
    const fails = failsIf((text) => count(text, "valid=1") === count(text, "valid=0"));
    const start = sequence("ctx c1 valid=1; ctx c1 valid=1; fence; ctx c1 valid=0; ctx c1 valid=0");
    expect(runPass(pairs, start, fails).text).toBe("fence");
  });
});
