/**
 * The command line: subcommands, and what an error becomes.
 *
 * Usage errors end with code 2 and commander's own message; what is thrown and not an `Ended` is a defect of the
 * program and ends with code 3 and a stack, for the report.
 */

import { Command, CommanderError } from "commander";
import { Unwritable } from "../corpus/unwritable.js";
import { version } from "../verdicts/version.js";
import { addCheck } from "./check.js";
import { addClaims } from "./claims.js";
import { addCorpus } from "./corpus.js";
import { Ended, EXIT } from "./exit.js";
import { addExplain } from "./explain.js";
import { addExplore } from "./explore.js";
import { addFuzz } from "./fuzz.js";
import { addInfer } from "./infer.js";
import { addInit } from "./init.js";
import { addNightly } from "./nightly.js";
import { addProve } from "./prove.js";
import { addReplay } from "./replay.js";
import { addReport } from "./report.js";
import { addRules } from "./rules.js";
import { addShow } from "./show.js";
import { addTargets } from "./targets.js";

export function makeProgram(): Command {
  const program = new Command("nestfuzz")
    .description(
      "Settles claims about IOMMU nesting by evidence: fuzzes hardware nesting and software shadows against an oracle.",
    )
    .version(version())
    .showHelpAfterError("(nestfuzz --help shows what is known)")
    .addHelpText("after", "\nExamples:\n  nestfuzz fuzz\n  nestfuzz claims\n  nestfuzz show nf-1a2b3c4d5e6f\n");
  for (const add of [
    addFuzz,
    addNightly,
    addReport,
    addInit,
    addCheck,
    addInfer,
    addProve,
    addReplay,
    addShow,
    addExplain,
    addExplore,
    addCorpus,
    addClaims,
    addRules,
    addTargets,
  ])
    add(program);
  for (const command of everyCommand(program)) command.exitOverride().configureHelp({ sortSubcommands: false });
  return program;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap((child) => everyCommand(child as Command))];
}

/** Runs the program; returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  // Whoever reads the complaints may close the pipe early; the run goes on.
  if (process.stderr.listenerCount("error") === 0) process.stderr.on("error", () => {});
  try {
    await makeProgram().parseAsync([...argv]);
    return EXIT.ok;
  } catch (error) {
    if (error instanceof Ended) return error.code;
    if (error instanceof Unwritable) {
      process.stderr.write(`${error.message}\n`);
      return EXIT.unwritable;
    }
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.input;
    if ((error as NodeJS.ErrnoException).code === "EPIPE") return EXIT.ok;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`nestfuzz: internal error, please report it with the command that led to it\n${text}\n`);
    return EXIT.internal;
  }
}
