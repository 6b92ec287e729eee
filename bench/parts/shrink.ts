/**
 * Shrinking fixed failures, and how many candidates that takes: real ones of the corpus' rules in short and in long
 * sequences, and one that needs a quarter of its commands, which every shrinker finds hard.
 *
 * fast-check alone, beside some: its shrinker of lists on numbers of the commands. It does not lower operands, nor
 * look for what goes only together, and ends where it can remove no run: `left` says at how many commands.
 */

import fc from "fast-check";
import { STRIDE } from "../../commands/command.js";
import { allContexts } from "../../models/start.js";
import { Runner } from "../../search/runner.js";
import { shrink } from "../../shrinkers/shrink.js";
import { failingSequence } from "../failing.js";
import { quarter } from "../quarter.js";
import type { Subject } from "../subject.js";

const LONG = 480;
/** fast-check alone grows with the cube of it: 480 would take ten seconds. */
const MIDDLE = 240;
const SHORT = 60;
const BESIDE = "AT2.riscv";
/** One of each family and length: counterexamples of one to seven commands. */
const CLAIMS: readonly (readonly [claim: string, id: string])[] = [
  ["T1", "nf-6e6d4b65d5aa"],
  ["T16.deaf", "nf-458e8c65e6d1"],
  ["TB1.amd", "nf-393ba539a0bc"],
  [BESIDE, "nf-0918021aae72"],
  ["AT1", "nf-b62b6d9522b2"],
  ["SM3", "nf-2cb0302a4677"],
  ["RV2", "nf-a4c6c4bddd97"],
  ["VT2", "nf-ce8ec837034d"],
];

/** What both sides of a row shrink. */
interface Failing {
  commands: Float64Array;
  limits: Runner["machine"]["geometry"]["limits"];
  start: ReadonlySet<number>;
  /** Afresh for each shrink, as a search has it. */
  judge(): (commands: Float64Array, start: ReadonlySet<number>) => boolean;
}

export function shrinkSubjects(): Subject[] {
  const pattern = quarter(MIDDLE);
  return [
    ...briefShrinkSubjects(),
    own(`a quarter of ${MIDDLE}`, pattern, "fast-check alone, a quarter"),
    alone("fast-check alone, a quarter", pattern),
    own(`a quarter of ${LONG}`, quarter(LONG)),
    ...CLAIMS.map(([claim, id]) => own(`${claim}, ${LONG}`, real(id, LONG))),
  ];
}

/** What the short bench of CI takes of it. */
export function briefShrinkSubjects(): Subject[] {
  const short = real("nf-0918021aae72", SHORT);
  return [own(`${BESIDE}, ${SHORT}`, short, "fast-check alone"), alone("fast-check alone", short)];
}

function real(id: string, length: number): Failing {
  const { entry, commands } = failingSequence({ id, length });
  const { geometry } = new Runner(entry).machine;
  return {
    commands,
    limits: geometry.limits,
    start: allContexts(geometry),
    judge() {
      const runners = new Map<string, Runner>();
      return (candidate, start) => {
        const key = [...start].sort((a, b) => a - b).join();
        const runner = runners.get(key) ?? new Runner(entry, undefined, start);
        runners.set(key, runner);
        return runner.runCommands(candidate) !== null;
      };
    },
  };
}

function own(name: string, { commands, limits, start, judge }: Failing, against?: string): Subject {
  let evaluations = 0;
  let left = 0;
  return {
    ...timed(name, against, () => {
      const fails = judge();
      const { candidate, report } = shrink({ commands, start }, (one) => fails(one.commands, one.start), limits);
      evaluations = report.tries;
      left = candidate.commands.length / STRIDE;
    }),
    details: () => ({ commands: commands.length / STRIDE, evaluations, left }),
  };
}

function alone(name: string, { commands, start, judge }: Failing): Subject {
  const count = commands.length / STRIDE;
  const whole = Array.from({ length: count }, (_, at) => at);
  const lists = fc.array(fc.nat({ max: count - 1 }), { maxLength: count, size: "max" });
  let evaluations = 0;
  let left = 0;
  return {
    ...timed(name, undefined, () => {
      const fails = judge();
      evaluations = 0;
      const holds = fc.property(lists, (list) => {
        evaluations++;
        return !fails(picked(commands, list), start);
      });
      const { counterexample } = fc.check(holds, { seed: 1, numRuns: 1, examples: [[whole]] });
      left = counterexample![0]!.length;
    }),
    details: () => ({ commands: count, evaluations, left }),
  };
}

function picked(commands: Float64Array, list: readonly number[]): Float64Array {
  const chosen = new Float64Array(list.length * STRIDE);
  for (const [at, from] of list.entries())
    chosen.set(commands.subarray(from * STRIDE, (from + 1) * STRIDE), at * STRIDE);
  return chosen;
}

function timed(name: string, against: string | undefined, work: () => void): Subject {
  return {
    name,
    unit: "ms",
    clock: "processor",
    ...(against === undefined ? {} : { against }),
    batch() {
      work();
      return 1;
    },
  };
}
