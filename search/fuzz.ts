/**
 * Fuzzing one cell: fast-check draws genes, the runner turns them into commands, until the budget is spent or a
 * property breaks.
 *
 * Follows the design page, section 6. The budget is in commands, so that a run is the same on every machine; a limit in
 * seconds only stops earlier. Draws come in batches, each with a seed of its own made from the run's seed, the cell and
 * the batch, and between batches the event loop gets a turn, so that an interrupt is heard. On a failure fast-check
 * shrinks the genes; what is handed on is the commands they became.
 */

import fc from "fast-check";
import { decodeUniform, GENES, genes, uniformGenes } from "../commands/arbitrary.js";
import { STRIDE } from "../commands/command.js";
import type { Geometry } from "../models/geometry.js";
import type { Machine } from "../models/machine.js";
import type { Cell, PropertyName } from "../rules/vocabulary.js";
import { type Coverage, type Failure, Runner } from "./runner.js";
import { seedOf } from "./seed.js";

export interface FuzzOptions {
  seed: string;
  /** Budget in commands. */
  commands: number;
  geometry?: Geometry;
  /** Puts a bug into the machine before anything runs: for known bugs that the search must find. */
  plant?: (machine: Machine) => void;
  /** Draws every command alike, without the bias: what the bias is worth is measured against this. */
  uniform?: boolean;
  /** Asked between batches: true stops the search. */
  shouldStop?: () => boolean;
  /** Told between batches how many commands have run. */
  onProgress?: (commands: number) => void;
}

/** What was found: the commands (encoded), what broke, and where it was found. */
export interface Found {
  commands: Float64Array;
  failure: Failure;
  run: number;
  /** Length of the sequence that failed first, and commands run up to its failure. */
  lengthBefore: number;
  commandsBefore: number;
}

export interface FuzzResult {
  cell: Cell;
  commands: number;
  runs: number;
  /** Runs cut short because a model reached a capacity; they say nothing. */
  inconclusive: number;
  /** Duties that were discharged in full: requests that became settled again after a change. */
  discharged: number;
  witnesses: { property: PropertyName; witness: string; seen: number }[];
  coverage: Coverage;
  found: Found | null;
  /** Stopped before the budget was spent. */
  stopped: boolean;
}

/** Sequences a batch. */
const RUNS = 60;

export async function fuzzCell(cell: Cell, options: FuzzOptions): Promise<FuzzResult> {
  const runner = new Runner(cell, options.geometry);
  options.plant?.(runner.machine);
  const draws = options.uniform === true ? uniformDraws(runner) : biasedDraws(runner);
  let found: Found | null = null;
  let stopped = false;
  for (let batch = 0; found === null && runner.commandCount < options.commands; batch++) {
    found = runBatch(runner, draws, seedOf(options.seed, cell.id, batch), options.commands);
    options.onProgress?.(runner.commandCount);
    await new Promise((resolve) => setImmediate(resolve));
    if (options.shouldStop?.() === true) {
      stopped = found === null && runner.commandCount < options.commands;
      break;
    }
  }
  return {
    cell,
    commands: found?.commandsBefore ?? runner.commandCount,
    runs: found?.run ?? runner.runCount,
    inconclusive: runner.inconclusive,
    discharged: runner.discharged,
    witnesses: runner.checker.properties.map(({ name, witness, seen }) => ({ property: name, witness, seen })),
    coverage: runner.coverage,
    found,
    stopped,
  };
}

/** What fast-check draws, and how a runner runs it. */
interface Draws {
  genes: fc.Arbitrary<number[]>;
  run(genes: readonly number[]): Failure | null;
}

function biasedDraws(runner: Runner): Draws {
  return { genes: genes(GENES), run: (drawn) => runner.runGenes(drawn) };
}

/** Commands that depend on nothing but their genes; the runner's counts and its last sequence are kept as it does. */
function uniformDraws(runner: Runner): Draws {
  const { limits } = runner.machine.geometry;
  return {
    genes: uniformGenes(GENES),
    run(drawn) {
      const commands = new Float64Array(drawn.length * STRIDE);
      for (const [at, gene] of drawn.entries()) decodeUniform(gene, limits, commands.subarray(at * STRIDE));
      const failure = runner.runCommands(commands);
      runner.runCount++;
      if (runner.machine.overflowed) runner.inconclusive++;
      runner.commands = commands;
      runner.length = failure === null ? drawn.length : failure.step + 1;
      return failure;
    },
  };
}

/** One batch of sequences; the first failure, shrunk by fast-check, or null. */
function runBatch(runner: Runner, draws: Draws, seed: number, budget: number): Found | null {
  let lengthBefore = 0;
  let commandsBefore = 0;
  let run = 0;
  const property = fc.property(draws.genes, (drawn) => {
    if (runner.commandCount >= budget && lengthBefore === 0) return true;
    const failure = draws.run(drawn);
    if (failure === null) return true;
    if (lengthBefore === 0) {
      lengthBefore = runner.length;
      commandsBefore = runner.commandCount;
      run = runner.runCount;
    }
    return false;
  });
  const details = fc.check(property, { seed, numRuns: RUNS });
  if (!details.failed || details.counterexample === null) return null;
  const failure = draws.run(details.counterexample[0]);
  if (failure === null) throw new Error("a failing sequence did not fail again: the models are not deterministic");
  return { commands: runner.commands.slice(0, runner.length * STRIDE), failure, run, lengthBefore, commandsBefore };
}
