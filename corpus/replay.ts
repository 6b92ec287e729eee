/**
 * Replays an entry under the rules that it keeps, and says whether the same failure comes back.
 *
 * Property, strategy, step, request and both outcomes are compared, not merely "it failed". With other rules (those of
 * the YAML as it is now) the same comparison tells whether the counterexample still stands.
 */

import { parseStart } from "../models/start.js";
import { unreachable } from "../rules/vocabulary.js";
import { TargetRunner } from "../search/target-runner.js";
import { RecordedTarget } from "../targets/recorded.js";
import type { Target } from "../targets/target.js";
import type { Entry, EntryFailure, EntryTarget } from "./entry.js";
import { answerOf, entryFailure } from "./failure.js";
import type { CorpusProblem } from "./problems.js";
import { prepareRun } from "./run.js";
import type { CorpusStore } from "./store.js";

export interface Replayed {
  /** `gone`: nothing is broken any more, or the run says nothing. */
  verdict: "same" | "different" | "gone";
  /** What differs, a sentence each; empty if nothing does. */
  details: string[];
  failure: EntryFailure | null;
}

export function replayEntry(entry: Entry, rules: Pick<Entry, "architecture" | "contract"> = entry): Replayed {
  const { architecture, contract } = rules;
  if (entry.target !== undefined) return replayTarget(entry, recorded(entry, entry.target), rules);
  const run = prepareRun({ ...entry, architecture, contract });
  if (!run.ok) return gone(`${run.path.join(" ")}: ${run.detail}`);
  const { runner } = run;
  const found = runner.runCommands(run.sequence);
  if (runner.machine.overflowed) return gone("a capacity was reached, so the run says nothing");
  if (found === null) return gone(`no property is broken in ${run.commands.length} steps`);
  const failure = entryFailure(found, runner.machine.geometry);
  const details = differences(entry.failure, failure);
  return { verdict: details.length === 0 ? "same" : "different", details, failure };
}

/** An entry of a target, on the target; by default on one that gives the answers that were kept. */
export function replayTarget(
  entry: Entry,
  target: Target,
  { architecture, contract }: Pick<Entry, "architecture" | "contract"> = entry,
): Replayed {
  const run = prepareRun(entry);
  if (!run.ok) return gone(`${run.path.join(" ")}: ${run.detail}`);
  const { geometry } = run.runner.machine;
  const start = parseStart(entry.start, geometry);
  if (typeof start === "string") return gone(start);
  const found = new TargetRunner({ architecture, contract }, target, geometry, start).runCommands(run.sequence);
  if (found === null) return gone(`the target's answers are right in ${run.commands.length} steps`);
  const failure = entryFailure(found, geometry);
  const details = differences(entry.failure, failure);
  return { verdict: details.length === 0 ? "same" : "different", details, failure };
}

function recorded(entry: Entry, { name, version, answers, trouble }: EntryTarget): Target {
  const info = { name, version, architecture: entry.architecture.name, geometry: entry.geometry };
  const outcomes = answers.map(answerOf);
  return new RecordedTarget(info, outcomes, trouble === null ? null : { step: entry.failure.step - 1, what: trouble });
}

function gone(detail: string): Replayed {
  return { verdict: "gone", details: [detail], failure: null };
}

function differences(stored: EntryFailure, now: EntryFailure): string[] {
  const rows: [string, string, string][] = [
    ["property", stored.property, now.property],
    ["strategy", stored.strategy, now.strategy],
    ["step", `${stored.step}`, `${now.step}`],
    ["request", requestText(stored), requestText(now)],
    ["expected outcome", outcome(stored.expected), outcome(now.expected)],
    ["actual outcome", outcome(stored.actual), outcome(now.actual)],
  ];
  return rows.filter(([, before, after]) => before !== after).map(([what, a, b]) => `${what} was ${a}, is ${b}`);
}

function requestText({ request }: EntryFailure): string {
  return `${request.access} c${request.context} i${request.iova}`;
}

/** The number decides, so that a new wording is no difference. */
function outcome(is: EntryFailure["expected"]): string {
  return is.outcome >= 0 ? `h${is.outcome}` : `fault ${-is.outcome}`;
}

export interface Verified {
  /** Sorted by id. */
  replayed: { id: string; replayed: Replayed }[];
  problems: CorpusProblem[];
}

/** Replays every entry of a corpus; files that are no entries come back as problems. */
export function verifyAll(store: CorpusStore): Verified {
  const verified: Verified = { replayed: [], problems: [] };
  // One at a time, so that ten thousand take no more memory than one.
  for (const read of store.each()) {
    if (read.ok) verified.replayed.push({ id: read.value.id, replayed: replayEntry(read.value) });
    else verified.problems.push(...read.problems);
  }
  return verified;
}

/** One line on a replay: `nf-0123456789ab same`. */
export function replayedText(id: string, { verdict, details }: Replayed): string {
  switch (verdict) {
    case "same":
      return `${id} same`;
    case "different":
    case "gone":
      return `${id} ${verdict}: ${details.join("; ")}`;
    default:
      return unreachable(verdict);
  }
}
