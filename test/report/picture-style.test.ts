/** Colours that can be read, in both sets. */

import { describe, expect, it } from "vitest";
import { DARK, LIGHT, OF_PAGE, type Palette, pictureCss, ROLES } from "../../report/picture-style.js";

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}

const SETS: readonly [string, Palette][] = [
  ["light", LIGHT],
  ["dark", DARK],
];

describe("the colours of a picture", () => {
  it.each(SETS)("have a contrast of 4.5 to 1 for text, %s", (_, palette) => {
    const pairs = [
      ...(["paper", "box", "stage1", "stage2", "page", "cache", "staleBack"] as const).map(
        (back) => ["ink", back] as const,
      ),
      ["soft", "paper"],
      ["soft", "box"],
      ["walk", "box"],
      ["change", "box"],
      ["stale", "box"],
      ["stale", "staleBack"],
    ] as const;
    for (const [text, back] of pairs)
      expect([text, back, contrast(palette[text], palette[back]) >= 4.5]).toEqual([text, back, true]);
  });

  it.each(SETS)("give the stale value one that nothing else has, %s", (_, palette) => {
    const others = ROLES.filter((role) => role !== "stale").map((role) => palette[role]);
    expect(others).not.toContain(palette.stale);
  });

  it("are custom properties in a page, and written out in a picture that stands alone", () => {
    expect(pictureCss(OF_PAGE)).toContain("fill:var(--stale)");
    expect(pictureCss(OF_PAGE)).not.toMatch(/#[0-9a-f]{3}/);
    expect(pictureCss(LIGHT)).not.toContain("var(");
  });
});
