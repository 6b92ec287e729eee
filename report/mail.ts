/**
 * The mail form of a counterexample: at most 72 columns of ASCII, to be pasted into a thread and replayed from there.
 *
 * Follows the design page, section 7. The block between the markers is a complete sequence: header lines for what is
 * not the default, then the commands, none of them ever wrapped. Rules are named, not carried: by their own names, or
 * by the cell of a claim that changes a row. Where they are no built-in ones, the mail says that it takes the corpus.
 */

import { BLOCK_END, BLOCK_START, parseCommands, printSequence, type SequenceHeader } from "../commands/language.js";
import type { Entry } from "../corpus/entry.js";
import { startText } from "../corpus/run.js";
import { DEFAULT_GEOMETRY, geometryOf } from "../models/geometry.js";
import { allContexts } from "../models/start.js";
import { architectureNames, contractNames } from "../rules/load.js";
import type { ShadowOptions } from "../rules/vocabulary.js";
import { builtInNames, contractRef, ownName, type RuleNames } from "./built-in.js";
import { failureSentence, propertySentence, ruleSentence, sourceSentence, whySentences } from "./sentences.js";
import { type StepReport, stepReport, type Told } from "./steps.js";
import { ascii, type Column, tableLines, wrap, wrapAfter } from "./text.js";
import { outcomesText, requestText } from "./words.js";

export const MAIL_WIDTH = 72;

export interface MailOptions {
  /** The claim's sentence. */
  says?: string;
  /** Found by comparing with the rules that load now, unless given. */
  names?: RuleNames;
}

/** The whole mail, lines ended by newlines. */
export function mailText(entry: Entry, options: MailOptions = {}): string {
  const names = options.names ?? builtInNames(entry);
  const steps = stepReport(entry, undefined, toldBy(entry));
  // An entry was read or made, so its commands parse.
  if (!steps.ok) throw new Error(`${steps.path.join(" ")}: ${steps.detail}`);
  const blocks = [
    titleLines(entry, options.says),
    cellLines(entry, names),
    tableOf(steps.value, entry),
    manualLines(steps.value),
    failureLines(entry),
    ruleLines(steps.value),
    whyLines(steps.value, entry),
    replayLines(entry, names),
    sequenceLines(entry, names),
  ];
  const wrapped = blocks.filter((lines) => lines.length > 0).map((lines) => lines.map(ascii).join("\n"));
  return `${wrapped.join("\n\n")}\n`;
}

/** What the target of an entry answered, where it has one. */
export function toldBy({ target, failure }: Entry): Told | undefined {
  return target === undefined ? undefined : { answers: target.answers, failure };
}

function titleLines({ id, claim, failure, target }: Entry, says: string | undefined): string[] {
  const title =
    target?.trouble == null
      ? `${id}: ${failure.property} fails for ${target?.name ?? failure.strategy} (${failure.severity})`
      : `${id}: ${target.name} ${target.trouble}`;
  if (says === undefined) return [...wrap(title, MAIL_WIDTH), ...(claim === "" ? [] : [`Claim ${claim}`])];
  return [
    ...wrap(title, MAIL_WIDTH),
    ...wrapAfter(claim === "" ? "Claim: " : `Claim ${claim}: `, ascii(says), MAIL_WIDTH),
  ];
}

function cellLines(entry: Entry, names: RuleNames): string[] {
  const { contract, architecture, failure, geometry, start, shadow } = entry;
  const departures = shadowWords(shadow);
  const rows: [string, string][] = [
    ["Contract      ", `${contractRef(contract)}${notBuiltIn(names.contract, names.claim)}`],
    ["Architecture  ", `${architecture.name}${notBuiltIn(names.architecture, names.claim)}`],
    strategyLine(entry),
    ["Shadow        ", departures.join(", ")],
    ["Property      ", `${failure.property}: ${propertySentence(failure.property)}`],
    ["Geometry      ", geometry === DEFAULT_GEOMETRY ? "" : geometry],
    ["Start         ", start === defaultStart(geometry) ? "" : start],
  ];
  return rows.flatMap(([lead, text]) => (text === "" ? [] : wrapAfter(lead, ascii(text), MAIL_WIDTH)));
}

function strategyLine({ failure, strategies, target }: Entry): [string, string] {
  if (target === undefined)
    return ["Strategy      ", `${failure.strategy}${strategies.length > 1 ? ` (of ${strategies.join(", ")})` : ""}`];
  const { runs, failed } = target.repeats;
  const often = failed === runs ? `failed each of ${runs} times again` : `failed ${failed} of ${runs} times again`;
  return ["Target        ", `${target.name}, version ${target.version}; ${often}`];
}

function tableOf({ columns, rows }: StepReport, { failure }: Entry): string[] {
  const titles: Column[] = [
    { title: "Step", align: "right" },
    { title: "Actor" },
    { title: "Action", wraps: true },
    ...columns.map((name) => ({ title: name.charAt(0).toUpperCase() + name.slice(1), wraps: true })),
  ];
  const cells = rows.map((row) => [`${row.step}`, row.actor, row.action, ...row.focus.map(outcomesText)]);
  const legend = `The last columns: what each would answer to the ${requestText(failure.request)} after the step.`;
  return [...tableLines(titles, cells, MAIL_WIDTH), ...wrap(legend, MAIL_WIDTH)];
}

/** The invalidations in the words of the manual. */
function manualLines({ rows }: StepReport): string[] {
  return rows
    .filter(({ manual }) => manual !== "")
    .flatMap(({ step, manual }) => wrapAfter(`Step ${step} is sent as `, ascii(manual), MAIL_WIDTH));
}

function failureLines({ failure, target }: Entry): string[] {
  if (target?.trouble != null) {
    return [
      ...wrap(`In step ${failure.step} the target ${ascii(target.trouble)}.`, MAIL_WIDTH),
      ...target.stderr.flatMap((line) => wrapAfter("  its stderr: ", ascii(line), MAIL_WIDTH)),
    ];
  }
  return [
    ...wrap(`After step ${failure.step} ${failureSentence(failure)}:`, MAIL_WIDTH),
    `  request   ${requestText(failure.request)}`,
    `  expected  ${failure.expected.text}`,
    `  actual    ${failure.actual.text}`,
    `  severity  ${failure.severity}`,
  ];
}

function ruleLines({ why }: StepReport): string[] {
  if (why?.failed == null) return [];
  return [
    ...wrapAfter("Rule: ", ascii(ruleSentence(why.failed)), MAIL_WIDTH),
    ...wrapAfter("      source: ", ascii(sourceSentence(why.failed)), MAIL_WIDTH),
  ];
}

function whyLines({ why }: StepReport, { failure }: Entry): string[] {
  if (why === null) return [];
  return whySentences(why, failure.strategy).flatMap((text, at) =>
    wrapAfter(at === 0 ? "Why:  " : "      ", ascii(text), MAIL_WIDTH),
  );
}

function replayLines({ id }: Entry, { architecture, contract, claim }: RuleNames): string[] {
  const replay = `Replay with: nestfuzz replay ${id}`;
  if (claim !== null || (architecture !== null && contract !== null))
    return [replay, "or pipe this mail into: nestfuzz replay -"];
  const what = architecture === null ? "architecture" : "contract";
  return [replay, ...wrap(`(it takes the corpus, since the ${what} is not built in)`, MAIL_WIDTH)];
}

/** The block that can be replayed: these lines are never wrapped. */
function sequenceLines(entry: Entry, names: RuleNames): string[] {
  const parsed = parseCommands(entry.commands.join("\n"));
  const commands = parsed.ok ? parsed.commands : [];
  const text = printSequence({ header: headerOf(entry, names), commands });
  const missing = (["architecture", "contract"] as const).filter(
    (kind) => names.claim === null && names[kind] === null,
  );
  const remarks = missing.map((kind) => `# its ${kind} is not built in: ${entry[kind].name}`);
  return [BLOCK_START, ...remarks, ...text.trimEnd().split("\n"), BLOCK_END];
}

function headerOf(entry: Entry, names: RuleNames): SequenceHeader {
  const shadow = shadowWords(entry.shadow);
  // Rules that are not built in are named all the same: a replay then refuses, where without the line it would go on
  // under other rules.
  const named = {
    architecture: names.architecture ?? ownName(entry.architecture.name, architectureNames()),
    contract: names.contract ?? ownName(entry.contract.name, contractNames()),
  };
  return {
    ...(names.claim === null ? named : { claim: names.claim }),
    strategies: entry.strategies,
    properties: entry.properties,
    ...(shadow.length === 0 ? {} : { shadow }),
    ...(entry.target === undefined ? {} : { target: `${entry.target.name} ${entry.target.version}` }),
    ...(entry.geometry === DEFAULT_GEOMETRY ? {} : { geometry: entry.geometry }),
    ...(entry.start === defaultStart(entry.geometry) ? {} : { start: entry.start }),
  };
}

function notBuiltIn(name: string | null, claim: string | null): string {
  if (name !== null) return "";
  return claim === null ? " (not built in)" : ", changed by the claim";
}

function shadowWords({ followsStage2, evicts }: ShadowOptions): ("ignores-stage2" | "evicts")[] {
  return [...(followsStage2 ? [] : (["ignores-stage2"] as const)), ...(evicts ? (["evicts"] as const) : [])];
}

function defaultStart(geometry: string): string {
  return startText(allContexts(geometryOf(geometry)));
}
