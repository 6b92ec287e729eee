/**
 * Runs what a text says, prints the steps, and compares the failure with the id that the text states.
 *
 * The id of a counterexample is a hash of its rules, start, steps and failure: where a replay comes to the same id,
 * nothing was lost on the way, whatever way that was.
 */

import type { Entry, Setting } from "../corpus/entry.js";
import { entryId } from "../corpus/identity.js";
import { type StepReport, stepReport, type Told } from "../report/steps.js";
import { stepTable } from "../report/table.js";
import { Ended, EXIT, print } from "./exit.js";
import { recordedTarget, stepsOn, targetFlagFor, withTarget } from "./replay-target.js";
import type { ReadSetting, SettingFlags } from "./setting.js";
import type { TargetFlags } from "./target-open.js";

/** The flags of `nestfuzz replay`. */
export interface RunFlags extends SettingFlags, Partial<TargetFlags> {
  corpus: string;
  targetTimeout: string;
}

/** Those that take the place of what a text or an entry says. */
export function rulesIn({ corpus, target, targetTimeout, ...rules }: RunFlags): SettingFlags {
  return rules;
}

/** Runs them in turn: 2 if something was refused, else 1 if a property is violated. */
export function runAll(runs: readonly (() => Shown)[], isRefused = false): void {
  const codes = runs.map((run) => {
    try {
      const { text, fails } = run();
      print(text);
      return fails ? EXIT.differs : EXIT.ok;
    } catch (error) {
      if (error instanceof Ended && runs.length > 1) return error.code;
      throw error;
    }
  });
  const worst = Math.max(isRefused ? EXIT.input : EXIT.ok, ...codes);
  if (worst !== EXIT.ok) throw new Ended(worst);
}

export interface Shown {
  text: string;
  fails: boolean;
}

/** A sequence on the models, and on the target that the flag or its header names as well. */
export function runText(setting: ReadSetting, flags: RunFlags): Shown {
  const { id, target: targetText, answers } = setting.header;
  const name = targetFlagFor(targetText?.split(" ")[0] ?? "", flags);
  const { steps, note } = stepsWith(setting, name, flags);
  if (targetText !== undefined && name === undefined && answers === undefined)
    process.stderr.write(`its target is not at hand (${targetText}); only the models are run; --target names one\n`);
  // Other rules than those of the counterexample are a question of its own.
  const isAsked = Object.keys(rulesIn(flags)).length > 0;
  const isJudged = targetText === undefined || name !== undefined || answers !== undefined;
  const verdict = id === undefined || isAsked || !isJudged ? null : sameAs(id, setting, steps, targetText);
  const fails = steps.failure !== null || (verdict !== null && !verdict.same);
  return { text: `${stepTable(steps)}${verdict === null ? "" : `\n${verdict.text}`}${note}`, fails };
}

function stepsWith(setting: ReadSetting, name: string | undefined, flags: RunFlags) {
  const { target: targetText, answers } = setting.header;
  if (name !== undefined) {
    const steps = withTarget({ target: name, targetTimeout: flags.targetTimeout }, (target) =>
      stepsOn(target, setting),
    );
    return { steps, note: "" };
  }
  if (targetText === undefined || answers === undefined) return { steps: stepsOf(setting), note: "" };
  const steps = stepsOn(recordedTarget(setting, targetText, answers), setting);
  return { steps, note: keptText(targetText) };
}

/** Whether a run fails as the counterexample of that id does. */
function sameAs(id: string, setting: Setting, { failure, isInconclusive }: StepReport, targetText: string | undefined) {
  if (failure === null) {
    const why = isInconclusive ? "a capacity was reached, so the run says nothing" : nothingBroken(setting);
    return { same: false, text: `${id} gone: ${why}` };
  }
  const ids = namesIn(targetText).map((target) => entryId({ ...setting, failure, ...target }));
  const same = ids.includes(id);
  return { same, text: same ? `${id} same` : `${id} different: this is ${ids[0]!}` };
}

const nothingBroken = ({ commands }: Setting): string => `no property is broken in ${commands.length} steps`;

/** A target's name may have spaces in it, and its version follows. */
function namesIn(targetText: string | undefined): Partial<Pick<Entry, "target">>[] {
  if (targetText === undefined) return [{}];
  const words = targetText.split(" ");
  return words.map((_, at) => ({
    target: {
      name: words.slice(0, at + 1).join(" "),
      version: "",
      answers: [],
      trouble: null,
      stderr: [],
      repeats: { runs: 0, failed: 0 },
    },
  }));
}

export function keptText(targetText: string): string {
  return `\njudged by the answers of ${targetText} that were kept; --target runs it again`;
}

export function stepsOf(setting: Setting, told?: Told): StepReport {
  const report = stepReport(setting, undefined, told);
  // The commands were read before, and so were geometry and start.
  if (!report.ok) throw new Error(`${report.path.join(" ")}: ${report.detail}`);
  return report.value;
}

export function shownOf(steps: StepReport): Shown {
  return { text: stepTable(steps), fails: steps.failure !== null };
}
