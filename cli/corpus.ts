/**
 * `nestfuzz corpus list | verify | accept | merge`: what is kept, whether it still does what it says, and what comes
 * in.
 */

import { existsSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { mergeFolder } from "../corpus/merge.js";
import { formatCorpusProblem } from "../corpus/problems.js";
import { replayedText, verifyAll } from "../corpus/replay.js";
import { findingsFolder } from "../nightly/run.js";
import { Ended, EXIT, print, refuse } from "./exit.js";
import { DEFAULT_OUT } from "./nightly-request.js";
import { allStores, corpusAt, DEFAULT_CORPUS } from "./stores.js";

export function addCorpus(program: Command): void {
  const corpus = program
    .command("corpus")
    .summary("list, verify, accept or merge the counterexamples that are kept")
    .description("The counterexamples that are kept: those of the folder, and those that come with the program.")
    .addHelpText("after", "\nExamples:\n  nestfuzz corpus list\n  nestfuzz corpus verify --corpus runs/corpus\n");
  corpus
    .command("list")
    .summary("list them, one a line")
    .description("Lists the counterexamples: id, claim, severity, property, number of commands.")
    .option("--corpus <folder>", "folder to look in", DEFAULT_CORPUS)
    .addHelpText("after", "\nExample:\n  nestfuzz corpus list\n")
    .action((flags: { corpus: string }) => list(flags.corpus));
  corpus
    .command("verify")
    .summary("replay them all")
    .description("Replays every counterexample; exit code 1 if one no longer does what it says, 2 if a file is broken.")
    .option("--corpus <folder>", "folder to look in", DEFAULT_CORPUS)
    .addHelpText("after", "\nExample:\n  nestfuzz corpus verify\n")
    .action((flags: { corpus: string }) => verify(flags.corpus));
  corpus
    .command("accept")
    .argument("<ids...>", "ids of findings, or their beginnings")
    .summary("make findings of a night known")
    .description(
      "Copies findings of a run into the committed counterexamples, each replayed twice first: what has their cause " +
        "turns no further night red.",
    )
    .option("--from <folder>", "the --out of the run, or a folder of counterexamples", DEFAULT_OUT)
    .option("--corpus <folder>", "the committed counterexamples", DEFAULT_CORPUS)
    .addHelpText("after", "\nExample:\n  nestfuzz corpus accept nf-1a2b3c4d5e6f --from runs/\n")
    .action((ids: string[], flags: { from: string; corpus: string }) => accept(ids, flags));
  corpus
    .command("merge")
    .argument("<folders...>", "folders of counterexamples, or what nestfuzz nightly --out wrote")
    .summary("the union of folders")
    .description(
      "Puts the counterexamples of some folders into one. The order does not matter, nor how often it is done; of " +
        "two files of one id the one whose text is less is kept.",
    )
    .option("--into <folder>", "the folder that gets them", DEFAULT_CORPUS)
    .addHelpText("after", "\nExample:\n  nestfuzz corpus merge shard-1/ shard-2/ --into corpus\n")
    .action((folders: string[], flags: { into: string }) => merge(folders, flags.into));
}

function accept(ids: readonly string[], { from, corpus }: { from: string; corpus: string }): void {
  const source = corpusAt(entriesIn(from, "--from"));
  const loaded = ids.map((id) => source.load(id));
  complain(loaded.flatMap((one) => (one.ok ? [] : one.problems)));
  for (const one of loaded) {
    if (!one.ok) continue;
    const saved = corpusAt(corpus).save(one.value);
    if (!saved.ok) {
      for (const problem of saved.problems) process.stderr.write(`${formatCorpusProblem(problem)}\n`);
      throw new Ended(saved.problems.some(({ code }) => code === "NF303") ? EXIT.unwritable : EXIT.input);
    }
    const { id, isNew } = saved.value;
    print(isNew ? `${id}: accepted, now in ${corpus}` : `${id}: was accepted before`);
  }
}

/** What a run found lies in a folder of its own. */
function entriesIn(folder: string, what: string): string {
  if (existsSync(findingsFolder(folder))) return findingsFolder(folder);
  if (existsSync(folder)) return folder;
  return refuse(
    `${what}: no folder ${folder}; known: what nestfuzz nightly --out wrote, or a folder of counterexamples`,
  );
}

function merge(folders: readonly string[], into: string): void {
  const sources = folders.map((folder) => entriesIn(folder, "corpus merge"));
  const merged = sources
    .filter((source) => path.resolve(source) !== path.resolve(into))
    .map((source) => mergeFolder(source, into));
  const sum = (what: "added" | "replaced" | "kept"): number =>
    merged.reduce((total, { counts }) => total + counts[what], 0);
  print(`${sum("added")} added, ${sum("replaced")} replaced, ${sum("kept")} were there`);
  complain(merged.flatMap(({ problems }) => problems));
}

function list(folder: string): void {
  const listings = allStores(folder).map((store) => store.list());
  const entries = [...new Map(listings.flatMap((one) => one.entries).map((entry) => [entry.id, entry])).values()];
  for (const { id, claim, failure, commands } of entries) {
    const length = `${commands.length} command${commands.length === 1 ? "" : "s"}`;
    print(`${id}  ${claim.padEnd(20)}  ${failure.severity.padEnd(16)}  ${failure.property.padEnd(14)}  ${length}`);
  }
  const problems = listings.flatMap((one) => one.problems);
  if (entries.length + problems.length === 0)
    process.stderr.write(`no counterexample is kept in ${folder} yet; nestfuzz fuzz finds some\n`);
  complain(problems);
}

function verify(folder: string): void {
  const results = allStores(folder).map((store) => verifyAll(store));
  let good = 0;
  let bad = 0;
  for (const { id, replayed } of results.flatMap((one) => one.replayed)) {
    if (replayed.verdict === "same") good++;
    else {
      bad++;
      print(replayedText(id, replayed));
    }
  }
  print(`${good} of ${good + bad} do what they say`);
  complain(results.flatMap((one) => one.problems));
  if (bad > 0) throw new Ended(EXIT.differs);
}

/** Broken files are named and left as they are. */
function complain(problems: Parameters<typeof formatCorpusProblem>[0][]): void {
  for (const problem of problems) process.stderr.write(`${formatCorpusProblem(problem)}\n`);
  if (problems.length > 0) throw new Ended(EXIT.input);
}
