/**
 * Failing sequences of a given length: a long walk of the search on which every command that failed early was left out,
 * up to the first failure at that length or a little behind it.
 *
 * A search finds short failures first; long ones are what a shrinker's growth shows by.
 */

import { sampleGenes } from "../commands/arbitrary.js";
import { STRIDE } from "../commands/command.js";
import type { Entry } from "../corpus/entry.js";
import { CorpusStore } from "../corpus/store.js";
import { packageRoot } from "../rules/home.js";
import { Runner } from "../search/runner.js";

/** A counterexample of the corpus, whose rules are broken, and the least length. */
export interface FailingCase {
  id: string;
  length: number;
}

export interface FailingSequence {
  entry: Entry;
  commands: Float64Array;
}

const SEEDS = 400;
/** Sequences whose genes make one long one: they have some thirty each. */
const SAMPLES = 60;
const SLACK = 1.25;

export function failingSequence({ id, length }: FailingCase): FailingSequence {
  const entry = entryOf(id);
  const runner = new Runner(entry);
  for (let seed = 0; seed < SEEDS; seed++) {
    const genes = sampleGenes(seed, SAMPLES)
      .flat()
      .slice(0, 2 * length);
    if (walk(runner, genes, length)) return { entry, commands: runner.commands.slice(0, runner.length * STRIDE) };
  }
  throw new Error(`${id}: no sequence of about ${length} commands fails at its end`);
}

/** Whether the run fails where it should, once the genes whose commands failed earlier are left out. */
function walk(runner: Runner, genes: number[], length: number): boolean {
  for (;;) {
    const failure = runner.runGenes(genes.slice(0, Math.floor(length * SLACK)));
    if (failure === null) return false;
    if (failure.step >= length - 1) return true;
    genes.splice(failure.step, 1);
  }
}

function entryOf(id: string): Entry {
  const found = new CorpusStore(`${packageRoot()}/corpus`).load(id);
  if (!found.ok) throw new Error(`${id}: not in the corpus`);
  return found.value;
}
