/**
 * Shrinks a failing sequence: the passes in a fixed order, until none of them finds anything simpler.
 *
 * A pass goes over the candidate once and has no fixed point inside; the fixed point is here. After a success the cheap
 * passes come first again, so that the dear ones see short sequences. Nothing is random, and the number of tries is the
 * only bound: equal inputs give equal outputs.
 */

import type { Limits } from "../commands/command.js";
import type { Candidate, Fails } from "./candidate.js";
import { exchange } from "./exchange.js";
import { groups } from "./groups.js";
import { lower } from "./lower.js";
import { lowerEqual } from "./lower-equal.js";
import { pairs } from "./pairs.js";
import { rehome } from "./rehome.js";
import { remove } from "./remove.js";
import { rename } from "./rename.js";
import { reorder } from "./reorder.js";
import { retarget } from "./retarget.js";
import { start } from "./start.js";
import { substitute } from "./substitute.js";
import { Trial } from "./trial.js";
import { twins } from "./twins.js";

export type { Candidate, Fails } from "./candidate.js";

export interface PassReport {
  name: string;
  tries: number;
  successes: number;
}

export interface ShrinkReport {
  passes: PassReport[];
  tries: number;
  /** False: the bound on tries was reached before no pass could better the result. */
  finished: boolean;
}

export const DEFAULT_MAX_TRIES = 60_000;

export type Pass = (trial: Trial) => void;

/** The passes by name, cheap and far-reaching ones first. */
export const PASSES: readonly (readonly [name: string, pass: Pass])[] = [
  ["remove", remove],
  ["pairs", pairs],
  ["groups", groups],
  ["lower-equal", lowerEqual],
  ["lower", lower],
  ["rename", rename],
  ["reorder", reorder],
  ["start", start],
  ["exchange", exchange],
  ["retarget", retarget],
  ["twins", twins],
  ["rehome", rehome],
  ["substitute", substitute],
];

/**
 * Those that no shortest form can do without; the others find a simpler one by way of another sequence, at ten times
 * the price. For searches that keep hundreds of counterexamples.
 */
export const QUICK_PASSES = PASSES.filter(([name]) =>
  ["remove", "pairs", "lower-equal", "lower", "rename", "start"].includes(name),
);

/** The simplest form of `candidate`, which must fail, that the passes reach. */
export function shrink(
  candidate: Candidate,
  fails: Fails,
  limits: Limits,
  maxTries = DEFAULT_MAX_TRIES,
  passes = PASSES,
): { candidate: Candidate; report: ShrinkReport } {
  const trial = new Trial(candidate, fails, limits, maxTries);
  // The search found it failing: if it does not, judge and search differ, and every result would be wrong.
  if (!fails(trial.best)) throw new Error("the sequence to shrink does not fail in canonical form");
  const reports = passes.map(([name]): PassReport => ({ name, tries: 0, successes: 0 }));
  let at = 0;
  while (at < passes.length && !trial.exhausted) {
    const { tries, successes } = trial;
    passes[at]![1](trial);
    reports[at]!.tries += trial.tries - tries;
    reports[at]!.successes += trial.successes - successes;
    at = trial.successes > successes ? 0 : at + 1;
  }
  return { candidate: trial.best, report: { passes: reports, tries: trial.tries, finished: at === passes.length } };
}
