/**
 * The command line: subcommands, and what an error becomes.
 *
 * Usage errors end with code 2 and commander's own message; what is thrown and not an `Ended` is a defect of the
 * program and ends with code 3 and a stack, for the report.
 */

import { Command, CommanderError } from "commander";
import { Unwritable } from "../corpus/unwritable.js";
import { version } from "../verdicts/version.js";
import { Ended, EXIT } from "./exit.js";

type Add = (program: Command) => void;

/** The subcommands in the order of the help; what one needs is loaded when it is called, since that takes a while. */
const SUBCOMMANDS: Readonly<Record<string, () => Promise<Add>>> = {
  fuzz: async () => (await import("./fuzz.js")).addFuzz,
  nightly: async () => (await import("./nightly.js")).addNightly,
  report: async () => (await import("./report.js")).addReport,
  init: async () => (await import("./init.js")).addInit,
  check: async () => (await import("./check.js")).addCheck,
  infer: async () => (await import("./infer.js")).addInfer,
  prove: async () => (await import("./prove.js")).addProve,
  replay: async () => (await import("./replay.js")).addReplay,
  show: async () => (await import("./show.js")).addShow,
  explain: async () => (await import("./explain.js")).addExplain,
  explore: async () => (await import("./explore.js")).addExplore,
  corpus: async () => (await import("./corpus.js")).addCorpus,
  claims: async () => (await import("./claims.js")).addClaims,
  rules: async () => (await import("./rules.js")).addRules,
  targets: async () => (await import("./targets.js")).addTargets,
};
const VERSION = ["--version", "-V"];

/** With the subcommand that is called, if `first` is one; else with all, for the help and its suggestions. */
async function makeProgram(first: string | undefined): Promise<Command> {
  const program = new Command("nestfuzz")
    .description(
      "Settles claims about IOMMU nesting by evidence: fuzzes hardware nesting and software shadows against an oracle.",
    )
    .version(version())
    .showHelpAfterError("(nestfuzz --help shows what is known)")
    .addHelpText("after", "\nExamples:\n  nestfuzz fuzz\n  nestfuzz claims\n  nestfuzz show nf-1a2b3c4d5e6f\n");
  for (const load of called(first)) (await load())(program);
  for (const command of everyCommand(program)) command.exitOverride().configureHelp({ sortSubcommands: false });
  return program;
}

function called(first: string | undefined): (() => Promise<Add>)[] {
  if (first !== undefined && VERSION.includes(first)) return [];
  const one = first !== undefined && Object.hasOwn(SUBCOMMANDS, first) ? SUBCOMMANDS[first] : undefined;
  return one === undefined ? Object.values(SUBCOMMANDS) : [one];
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap((child) => everyCommand(child as Command))];
}

/** Runs the program; returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  // Whoever reads the complaints may close the pipe early; the run goes on.
  if (process.stderr.listenerCount("error") === 0) process.stderr.on("error", () => {});
  try {
    const program = await makeProgram(argv[2]);
    await program.parseAsync([...argv]);
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
