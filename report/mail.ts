/**
 * The mail form of a counterexample: at most 72 columns of ASCII, to be pasted into a thread and replayed from there.
 *
 * Follows the design page, section 7. The block between the markers is a complete sequence: header lines for what is
 * not the default, then the commands, sealed by their number and a check. Rules are named, by their own names or by the
 * cell of a claim that changes a row, with a hash of their content; what no name has is told as a difference. The same
 * stands in one line above the block. Where rules cannot be told, the mail says that it takes the corpus.
 */

import {
  BLOCK_END,
  BLOCK_START,
  type ParsedSequence,
  parseCommands,
  printCommand,
  printSequence,
} from "../commands/language.js";
import { encodeOneLine } from "../commands/one-line.js";
import { checkOf } from "../commands/seal.js";
import type { Entry } from "../corpus/entry.js";
import { startText } from "../corpus/run.js";
import { DEFAULT_GEOMETRY, geometryOf } from "../models/geometry.js";
import { allContexts } from "../models/start.js";
import type { ShadowOptions } from "../rules/vocabulary.js";
import { builtInNames, contractRef, type RuleNames } from "./built-in.js";
import { failureSentence, propertySentence, ruleSentence, sourceSentence, whySentences } from "./sentences.js";
import { type StepReport, stepReport, type Told } from "./steps.js";
import { ascii, type Column, tableLines, wrap, wrapAfter } from "./text.js";
import { toldRules } from "./told-rules.js";
import { outcomesText, requestText } from "./words.js";

export const MAIL_WIDTH = 72;
/** Of what is replayed: six quotes deep it still fits into a mail. */
const SEAL_WIDTH = 60;

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
  const told = sequenceOf(entry, names);
  const blocks = [
    titleLines(entry, options.says),
    cellLines(entry, names, told.untold),
    tableOf(steps.value, entry),
    manualLines(steps.value),
    failureLines(entry),
    ruleLines(steps.value),
    whyLines(steps.value, entry),
    replayLines(entry, told),
    sequenceLines(entry, told),
  ];
  const wrapped = blocks.filter((lines) => lines.length > 0).map((lines) => lines.map(ascii).join("\n"));
  return `${wrapped.join("\n\n")}\n`;
}

/** The sequence of an entry in one line, or the kinds of its rules that it cannot tell. */
export function oneLineText(entry: Entry): { line: string; untold: readonly string[] } {
  const { sequence, untold } = sequenceOf(entry, builtInNames(entry));
  return { line: encodeOneLine(printSequence(sequence)), untold };
}

/** What the target of an entry answered, where it has one. */
export function toldBy({ target, failure }: Entry): Told | undefined {
  return target === undefined ? undefined : { answers: target.answers, failure };
}

/** What a counterexample is, in a line. */
export function entryTitle({ id, failure, target }: Entry): string {
  return target?.trouble == null
    ? `${id}: ${failure.property} fails for ${target?.name ?? failure.strategy} (${failure.severity})`
    : `${id}: ${target.name} ${target.trouble}`;
}

function titleLines(entry: Entry, says: string | undefined): string[] {
  const { claim } = entry;
  const title = entryTitle(entry);
  if (says === undefined) return [...wrap(title, MAIL_WIDTH), ...(claim === "" ? [] : [`Claim ${claim}`])];
  return [
    ...wrap(title, MAIL_WIDTH),
    ...wrapAfter(claim === "" ? "Claim: " : `Claim ${claim}: `, ascii(says), MAIL_WIDTH),
  ];
}

function cellLines(entry: Entry, names: RuleNames, untold: ToldSequence["untold"]): string[] {
  const { contract, architecture, failure, geometry, start, shadow } = entry;
  const departures = shadowWords(shadow);
  const rows: [string, string][] = [
    [
      "Contract      ",
      `${contractRef(contract)}${notBuiltIn(names.contract, names.claim, untold.includes("contract"))}`,
    ],
    [
      "Architecture  ",
      `${architecture.name}${notBuiltIn(names.architecture, names.claim, untold.includes("architecture"))}`,
    ],
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

function replayLines({ id }: Entry, { sequence, untold }: ToldSequence): string[] {
  const replay = `Replay with: nestfuzz replay ${id}`;
  if (untold.length > 0)
    return [
      replay,
      ...wrap(`(it takes the corpus, since the ${untold.join(" and the ")} is not built in)`, MAIL_WIDTH),
    ];
  const line = encodeOneLine(printSequence(sequence));
  return [replay, "or pipe this mail into: nestfuzz replay -", "or without the mail:", ...brokenLine(line)];
}

/** For a shell: a backslash joins the lines. */
function brokenLine(line: string): string[] {
  const text = `nestfuzz replay ${line}`;
  const count = Math.ceil(text.length / (SEAL_WIDTH - 1));
  return Array.from({ length: count }, (_, at) => {
    const piece = text.slice(at * (SEAL_WIDTH - 1), (at + 1) * (SEAL_WIDTH - 1));
    return at === count - 1 ? piece : `${piece}\\`;
  });
}

/** The block that can be replayed: none of its lines is longer than quoting a few times bears. */
function sequenceLines(entry: Entry, { sequence, untold }: ToldSequence): string[] {
  const { header, commands } = sequence;
  const text = printSequence(sequence);
  const lines = [
    ...printSequence({ header, commands: [] }).trimEnd().split("\n"),
    "",
    ...commands.map((command, at) => `${at + 1}. ${printCommand(command)}`),
  ].flatMap((line) => wrap(line, SEAL_WIDTH, "  "));
  const steps = `${sequence.commands.length} step${sequence.commands.length === 1 ? "" : "s"}`;
  const remarks = untold.map((kind) => `# its ${kind} is not built in: ${entry[kind].name}`);
  return [`${BLOCK_START}, ${steps}`, ...remarks, ...lines, `${BLOCK_END} ${steps}, check ${checkOf(text)}`];
}

/** The sequence of an entry, and which of its rules it cannot tell: neither built in nor near to what is. */
interface ToldSequence {
  sequence: Pick<ParsedSequence, "header" | "commands">;
  untold: readonly ("architecture" | "contract")[];
}

function sequenceOf(entry: Entry, names: RuleNames): ToldSequence {
  const parsed = parseCommands(entry.commands.join("\n"));
  const commands = parsed.ok ? parsed.commands : [];
  const { header, untold } = toldRules(entry, names);
  const shadow = shadowWords(entry.shadow);
  const { target } = entry;
  return {
    untold,
    sequence: {
      header: {
        id: entry.id,
        ...header,
        strategies: entry.strategies,
        properties: entry.properties,
        ...(shadow.length === 0 ? {} : { shadow }),
        ...(entry.geometry === DEFAULT_GEOMETRY ? {} : { geometry: entry.geometry }),
        ...(entry.start === defaultStart(entry.geometry) ? {} : { start: entry.start }),
        ...(target === undefined ? {} : { target: ascii(`${target.name} ${target.version}`) }),
        // A target that gave trouble has no answers that could be judged again.
        ...(target === undefined || target.trouble !== null ? {} : { answers: target.answers }),
      },
      commands,
    },
  };
}

function notBuiltIn(name: string | null, claim: string | null, isUntold: boolean): string {
  if (name !== null) return "";
  if (isUntold) return " (not built in)";
  return claim === null ? ", changed by the rule lines below" : ", changed by the claim";
}

function shadowWords({ followsStage2, evicts }: ShadowOptions): ("ignores-stage2" | "evicts")[] {
  return [...(followsStage2 ? [] : (["ignores-stage2"] as const)), ...(evicts ? (["evicts"] as const) : [])];
}

function defaultStart(geometry: string): string {
  return startText(allContexts(geometryOf(geometry)));
}
