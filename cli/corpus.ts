/**
 * `nestfuzz corpus list | verify`: what is kept, and whether it still does what it says.
 */

import type { Command } from "commander";
import { formatCorpusProblem } from "../corpus/problems.js";
import { replayedText, verifyAll } from "../corpus/replay.js";
import { Ended, EXIT, print } from "./exit.js";
import { allStores, DEFAULT_CORPUS } from "./stores.js";

export function addCorpus(program: Command): void {
  const corpus = program
    .command("corpus")
    .summary("list or verify the counterexamples that are kept")
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
  for (const { entry, replayed } of results.flatMap((one) => one.replayed)) {
    if (replayed.verdict === "same") good++;
    else {
      bad++;
      print(replayedText(entry.id, replayed));
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
