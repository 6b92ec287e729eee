import { describe, expect, it } from "vitest";
import { Interner } from "../../prove/intern.js";
import { Draw } from "../models/brute/commands.js";

describe("an interner", () => {
  it("gives equal sequences one number and others another, as a map of texts does", () => {
    const draw = new Draw("interner");
    const interner = new Interner(4);
    const known = new Map<string, number>();
    const scratch = new Int32Array(8);
    for (let round = 0; round < 5000; round++) {
      const length = draw.below(5);
      for (let at = 0; at < length; at++) scratch[at] = draw.below(6) - 2;
      const text = scratch.subarray(0, length).join();
      const id = interner.intern(scratch, length);
      expect(id).toBe(known.get(text) ?? known.size);
      known.set(text, id);
      expect(interner.at(id).join()).toBe(text);
    }
    expect(interner.count).toBe(known.size);
  });

  it("is the same after it was saved and loaded", () => {
    const interner = new Interner();
    for (let number = 0; number < 3000; number++) interner.intern(Int32Array.of(number, -number), number % 3);
    const loaded = new Interner();
    loaded.resume(interner.save());
    expect(loaded.count).toBe(interner.count);
    for (let id = 0; id < interner.count; id++) expect(loaded.at(id)).toEqual(interner.at(id));
  });
});
