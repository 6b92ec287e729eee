/**
 * Ratios that were recorded (`bench/expected.json`), and which of them fell.
 *
 * Ratios alone: both sides of one were measured in the same minute on the same machine, so that a slow or busy machine
 * is no fall. What fell is measured once more before it counts. A ratio that rose is no mistake; record it with the
 * change that raised it, or it may fall back unseen.
 */

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../rules/home.js";
import { median } from "./rounds.js";
import type { Row } from "./subject.js";

export const EXPECTED_SCHEMA = "nestfuzz/bench-expected/1";

/** A ratio may fall to this share of what was recorded. */
export const LEAST_SHARE = 0.6;

export type Ratios = Readonly<Record<string, number>>;

export interface Fall {
  row: string;
  expected: number;
  /** Null: the row is not measured any more. */
  now: number | null;
}

export function ratiosOf(rows: readonly Row[]): Ratios {
  return Object.fromEntries(rows.flatMap(({ name, ratio }) => (ratio === null ? [] : [[name, ratio] as const])));
}

/** The rows whose ratio is below 60 % of what was recorded. */
export function fallen(expected: Ratios, now: Ratios): Fall[] {
  const rows = Object.entries(expected).map(([row, ratio]): Fall => ({ row, expected: ratio, now: now[row] ?? null }));
  return rows.filter((one) => one.now === null || one.now < LEAST_SHARE * one.expected);
}

/** What fell in both of two measurements; the second is made only where the first has falls. */
export async function fallenTwice(expected: Ratios, measure: () => Ratios | Promise<Ratios>): Promise<Fall[]> {
  const first = fallen(expected, await measure());
  if (first.length === 0) return [];
  const rows = new Set(first.map(({ row }) => row));
  return fallen(expected, await measure()).filter(({ row }) => rows.has(row));
}

export function fallText({ row, expected, now }: Fall): string {
  if (now === null) return `${row}: recorded as ${expected}, not measured any more; npm run bench -- --record`;
  const share = Math.round((1 - now / expected) * 100);
  return `${row}: ${rounded(now)} times its baseline, recorded as ${expected}: fell by ${share} %`;
}

/** By row the median of some measurements. */
export function medianRatios(measured: readonly Ratios[]): Ratios {
  const rows = Object.keys(measured[0]!);
  return Object.fromEntries(rows.map((row) => [row, median(measured.map((ratios) => ratios[row]!))]));
}

const file = (): string => path.join(packageRoot(), "bench", "expected.json");

export function recordedRatios(): Ratios {
  const { schema, ratios } = JSON.parse(readFileSync(file(), "utf8")) as { schema: string; ratios: Ratios };
  if (schema !== EXPECTED_SCHEMA) throw new Error(`bench/expected.json: schema ${schema}, not ${EXPECTED_SCHEMA}`);
  return ratios;
}

export function recordRatios(ratios: Ratios): void {
  const kept = Object.fromEntries(Object.entries(ratios).map(([row, ratio]) => [row, rounded(ratio)]));
  writeFileSync(file(), `${JSON.stringify({ schema: EXPECTED_SCHEMA, ratios: kept }, null, 2)}\n`);
}

/** Three digits: more are noise. */
function rounded(ratio: number): number {
  return Number(ratio.toPrecision(3));
}
