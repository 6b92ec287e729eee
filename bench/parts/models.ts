/**
 * Each model alone: sequences that were drawn before, stepped through a machine that has nothing else, without any
 * property; the same commands through the same parts of the idiomatic baseline.
 *
 * A machine always has memory, the oracle's walks and a ledger. Under `never`, which owes nothing, the ledger is idle:
 * that is the row `oracle`. `ledger` has the duties of `always`, the strategies stand on an idle ledger.
 */

import { decode, STRIDE } from "../../commands/command.js";
import { Machine } from "../../models/machine.js";
import type { StrategyName } from "../../rules/vocabulary.js";
import { Runner } from "../../search/runner.js";
import { type BaselineCommand, toBaseline } from "../baseline/encoded.js";
import { setUp } from "../baseline/model.js";
import { cellOf, EVERYTHING } from "../cells.js";
import { drawnSequences } from "../sequences.js";
import type { Subject } from "../subject.js";

const SEED = 9;
const SEQUENCES = { project: 60, baseline: 12 };

interface Alone {
  name: string;
  contract: string;
  strategies: readonly StrategyName[];
}

const ALONE: readonly Alone[] = [
  { name: "oracle", contract: "never", strategies: [] },
  { name: "ledger", contract: "always", strategies: [] },
  { name: "hardware", contract: "never", strategies: ["hardware"] },
  { name: "envelope", contract: "never", strategies: ["envelope"] },
  { name: "shadow", contract: "never", strategies: ["shadow"] },
  { name: "all", contract: "always", strategies: EVERYTHING },
];

export function modelSubjects(): Subject[] {
  const everything = cellOf("tiny", "always", EVERYTHING);
  const sequences = drawnSequences(everything, SEED, SEQUENCES.project).map(shared);
  const withProperties: Subject = {
    ...run("all, with properties", sequences, stepAndCheck(new Runner(everything))),
    against: "all",
  };
  return [...ALONE.flatMap((alone) => [project(alone, sequences), baseline(alone, sequences)]), withProperties];
}

/** Without what the baseline leaves out. */
function shared(sequence: Float64Array): Float64Array {
  const kept: Float64Array[] = [];
  for (let at = 0; at * STRIDE < sequence.length; at++) {
    if (toBaseline(decode(sequence, at)) !== null) kept.push(sequence.slice(at * STRIDE, (at + 1) * STRIDE));
  }
  const commands = new Float64Array(kept.length * STRIDE);
  for (const [at, command] of kept.entries()) commands.set(command, at * STRIDE);
  return commands;
}

function project({ name, contract, strategies }: Alone, sequences: readonly Float64Array[]): Subject {
  const { architecture, contract: rules } = cellOf("tiny", contract, strategies);
  const machine = new Machine({ architecture, contract: rules, strategies });
  const steps = (sequence: Float64Array): void => {
    machine.reset();
    for (let at = 0; at * STRIDE < sequence.length; at++) machine.step(sequence, at);
  };
  return { ...run(name, sequences, steps), against: baselineName(name) };
}

function stepAndCheck(runner: Runner): (sequence: Float64Array) => void {
  return (sequence) => {
    if (runner.runCommands(sequence) !== null) throw new Error("a drawn sequence that held breaks a property");
  };
}

/** One sequence a batch, in turn. */
function run(name: string, sequences: readonly Float64Array[], steps: (sequence: Float64Array) => void): Subject {
  let next = 0;
  return {
    name,
    unit: "commands/s",
    clock: "processor",
    restart() {
      next = 0;
    },
    batch() {
      const sequence = sequences[next++ % sequences.length]!;
      steps(sequence);
      return sequence.length / STRIDE;
    },
  };
}

function baseline({ name, contract, strategies }: Alone, sequences: readonly Float64Array[]): Subject {
  const { architecture, contract: rules } = cellOf("tiny", contract, strategies);
  const lists = sequences.slice(0, SEQUENCES.baseline).map(commandsOf);
  let next = 0;
  return {
    name: baselineName(name),
    unit: "commands/s",
    clock: "processor",
    restart() {
      next = 0;
    },
    batch() {
      const commands = lists[next++ % lists.length]!;
      const { model, real } = setUp({ architecture, contract: rules, strategies: new Set(strategies) });
      for (const command of commands) command.apply(model, real);
      return commands.length;
    },
  };
}

function commandsOf(sequence: Float64Array): BaselineCommand[] {
  return Array.from({ length: sequence.length / STRIDE }, (_, at) => toBaseline(decode(sequence, at))!);
}

const baselineName = (name: string): string => `${name}, classes and Maps`;
