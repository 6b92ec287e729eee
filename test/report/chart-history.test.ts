import { describe, expect, it } from "vitest";
import { historySvg, historyText, nightsShown } from "../../report/chart-history.js";
import type { SummarySpan } from "../../report/summary.js";

const span = (first: number, last: number, more: Partial<SummarySpan> = {}): SummarySpan => ({
  ...{ first, last, verdict: "unrefuted", mark: "ok", rules: "a", commands: 1 },
  ...more,
});
const HISTORY = [span(1, 3), span(4, 4, { verdict: "fails", mark: "red" }), span(6, 7, { rules: "b" })];
const bars = (svg: string): string[] =>
  [...svg.matchAll(/<rect class="is-([a-z]+)" [^>]* height="([0-9]+)"/g)].map((match) => `${match[1]} ${match[2]}`);

describe("the history of a cell", () => {
  it("is a bar a night in the colour of its mark, high where it fails; none where it was not searched", () => {
    const svg = historySvg(HISTORY, 7);
    expect(bars(svg)).toEqual(["ok 8", "ok 8", "ok 8", "red 16", "ok 8", "ok 8"]);
    const [before, after] = [...svg.matchAll(/<rect [^>]* width="([0-9.]+)"/g)]
      .slice(-2)
      .map((match) => Number(match[1]));
    // A gap where the rules changed.
    expect(before!).toBeLessThan(after!);
  });

  it("shows the last thirty nights, on one scale for all cells", () => {
    expect(nightsShown(1)).toEqual([1]);
    expect([nightsShown(100).length, nightsShown(100)[0], nightsShown(100).at(-1)]).toEqual([30, 71, 100]);
    expect(bars(historySvg([span(1, 100)], 100))).toHaveLength(30);
    expect(bars(historySvg([span(1, 2)], 100))).toEqual([]);
  });

  it("is told in words, too", () => {
    expect(historyText(HISTORY)).toBe(
      "nights 1 to 3: unrefuted; night 4: fails, red; nights 6 to 7: unrefuted, under other rules than before",
    );
    expect(historySvg(HISTORY, 7)).toContain(`aria-label="${historyText(HISTORY)}"`);
  });
});
