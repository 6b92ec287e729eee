/**
 * A sequence step by step, as data: what each strategy would answer, what is owed, and why it went wrong.
 *
 * Two requests are looked at: the one in focus (the failing one, or the last DMA's) after every step, and a DMA's own
 * where that is another. The steps end at the first violation. Reports in any form are made from this.
 */

import type { Command } from "../commands/command.js";
import { commandActor, describeCommand, printCommand } from "../commands/language.js";
import { manualText } from "../commands/manual.js";
import type { EntryFailure, EntryRequest, Setting } from "../corpus/entry.js";
import { answerOf, entryFailure } from "../corpus/failure.js";
import { prepareRun } from "../corpus/run.js";
import { DUTY } from "../models/duty.js";
import { pagePosition } from "../models/geometry.js";
import type { Machine } from "../models/machine.js";
import { outcomeOf } from "../models/values.js";
import { type Answerer, unreachable } from "../rules/vocabulary.js";
import type { Runner } from "../search/runner.js";
import { before, notesOn } from "./notes.js";
import { Timeline } from "./timeline.js";
import { explain, type Why } from "./why.js";

export type ColumnName = "oracle" | Answerer;

/** What a target answered, by `dma` (`h8`, `fault`, `-`), and how it failed. */
export interface Told {
  answers: readonly string[];
  failure: EntryFailure | null;
}

/** The outcomes that each strategy may give, in the order of the columns: one, or for an envelope some. */
export type Answers = readonly (readonly number[])[];

export interface StepRow {
  /** 0 is the start state. */
  step: number;
  actor: string;
  /** The command in the sequence language; empty at the start. */
  command: string;
  action: string;
  /** An invalidation in the words of the architecture's manual; empty for other commands. */
  manual: string;
  /** Answers to the request in focus. */
  focus: Answers;
  /** A DMA's own request, if it is another than the one in focus. */
  dma: { request: EntryRequest; answers: Answers } | null;
  /** Requests (context and page) that some open duty affects. */
  unsettled: number;
  /** What the duties that affect the request in focus, or the DMA's, wait for. */
  waits: string[];
  notes: string[];
}

export interface StepReport {
  setting: Setting;
  columns: readonly ColumnName[];
  focus: EntryRequest | null;
  rows: StepRow[];
  failure: EntryFailure | null;
  why: Why | null;
  /** A capacity was reached: what follows was not run. */
  isInconclusive: boolean;
}

export type StepResult =
  | { ok: true; value: StepReport }
  | { ok: false; path: readonly (string | number)[]; detail: string };

/**
 * Runs a setting; `focus` where the caller wants to look at another request than the failing one. With what a target
 * told, the models only stand beside it.
 */
export function stepReport(setting: Setting, focus?: EntryRequest, told?: Told): StepResult {
  const run = prepareRun(told === undefined ? setting : { ...setting, properties: [] });
  if (!run.ok) return run;
  const { runner, commands, sequence } = run;
  const failure = runner.runCommands(sequence);
  const isInconclusive = runner.machine.overflowed;
  const seen = told?.failure ?? (failure === null ? null : entryFailure(failure, runner.machine.geometry));
  const looked = focus ?? seen?.request ?? lastDma(commands);
  const last = seen === null ? commands.length : seen.step;
  const timeline = new Timeline(runner.machine, sequence, commands);
  const rows = rowsOf(runner, timeline, looked, last);
  return {
    ok: true,
    value: {
      setting,
      columns: [...columnsOf(runner.machine), ...(told === undefined ? [] : (["target"] as const))],
      focus: looked,
      rows: told === undefined ? rows : withAnswers(rows, told.answers),
      failure: seen,
      why: failure === null ? null : explain(timeline, failure),
      isInconclusive,
    },
  };
}

/** The rows with a column more: what the target answered, where it was asked. */
function withAnswers(rows: StepRow[], answers: readonly string[]): StepRow[] {
  let asked = 0;
  return rows.map((row) => {
    const text = row.command.startsWith("dma ") ? answers[asked++] : undefined;
    const outcome = text === undefined ? null : answerOf(text);
    const outcomes = outcome === null ? [] : [outcome];
    if (row.dma === null) return { ...row, focus: [...row.focus, outcomes] };
    return { ...row, focus: [...row.focus, []], dma: { ...row.dma, answers: [...row.dma.answers, outcomes] } };
  });
}

function columnsOf({ hardware, envelope, shadow }: Machine): ColumnName[] {
  return [
    "oracle",
    ...(hardware === null ? [] : (["hardware"] as const)),
    ...(envelope === null ? [] : (["envelope"] as const)),
    ...(shadow === null ? [] : (["shadow"] as const)),
  ];
}

function lastDma(commands: readonly Command[]): EntryRequest | null {
  const dma = commands.findLast((command) => command.kind === "dma");
  return dma === undefined ? null : requestOf(dma);
}

export function requestOf({ context, iova, access }: { context: number; iova: number; access: number }): EntryRequest {
  return { context, iova, access: access === 1 ? "w" : "r" };
}

function rowsOf(runner: Runner, timeline: Timeline, focus: EntryRequest | null, last: number): StepRow[] {
  const { machine } = runner;
  const columns = columnsOf(machine);
  timeline.after(0);
  const start = { step: 0, actor: "", command: "", action: "start", manual: "", dma: null, notes: [] };
  const rows: StepRow[] = [{ ...start, ...look(machine, columns, focus) }];
  for (let step = 1; step <= last; step++) {
    const was = before(machine);
    timeline.after(step);
    const command = timeline.command(step);
    const actor = commandActor(command);
    const own = command.kind === "dma" ? requestOf(command) : null;
    const dma = own !== null && !isSameRequest(own, focus) ? look(machine, columns, own) : null;
    const seen = look(machine, columns, focus);
    rows.push({
      step,
      actor: actor === "either" ? "" : actor,
      command: printCommand(command),
      action: actionOf(command),
      manual: manualOf(machine, command),
      ...seen,
      dma: dma === null ? null : { request: own!, answers: dma.focus },
      waits: [...new Set([...seen.waits, ...(dma?.waits ?? [])])],
      notes: notesOn(machine, command, was),
    });
    if (machine.overflowed) break;
  }
  return rows;
}

export const isSameRequest = (a: EntryRequest, b: EntryRequest | null): boolean =>
  b !== null && a.context === b.context && a.iova === b.iova && a.access === b.access;

/** The sentence of a command without its actor, which has a column of its own. */
function actionOf(command: Command): string {
  const text = describeCommand(command);
  const lead = `${commandActor(command)}: `;
  return text.startsWith(lead) ? text.slice(lead.length) : text;
}

function manualOf({ unit }: Machine, command: Command): string {
  return command.kind === "invalidate" ? (manualText(unit.architecture.commands, command) ?? "") : "";
}

function look(
  machine: Machine,
  columns: readonly ColumnName[],
  request: EntryRequest | null,
): Pick<StepRow, "focus" | "unsettled" | "waits"> {
  const unsettled = countUnsettled(machine);
  const page = request === null ? -1 : pagePosition(machine.geometry.iova, request.iova);
  if (request === null || page < 0 || request.context >= machine.geometry.contexts) {
    return { focus: columns.map(() => []), unsettled, waits: [] };
  }
  const access = request.access === "w" ? 1 : 0;
  return {
    focus: columns.map((column) => answersOf(machine, column, request.context, page, access)),
    unsettled,
    waits: waitsOf(machine, request.context, page),
  };
}

function countUnsettled({ geometry, ledger, state }: Machine): number {
  let count = 0;
  for (let context = 0; context < geometry.contexts; context++) {
    for (let page = 0; page < geometry.iova.count; page++) if (ledger.isUnsettled(state, context, page)) count++;
  }
  return count;
}

export function answersOf(
  machine: Machine,
  column: ColumnName,
  context: number,
  page: number,
  access: 0 | 1,
): number[] {
  const { state, oracle, geometry, hardware, shadow } = machine;
  const at = context * geometry.iova.count + page;
  switch (column) {
    case "oracle":
      return [outcomeOf(oracle.value[at]!, access)];
    case "hardware":
      return [outcomeOf(hardware!.translate(state, context, page), access)];
    case "shadow":
      return [outcomeOf(shadow!.translate(state, context, page), access)];
    case "target":
      return [];
    case "envelope":
      return envelopeAnswers(machine, context, page, access);
    default:
      return unreachable(column);
  }
}

/** Each outcome once, pages ascending, then faults. */
function envelopeAnswers(machine: Machine, context: number, page: number, access: 0 | 1): number[] {
  const { state, geometry } = machine;
  const envelope = machine.envelope!;
  const into = new Int32Array(256);
  const count = envelope.answers(state, context, page, into);
  const outcomes = new Set<number>(into.subarray(0, count).map((value) => outcomeOf(value, access)));
  const kinds = envelope.faultKinds(context * geometry.iova.count + page);
  for (let bit = 0; bit < 9; bit++) if ((kinds & (1 << bit)) !== 0) outcomes.add(-1 - bit);
  return [...outcomes].sort((a, b) => Number(a < 0) - Number(b < 0) || Math.abs(a) - Math.abs(b));
}

/** What the open duties that affect a request wait for. */
function waitsOf(machine: Machine, context: number, page: number): string[] {
  const { ledger, state } = machine;
  const numbers = Array.from({ length: ledger.dutyCount(state) }, (_, number) => number);
  return [
    ...new Set(
      numbers
        .filter((number) => affects(machine, number, context, page))
        .map((number) => ledger.describe(state, number)),
    ),
  ];
}

/** Whether a duty affects a request: by its pages, or since the request's walk needs a guest page that it changed. */
export function affects(
  { ledger, oracle, geometry, state }: Machine,
  number: number,
  context: number,
  page: number,
): boolean {
  if (ledger.duty(state, number, DUTY.context) !== context) return false;
  if (((ledger.duty(state, number, DUTY.pages + (page >> 5)) >>> (page & 31)) & 1) === 1) return true;
  const first = ledger.duty(state, number, DUTY.firstGuestPage);
  const last = ledger.duty(state, number, DUTY.lastGuestPage);
  const from = (context * geometry.iova.count + page) * oracle.guestRoom;
  const needed = oracle.guestPages.subarray(from + 1, from + 1 + oracle.guestPages[from]!);
  return first >= 0 && needed.some((guestPage) => guestPage >= first && guestPage <= last);
}
