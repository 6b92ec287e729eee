/**
 * The figures of many bugs, over two worker threads: one takes a bug, measures all its seeds, and asks for the next.
 *
 * A measurement depends on bug and seed alone, so that the figures are the same for any number of threads.
 */

import { Worker } from "node:worker_threads";
import type { Severity, Violation } from "../../properties/violation.js";
import { type Finding, measure } from "./measure.js";
import { type Bug, rightVariant, wrongVariant } from "./mutation.js";

/** Commands up to the failure by seed, infinite where none was found; the rest is of the first seed that found it. */
export interface BugFigures {
  id: string;
  biased: readonly number[];
  uniform: readonly number[];
  property: Violation["property"] | null;
  severity: Severity | null;
  minimal: readonly string[] | null;
}

export interface RightFigures {
  id: string;
  found: Finding | null;
}

export interface PoolOptions {
  seeds: number;
  uniformSeeds: number;
  budget: number;
}

/** What a worker is asked for: a bug's figures, or those of the right cell that it has. */
export interface Task {
  what: "bug" | "right";
  id: string;
}
export type Answer = { task: Task; figures: BugFigures | RightFigures };

export async function figuresOf(bug: Bug, { seeds, uniformSeeds, budget }: PoolOptions): Promise<BugFigures> {
  const variant = wrongVariant(bug);
  const biased: (Finding | null)[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const isFirst = biased.every((finding) => finding === null);
    biased.push(await measure(variant, { seed: `gallery-${seed}`, budget, shrink: isFirst }));
  }
  const uniform: (Finding | null)[] = [];
  for (let seed = 0; seed < uniformSeeds; seed++)
    uniform.push(await measure(variant, { seed: `gallery-${seed}`, budget, uniform: true }));
  const first = biased.find((finding) => finding !== null);
  const commands = (finding: Finding | null): number => finding?.commands ?? Number.POSITIVE_INFINITY;
  return {
    id: bug.id,
    biased: biased.map(commands),
    uniform: uniform.map(commands),
    property: first?.property ?? null,
    severity: first?.severity ?? null,
    minimal: first?.minimal ?? null,
  };
}

export async function rightOf(bug: Bug, { budget }: PoolOptions): Promise<RightFigures> {
  const variant = rightVariant(bug);
  return { id: variant.cell.id, found: await measure(variant, { seed: "gallery", budget }) };
}

/** Bugs with different right cells, one each. */
export function distinctRights(bugs: readonly Bug[]): Bug[] {
  return [...new Map(bugs.map((bug) => [rightVariant(bug).cell.id, bug])).values()];
}

/** Hands out the tasks in order; `program` is the worker's file, which answers each with an `Answer`. */
export function runPool(
  program: URL,
  tasks: readonly Task[],
  options: PoolOptions,
  threads: number,
  onAnswer: (answer: Answer) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let next = 0;
    let open = tasks.length;
    for (let thread = 0; thread < Math.min(threads, tasks.length); thread++) {
      const worker = new Worker(program, { workerData: options });
      const feed = (): void => {
        if (next < tasks.length) worker.postMessage(tasks[next++]);
        else void worker.terminate();
      };
      worker.on("message", (answer: Answer) => {
        onAnswer(answer);
        feed();
        if (--open === 0) resolve();
      });
      worker.on("error", reject);
      feed();
    }
  });
}
