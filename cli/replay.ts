/**
 * `nestfuzz replay`: run a counterexample, a sequence file or a mail, step by step.
 */

import type { Command } from "commander";
import fs from "fs-extra";
import type { Setting } from "../corpus/entry.js";
import { formatCorpusProblem } from "../corpus/problems.js";
import { replayEntry, replayedText } from "../corpus/replay.js";
import { type StepReport, stepReport } from "../report/steps.js";
import { stepTable } from "../report/table.js";
import { Ended, EXIT, print, refuse } from "./exit.js";
import { type SettingFlags, settingFrom, settingWith } from "./setting.js";
import { DEFAULT_CORPUS, findEntry } from "./stores.js";

interface ReplayFlags extends SettingFlags {
  corpus: string;
}

export function addReplay(program: Command): void {
  program
    .command("replay")
    .argument("<id|file|->", "an id of the corpus, a file with a sequence or a mail, or - for standard input")
    .summary("run a counterexample or a sequence, step by step")
    .description(
      "Runs a sequence and prints what each strategy translates at each step, which requests are unsettled and why, " +
        "and the property that is violated. Flags take the place of the header's lines, or of an entry's rules.",
    )
    .option("--architecture <name|file>", "architecture (default: the header's, else tiny)")
    .option(
      "--contract <name|file>",
      "contract, with parameters: \"vtd-legacy cm=1\" (default: the header's, else the architecture's)",
    )
    .option("--strategies <names>", "hardware, envelope, shadow (default: the header's, else hardware envelope)")
    .option("--properties <names>", "properties to check (default: the header's, else all)")
    .option("--geometry <text>", 'levels x entries, e.g. "3x8" (default: the header\'s, else 2x4)')
    .option(
      "--start <contexts>",
      "contexts attached at the start: all, none, or e.g. c0 (default: the header's, else all)",
    )
    .option("--corpus <folder>", "where ids are looked up first", DEFAULT_CORPUS)
    .addHelpText("after", REPLAY_EXAMPLES)
    .action((ref: string, flags: ReplayFlags) => replay(ref, flags));
}

const REPLAY_EXAMPLES = `
Examples:
  nestfuzz replay nf-1a2b3c4d5e6f               a counterexample of the corpus
  nestfuzz replay mail.txt                      the sequence in a mail, quoted or not
  echo 'w g4[0]=-; dma r c0 i0' | nestfuzz replay - --contract never

Exit code: 0 no violation, 1 a violation, 2 bad usage or input.
`;

const KINDS = "known: an id (nf-...), a file, or - for standard input";

function replay(ref: string, flags: ReplayFlags): void {
  const isFile = ref === "-" || (fs.existsSync(ref) && !ref.endsWith(".json"));
  if (isFile) finish(stepsOf(settingFrom(ref === "-" ? "(standard input)" : ref, readText(ref), flags)));
  else if (/^nf-|^[0-9a-f]+$|\.json$/.test(ref)) replayEntryOf(ref, flags);
  else refuse(`${ref}:1:1: no such file, and no id; ${KINDS}; nestfuzz corpus list shows the ids`);
}

function readText(ref: string): string {
  try {
    return fs.readFileSync(ref === "-" ? 0 : ref, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown";
    return refuse(`${ref}:1:1: cannot be read (${reason}); a text file is due; name another`);
  }
}

/** An entry under the rules that are stored in it, and whether it still does what it says; or under those of flags. */
function replayEntryOf(ref: string, flags: ReplayFlags): void {
  const found = findEntry(flags.corpus, ref);
  if (!found.ok) refuse(...found.problems.map(formatCorpusProblem));
  const entry = found.value;
  const { corpus, ...rules } = flags;
  if (Object.keys(rules).length > 0) {
    finish(stepsOf(settingWith(entry, rules)));
    return;
  }
  const replayed = replayEntry(entry);
  const steps = stepsOf(entry);
  print(`${stepTable(steps)}\n${replayedText(entry.id, replayed)}`);
  if (steps.failure !== null || replayed.verdict !== "same") throw new Ended(EXIT.differs);
}

function stepsOf(setting: Setting): StepReport {
  const report = stepReport(setting);
  // The commands were read before, and so were geometry and start.
  if (!report.ok) throw new Error(`${report.path.join(" ")}: ${report.detail}`);
  return report.value;
}

function finish(steps: StepReport): void {
  print(stepTable(steps));
  if (steps.failure !== null) throw new Ended(EXIT.differs);
}
