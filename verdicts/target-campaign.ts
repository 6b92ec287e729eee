/**
 * One target from search to counterexamples: fuzz, run again, shrink through the target, make the entries.
 *
 * A failure is run again before it is believed: in the same process and, at the end, in a fresh one. What does not fail
 * each time is kept as it was found and says how often it did. Shrinking is bounded in tries, and in time for a slow
 * target. After a failure the search goes on, until it finds but what it has found.
 */

import { STRIDE } from "../commands/command.js";
import type { Entry } from "../corpus/entry.js";
import { answerText } from "../corpus/failure.js";
import { makeEntry } from "../corpus/make.js";
import type { Geometry } from "../models/geometry.js";
import { allContexts } from "../models/start.js";
import { DEFAULT_SHADOW } from "../rules/vocabulary.js";
import { fuzzTarget, type TargetFound } from "../search/target-fuzz.js";
import { type TargetCell, type TargetFailure, TargetRunner } from "../search/target-runner.js";
import { minimality } from "../shrinkers/minimality.js";
import { type Candidate, shrink } from "../shrinkers/shrink.js";
import type { Target } from "../targets/target.js";
import { version } from "../verdicts/version.js";
import { Clock } from "./clock.js";

export interface TargetCampaignOptions {
  seed: string;
  commands: number;
  shouldStop: () => boolean;
  onProgress: (commands: number, found: number) => void;
  onEntry: (entry: Entry) => void;
}

export interface TargetCampaignResult {
  commands: number;
  translations: number;
  stale: number;
  inconclusive: number;
  /** Each once, in the order in which they were found, with how often they were. */
  findings: { entry: Entry; times: number }[];
  /** Why the search ended before its budget was spent. */
  ended: "spent" | "stopped" | "repetition" | "enough";
}

/** Runs of a failure, apart from the one that found it; the last is in a fresh process. */
const AGAIN = 5;
const MOST_TRIES = 4_000;
/** Seconds of shrinking, for one failure; for trouble, which may take a time-out to see again. */
const PATIENCE = 45;
const SHORT_PATIENCE = 3;
/** Failures that lead to what is known already, one after another; and different ones. */
const MOST_REPETITIONS = 8;
const MOST_FINDINGS = 12;

export async function runTargetCampaign(
  cell: TargetCell,
  target: Target,
  geometry: Geometry,
  options: TargetCampaignOptions,
): Promise<TargetCampaignResult> {
  const investigator = new Investigator(cell, target, geometry, options.seed);
  const runner = new TargetRunner(cell, target, geometry, allContexts(geometry));
  const findings = new Map<string, { entry: Entry; times: number }>();
  let repetitions = 0;
  const onFound = (found: TargetFound): boolean => {
    const entry = investigator.entryFor(found);
    const known = findings.get(entry.id);
    // Trouble takes long to see again: once is enough.
    const weight = found.failure.trouble === null ? 1 : MOST_REPETITIONS;
    repetitions = known === undefined ? 0 : repetitions + weight;
    if (known === undefined) {
      findings.set(entry.id, { entry, times: 1 });
      options.onEntry(entry);
    } else known.times++;
    return repetitions < MOST_REPETITIONS && findings.size < MOST_FINDINGS && !options.shouldStop();
  };
  const { seed, commands, shouldStop } = options;
  const onProgress = (done: number): void => options.onProgress(done, findings.size);
  const isSpent = await fuzzTarget(target.info.name, runner, { seed, commands, shouldStop, onProgress, onFound });
  const ended = isSpent ? "spent" : shouldStop() ? "stopped" : findings.size >= MOST_FINDINGS ? "enough" : "repetition";
  const { commandCount, translations, stale, inconclusive } = runner;
  return { commands: commandCount, translations, stale, inconclusive, findings: [...findings.values()], ended };
}

class Investigator {
  private readonly runners = new Map<string, TargetRunner>();

  constructor(
    private readonly cell: TargetCell,
    private readonly target: Target,
    private readonly geometry: Geometry,
    private readonly seed: string,
  ) {}

  private run({ commands, start }: Candidate): TargetFailure | null {
    return this.runnerFor(start).runCommands(commands);
  }

  private runnerFor(start: ReadonlySet<number>): TargetRunner {
    const key = [...start].sort((a, b) => a - b).join(" ");
    const runner = this.runners.get(key) ?? new TargetRunner(this.cell, this.target, this.geometry, start);
    this.runners.set(key, runner);
    return runner;
  }

  entryFor({ commands, failure, run }: TargetFound): Entry {
    const first: Candidate = { commands, start: allContexts(this.geometry) };
    // One bug shrinks to another of other consequences: then only one of them would be kept.
    const isTrouble = failure.trouble !== null;
    const { severity } = failure.violation;
    const failsAlike = (candidate: Candidate): boolean => {
      const now = this.run(candidate);
      return now !== null && (now.trouble !== null) === isTrouble && now.violation.severity === severity;
    };
    let last = { candidate: first, failure };
    let minimal: Entry["minimal"] = null;
    let repeats = this.repeat(failsAlike, first);
    if (repeats.failed === repeats.runs) {
      const shrunk = this.shrunk(first, failsAlike, isTrouble ? SHORT_PATIENCE : PATIENCE);
      const again = shrunk === null ? null : this.run(shrunk.candidate);
      if (shrunk !== null && again !== null) {
        last = { candidate: shrunk.candidate, failure: again };
        minimal = shrunk.isMinimal ? { removable: false, lowerable: false } : null;
        repeats = this.repeat(failsAlike, shrunk.candidate);
      }
    }
    return this.entry(last.candidate, last.failure, repeats, minimal, run, commands.length);
  }

  private repeat(fails: (candidate: Candidate) => boolean, candidate: Candidate): { runs: number; failed: number } {
    let failed = 0;
    for (let time = 0; time < AGAIN; time++) {
      if (time === AGAIN - 1) this.target.restart();
      if (fails(candidate)) failed++;
    }
    return { runs: AGAIN, failed };
  }

  private shrunk(
    first: Candidate,
    fails: (candidate: Candidate) => boolean,
    seconds: number,
  ): { candidate: Candidate; isMinimal: boolean } | null {
    const clock = new Clock(seconds);
    const inTime = (candidate: Candidate): boolean => !clock.isOver() && fails(candidate);
    const { limits } = this.geometry;
    try {
      const shortest = shrink(first, inTime, limits, MOST_TRIES).candidate;
      const candidate = { ...shortest, commands: this.runnerFor(shortest.start).accepted(shortest.commands) };
      const { removable, lowerable } = minimality(candidate, inTime, limits);
      return { candidate, isMinimal: !removable && !lowerable && !clock.isOver() };
    } catch {
      // In canonical form it does not fail: the target tells apart what the models do not. It is kept as it was found.
      return null;
    }
  }

  private entry(
    { commands, start }: Candidate,
    failure: TargetFailure,
    repeats: { runs: number; failed: number },
    minimal: Entry["minimal"],
    run: number,
    lengthBefore: number,
  ): Entry {
    const { name, version: targetVersion } = this.target.info;
    const { answers, trouble, stderr } = failure;
    return makeEntry({
      cell: {
        ...this.cell,
        strategies: ["envelope"],
        properties: ["agreement", "refinement"],
        shadow: DEFAULT_SHADOW,
      },
      geometry: this.geometry,
      start,
      commands,
      failure,
      found: { seed: this.seed, run, version: version(), lengthBefore: lengthBefore / STRIDE },
      minimal,
      target: { name, version: targetVersion, answers: answers.map(answerText), trouble, stderr: [...stderr], repeats },
    });
  }
}
