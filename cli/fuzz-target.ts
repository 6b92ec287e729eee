/**
 * `nestfuzz fuzz --target`: search a unit outside this process for answers that its envelope does not allow.
 */

import { geometryOf, parseGeometry } from "../models/geometry.js";
import { contractRef } from "../report/built-in.js";
import { loadArchitecture } from "../rules/load.js";
import type { Target } from "../targets/target.js";
import { leavingOut, parseWithout } from "../targets/without.js";
import { Clock } from "../verdicts/clock.js";
import { runTargetCampaign, type TargetCampaignResult } from "../verdicts/target-campaign.js";
import { budgetFrom } from "./budget.js";
import { rulesFrom } from "./cells.js";
import { Ended, EXIT, print, refuse } from "./exit.js";
import { Interrupt } from "./interrupt.js";
import { Keeper } from "./keeper.js";
import { Progress } from "./progress.js";
import { type RunFlags, repeatLine, runLine } from "./repeat.js";
import { corpusAt } from "./stores.js";
import { type OpenedTarget, openTargetFrom, type TargetFlags } from "./target-open.js";

export type TargetRunFlags = RunFlags & TargetFlags & { without?: string };

export async function fuzzTargetFrom(claims: readonly string[], flags: TargetRunFlags): Promise<void> {
  refuseWhatDoesNotFit(claims, flags);
  const opened = openTargetFrom(flags);
  try {
    await search(knowingLess(opened, flags.without), opened.contract, flags);
  } finally {
    opened.target.close();
  }
}

/** A target says itself of what geometry it is, and is judged by two properties. */
function refuseWhatDoesNotFit(claims: readonly string[], flags: TargetRunFlags): void {
  if (claims.length > 0)
    refuse(
      `--target: a target is searched under a contract, and ${claims[0]} is a claim; ` +
        "known: --contract, --architecture; leave the claim out",
    );
  for (const name of ["geometry", "strategies", "properties"] as const)
    if (flags[name] !== undefined)
      refuse(`--${name}: does not go with --target, whose program decides it; known: --contract, --architecture`);
}

/** The target, taken to know fewer commands; `known` stands for what shows its known departures. */
function knowingLess({ target, departures }: OpenedTarget, names: string | undefined): Target {
  if (names === undefined) return target;
  const all = names.split(",").flatMap((name) => (name === "known" ? departures : [name]));
  const without = parseWithout(all.join(","));
  return typeof without === "string" ? refuse(`--without: ${without}`) : leavingOut(target, without);
}

async function search(target: Target, contract: string, flags: TargetRunFlags): Promise<void> {
  const { info } = target;
  const cell = rulesFor(info, contract, flags);
  const budget = budgetFrom(flags, [{ expected: "unrefuted" }]);
  const clock = new Clock(budget.seconds);
  const keeper = new Keeper(corpusAt(flags.corpus));
  const interrupt = new Interrupt();
  const progress = new Progress(flags.json !== true);
  const result = await runTargetCampaign(cell, target, geometryOf(info.geometry), {
    seed: flags.seed,
    commands: budget.commands[0]!,
    shouldStop: () => interrupt.isAsked || clock.isOver(),
    onProgress: (done, found) => progress.show(`${info.name}: ${done} commands, ${found} findings`),
    onEntry: (entry) => keeper.keep(entry),
  });
  interrupt.release();
  progress.end(`${info.name}: ${result.commands} commands, ${result.findings.length} findings`);
  const repeat = repeatLine([], flags, [result.commands]);
  const goOn = interrupt.isAsked && result.ended === "stopped" ? runLine([], flags) : null;
  if (flags.json === true) print(jsonText(target, result, flags, repeat, goOn));
  else print(reportText(target, cell, result, keeper.lines(), repeat, goOn));
  if (keeper.hasFailed) throw new Ended(EXIT.input);
  if (result.findings.length > 0 || goOn !== null) throw new Ended(EXIT.differs);
}

function rulesFor(info: Target["info"], contract: string, flags: TargetRunFlags): ReturnType<typeof rulesFrom> {
  const architecture = flags.architecture ?? info.architecture;
  if (flags.architecture === undefined && !loadArchitecture(architecture).ok)
    refuse(`--target: the target says architecture=${architecture}, which is not known; name one with --architecture`);
  const geometry = parseGeometry(info.geometry);
  if (typeof geometry === "string") refuse(`--target: the target says geometry=${info.geometry}: ${geometry}`);
  const named = flags.contract ?? (contract === "" ? undefined : contract);
  return rulesFrom({ architecture, ...(named === undefined ? {} : { contract: named }) });
}

function reportText(
  { info }: Target,
  { architecture, contract }: ReturnType<typeof rulesFrom>,
  result: TargetCampaignResult,
  kept: readonly string[],
  repeat: string,
  goOn: string | null,
): string {
  const { commands, translations, stale, inconclusive, findings } = result;
  const head = [
    `target        ${info.name}, version ${info.version}, geometry ${info.geometry}`,
    `held against  architecture ${architecture.name}, contract ${contractRef(contract)}`,
    `commands      ${commands}, ${translations} of them translations`,
    `stale         ${stale} answers were stale, as they may be${stale === 0 ? ": nothing cached was ever seen" : ""}`,
    ...(inconclusive > 0 ? [`inconclusive  ${inconclusive} sequences were not compared to their end`] : []),
    ...endedText(result),
  ];
  const rows = findings.map(({ entry, times }) => {
    const { property, severity } = entry.failure;
    const { runs, failed } = entry.target!.repeats;
    const again = failed === runs ? `fails each time` : `fails ${failed} of ${runs} times: it does not repeat`;
    const what = entry.target!.trouble === null ? `${property}, ${severity}` : `the target ${entry.target!.trouble}`;
    return `${entry.id}  ${what}, ${entry.commands.length} commands, found ${times} times, ${again}`;
  });
  const end = [
    findings.length === 0 ? "no finding" : `${findings.length} findings`,
    ...(goOn === null ? [] : [`go on with: ${goOn}`]),
    `repeat with: ${repeat}`,
  ];
  return [head, rows, kept, end]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function endedText({ ended }: TargetCampaignResult): string[] {
  switch (ended) {
    case "repetition":
      return ["ended         it found but what it had found; --without looks past that"];
    case "enough":
      return ["ended         findings enough for one run; --without looks past some of them"];
    default:
      return [];
  }
}

function jsonText(
  { info }: Target,
  result: TargetCampaignResult,
  { seed }: TargetRunFlags,
  repeat: string,
  goOn: string | null,
): string {
  const { findings, ...figures } = result;
  const document = { schema: "nestfuzz/target-run/1", target: info, seed, ...figures, repeat, goOn, findings };
  return JSON.stringify(document, null, 2);
}
