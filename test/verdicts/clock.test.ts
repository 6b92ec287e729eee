import { describe, expect, it } from "vitest";
import { Clock, today } from "../../verdicts/clock.js";

describe("a clock", () => {
  it("is never over without a limit, and soon over with a small one", () => {
    expect(new Clock(undefined).isOver()).toBe(false);
    const clock = new Clock(1e-9);
    while (!clock.isOver());
    expect(new Clock(1e9).isOver()).toBe(false);
  });

  it("goes on, and never back", () => {
    const clock = new Clock(undefined);
    const first = clock.seconds();
    expect(clock.seconds()).toBeGreaterThanOrEqual(first);
  });
});

describe("today", () => {
  it("is a day of the calendar", () => {
    expect(today()).toMatch(/^20[0-9]{2}-[01][0-9]-[0-3][0-9]$/);
  });
});
