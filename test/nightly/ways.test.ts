import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellWith } from "../../cli/cells.js";
import { bitsOf, bitsText, waysOf } from "../../nightly/ways.js";

describe("ways", () => {
  it("are transitions with a cache of the architecture, where caches are looked into", () => {
    const cell = cellWith("T8.vtd", {});
    const { of, reachable } = waysOf(cell);
    expect(of).toBe("stale");
    expect(reachable).toHaveLength(44 * cell.architecture.caches.length);
    expect(new Set(reachable).size).toBe(reachable.length);
  });

  it("are transitions alone for a shadow", () => {
    expect(waysOf(cellWith("T2", {}))).toMatchObject({ of: "transitions", reachable: { length: 44 } });
  });

  it("that were seen are kept as text", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(351)), (positions) => {
        expect([...bitsOf(bitsText(positions))]).toEqual([...positions].sort((a, b) => a - b));
      }),
    );
    expect(bitsText([])).toBe("");
  });
});
