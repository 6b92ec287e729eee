/**
 * Fuzzing a target: sequences are drawn, sent and judged until the budget is spent.
 *
 * As in the search of a cell, draws come in batches with seeds of their own, and between batches the event loop gets a
 * turn. One sequence is always under way while the next is made. What is found is handed to the caller, who may use the
 * target to shrink it; then the search goes on.
 */

import { sampleGenes } from "../commands/arbitrary.js";
import { STRIDE } from "../commands/command.js";
import { seedOf } from "./seed.js";
import type { Sent, TargetFailure, TargetRunner } from "./target-runner.js";

export interface TargetFuzzOptions {
  seed: string;
  /** Budget in commands, translations among them. */
  commands: number;
  shouldStop?: () => boolean;
  onProgress?: (commands: number) => void;
  /** Told of each failure; false ends the search. */
  onFound: (found: TargetFound) => boolean;
}

export interface TargetFound {
  /** The sequence up to the step that failed. */
  commands: Float64Array;
  failure: TargetFailure;
  /** Number of the sequence, from 1. */
  run: number;
}

/** Sequences a batch. */
const RUNS = 20;

/** Whether the budget was spent. */
export async function fuzzTarget(name: string, runner: TargetRunner, options: TargetFuzzOptions): Promise<boolean> {
  let run = 0;
  for (let batch = 0; runner.commandCount < options.commands; batch++) {
    let before: Sent | null = null;
    for (const genes of sampleGenes(seedOf(options.seed, name, batch), RUNS)) {
      if (runner.commandCount >= options.commands) break;
      const sent = runner.sendGenes(genes);
      const goesOn: "on" | "again" | "end" =
        before === null ? "on" : settle(runner, before, sent, ++run, options.onFound);
      if (goesOn === "end") return false;
      before = goesOn === "on" ? sent : null;
    }
    if (before !== null && settle(runner, before, null, ++run, options.onFound) === "end") return false;
    options.onProgress?.(runner.commandCount);
    await new Promise((resolve) => setImmediate(resolve));
    if (options.shouldStop?.() === true) return runner.commandCount >= options.commands;
  }
  return true;
}

/**
 * Judges a sequence while the next is under way. After a failure nothing is: `again`; `end` if the caller has enough.
 */
function settle(
  runner: TargetRunner,
  sent: Sent,
  next: Sent | null,
  run: number,
  onFound: TargetFuzzOptions["onFound"],
): "on" | "again" | "end" {
  const failure = runner.judge(sent);
  if (failure === null) return "on";
  // The target is about to be used for other sequences: what is under way ends first, and is judged as well.
  const nextFailure = next === null || failure.trouble !== null ? null : runner.judge(next);
  if (next !== null && failure.trouble !== null) runner.drop(next);
  if (!onFound(found(sent, failure, run))) return "end";
  if (nextFailure !== null && !onFound(found(next!, nextFailure, run + 1))) return "end";
  return "again";
}

function found({ commands }: Sent, failure: TargetFailure, run: number): TargetFound {
  return { commands: commands.slice(0, (failure.step + 1) * STRIDE), failure, run };
}
