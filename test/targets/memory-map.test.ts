import { describe, expect, it } from "vitest";
import { geometryOf } from "../../models/geometry.js";
import { MemoryMap, SUPERPAGE, spaceAddress, tagOf } from "../../targets/memory-map.js";

describe("the memory map", () => {
  it("gives the digits of a page number, to base 4, as those of an address, to base 512", () => {
    expect([0, 1, 3, 4, 7, 15].map(spaceAddress)).toEqual([0, 0x1000, 0x3000, 0x20_0000, 0x20_3000, 0x60_3000]);
  });

  it("puts host pages behind the harness, four to a superpage, none twice", () => {
    const map = new MemoryMap(0x8000_0000, geometryOf("2x4"));
    const all = Array.from({ length: 48 }, (_, page) => map.hostAddress(page));
    expect(new Set(all).size).toBe(48);
    expect(all.every((address, page) => address % SUPERPAGE === (page % 4) * 0x1000)).toBe(true);
    expect(Math.min(...all)).toBeGreaterThan(map.take());
  });

  it("takes room that is aligned to its size and not given twice", () => {
    const map = new MemoryMap(0, geometryOf("2x4"));
    const [page, four, next] = [map.take(), map.take(0x4000), map.take()];
    expect(four % 0x4000).toBe(0);
    expect(four).toBeGreaterThan(page);
    expect(next).toBe(four + 0x4000);
    expect(() => map.take(1 << 26)).toThrow("more memory");
  });

  it("has tags that are no fault's value", () => {
    expect([0, 47].map(tagOf)).toEqual([0x7a00_0000, 0x7a00_002f]);
  });
});
