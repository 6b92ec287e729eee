/**
 * The report of a run, as JSON for tracking and as text.
 *
 * `schema` is raised when a field changes its meaning or goes; fields may be added. A row is known by its part and its
 * name. docs/performance.md describes the fields.
 */

import { cpus, loadavg } from "node:os";
import { tableLines } from "../report/text.js";
import { version } from "../verdicts/version.js";
import type { Figures } from "./part.js";
import type { Row } from "./subject.js";

export const BENCH_SCHEMA = "nestfuzz/bench/1";

export interface Report {
  schema: typeof BENCH_SCHEMA;
  version: string;
  machine: { node: string; cpu: string; cores: number; load: [before: number, after: number] };
  rounds: number;
  parts: ReportedPart[];
}

export type ReportedPart = { part: string; says: string } & Figures;

export const loadNow = (): number => Math.round(loadavg()[0]! * 100) / 100;

export function reportOf(parts: readonly ReportedPart[], rounds: number, loadBefore: number): Report {
  return {
    schema: BENCH_SCHEMA,
    version: version(),
    machine: {
      node: process.version,
      cpu: cpus()[0]?.model.trim() ?? "unknown",
      cores: cpus().length,
      load: [loadBefore, loadNow()],
    },
    rounds,
    parts: [...parts],
  };
}

export function machineLine({ machine: { node, cpu, cores, load }, rounds }: Report): string {
  return `node ${node}, ${cpu}, ${cores} cores, load ${load.join(" to ")}, medians of ${rounds} rounds`;
}

export function reportText(report: Report): string {
  return [machineLine(report), ...report.parts.map(partText)].join("\n\n");
}

function partText(part: ReportedPart): string {
  const body = "rows" in part ? rowsText(part.rows) : part.text;
  return `${part.part}: ${part.says}\n\n${body}`;
}

const WIDTH = 120;

function rowsText(rows: readonly Row[]): string {
  if (rows.length === 0) return "nothing of it is installed";
  const right = { align: "right" } as const;
  const titles = [
    { title: "row" },
    { title: "median", ...right },
    { title: "slowest", ...right },
    { title: "fastest", ...right },
    { title: "unit" },
    { title: "times", ...right },
    { title: "of" },
    { title: "besides", wraps: true },
  ];
  const cells = rows.map(({ name, unit, value, spread: [least, most], against, ratio, details }) => [
    name,
    figure(value, unit),
    ...(unit === "ms" ? [most, least] : [least, most]).map((one) => figure(one, unit)),
    unit,
    ratio === null ? "" : ratio.toFixed(2),
    against ?? "",
    Object.entries(details)
      .map(([key, count]) => `${key} ${Math.round(count * 100) / 100}`)
      .join(", "),
  ]);
  return tableLines(titles, cells, WIDTH).join("\n");
}

function figure(value: number, unit: Row["unit"]): string {
  return unit === "ms" ? value.toFixed(1) : Math.round(value).toLocaleString("en");
}
