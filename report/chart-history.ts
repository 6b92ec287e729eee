/**
 * The verdict of a cell over the nights: a bar a night, high where it fails and low where it stands, in the colour of
 * its mark; a gap where its rules changed, nothing where it was not searched.
 */

import { scaleBand } from "d3-scale";
import { boxAt, chartSvg } from "./chart.js";
import type { SummarySpan } from "./summary.js";

export const NIGHTS_SHOWN = 30;
const HEIGHT = 16;
const PITCH = 5;
const LEAST = 60;

/** The nights that are drawn, for all cells the same. */
export function nightsShown(night: number): number[] {
  const first = Math.max(1, night - NIGHTS_SHOWN + 1);
  return Array.from({ length: night - first + 1 }, (_, at) => first + at);
}

export function historySvg(history: readonly SummarySpan[], night: number): string {
  const nights = nightsShown(night);
  const width = Math.max(LEAST, nights.length * PITCH);
  const x = scaleBand(nights, [0, width]).paddingInner(0.12);
  const bars = history.flatMap((span, nth) =>
    nights
      .filter((at) => at >= span.first && at <= span.last)
      .map((at) => {
        const isChanged = nth > 0 && at === span.first && history[nth - 1]!.rules !== span.rules;
        const tall = span.verdict === "fails" ? HEIGHT : HEIGHT / 2;
        const gap = isChanged ? x.bandwidth() / 3 : 0;
        return boxAt(x(at)! + gap, HEIGHT - tall, x.bandwidth() - gap, tall, `is-${span.mark}`);
      }),
  );
  return chartSvg({ width, height: HEIGHT }, historyText(history), bars);
}

/** The same in words. */
export function historyText(history: readonly SummarySpan[]): string {
  const spans = history.map(({ first, last, verdict, mark, rules }, at) => {
    const when = first === last ? `night ${first}` : `nights ${first} to ${last}`;
    const other = at > 0 && history[at - 1]!.rules !== rules ? ", under other rules than before" : "";
    return `${when}: ${verdict}${mark === "ok" ? "" : `, ${mark}`}${other}`;
  });
  return spans.join("; ");
}
