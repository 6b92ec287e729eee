/** The gallery's table: one line a bug, then what all of them come to. */

import { lengthOf } from "./measure.js";
import type { Bug } from "./mutation.js";
import type { BugFigures, RightFigures } from "./pool.js";

export interface TableOptions {
  seeds: number;
  uniformSeeds: number;
  budget: number;
}

/** The value at a share of the sorted list, the smaller one where it falls between two; infinite values are misses. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.POSITIVE_INFINITY;
}

const HEAD = ["bug", "class", "found", "median", "90%", "uniform", "ratio", "property", "severity", "length", "given"];
const NUMBERS = new Set([2, 3, 4, 5, 6, 9, 10]);

export function tableText(bugs: readonly Bug[], figures: readonly BugFigures[], options: TableOptions): string {
  const rows = bugs.map((bug) => rowOf(bug, figures.find(({ id }) => id === bug.id)!, options));
  const widths = HEAD.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, at) => (NUMBERS.has(at) ? text.padStart(widths[at]!) : text.padEnd(widths[at]!)))
      .join("  ")
      .trimEnd();
  return [line(HEAD), ...rows.map(line)].join("\n");
}

function rowOf(bug: Bug, figures: BugFigures, { budget, seeds }: TableOptions): string[] {
  const { biased, uniform, property, severity, minimal } = figures;
  const capped = (value: number): string => (Number.isFinite(value) ? String(value) : `>${budget}`);
  const ratio = ratioOf(figures, budget);
  return [
    bug.id,
    bug.class,
    `${biased.filter(Number.isFinite).length}/${seeds}`,
    capped(quantile(biased, 0.5)),
    capped(quantile(biased, 0.9)),
    uniform.length === 0 ? "-" : capped(quantile(uniform, 0.5)),
    uniform.length === 0 ? "-" : `${Number.isFinite(quantile(uniform, 0.5)) ? "" : ">"}${ratio.toFixed(1)}`,
    property ?? "-",
    severity === null ? "-" : severity === bug.severity ? severity : `${severity} (listed: ${bug.severity})`,
    minimal === null ? "-" : String(minimal.length),
    String(lengthOf(bug.given)),
  ];
}

/** How many times more commands the uniform generator takes; where it found nothing, at least as many as it had. */
function ratioOf({ biased, uniform }: BugFigures, budget: number): number {
  return Math.min(budget, quantile(uniform, 0.5)) / Math.min(budget, quantile(biased, 0.5));
}

export function legendText({ seeds, uniformSeeds, budget }: TableOptions): string {
  const uniform = `uniform: the median of ${uniformSeeds} seeds with every command drawn alike, ratio: that to the median;`;
  return [
    `found: seeds of ${seeds} in which ${budget} commands were enough; median and 90%: commands up to the first failure;`,
    ...(uniformSeeds === 0 ? [] : [uniform]),
    "property and severity: those of the first seed's failure; length: its shortest form, given: the known sequence.",
  ].join("\n");
}

export function rightText(rights: readonly RightFigures[], budget: number): string {
  const broken = rights.filter(({ found }) => found !== null);
  const lines = broken.map(({ id, found }) => `${id}: ${found!.property} after ${found!.commands} commands`);
  return [
    ...lines,
    `${rights.length} right cells, ${rights.length - broken.length} clean over ${budget} commands`,
  ].join("\n");
}

/** The last line. */
export function totalText(figures: readonly BugFigures[], { seeds, uniformSeeds, budget }: TableOptions): string {
  const misses = Math.floor(seeds / 20);
  const found = figures.filter(({ biased }) => biased.some(Number.isFinite));
  const sure = figures.filter(({ biased }) => biased.filter(Number.isFinite).length >= seeds - misses);
  const median = quantile(
    figures.map(({ biased }) => Math.min(budget, quantile(biased, 0.5))),
    0.5,
  );
  const ratio = quantile(
    figures.map((each) => ratioOf(each, budget)),
    0.5,
  );
  const bias = uniformSeeds === 0 ? "" : `; the bias pays ${ratio.toFixed(1)} times in the median`;
  return (
    `total: ${found.length} of ${figures.length} found, ${sure.length} in at least ${seeds - misses} of ${seeds} seeds; ` +
    `median over bugs ${median} commands${bias}`
  );
}
