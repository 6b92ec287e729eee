/**
 * Replaying on a target: the one that `--target` names, or the unit of QEMU that a counterexample was found on.
 *
 * A program that is not QEMU's is never started because a file says so: it takes the flag.
 */

import type { Entry, EntryFailure, Setting } from "../corpus/entry.js";
import { answerOf, answerText, entryFailure } from "../corpus/failure.js";
import { type Replayed, replayTarget } from "../corpus/replay.js";
import { prepareRun } from "../corpus/run.js";
import { parseStart } from "../models/start.js";
import { type StepReport, stepReport, type Told } from "../report/steps.js";
import { TargetRunner } from "../search/target-runner.js";
import { RecordedTarget } from "../targets/recorded.js";
import type { Target } from "../targets/target.js";
import { installed, UNITS } from "../targets/units.js";
import { refuse } from "./exit.js";
import { openTargetFrom, type TargetFlags } from "./target-open.js";

/** The flag, or the unit that `name` is if it is installed; undefined where there is none to be had. */
export function targetFlagFor(name: string, flags: Partial<TargetFlags>): string | undefined {
  if (flags.target !== undefined) return flags.target;
  const kind = UNITS.find((unit) => name === `qemu:${unit.name}`);
  return kind !== undefined && installed(kind).ok ? name : undefined;
}

/** A target that answers what a mail says that it answered. */
export function recordedTarget(setting: Setting, name: string, answers: readonly string[]): Target {
  const info = { name, version: "", architecture: setting.architecture.name, geometry: setting.geometry };
  return new RecordedTarget(info, answers.map(answerOf), null);
}

/** Opens the target, hands it over, and ends it whatever happens. */
export function withTarget<T>(flags: TargetFlags, use: (target: Target) => T): T {
  const { target } = openTargetFrom(flags);
  try {
    return use(target);
  } finally {
    target.close();
  }
}

export function replayOn(target: Target, entry: Entry): Replayed {
  refuseOtherGeometry(target, entry);
  return replayTarget(entry, target);
}

/** The steps of a setting with what the target answers now. */
export function stepsOn(target: Target, setting: Setting): StepReport {
  refuseOtherGeometry(target, setting);
  const run = prepareRun(setting);
  if (!run.ok) return refuse(`${run.path.join(" ")}: ${run.detail}`);
  const { geometry } = run.runner.machine;
  const start = parseStart(setting.start, geometry);
  if (typeof start === "string") return refuse(start);
  const runner = new TargetRunner(setting, target, geometry, start);
  const unknown = run.commands.findIndex((_, at) => !target.accepts(run.sequence, at));
  if (unknown >= 0)
    refuse(
      `step ${unknown + 1}: "${setting.commands[unknown]}" is no command that ${target.info.name} can be told; ` +
        "docs/targets.md says what each unit takes; leave it out",
    );
  const found = runner.runCommands(run.sequence);
  const failure: EntryFailure | null = found === null ? null : entryFailure(found, geometry);
  const told: Told = { answers: runner.answers.map(answerText), failure };
  const report = stepReport(setting, undefined, told);
  if (!report.ok) throw new Error(`${report.path.join(" ")}: ${report.detail}`);
  return report.value;
}

function refuseOtherGeometry({ info }: Target, { geometry }: Setting): void {
  if (info.geometry === geometry) return;
  refuse(
    `--target: ${info.name} has the geometry "${info.geometry}", the sequence "${geometry}"; ` +
      `give the sequence a header line "geometry: ${info.geometry}", or use --geometry`,
  );
}
