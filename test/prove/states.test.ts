import { describe, expect, it } from "vitest";
import { PARTS } from "../../prove/parts.js";
import { States } from "../../prove/states.js";

const keyOf = (number: number): Int32Array => Int32Array.from({ length: PARTS }, (_, part) => (number >> part) % 97);

describe("the table of states", () => {
  it("finds what was added, with the way there, and nothing else", () => {
    const states = new States();
    const known = new Map<string, number>();
    for (let number = 0; number < 5000; number++) {
      const key = keyOf(number);
      const place = states.find(key);
      const before = known.get(key.join());
      expect(place < 0 ? undefined : place).toBe(before);
      if (place < 0) known.set(key.join(), states.add(key, place, number - 1, number % 7));
    }
    expect(states.count).toBe(known.size);
  });

  it("is the same after it was saved and loaded", () => {
    const states = new States();
    for (let number = 0; number < 500; number++) {
      const key = Int32Array.from({ length: PARTS }, () => number);
      states.add(key, states.find(key), number - 1, 3);
    }
    const loaded = new States();
    loaded.resume(states.save());
    expect([loaded.count, loaded.parents[7], loaded.moves[7]]).toEqual([500, 6, 3]);
    expect(loaded.find(Int32Array.from({ length: PARTS }, () => 77))).toBe(77);
  });
});
