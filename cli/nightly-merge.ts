/**
 * `nestfuzz nightly merge`: the shards of a run as the run of one machine.
 */

import { mkdirSync } from "node:fs";
import type { Command } from "commander";
import { writing } from "../corpus/unwritable.js";
import { Known } from "../nightly/known.js";
import { countShards, mergeFindings, shardsIn } from "../nightly/merge.js";
import { writeOutputs } from "../nightly/outputs.js";
import { summaryOf } from "../nightly/summary.js";
import { nightText } from "../report/night-text.js";
import { Ended, EXIT, print, refuse } from "./exit.js";
import { nightPage } from "./night-page.js";
import { cellsOf } from "./nightly-open.js";
import { DEFAULT_OUT } from "./nightly-request.js";
import { committedStores, DEFAULT_CORPUS } from "./stores.js";

interface MergeFlags {
  out: string;
  corpus: string;
  json?: boolean;
}

export function addNightlyMerge(nightly: Command): void {
  nightly
    .command("merge")
    .argument("<folders...>", "the --out of each shard")
    .summary("the shards of a run as one")
    .description("Merges what shards found: summary, reports and findings are those of one machine with the same seed.")
    .option("--out <folder>", "where the whole goes", DEFAULT_OUT)
    .option("--corpus <folder>", "committed counterexamples: what is known", DEFAULT_CORPUS)
    .option("--json", "print the summary as JSON")
    .addHelpText("after", "\nExample:\n  nestfuzz nightly merge shard-1/ shard-2/ --out runs/\n")
    // Flags that stand behind the word `merge` may have been taken by the command above it.
    .action((folders: string[], _flags: MergeFlags, command: Command) => merge(folders, command.optsWithGlobals()));
}

function merge(folders: readonly string[], { out, corpus, json }: MergeFlags): void {
  const shards = shardsIn(folders);
  if (typeof shards === "string") refuse(shards);
  const { header, missing } = shards;
  const cells = cellsOf(header, folders[0]!);
  writing(out, () => mkdirSync(out, { recursive: true }));
  const { counted, stopped } = countShards(shards, cells);
  mergeFindings(shards, out);
  const machine = {
    seconds: counted.seconds,
    workers: 0,
    memory: { start: 0, minute5: null, end: 0, peak: 0 },
    replaced: [],
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
  };
  const known = new Known(committedStores(corpus));
  const summary = summaryOf({ header, cells, counted, known, stopped, missing, machine });
  writeOutputs(out, summary, nightPage(summary, { out, corpus, cells }));
  print(json === true ? JSON.stringify(summary, null, 2) : nightText(summary));
  if (!summary.green) throw new Ended(EXIT.differs);
}
