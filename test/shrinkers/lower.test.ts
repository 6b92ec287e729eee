import { describe, expect, it } from "vitest";
import { ANY, COMMANDS, NO_DOMAIN } from "../../commands/command.js";
import { bisect, lower, lowerValues } from "../../shrinkers/lower.js";
import { Trial } from "../../shrinkers/trial.js";
import { LIMITS } from "./patterns.js";
import { failsIf, runPass, sequence, textOf } from "./sequences.js";

describe("lower", () => {
  it("brings each operand to the simplest value that still fails", () => {
    const fails = failsIf((text) => /^dma . c[12] i([5-9]|1.)$/.test(text));
    expect(runPass(lower, sequence("dma w c2 i13"), fails).text).toBe("dma r c1 i5");
  });

  it("takes a range and tags away where nothing depends on them", () => {
    expect(runPass(lower, sequence("inv iotlb d2 p3 c1 mask=1 [i4+3] leaf"), () => true).text).toBe("inv iotlb all");
  });

  it("takes the first pages of a range away together with its length", () => {
    const fails = failsIf((text) => /i5|i4\+[2-9]|i3\+[3-9]|i2\+[4-9]/.test(text) && !/all/.test(text));
    expect(runPass(lower, sequence("inv iotlb [i2+6]"), fails).text).toBe("inv iotlb i5");
  });

  it("bisects a wide operand to the least number that fails", () => {
    const large = { ...LIMITS, iovaPages: 512 ** 4 };
    const fails = failsIf((text) => Number(/i([0-9]+)$/.exec(text)?.[1]) >= 123_456);
    const trial = new Trial(sequence("dma r c0 i60000000000"), fails, large, 1000);
    lower(trial);
    expect(textOf(trial.commands)).toBe("dma r c0 i123456");
    expect(trial.tries).toBeLessThan(60);
  });

  it("lists simpler values by rank", () => {
    const domain = COMMANDS[3].operands[2];
    expect(lowerValues(domain, 2, LIMITS)).toEqual([ANY, NO_DOMAIN, 0, 1]);
    expect(lowerValues(domain, ANY, LIMITS)).toEqual([]);
    expect(lowerValues(COMMANDS[0].operands[5], 0, LIMITS)).toEqual([3, 1, 2]);
  });

  it("bisects nothing between neighbours", () => {
    bisect(4, 5, () => {
      throw new Error("tested");
    });
  });
});
