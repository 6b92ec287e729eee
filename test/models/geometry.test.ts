/**
 * Shapes of a run: parsing, counts, pages in play and the prefixes above them.
 *
 * Shown: what a text means, what is refused and how; that prefixes partition the pages in play and agree with plain
 * arithmetic, in small and windowed geometries. Left out: that models use the tables rightly.
 */

import { describe, expect, it } from "vitest";
import { geometryOf, type Paths, pagePosition, parseGeometry } from "../../models/geometry.js";

const TEXTS = ["1x2", "2x4", "3x2", "2x3/3x4", "4x2", "3x8/2x16 contexts=1", "4x512", "1x512/4x2"];

function expectPaths(paths: Paths): void {
  const { levels, entries } = paths;
  for (let at = 0; at < paths.count; at++) {
    const page = paths.pages[at]!;
    expect(pagePosition(paths, page)).toBe(at);
    for (let depth = 0; depth < levels; depth++) {
      const below = entries ** (levels - 1 - depth);
      expect(paths.index[at * levels + depth]).toBe(Math.floor(page / below) % entries);
      const prefix = paths.prefix[at * levels + depth]!;
      if (depth === levels - 1) {
        expect(prefix).toBe(-1);
        continue;
      }
      expect(paths.prefixDepth[prefix]).toBe(depth);
      expect(paths.prefixIndex[prefix]).toBe(paths.index[at * levels + depth]);
      expect(paths.prefixParent[prefix]).toBe(depth === 0 ? -1 : paths.prefix[at * levels + depth - 1]);
      expect(paths.prefixBase[prefix]).toBe(Math.floor(page / below) * below);
      expect(paths.prefixPages[prefix]).toBe(below);
      expect(paths.prefixFrom[prefix]).toBeLessThanOrEqual(at);
      expect(paths.prefixTo[prefix]).toBeGreaterThan(at);
    }
  }
}

describe("geometry", () => {
  it("is 2x4 with three contexts in two VMs by default", () => {
    const { stage1, stage2, contexts, vms, guestPages, iova } = geometryOf();
    expect({ stage1, stage2, contexts, vms, guestPages }).toEqual({
      stage1: { levels: 2, entries: 4 },
      stage2: { levels: 2, entries: 4 },
      contexts: 3,
      vms: 2,
      guestPages: 16,
    });
    expect([...iova.pages]).toEqual(Array.from({ length: 16 }, (_, page) => page));
  });

  it("takes two shapes and counts", () => {
    const geometry = geometryOf("3x8/2x16 contexts=1 vms=3 domains=5 processes=2 guest=20 host=500");
    expect(geometry.stage1).toEqual({ levels: 3, entries: 8 });
    expect(geometry.stage2).toEqual({ levels: 2, entries: 16 });
    expect([geometry.contexts, geometry.vms, geometry.domains, geometry.processes]).toEqual([1, 3, 5, 2]);
    expect([geometry.guestPages, geometry.hostPages]).toEqual([20, 500]);
  });

  it("has room for all data, all stage-2 tables and some spare pages", () => {
    for (const text of TEXTS) {
      const { vms, guestPages, hostPages, tableBase, guest, pageEntries, stage1, stage2 } = geometryOf(text);
      expect(tableBase[0]).toBe(vms * guestPages);
      expect(hostPages).toBeGreaterThan(tableBase[vms - 1]! + guest.prefixCount);
      expect(pageEntries).toBe(Math.max(stage1.entries, stage2.entries));
    }
  });

  it("says what is wrong with a text", () => {
    const bad = [
      "",
      "2",
      "5x4",
      "0x4",
      "2x1",
      "2x513",
      "2x4/5x2",
      "2x4 pages=3",
      "2x4 contexts=9",
      "2x4 vms=0",
      "2x4 guest=x",
    ];
    for (const text of bad) expect(parseGeometry(text), text).toContain(`geometry "${text}"`);
    expect(parseGeometry("2x4 contexts=9")).toMatch(/contexts=9 is out of range; known: contexts=1 to contexts=8$/);
    expect(parseGeometry("2x4 pages=3")).toContain("known: contexts=");
  });

  it("knows the entry and the prefix of every page in play", () => {
    for (const text of TEXTS) {
      const geometry = geometryOf(text);
      expectPaths(geometry.iova);
      expectPaths(geometry.guest);
    }
  });

  it("has a window of pages where there are many, with all digits at all levels and the pages named", () => {
    const named = 3 * 512 ** 3 + 7;
    const { iova } = geometryOf("4x512", [named, 512 ** 4]);
    expect(iova.count).toBeLessThanOrEqual(64);
    expect(pagePosition(iova, named)).toBeGreaterThanOrEqual(0);
    expect(pagePosition(iova, 512 ** 4)).toBe(-1);
    for (let depth = 0; depth < 4; depth++) {
      const digits = new Set(Array.from({ length: iova.count }, (_, at) => iova.index[at * 4 + depth]!));
      expect([0, 1, 511].every((digit) => digits.has(digit))).toBe(true);
    }
  });

  it("has every page in play where there are at most 64", () => {
    expect(geometryOf("3x4").iova.count).toBe(64);
    expect(geometryOf("2x8").iova.count).toBe(64);
  });
});
