/**
 * One slice: a cell searched with a seed and a budget of its own, up to its first failure.
 *
 * What comes back is a function of the task alone, as plain data, since it travels between processes and is written
 * down. Counts are sparse: `[position, times, position, times, ...]`.
 */

import type { Entry } from "../corpus/entry.js";
import { parseGeometry } from "../models/geometry.js";
import type { Severity } from "../properties/violation.js";
import type { Cell } from "../rules/vocabulary.js";
import { runCampaign } from "../verdicts/campaign.js";
import { type Cause, causeOf } from "./cause.js";

export interface SliceTask {
  cell: Cell;
  seed: string;
  commands: number;
  /** Null: the default one. */
  geometry: string | null;
}

/** A failure as a tally keeps it; the entry is a file. */
export interface Sighting {
  id: string;
  /** Commands of the counterexample. */
  length: number;
  property: string;
  strategy: string;
  severity: Severity;
  cause: Cause;
}

export interface SliceResult {
  commands: number;
  runs: number;
  inconclusive: number;
  settled: number;
  /** By property of the cell: times that its witness was seen. */
  witnesses: number[];
  transitions: number[];
  stale: number[];
  found: Sighting | null;
}

export interface SliceAnswer {
  result: SliceResult;
  entry: Entry | null;
}

export async function runSlice({ cell, seed, commands, geometry }: SliceTask): Promise<SliceAnswer> {
  const parsed = geometry === null ? undefined : parseGeometry(geometry);
  if (typeof parsed === "string") throw new Error(`geometry of a slice: ${parsed}`);
  const options = { seed, commands, ...(parsed === undefined ? {} : { geometry: parsed }) };
  const { fuzz, entry } = await runCampaign(cell, options);
  const result: SliceResult = {
    commands: fuzz.commands,
    runs: fuzz.runs,
    inconclusive: fuzz.inconclusive,
    settled: fuzz.discharged,
    witnesses: fuzz.witnesses.map(({ seen }) => seen),
    transitions: sparse(fuzz.coverage.transitions),
    stale: sparse(fuzz.coverage.stale),
    found: entry === null ? null : sightingOf(entry),
  };
  return { result, entry };
}

function sightingOf(entry: Entry): Sighting {
  const { property, strategy, severity } = entry.failure;
  return { id: entry.id, length: entry.commands.length, property, strategy, severity, cause: causeOf(entry) };
}

export function sparse(counts: Float64Array): number[] {
  const pairs: number[] = [];
  counts.forEach((times, at) => {
    if (times > 0) pairs.push(at, times);
  });
  return pairs;
}

export function addSparse(into: Float64Array, pairs: readonly number[]): void {
  for (let at = 0; at < pairs.length; at += 2) into[pairs[at]!]! += pairs[at + 1]!;
}
