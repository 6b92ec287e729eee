import { describe, expect, it } from "vitest";
import { minimality } from "../../shrinkers/minimality.js";
import { LIMITS } from "./patterns.js";
import { failsIf, sequence } from "./sequences.js";

const check = (text: string, test: (text: string) => boolean) => minimality(sequence(text), failsIf(test), LIMITS);

describe("minimality", () => {
  it("finds nothing to shorten in a minimum", () => {
    expect(check("fence; dma r c0 i4", (text) => /^fence; dma r c0 i([4-9]|1.)$/.test(text))).toEqual({
      removable: false,
      lowerable: false,
    });
  });

  it("sees a command that can go, and two that can only go together", () => {
    expect(check("fence; dma r c0 i0", (text) => text.includes("fence")).removable).toBe(true);
    const even = (text: string): boolean => text.split("fence").length % 2 === 1 && text.includes("dma");
    expect(check("fence; dma r c0 i0; fence", even).removable).toBe(true);
  });

  it("sees an operand that is too large, alone or with its equals", () => {
    expect(check("dma r c0 i4", (text) => /i[34]$/.test(text)).lowerable).toBe(true);
    expect(check("evict c1 i0; prefetch c1 i0", (text) => /^evict (c.) i0; prefetch \1/.test(text)).lowerable).toBe(
      true,
    );
  });
});
