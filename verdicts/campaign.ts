/**
 * One cell from search to counterexample: fuzz, shrink, make the entry.
 *
 * The shrinker is asked to keep a failure of the cell, whichever property breaks: so that one claim, refuted from
 * different seeds, ends at one counterexample. A runner is kept for each set of start contexts that is tried.
 */

import type { Entry } from "../corpus/entry.js";
import { makeEntry } from "../corpus/make.js";
import type { Geometry } from "../models/geometry.js";
import { allContexts } from "../models/start.js";
import type { Cell } from "../rules/vocabulary.js";
import { type FuzzOptions, type FuzzResult, fuzzCell } from "../search/fuzz.js";
import { type RunCell, Runner } from "../search/runner.js";
import { minimality } from "../shrinkers/minimality.js";
import { type Candidate, DEFAULT_MAX_TRIES, PASSES, shrink } from "../shrinkers/shrink.js";
import { version } from "./version.js";

export interface CampaignResult {
  fuzz: FuzzResult;
  entry: Entry | null;
}

export async function runCampaign(cell: Cell, options: FuzzOptions): Promise<CampaignResult> {
  const fuzz = await fuzzCell(cell, options);
  if (fuzz.found === null) return { fuzz, entry: null };
  return { fuzz, entry: shrunkEntry(cell, { ...fuzz.found, seed: options.seed }, { geometry: options.geometry }) };
}

/** A failing sequence of a search, encoded. */
export interface Failing {
  commands: Float64Array;
  seed: string;
  run: number;
  lengthBefore: number;
}

export interface ShrinkOptions {
  geometry?: Geometry | undefined;
  passes?: typeof PASSES;
  /** Rules under which the sequence must go on to fail as well: so that it stays about what they are about. */
  also?: RunCell;
}

/** The entry of what a search found, in its shortest form. */
export function shrunkEntry(cell: RunCell & { id: string }, failing: Failing, options: ShrinkOptions = {}): Entry {
  const { passes = PASSES, also } = options;
  const runnerFor = runnersOf(cell, options.geometry);
  const otherFor = also === undefined ? null : runnersOf(also, options.geometry);
  const fails = ({ commands, start }: Candidate): boolean =>
    runnerFor(start).runCommands(commands) !== null &&
    (otherFor === null || otherFor(start).runCommands(commands) !== null);
  const { geometry } = runnerFor(new Set()).machine;
  const first: Candidate = { commands: failing.commands, start: allContexts(geometry) };
  const { candidate } = shrink(first, fails, geometry.limits, DEFAULT_MAX_TRIES, passes);
  const failure = runnerFor(candidate.start).runCommands(candidate.commands);
  if (failure === null) throw new Error(`${cell.id}: the shrunk sequence does not fail`);
  const { removable, lowerable } = minimality(candidate, fails, geometry.limits);
  const { seed, run, lengthBefore } = failing;
  return makeEntry({
    cell,
    geometry,
    start: candidate.start,
    commands: candidate.commands,
    failure,
    found: { seed, run, version: version(), lengthBefore },
    minimal: removable || lowerable ? null : { removable: false, lowerable: false },
  });
}

/** A runner for each set of start contexts that is tried. */
function runnersOf(cell: RunCell, geometry: Geometry | undefined): (start: ReadonlySet<number>) => Runner {
  const runners = new Map<string, Runner>();
  return (start) => {
    const key = [...start].sort((a, b) => a - b).join(" ");
    const known = runners.get(key) ?? new Runner(cell, geometry, start);
    runners.set(key, known);
    return known;
  };
}
