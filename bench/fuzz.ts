/**
 * The fuzzer's loop on one cell, and the same loop as the fast-check guide has it (`bench/baseline`). A batch is what
 * `search/fuzz.ts` draws at a time.
 */

import fc from "fast-check";
import { GENES, genes } from "../commands/arbitrary.js";
import { geometryOf } from "../models/geometry.js";
import type { Cell } from "../rules/vocabulary.js";
import { Runner } from "../search/runner.js";
import { sequences } from "./baseline/arbitrary.js";
import { setUp } from "./baseline/model.js";
import type { Subject } from "./subject.js";

/** Sequences a batch: what takes each side about as long. */
const RUNS = { project: 60, baseline: 4 };

export interface FuzzRow {
  name: string;
  against?: string;
  geometry?: string;
  /** Most commands of a sequence. */
  length?: number;
}

export function fuzzSubject(cell: Cell, { geometry, length = GENES, ...row }: FuzzRow): Subject {
  const runner = new Runner(cell, geometry === undefined ? undefined : geometryOf(geometry));
  let seed = 0;
  const run = fc.property(genes(length), (sequence) => {
    const failure = runner.runGenes(sequence);
    if (failure !== null) throw new Error(`${row.name}: ${failure.violation.property} fails at step ${failure.step}`);
  });
  return {
    ...row,
    unit: "commands/s",
    clock: "processor",
    restart() {
      seed = 0;
    },
    batch() {
      const before = runner.commandCount;
      fc.assert(run, { seed: seed++, numRuns: RUNS.project });
      return runner.commandCount - before;
    },
  };
}

export function baselineFuzzSubject(cell: Cell, name: string): Subject {
  const { architecture, contract, strategies } = cell;
  const rules = { architecture, contract, strategies: new Set(strategies) };
  let seed = 0;
  let commands = 0;
  const run = fc.property(sequences(GENES), (sequence) => {
    fc.modelRun(() => setUp(rules), counted(sequence));
  });
  function* counted<T>(items: Iterable<T>): Generator<T> {
    for (const item of items) {
      commands++;
      yield item;
    }
  }
  return {
    name,
    unit: "commands/s",
    clock: "processor",
    restart() {
      seed = 0;
    },
    batch() {
      commands = 0;
      fc.assert(run, { seed: seed++, numRuns: RUNS.baseline });
      return commands;
    },
  };
}
