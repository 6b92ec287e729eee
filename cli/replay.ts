/**
 * `nestfuzz replay`: run a counterexample, a sequence file or a mail, step by step.
 */

import type { Command } from "commander";
import fs from "fs-extra";
import type { Entry, Setting } from "../corpus/entry.js";
import { formatCorpusProblem } from "../corpus/problems.js";
import { replayEntry, replayedText } from "../corpus/replay.js";
import { toldBy } from "../report/mail.js";
import { stepTable } from "../report/table.js";
import { Ended, EXIT, print, refuse } from "./exit.js";
import { readBytes, sequencesOf, settingsOfLine } from "./replay-mail.js";
import { keptText, type RunFlags, rulesIn, runAll, runText, shownOf, stepsOf } from "./replay-run.js";
import { replayOn, stepsOn, targetFlagFor, withTarget } from "./replay-target.js";
import { settingWith } from "./setting.js";
import { addSettingOptions } from "./setting-options.js";
import { DEFAULT_CORPUS, findEntry } from "./stores.js";
import { DEFAULT_QUIET, type TargetFlags } from "./target-open.js";

export function addReplay(program: Command): void {
  const command = program
    .command("replay")
    .argument(
      "<id|nf1:...|file|->",
      "an id of the corpus, a sequence in one line, a file (sequence, mail, .eml, .mbox), or - for standard input",
    )
    .summary("run a counterexample or a sequence, step by step")
    .description(
      "Runs a sequence and prints what each strategy translates at each step, which requests are unsettled and why, " +
        "and the property that is violated. Flags take the place of the header's lines, or of an entry's rules.",
    );
  addSettingOptions(command)
    .option("--corpus <folder>", "where ids are looked up first", DEFAULT_CORPUS)
    .option("--target <command>", "run it on a real unit too: a program of the line protocol, or qemu:NAME")
    .option("--target-timeout <seconds>", "with --target: a program that is silent for so long hangs", DEFAULT_QUIET)
    .addHelpText("after", REPLAY_EXAMPLES)
    .action((ref: string, flags: RunFlags) => replay(ref, flags));
}

const REPLAY_EXAMPLES = `
Examples:
  nestfuzz replay nf-1a2b3c4d5e6f               a counterexample of the corpus
  nestfuzz replay mail.txt                      the sequences in a mail, quoted or not
  nestfuzz replay thread.mbox                   those of a whole thread, each once
  nestfuzz replay nf1:...                       the one-line form that nestfuzz show prints
  echo 'w g4[0]=-; dma r c0 i0' | nestfuzz replay - --contract never
  nestfuzz replay nf-1a2b3c4d5e6f --target qemu:riscv-nested@./qemu-system-riscv64

Exit code: 0 no violation, 1 a violation, 2 bad usage or input.
`;

const KINDS = "known: an id (nf-...), nf1:..., a file, or - for standard input";

async function replay(ref: string, flags: RunFlags): Promise<void> {
  const isFile = ref === "-" || (fs.existsSync(ref) && !ref.endsWith(".json"));
  if (/^nf1(:|%3A)/.test(ref)) return replayLine(ref, flags);
  if (isFile) return replayFile(ref, flags);
  if (/^nf-|^[0-9a-f]+$|\.json$/.test(ref)) return replayEntryOf(ref, flags);
  return refuse(`${ref}:1:1: no such file, and no id; ${KINDS}; nestfuzz corpus list shows the ids`);
}

/** A one-line form. */
function replayLine(ref: string, flags: RunFlags): void {
  const settings = settingsOfLine(ref, rulesIn(flags));
  runAll(settings.map((setting) => () => runText(setting(), flags)));
}

/** Each sequence of a file once. What is wrong with some of them is said, the others are run. */
async function replayFile(ref: string, flags: RunFlags): Promise<void> {
  const file = ref === "-" ? "(standard input)" : ref;
  const { sequences, errors, notes } = await sequencesOf(file, readBytes(ref), rulesIn(flags));
  for (const line of [...notes, ...errors]) process.stderr.write(`${line}\n`);
  const several = sequences.length + errors.length > 1 && sequences.length > 0;
  const runs = sequences.map(({ place, setting }, at) => () => {
    const meant = setting();
    if (several) print(`${at === 0 ? "" : "\n"}sequence ${at + 1} of ${sequences.length}: ${place}\n\n`);
    return runText(meant, flags);
  });
  runAll(runs, errors.length > 0);
}

/** An entry under the rules that are stored in it, and whether it still does what it says; or under those of flags. */
function replayEntryOf(ref: string, flags: RunFlags): void {
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
    runAll([() => shownOf(stepsOf(settingWith(entry, rules)))]);
    return;
  }
  const replayed = replayEntry(entry);
  const steps = stepsOf(entry, toldBy(entry));
  const kept = entry.target === undefined ? "" : keptText(`${entry.target.name} ${entry.target.version}`);
  print(`${stepTable(steps)}\n${replayedText(entry.id, replayed)}${kept}`);
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
