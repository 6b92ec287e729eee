/** A figure over the time of a night: an area under steps, with its scale and the time below it. */

import { scaleLinear } from "d3-scale";
import { area, curveStepAfter } from "d3-shape";
import { chartSvg, roughText, scaleTo, short, textAt } from "./chart.js";

export interface CourseChart {
  label: string;
  /** Length of each part. */
  seconds: number;
  values: readonly number[];
  /** Behind a figure: `B`. */
  unit: string;
}

const SIZE = { width: 326, height: 160 };
const PLOT = { left: 46, right: 318, top: 12, bottom: 134 };

export function courseSvg({ label, seconds, values, unit }: CourseChart): string {
  const time = timeOf(seconds * values.length);
  const x = scaleLinear([0, (seconds * values.length) / time.seconds], [PLOT.left, PLOT.right]);
  const y = scaleTo(values, [PLOT.bottom, PLOT.top]);
  const points = [...values, values.at(-1) ?? 0].map((value, at): [number, number] => [
    x((at * seconds) / time.seconds),
    value,
  ]);
  const shape = area<[number, number]>()
    .x(([at]) => short(at))
    .y0(PLOT.bottom)
    .y1(([, value]) => short(y(value)))
    .curve(curveStepAfter)
    .digits(1);
  const lines = y.ticks(4).map((value) => {
    const at = short(y(value));
    const mark = value === 0 ? "0" : `${roughText(value)}${unit}`;
    return `<path class="grid" d="M${PLOT.left} ${at}H${PLOT.right}"/>${textAt(PLOT.left - 5, at + 4, mark, "end")}`;
  });
  const below = x.ticks(5).map((value) => textAt(x(value), PLOT.bottom + 15, `${value}`, "middle"));
  return chartSvg(SIZE, label, [
    ...lines,
    `<path class="area" d="${shape(points)}"/>`,
    ...below,
    textAt(PLOT.right, SIZE.height - 1, time.name, "end"),
  ]);
}

/** The unit in which a time has figures of one or two digits. */
function timeOf(seconds: number): { seconds: number; name: string } {
  if (seconds > 2 * 3600) return { seconds: 3600, name: "hours" };
  return seconds > 2 * 60 ? { seconds: 60, name: "minutes" } : { seconds: 1, name: "seconds" };
}
