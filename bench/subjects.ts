/**
 * What is measured: the fuzzer's loop on one cell, and the baseline on the same rules. A batch is what `search/fuzz.ts`
 * draws at a time; each has a seed of its own, so all rounds see the same sequences.
 */

import fc from "fast-check";
import { genes } from "../commands/arbitrary.js";
import { loadArchitecture, loadContract, parseContractRef } from "../rules/load.js";
import type { Loaded } from "../rules/problems.js";
import { type Cell, DEFAULT_SHADOW, PROPERTY_NAMES, type StrategyName } from "../rules/vocabulary.js";
import { Runner } from "../search/runner.js";
import { sequences } from "./baseline/arbitrary.js";
import { setUp } from "./baseline/model.js";

const COMMANDS = 60;
const RUNS = { project: 60, baseline: 5 };

export interface Subject {
  name: string;
  /** Draws and runs one batch; the number of commands that ran. */
  batch(): number;
  /** Draws one batch and runs nothing; the same seeds as `batch`. */
  generate(): void;
}

/** `strategies` hold no violation under the contract, so that every sequence runs to its end. */
export function cellOf(architecture: string, contract: string, strategies: readonly StrategyName[]): Cell {
  const unit = given(loadArchitecture(architecture));
  const { ref, parameters } = given(parseContractRef(contract));
  return {
    id: `${architecture} ${contract}`,
    architecture: unit,
    contract: given(loadContract(ref, parameters, unit)),
    strategies,
    shadow: DEFAULT_SHADOW,
    properties: PROPERTY_NAMES,
    expected: "unrefuted",
    why: "a benchmark",
  };
}

export function projectSubject(cell: Cell): Subject {
  const runner = new Runner(cell);
  let seed = 0;
  let drawn = 0;
  const run = fc.property(genes(COMMANDS), (sequence) => {
    const failure = runner.runGenes(sequence);
    if (failure !== null) throw new Error(`${cell.id}: ${failure.violation.property} fails at step ${failure.step}`);
  });
  const draw = fc.property(genes(COMMANDS), () => {});
  return {
    name: cell.id,
    batch() {
      const before = runner.commandCount;
      fc.assert(run, { seed: seed++, numRuns: RUNS.project });
      return runner.commandCount - before;
    },
    generate() {
      fc.assert(draw, { seed: drawn++, numRuns: RUNS.project });
    },
  };
}

export function baselineSubject(cell: Cell): Subject {
  const { architecture, contract } = cell;
  const rules = { architecture, contract, strategies: new Set(cell.strategies) };
  let seed = 0;
  let drawn = 0;
  let commands = 0;
  const run = fc.property(sequences(COMMANDS), (sequence) => {
    fc.modelRun(() => setUp(rules), counted(sequence));
  });
  const draw = fc.property(sequences(COMMANDS), () => {});
  function* counted<T>(items: Iterable<T>): Generator<T> {
    for (const item of items) {
      commands++;
      yield item;
    }
  }
  return {
    name: `${cell.id}, baseline`,
    batch() {
      commands = 0;
      fc.assert(run, { seed: seed++, numRuns: RUNS.baseline });
      return commands;
    },
    generate() {
      fc.assert(draw, { seed: drawn++, numRuns: RUNS.baseline });
    },
  };
}

function given<T>(found: Loaded<T>): T {
  if (found.ok) return found.value;
  throw new Error(found.problems.map(({ message }) => message).join("\n"));
}
