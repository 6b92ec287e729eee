/** Sequences that the fuzzer drew once, as commands: for what runs them without drawing any. */

import { sampleGenes } from "../commands/arbitrary.js";
import { STRIDE } from "../commands/command.js";
import type { Geometry } from "../models/geometry.js";
import type { Cell } from "../rules/vocabulary.js";
import { Runner } from "../search/runner.js";

/** Encoded; those of a cell that nothing breaks. */
export function drawnSequences(cell: Cell, seed: number, count: number, geometry?: Geometry): Float64Array[] {
  const runner = new Runner(cell, geometry);
  return sampleGenes(seed, count).map((genes) => {
    const failure = runner.runGenes(genes);
    if (failure !== null) throw new Error(`${cell.id}: ${failure.violation.property} fails at step ${failure.step}`);
    return runner.commands.slice(0, runner.length * STRIDE);
  });
}
