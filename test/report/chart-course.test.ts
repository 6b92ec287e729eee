import { describe, expect, it } from "vitest";
import { courseSvg } from "../../report/chart-course.js";

const chart = (seconds: number, values: readonly number[]) => courseSvg({ label: "x", seconds, values, unit: "B" });

describe("a figure over time", () => {
  it("is an area of steps, one a part, over the whole width", () => {
    const [, shape] = /class="area" d="([^"]*)"/.exec(chart(1, [10, 20, 0]))!;
    // From the left of the plot to its right; 20 is the top of the scale, and nought its foot.
    expect(shape).toMatch(/^M46,73L136\.7,73L136\.7,12L227\.3,12L227\.3,134L318,134/);
  });

  it("has its scale and the time in a unit that suits", () => {
    const svg = chart(1, [10, 20, 0]);
    expect(svg).toContain(">20B<");
    expect(
      [1, 60, 3600].map((seconds) => /(seconds|minutes|hours)<\/text><\/svg>$/.exec(chart(seconds, [1, 2, 3]))![1]),
    ).toEqual(["seconds", "minutes", "hours"]);
  });

  it("is drawn where nothing happened, too", () => {
    for (const values of [[], [0], [0, 0]]) expect(chart(0.125, values)).not.toMatch(/NaN|undefined|Infinity/);
  });
});
