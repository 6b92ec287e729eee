/**
 * `nestfuzz fuzz`: search the cells of the claims, shrink and keep what is found, compare with what was expected.
 */

import { type Command, Option } from "commander";
import { contractRef } from "../report/built-in.js";
import { isExpected, isGreen } from "../report/claims.js";
import type { Cell } from "../rules/vocabulary.js";
import { type CampaignResult, runCampaign } from "../verdicts/campaign.js";
import { Clock } from "../verdicts/clock.js";
import { budgetFrom, DEFAULT_COMMANDS } from "./budget.js";
import { chooseCells, geometryFrom } from "./cells.js";
import { Ended, EXIT, print } from "./exit.js";
import { jsonReport, type RunReport, rowOf, textReport } from "./fuzz-report.js";
import { fuzzTargetFrom, type TargetRunFlags } from "./fuzz-target.js";
import { Interrupt } from "./interrupt.js";
import { Keeper } from "./keeper.js";
import { Progress } from "./progress.js";
import { goOnLine, type RunFlags, repeatLine, runLine } from "./repeat.js";
import { corpusAt, DEFAULT_CORPUS } from "./stores.js";
import { DEFAULT_QUIET } from "./target-open.js";

const DEFAULT_SEED = "1";

export function addFuzz(program: Command): void {
  program
    .command("fuzz")
    .argument("[claims...]", "ids of claims or cells, e.g. T1 T5.riscv (default: all)")
    .summary("search the claims for counterexamples")
    .description(
      "Searches each cell of the claims for a counterexample, shrinks what it finds and keeps it in the corpus.",
    )
    .option("--seed <text>", "seed of the run", DEFAULT_SEED)
    .addOption(
      new Option(
        "--commands <n>",
        `commands a cell, or a list, one a cell (default: ${DEFAULT_COMMANDS}, ` +
          "20 times as many where a counterexample is expected)",
      ),
    )
    .option("--seconds <n>", "stop after so many seconds, divided among the cells")
    .option("--no-coverage", "leave out the table of transitions and what went stale behind them")
    .option("--json", "print the result as JSON, without progress")
    .option("--corpus <folder>", "where counterexamples are kept", DEFAULT_CORPUS)
    .option("--architecture <name|file>", "run on this architecture")
    .option("--contract <name|file>", 'run under this contract, with parameters: "vtd-legacy cm=1"')
    .option("--strategies <names>", "hardware, envelope, shadow")
    .option("--properties <names>", "agreement, cache-validity, refinement, isolation")
    .option("--geometry <text>", 'levels x entries, e.g. "3x8" or "2x4/1x16"')
    .option("--target <command>", "search a real unit: a program that speaks the line protocol, or qemu:NAME")
    .option(
      "--without <kinds>",
      "with --target: leave out kinds of commands, e.g. permissions,superpages; known: what is known of a unit",
    )
    .option("--target-timeout <seconds>", "with --target: a program that is silent for so long hangs", DEFAULT_QUIET)
    .addHelpText("after", FUZZ_EXAMPLES)
    .action(async (claims: string[], flags: RunFlags & Partial<TargetRunFlags>) => {
      const { target } = flags;
      if (target === undefined) await fuzz(claims, flags);
      else await fuzzTargetFrom(claims, { ...flags, target, targetTimeout: flags.targetTimeout ?? DEFAULT_QUIET });
    });
}

const FUZZ_EXAMPLES = `
Examples:
  nestfuzz fuzz                                  all claims, as in the nightly job
  nestfuzz fuzz T1 T6a --seed 7                  two claims with another seed
  nestfuzz fuzz --contract my.yaml               a contract of your own on the unit it is for
  nestfuzz fuzz T5 --contract "my.yaml cm=0"     your contract in the cells of a claim
  nestfuzz fuzz --target qemu:riscv-nested       QEMU's unit under the same sequences
  nestfuzz fuzz --target "./my-unit --flags"     any program that speaks the line protocol

Exit code: 0 every verdict as expected, 1 one differs or the run was interrupted, 2 bad usage or input, or a
counterexample that cannot be kept, 3 internal error.
`;

async function fuzz(claims: readonly string[], flags: RunFlags): Promise<void> {
  const geometry = flags.geometry === undefined ? undefined : geometryFrom(flags.geometry);
  const cells = chooseCells(claims, flags);
  const budget = budgetFrom(flags, cells);
  const keeper = new Keeper(corpusAt(flags.corpus));
  const interrupt = new Interrupt();
  const progress = new Progress(flags.json !== true);
  const results: CampaignResult[] = [];
  for (const [at, cell] of cells.entries()) {
    const lead = `${at + 1} of ${cells.length}: ${cell.id}`;
    const clock = new Clock(budget.seconds === undefined ? undefined : budget.seconds / cells.length);
    const result = await runCampaign(cell, {
      seed: flags.seed,
      commands: budget.commands[at]!,
      ...(geometry === undefined ? {} : { geometry }),
      shouldStop: () => interrupt.isAsked || clock.isOver(),
      onProgress: (done) => progress.show(`${lead}, ${done} commands`),
    });
    results.push(result);
    progress.end(`${lead} ${verdictText(result)}`);
    if (result.entry !== null) keeper.keep(result.entry);
    if (interrupt.isAsked) break;
  }
  interrupt.release();
  const stopped = stoppedAt(interrupt, results, cells, claims, flags);
  const commands = results.map((result) => result.fuzz.commands);
  const repeat = stopped === null ? repeatLine(claims, flags, commands) : runLine(claims, flags);
  const report: RunReport = { results, seed: flags.seed, repeat, stopped };
  if (flags.json === true) print(jsonReport(report));
  else print(textReport(report, rulesOf(cells, flags), keeper.lines(), flags.coverage));
  if (keeper.hasFailed) throw new Ended(EXIT.input);
  if (stopped !== null || !isGreen(results.map(rowOf))) throw new Ended(EXIT.differs);
}

function verdictText(result: CampaignResult): string {
  const row = rowOf(result);
  return `${row.verdict}, ${isExpected(row) ? "as expected" : `expected ${row.expected}`}, ${row.commands} commands`;
}

/** An interrupt that came when all was done changes nothing. */
function stoppedAt(
  interrupt: Interrupt,
  results: readonly CampaignResult[],
  cells: readonly Cell[],
  claims: readonly string[],
  flags: RunFlags,
): RunReport["stopped"] {
  const last = results.at(-1);
  if (!interrupt.isAsked || last === undefined) return null;
  if (results.length === cells.length && !last.fuzz.stopped) return null;
  const done = last.fuzz.stopped ? results.length - 1 : results.length;
  return { cells: cells.length, goOn: goOnLine(claims, flags, cells, done) };
}

/** What is in force where the command line names rules: defaults are chosen for what it leaves out. */
function rulesOf(cells: readonly Cell[], { architecture, contract }: RunFlags): string[] {
  if (architecture === undefined && contract === undefined) return [];
  return cells.map((cell) => {
    const on = `${cell.architecture.name} under ${contractRef(cell.contract)}`;
    return `${cell.id}: ${cell.strategies.join("+")} on ${on}`;
  });
}
