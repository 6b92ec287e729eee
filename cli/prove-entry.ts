/**
 * From a shortest failing sequence to the entry that is kept.
 *
 * Operands are made simpler as after a fuzz run, from the same start state: the length stays, and with it that no
 * shorter sequence fails. Where the scope makes one step of several commands, the sequence is shortest in steps alone,
 * and is not marked.
 */

import type { Entry } from "../corpus/entry.js";
import { makeEntry } from "../corpus/make.js";
import { allContexts } from "../models/start.js";
import type { ProverOptions, Verdict } from "../prove/prover.js";
import type { Cell } from "../rules/vocabulary.js";
import { Runner } from "../search/runner.js";
import { minimality } from "../shrinkers/minimality.js";
import { type Candidate, shrink } from "../shrinkers/shrink.js";
import { version } from "../verdicts/version.js";

type Failed = Verdict & { kind: "fails" };

export function entryOf(cell: Cell, { geometry, scope }: ProverOptions, { commands, failure }: Failed): Entry {
  const runner = new Runner(cell, geometry);
  const start = allContexts(geometry);
  const fails = (candidate: Candidate): boolean =>
    candidate.start.size === start.size && runner.runCommands(candidate.commands) !== null;
  const { candidate } = shrink({ commands, start }, fails, geometry.limits);
  const shrunk = runner.runCommands(candidate.commands);
  if (shrunk === null) throw new Error(`${cell.id}: the shrunk sequence does not fail`);
  const { removable, lowerable } = minimality(candidate, fails, geometry.limits);
  // An operand that no move of the scope has may let the sequence fail sooner.
  const isShortest = !scope.atOnce && shrunk.step === failure.step;
  const shortest = isShortest ? { shortest: scope.text === "" ? "all" : scope.text } : {};
  return makeEntry({
    cell,
    geometry,
    start,
    commands: candidate.commands,
    failure: shrunk,
    found: { seed: "prove", run: 0, version: version(), lengthBefore: failure.step + 1 },
    minimal: removable || lowerable ? null : { removable: false, lowerable: false, ...shortest },
  });
}
