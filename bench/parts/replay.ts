/**
 * Replaying the committed counterexamples: making a runner for the rules of each, running it and comparing the failure;
 * beside it the runs alone.
 */

import { replayEntry } from "../../corpus/replay.js";
import { prepareRun } from "../../corpus/run.js";
import { committedEntries } from "../corpus.js";
import type { Subject } from "../subject.js";

const ALONE = "their runs alone";

export function replaySubjects(): Subject[] {
  // Those of real units are judged by what these answered: no runner of this kind.
  const entries = committedEntries().filter(({ target }) => target === undefined);
  const runs = entries.map((entry) => {
    const run = prepareRun(entry);
    if (!run.ok) throw new Error(`${entry.id}: ${run.detail}`);
    return run;
  });
  return [
    {
      ...each("counterexamples", entries.length, (at) => {
        const { verdict } = replayEntry(entries[at]!);
        if (verdict !== "same") throw new Error(`${entries[at]!.id}: ${verdict}`);
      }),
      against: ALONE,
    },
    each(ALONE, entries.length, (at) => {
      const { runner, sequence } = runs[at]!;
      if (runner.runCommands(sequence) === null) throw new Error(`${entries[at]!.id}: gone`);
    }),
  ];
}

/** All of them a batch: they differ in length. */
function each(name: string, count: number, work: (at: number) => void): Subject {
  return {
    name,
    unit: "entries/s",
    clock: "processor",
    batch() {
      for (let at = 0; at < count; at++) work(at);
      return count;
    },
  };
}
