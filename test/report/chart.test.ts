import { describe, expect, it } from "vitest";
import { boxAt, chartSvg, countText, roughText, scaleTo, short, textAt } from "../../report/chart.js";

describe("charts", () => {
  it("are one element with words for those who do not see it, whatever stands in these", () => {
    const svg = chartSvg({ width: 10, height: 20 }, 'a "<b>"', [
      textAt(1, 2, "<&>", "end"),
      boxAt(0, 0, 1.26, 2, "bar"),
    ]);
    expect(svg).toBe(
      '<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label="a &quot;&lt;b&gt;&quot;" ' +
        'width="10" height="20" viewBox="0 0 10 20"><text x="1" y="2" text-anchor="end">&lt;&amp;&gt;</text>' +
        '<rect class="bar" x="0" y="0" width="1.3" height="2"/></svg>',
    );
  });

  it("have a scale for any figures, none and nought included", () => {
    for (const values of [[], [0], [0, 7], [1e12]]) {
      const scale = scaleTo(values, [0, 100]);
      expect(scale(0)).toBe(0);
      expect(values.map((value) => scale(value)).filter((at) => !(at >= 0 && at <= 100))).toEqual([]);
    }
  });

  it("write figures in one way on every machine", () => {
    expect([0, 950, 1234, 35e6, 1.5e9].map(roughText)).toEqual(["0", "950", "1.23k", "35M", "1.5G"]);
    expect([0, 999, 1000, 1234567].map(countText)).toEqual(["0", "999", "1\u202f000", "1\u202f234\u202f567"]);
    expect([1.23, 1.25, 2].map(short)).toEqual([1.2, 1.3, 2]);
  });
});
