import { describe, expect, it } from "vitest";
import { barsSvg } from "../../report/chart-bars.js";

const bar = (name: string, value: number) => ({ name, value, text: `${value} of it`, kind: "bar" });
const widths = (svg: string): number[] =>
  [...svg.matchAll(/<rect [^>]* width="([^"]*)"/g)].map((match) => Number(match[1]));

describe("bars", () => {
  it("are as long as their value, on the scale of the longest of all", () => {
    expect(widths(barsSvg("x", [bar("a", 100), bar("b", 50), bar("c", 0)], 100))).toEqual([172, 86, 0]);
    expect(widths(barsSvg("x", [bar("b", 50)], 100))).toEqual([86]);
    expect(widths(barsSvg("x", [bar("tiny", 0.01)], 100))).toEqual([1]);
  });

  it("have a name before them and a figure behind; a long name is cut", () => {
    const svg = barsSvg("x", [bar("<a long name of a claim>", 1)], 1);
    expect(svg).toContain(">&lt;a long name o\u2026</text>");
    expect(svg).toContain(">1 of it</text>");
    expect(barsSvg("x", [bar("a", 0)], 0)).not.toMatch(/NaN|Infinity/);
  });
});
