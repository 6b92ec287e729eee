import { describe, expect, it } from "vitest";
import { Trial } from "../../shrinkers/trial.js";
import { LIMITS } from "./patterns.js";
import { sequence, textOf } from "./sequences.js";

describe("trial", () => {
  it("keeps a proposal that is simpler and fails", () => {
    const trial = new Trial(sequence("dma r c0 i5"), () => true, LIMITS, 10);
    expect(trial.attempt(sequence("dma r c0 i4").commands)).toBe(true);
    expect(textOf(trial.commands)).toBe("dma r c0 i4");
    expect([trial.tries, trial.successes]).toEqual([1, 1]);
  });

  it("refuses without a try what is not simpler", () => {
    const trial = new Trial(sequence("dma r c0 i5"), () => true, LIMITS, 10);
    expect(trial.attempt(sequence("dma r c0 i5").commands)).toBe(false);
    expect(trial.attempt(sequence("dma r c0 i6").commands)).toBe(false);
    expect(trial.attempt(sequence("fence; fence").commands)).toBe(false);
    expect(trial.tries).toBe(0);
  });

  it("judges nothing twice, however its void operands are written", () => {
    const trial = new Trial(sequence("w g9[0]=bad"), () => false, LIMITS, 10);
    const once = sequence("w g4[0]=-").commands;
    const again = once.slice();
    again[5] = 7;
    trial.attempt(once);
    trial.attempt(again);
    expect(trial.tries).toBe(1);
  });

  it("refuses everything once the bound is reached", () => {
    const trial = new Trial(sequence("dma r c0 i5"), () => false, LIMITS, 1);
    trial.attempt(sequence("dma r c0 i4").commands);
    expect(trial.exhausted).toBe(true);
    expect(trial.attempt(sequence("dma r c0 i3").commands)).toBe(false);
    expect(trial.tries).toBe(1);
  });
});
