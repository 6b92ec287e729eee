import { describe, expect, it } from "vitest";
import { geometryOf } from "../../models/geometry.js";
import { paletteOf } from "../../search/palette.js";

describe("the palette", () => {
  it("has the tables of the start state by depth, data pages, and pages free to become either", () => {
    const palette = paletteOf(geometryOf("2x4"));
    expect(palette.tables).toEqual([
      [2, 3],
      [4, 5],
    ]);
    expect(palette.data).toEqual(expect.arrayContaining([8, 9, 10]));
    expect(palette.spare.some((page) => palette.data.includes(page))).toBe(false);
    expect(palette.freeHost.every((page) => page >= 32)).toBe(true);
  });

  it.each(["1x2", "4x2", "4x512", "1x4/1x2"])("has something to name in %s", (text) => {
    const palette = paletteOf(geometryOf(text));
    for (const list of [...palette.tables, palette.data, palette.contexts, palette.freeHost])
      expect(list.length).toBeGreaterThan(0);
  });
});
