/**
 * `nestfuzz replay`: run a counterexample, a sequence file or a mail, step by step.
 */

import type { Command } from "commander";
import fs from "fs-extra";
import type { Entry, Setting } from "../corpus/entry.js";
import { formatCorpusProblem } from "../corpus/problems.js";
import { replayEntry, replayedText } from "../corpus/replay.js";
import { toldBy } from "../report/mail.js";
import { type StepReport, stepReport, type Told } from "../report/steps.js";
import { stepTable } from "../report/table.js";
import { Ended, EXIT, print, refuse } from "./exit.js";
import { replayOn, stepsOn, targetFlagFor, withTarget } from "./replay-target.js";
import { type SettingFlags, settingFrom, settingWith } from "./setting.js";
import { DEFAULT_CORPUS, findEntry } from "./stores.js";
import { DEFAULT_QUIET, type TargetFlags } from "./target-open.js";

interface ReplayFlags extends SettingFlags, Partial<TargetFlags> {
  corpus: string;
  targetTimeout: string;
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
    .option("--target <command>", "run it on a real unit too: a program of the line protocol, or qemu:NAME")
    .option("--target-timeout <seconds>", "with --target: a program that is silent for so long hangs", DEFAULT_QUIET)
    .addHelpText("after", REPLAY_EXAMPLES)
    .action((ref: string, flags: ReplayFlags) => replay(ref, flags));
}

const REPLAY_EXAMPLES = `
Examples:
  nestfuzz replay nf-1a2b3c4d5e6f               a counterexample of the corpus
  nestfuzz replay mail.txt                      the sequence in a mail, quoted or not
  echo 'w g4[0]=-; dma r c0 i0' | nestfuzz replay - --contract never
  nestfuzz replay nf-1a2b3c4d5e6f --target qemu:riscv-nested@./qemu-system-riscv64

Exit code: 0 no violation, 1 a violation, 2 bad usage or input.
`;

const KINDS = "known: an id (nf-...), a file, or - for standard input";

function replay(ref: string, flags: ReplayFlags): void {
  const isFile = ref === "-" || (fs.existsSync(ref) && !ref.endsWith(".json"));
  if (isFile) replayText(ref === "-" ? "(standard input)" : ref, readText(ref), flags);
  else if (/^nf-|^[0-9a-f]+$|\.json$/.test(ref)) replayEntryOf(ref, flags);
  else refuse(`${ref}:1:1: no such file, and no id; ${KINDS}; nestfuzz corpus list shows the ids`);
}

/** A sequence, on the target that the flag or its header names as well. */
function replayText(file: string, text: string, flags: ReplayFlags): void {
  const { corpus, target: _, targetTimeout, ...rules } = flags;
  const { targetText, ...setting } = settingFrom(file, text, rules);
  const name = targetFlagFor(targetText?.split(" ")[0] ?? "", flags);
  if (name !== undefined) {
    finish(withTarget({ target: name, targetTimeout }, (target) => stepsOn(target, setting)));
    return;
  }
  if (targetText !== undefined)
    process.stderr.write(`its target is not at hand (${targetText}); only the models are run; --target names one\n`);
  finish(stepsOf(setting));
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
  const { corpus, target: _, targetTimeout, ...rules } = flags;
  const name = targetFlagFor(entry.target?.name ?? "", flags);
  if (name !== undefined) {
    const setting = Object.keys(rules).length > 0 ? settingWith(entry, rules) : entry;
    replayOnTarget(entry, setting, { target: name, targetTimeout });
    return;
  }
  if (Object.keys(rules).length > 0) {
    finish(stepsOf(settingWith(entry, rules)));
    return;
  }
  const replayed = replayEntry(entry);
  const steps = stepsOf(entry, toldBy(entry));
  print(`${stepTable(steps)}\n${replayedText(entry.id, replayed)}${keptText(entry)}`);
  if (steps.failure !== null || replayed.verdict !== "same") throw new Ended(EXIT.differs);
}

/** What an entry's own target says now. */
function replayOnTarget(entry: Entry, setting: Setting, flags: TargetFlags): void {
  const [steps, replayed, info] = withTarget(flags, (target) => [
    stepsOn(target, setting),
    entry.target === undefined ? null : replayOn(target, { ...entry, ...setting }),
    target.info,
  ]);
  const found = entry.target === undefined ? "" : ` (found on ${entry.target.name} ${entry.target.version})`;
  const line = replayed === null ? "" : `${replayedText(entry.id, replayed)}\n`;
  print(`${stepTable(steps)}\n${line}run on ${info.name} ${info.version}${found}`);
  if (steps.failure !== null || (replayed !== null && replayed.verdict !== "same")) throw new Ended(EXIT.differs);
}

function keptText({ target }: Entry): string {
  if (target === undefined) return "";
  return `\njudged by the answers of ${target.name} ${target.version} that were kept; --target runs it again`;
}

function stepsOf(setting: Setting, told?: Told): StepReport {
  const report = stepReport(setting, undefined, told);
  // The commands were read before, and so were geometry and start.
  if (!report.ok) throw new Error(`${report.path.join(" ")}: ${report.detail}`);
  return report.value;
}

function finish(steps: StepReport): void {
  print(stepTable(steps));
  if (steps.failure !== null) throw new Ended(EXIT.differs);
}
