/**
 * What the slices of a run come to: sums by cell, and each cause of failure once.
 *
 * Slices may be added in any order, from any number of machines: sums, and for each cause the simplest counterexample
 * (the shortest, then the least id). Memory does not grow with the number of slices.
 */

import type { Cell } from "../rules/vocabulary.js";
import { type Coverage, emptyCoverage } from "../search/runner.js";
import { type Cause, causeKey } from "./cause.js";
import { addSparse, type Sighting, type SliceResult } from "./slice.js";

export interface CellTally {
  slices: number;
  /** Commands that the slices had to spend, and commands that were run: a failure ends a slice early. */
  budget: number;
  commands: number;
  runs: number;
  inconclusive: number;
  settled: number;
  witnesses: number[];
  coverage: Coverage;
  /** Keys of the causes of its failures. */
  causes: Set<string>;
}

export interface FindingTally {
  cause: Cause;
  /** The simplest counterexample. */
  first: Sighting;
  ids: Set<string>;
  /** Slices that ended with it. */
  times: number;
  /** Positions of cells. */
  cells: Set<number>;
}

export class Tally {
  readonly cells: CellTally[];
  readonly findings = new Map<string, FindingTally>();

  constructor(cells: readonly Pick<Cell, "properties">[]) {
    this.cells = cells.map(({ properties }) => ({
      ...{ slices: 0, budget: 0, commands: 0, runs: 0, inconclusive: 0, settled: 0 },
      witnesses: properties.map(() => 0),
      coverage: emptyCoverage(),
      causes: new Set<string>(),
    }));
  }

  add(cell: number, budget: number, result: SliceResult): void {
    const into = this.cells[cell]!;
    into.slices++;
    into.budget += budget;
    into.commands += result.commands;
    into.runs += result.runs;
    into.inconclusive += result.inconclusive;
    into.settled += result.settled;
    result.witnesses.forEach((seen, at) => {
      into.witnesses[at] = (into.witnesses[at] ?? 0) + seen;
    });
    addSparse(into.coverage.transitions, result.transitions);
    addSparse(into.coverage.stale, result.stale);
    if (result.found !== null) into.causes.add(this.addFinding(cell, result.found));
  }

  private addFinding(cell: number, found: Sighting): string {
    const key = causeKey(found.cause);
    const known = this.findings.get(key);
    if (known === undefined) {
      const cells = new Set([cell]);
      this.findings.set(key, { cause: found.cause, first: found, ids: new Set([found.id]), times: 1, cells });
    } else {
      known.times++;
      known.ids.add(found.id);
      known.cells.add(cell);
      if (isSimpler(found, known.first)) known.first = found;
    }
    return key;
  }
}

function isSimpler(a: Sighting, b: Sighting): boolean {
  return a.length !== b.length ? a.length < b.length : a.id < b.id;
}
