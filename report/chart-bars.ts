/** Bars with a name before and a figure behind each: one picture, narrow enough for a telephone. */

import { scaleBand } from "d3-scale";
import { boxAt, chartSvg, scaleTo, textAt } from "./chart.js";

export interface Bar {
  name: string;
  value: number;
  text: string;
  kind: string;
}

const WIDTH = 326;
const ROW = 17;
const FROM = 98;
const TO = 270;
/** Characters of a name that there is room for. */
const NAMED = 15;

/** `most`: the value of a full bar, so that several pictures have one scale. */
export function barsSvg(label: string, bars: readonly Bar[], most: number): string {
  const x = scaleTo([most], [FROM, TO]);
  const y = scaleBand(
    bars.map((_, at) => at),
    [0, bars.length * ROW],
  ).padding(0.25);
  const rows = bars.map(({ name, value, text, kind }, at) => {
    const top = y(at)!;
    const base = top + y.bandwidth() / 2 + 4;
    const cut = name.length > NAMED ? `${name.slice(0, NAMED - 1)}\u2026` : name;
    const bar = boxAt(FROM, top, Math.max(x(value) - FROM, value > 0 ? 1 : 0), y.bandwidth(), kind);
    return textAt(FROM - 6, base, cut, "end") + bar + textAt(Math.max(x(value), FROM) + 5, base, text);
  });
  return chartSvg({ width: WIDTH, height: bars.length * ROW }, label, rows);
}
