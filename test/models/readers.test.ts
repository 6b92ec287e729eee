import { describe, expect, it } from "vitest";
import { Readers } from "../../models/readers.js";

describe("readers", () => {
  it("are marked by range, over the words of a mask", () => {
    const readers = new Readers(3, 70);
    readers.mark(1, 30, 66);
    const into = new Int32Array(3);
    readers.addTo(1, into);
    expect([...into].map((word) => word >>> 0)).toEqual([0xc0000000, 0xffffffff, 3]);
    readers.addTo(0, into.fill(0));
    readers.addTo(2, into);
    expect([...into]).toEqual([0, 0, 0]);
  });

  it("are forgotten when they are taken, but for those that were kept", () => {
    const readers = new Readers(1, 8);
    readers.mark(0, 1, 2);
    readers.keep();
    readers.mark(0, 3, 5);
    const into = new Int32Array(1);
    readers.take(0, into);
    expect(into[0]).toBe(0b11010);
    readers.take(0, into.fill(0));
    expect(into[0]).toBe(0b10);
  });

  it("can be had without some", () => {
    const readers = new Readers(1, 8);
    readers.mark(0, 0, 4);
    const into = new Int32Array(1);
    readers.addOthersTo(0, into, Int32Array.of(0b101));
    expect(into[0]).toBe(0b1010);
  });
});
