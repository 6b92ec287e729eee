/** What one context shows another shows too, with its own tags and tables. */

import { describe, expect, it } from "vitest";
import { geometryOf } from "../../models/geometry.js";
import { rehome } from "../../shrinkers/rehome.js";
import { Trial } from "../../shrinkers/trial.js";
import { LIMITS } from "./patterns.js";
import { failsIf, runPass, sequence, textOf } from "./sequences.js";

const limits = geometryOf().limits;

function rehomed(text: string, start: readonly number[], holds: (text: string) => boolean) {
  const candidate = { ...sequence(text), start: new Set(start) };
  const trial = new Trial(candidate, failsIf(holds), limits, 10_000);
  for (let successes = -1; trial.successes > successes; ) {
    successes = trial.successes;
    rehome(trial);
  }
  return { text: textOf(trial.commands), start: [...trial.best.start], tries: trial.tries };
}

describe("rehome", () => {
  it("exchanges contexts with tags and tables at once", () => {
    const fails = (text: string) =>
      ["w d1 g2[1]=-; ctx c2=(d1,p0,g2); inv iotlb d1 all", "w g2[1]=-; ctx c0=(d0,p0,g2); inv iotlb d0 all"].includes(
        text,
      );
    const found = rehomed("w d1 g2[1]=-; ctx c2=(d1,p0,g2); inv iotlb d1 all", [2], fails);
    expect(found).toMatchObject({ text: "w g2[1]=-; ctx c0=(d0,p0,g2); inv iotlb d0 all", start: [0] });
  });

  it("moves a write to an entry that is free in the other's tables, as a leaf or a superpage by its level", () => {
    const fails = (text: string) =>
      ["w g3[1]=super g0 rw; ctx c1=(d0,p1,g0)", "w g4[2]=leaf g0 rw; ctx c0=(d0,p0,g0)"].includes(text);
    const found = rehomed("w g3[1]=super g0 rw; ctx c1=(d0,p1,g0)", [1], fails);
    expect(found).toMatchObject({ text: "w g4[2]=leaf g0 rw; ctx c0=(d0,p0,g0)", start: [0] });
  });

  it("puts a write first", () => {
    const fails = (text: string) => /^ctx c0=-; w g4\[0\]|^w g4\[2\]=-; ctx c0=-/.test(text);
    expect(rehomed("ctx c0=-; w g4[0]=-", [0], fails).text).toBe("w g4[2]=-; ctx c0=-");
  });

  it("leaves long sequences alone, and those of a geometry without homes", () => {
    expect(rehomed(Array.from({ length: 9 }, () => "fence").join("; "), [2], () => true).tries).toBe(0);
    expect(LIMITS.homes).toBeUndefined();
    expect(runPass(rehome, sequence("w d1 g2[1]=-; dma r c2 i0"), () => true).tries).toBe(0);
  });
});
