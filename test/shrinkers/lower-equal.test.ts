import { describe, expect, it } from "vitest";
import { lowerEqual, lowerNumbers } from "../../shrinkers/lower-equal.js";
import { LIMITS } from "./patterns.js";
import { failsIf, runPass, sequence } from "./sequences.js";

describe("lower-equal", () => {
  it("lowers one page in all its places", () => {
    const fails = failsIf((text) => /^w g([0-9]+)\[0\]=-; s2 d0 g\1=-; ctx c0 root=g\1$/.test(text));
    const start = sequence("w g9[0]=-; s2 d0 g9=-; ctx c0 root=g9");
    expect(runPass(lowerEqual, start, fails).text).toBe("w g0[0]=-; s2 d0 g0=-; ctx c0 root=g0");
  });

  it("lowers an index with the last digit of the pages behind it", () => {
    const fails = failsIf((text) => {
      const [, index, page] = /^w g4\[([0-9])\]=-; dma r c0 i([0-9]+)$/.exec(text) ?? [];
      return Number(page) % 4 === Number(index) && Number(page) >= 4;
    });
    expect(runPass(lowerEqual, sequence("w g4[3]=-; dma r c0 i7"), fails).text).toBe("w g4[0]=-; dma r c0 i4");
  });

  it("lowers the index of an upper table with the first digit alone", () => {
    const fails = failsIf((text) => {
      const [, index, page] = /^w g2\[([0-9])\]=-; w g4\[3\]=-; dma r c0 i([0-9]+)$/.exec(text) ?? [];
      return Number(page) === 4 * Number(index) + 3;
    });
    const start = sequence("w g2[3]=-; w g4[3]=-; dma r c0 i15");
    expect(runPass(lowerEqual, start, fails).text).toBe("w g2[0]=-; w g4[3]=-; dma r c0 i3");
  });

  it("parts two things that came to bear one number", () => {
    const fails = failsIf((text) => /^w g2\[0\]=table g([0-9]+); w g\1\[0\]=-$/.test(text));
    const result = runPass(lowerEqual, sequence("w g2[0]=table g2; w g2[0]=-"), fails);
    expect(result.text).toBe("w g2[0]=table g0; w g0[0]=-");
  });

  it("lowers equal flags together", () => {
    const fails = failsIf((text) => text.includes("dma w c0 i0; dma w") || text.includes("dma r c0 i0; dma r"));
    expect(runPass(lowerEqual, sequence("dma w c0 i0; dma w c0 i0"), fails).text).toBe("dma r c0 i0; dma r c0 i0");
  });

  it("lists the numbers below, of a large family the first ones", () => {
    expect(lowerNumbers("context", 2, LIMITS)).toEqual([0, 1]);
    expect(lowerNumbers("host-page", 40, LIMITS)).toHaveLength(16);
  });
});
