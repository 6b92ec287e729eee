import { describe, expect, it } from "vitest";
import { Kept } from "../../models/kept.js";

describe("kept arrays", () => {
  it("are again what they were", () => {
    const [one, other] = [Int32Array.of(1, 2), Int32Array.of(3)];
    const kept = new Kept([one, other]);
    one.fill(7);
    other[0] = 8;
    kept.recall();
    expect([...one, ...other]).toEqual([1, 2, 3]);
    one[1] = 9;
    kept.recall();
    expect([...one]).toEqual([1, 2]);
  });
});
