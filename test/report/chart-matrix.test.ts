import { describe, expect, it } from "vitest";
import { matrixSvg, rowsOf } from "../../report/chart-matrix.js";
import { GREEN } from "./summary.samples.js";

const { transitions, contracts } = GREEN.coverage;
const rows = rowsOf(contracts[0]!, transitions);
const squares = (svg: string, kind: string): number =>
  (new RegExp(`<path class="${kind}" d="([^"]*)"`).exec(svg)?.[1]?.match(/M/g) ?? []).length;

describe("what was reached", () => {
  it("is read as one row for each transition, with the caches that were looked into, in their order", () => {
    expect(rows[0]).toEqual({
      ...{ rule: "new", transition: "stage 1 leaf np->p", occurred: 3 },
      caches: [
        { cache: "iotlb", times: 0, isEver: true },
        { cache: "device-tlb", times: 0, isEver: false },
      ],
    });
    expect(rowsOf(contracts[1]!, transitions).map(({ occurred, caches }) => [occurred, caches])).toEqual([
      [1, []],
      [1, []],
      [1, []],
    ]);
  });

  it("is drawn in shades of how often, small where in earlier nights alone, empty where never", () => {
    const svg = matrixSvg(rows, "x");
    expect(["heat0", "earlier", "heat1", "heat4"].map((kind) => squares(svg, kind))).toEqual([5, 1, 1, 2]);
  });

  it("names rules once, their transitions under them, and each cache", () => {
    const svg = matrixSvg(rows, "x");
    expect(svg.match(/<text class="rule"[^>]*>[^<]*/g)?.map((text) => text.replace(/.*>/, ""))).toEqual([
      "new",
      "s1-leaf",
    ]);
    for (const text of ["stage 1 leaf np-&gt;p", "context set", "occurred", "device-tlb"])
      expect(svg).toContain(`>${text}</text>`);
  });

  it("survives a summary whose lists are of other lengths", () => {
    const odd = { ...contracts[0]!, rules: [], occurred: "1", stale: { iotlb: "4" }, ever: {} };
    expect(matrixSvg(rowsOf(odd, transitions), "x")).not.toMatch(/NaN|undefined/);
  });
});
