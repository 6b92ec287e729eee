/**
 * `nestfuzz nightly`: the claims searched for hours on all cores, so that it can be killed, gone on with and divided.
 */

import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { Counted } from "../nightly/counted.js";
import { Journal } from "../nightly/journal.js";
import { Known } from "../nightly/known.js";
import { Memory } from "../nightly/memory.js";
import { writeOutputs } from "../nightly/outputs.js";
import { type Pool, startPool } from "../nightly/pool.js";
import { findingsFolder, runNight } from "../nightly/run.js";
import { summaryOf } from "../nightly/summary.js";
import { nightText } from "../report/night-text.js";
import { quotedWord } from "../report/shell.js";
import type { Summary } from "../report/summary.js";
import type { Cell } from "../rules/vocabulary.js";
import { Clock } from "../verdicts/clock.js";
import { numberFrom } from "./budget.js";
import { Ended, EXIT, print } from "./exit.js";
import { Interrupt } from "./interrupt.js";
import { nightPage } from "./night-page.js";
import { addNightlyMerge } from "./nightly-merge.js";
import { openNight } from "./nightly-open.js";
import { DEFAULT_HOURS, DEFAULT_OUT, type NightFlags } from "./nightly-request.js";
import { Progress } from "./progress.js";
import { committedStores, DEFAULT_CORPUS } from "./stores.js";

export function addNightly(program: Command): void {
  const nightly = program
    .command("nightly")
    .argument("[claims...]", "ids of claims or cells (default: all)")
    .summary("search the claims for hours, on all cores and many machines")
    .description(
      "Searches the claims on all cores until the budget is spent; a run that was killed is gone on with. What is " +
        "new against the committed counterexamples turns it red.",
    )
    .option("--hours <n>", `stop after so many hours (default: ${DEFAULT_HOURS}, if --commands is not given)`)
    .option("--commands <n>", "stop after so many commands, of all shards together")
    .option("--out <folder>", "where journal, findings and reports go", DEFAULT_OUT)
    .option("--seed <text>", "seed of the run (default: night-N, N the number of the night)")
    .option("--workers <n>", "processes that search (default: one a core)")
    .option("--resume", "go on with the run in --out that was stopped or killed; begin one if there is none")
    .option("--shard <i/n>", "search one part of n: i is counted from 0 or from 1")
    .option("--since <summary>", "summary of the night before (default: the one in --out)")
    .option("--corpus <folder>", "committed counterexamples: what is known", DEFAULT_CORPUS)
    .option("--canary", "plant a bug in each family of units, which must be found (default)")
    .option("--no-canary", "plant none")
    .option("--worker-timeout <seconds>", "a worker that is silent for so long over a slice hangs", "60")
    .option("--architecture <name|file>", "run on this architecture")
    .option("--contract <name|file>", 'run under this contract, with parameters: "vtd-legacy cm=1"')
    .option("--strategies <names>", "hardware, envelope, shadow")
    .option("--properties <names>", "agreement, cache-validity, refinement, isolation")
    .option("--geometry <text>", 'levels x entries, e.g. "3x8" or "2x4/1x16"')
    .option("--json", "print the summary as JSON, without progress")
    .addHelpText("after", NIGHTLY_EXAMPLES)
    .action((claims: string[], flags: NightFlags) => night(claims, flags));
  addNightlyMerge(nightly);
}

const NIGHTLY_EXAMPLES = `
Examples:
  nestfuzz nightly --hours 8 --out runs/              a night on this machine
  nestfuzz nightly --resume --out runs/               go on with it after a kill
  nestfuzz nightly --hours 8 --shard 3/10 --out s3/   one machine of ten
  nestfuzz nightly merge s*/ --out runs/              their results as one
  nestfuzz report runs/ --html                        all of it as one page (it is in runs/ too)
  nestfuzz corpus accept nf-1a2b3c4d5e6f --from runs/ what it found is known from now on

Exit code: 0 green, 1 red or stopped, 2 bad usage or input, 3 a file that cannot be written, or an internal error.
`;

async function night(claims: readonly string[], flags: NightFlags): Promise<void> {
  const workers = flags.workers === undefined ? availableParallelism() : numberFrom(flags.workers, "--workers", "4");
  const patience = numberFrom(flags.workerTimeout, "--worker-timeout", "60");
  let pool: Pool | undefined;
  const interrupt = new Interrupt(() => void pool?.stop());
  const opened = openNight(claims, flags);
  try {
    const { header, cells } = opened;
    const counted = new Counted(cells);
    const journal = opened.isNew
      ? Journal.begin(flags.out, header)
      : Journal.goOn(flags.out, (line) => counted.add(line));
    const known = new Known(committedStores(flags.corpus));
    const replaced: string[] = [];
    const progress = new Progress(flags.json !== true);
    const memory = new Memory(workers);
    const clock = new Clock(undefined);
    pool = startPool({
      workers,
      patience,
      onReplaced: (what, { cell, seed, commands }) => {
        const slice = `--seed ${quotedWord(seed)} --commands ${commands}`;
        const line = `${cell.id}: a worker ${what}; its slice runs again (${slice})`;
        replaced.push(line);
        process.stderr.write(`${line}\n`);
      },
    });
    const before = counted.seconds;
    try {
      const stopped = await runNight({
        ...{ header, cells, known, journal, counted, pool, clock, memory },
        folder: findingsFolder(flags.out),
        lanes: workers,
        isStopped: () => interrupt.isAsked,
        onProgress: (text) => progress.show(`${text}; ${opened.totalText(counted)}`),
      });
      progress.clear();
      const seconds = Math.round((before + clock.seconds()) * 10) / 10;
      const machine = { ...hereNow(), seconds, workers, memory: memory.figures(), replaced };
      report(summaryOf({ header, cells, counted, known, stopped, machine }), cells, flags);
    } finally {
      await pool.stop();
      journal.close();
    }
  } finally {
    interrupt.release();
    opened.lock.release();
  }
}

/** What is said of the machine that writes a summary. */
export function hereNow(): Pick<Summary["machine"], "platform" | "node"> {
  return { platform: `${process.platform} ${process.arch}`, node: process.version };
}

function report(summary: Summary, cells: readonly Cell[], flags: NightFlags): void {
  writeOutputs(flags.out, summary, nightPage(summary, { ...flags, cells }));
  if (flags.json === true) print(JSON.stringify(summary, null, 2));
  else {
    print(nightText(summary));
    if (summary.stopped) print(`go on with: nestfuzz nightly --resume --out ${quotedWord(flags.out)}`);
  }
  if (!summary.green) throw new Ended(EXIT.differs);
}
