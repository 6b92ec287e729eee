import { describe, expect, it } from "vitest";
import { Clock } from "../../verdicts/clock.js";

describe("a clock", () => {
  it("is never over without a limit, and soon over with a small one", () => {
    expect(new Clock(undefined).isOver()).toBe(false);
    const clock = new Clock(1e-9);
    while (!clock.isOver());
    expect(new Clock(1e9).isOver()).toBe(false);
  });
});
