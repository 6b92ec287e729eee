/**
 * The smallest change of a contract that would have prevented a counterexample.
 *
 * Each rule on the way of the failing request may owe the same in another order, or more: a cache more in a scope, a
 * scope taken wider, a scope more in a stage, a stage more. A change will do if under it the sequence breaks nothing;
 * if, when what is owed then has been served in full, the request is settled and still nothing is broken; and if a
 * search finds nothing else that this rule is to blame for. So a debt that never ends is none, nor one whose service
 * leaves the stale value in another order. Changes that name the caches which held the stale values come first, then
 * the shorter ones; what `always` owes there is the last that is tried.
 */

import { STRIDE } from "../commands/command.js";
import type { Entry, Setting } from "../corpus/entry.js";
import { prepareRun } from "../corpus/run.js";
import { geometryOf, pagePosition } from "../models/geometry.js";
import { type StepReport, stepReport } from "../report/steps.js";
import { canCover } from "../rules/coverage.js";
import { loadContract } from "../rules/load.js";
import type { CacheName, Contract, ContractRule, Scope } from "../rules/vocabulary.js";
import { Discharger } from "../search/discharge.js";
import { runCampaign } from "./campaign.js";
import { culprit } from "./check.js";
import { type Row, rowsOf, transitionsOf, withStages } from "./rows.js";

type Stages = ContractRule["stages"];

export interface Amendment {
  row: Row;
  owes: Stages;
  /** Commands of the search that found nothing more for this row. */
  commands: number;
}

/** Commands that may serve what a sequence leaves open; more is no service of a small change. */
const LONGEST_SERVICE = 64;
const SEARCH = 5_000;

/** Null where no change of one row will do, or where what is owed has no part in the failure. */
export async function smallestAmendment(entry: Entry): Promise<Amendment | null> {
  const steps = stepReport(entry);
  if (!steps.ok || entry.target !== undefined) return null;
  const { why, failure } = steps.value;
  if (why === null || failure === null || failure.property === "refinement") return null;
  for (const { row, owes } of triesFor(entry, why)) {
    const contract = withStages(entry.contract, row, owes);
    if (isPrevented(entry, failure, contract) && (await isBlameless(row, entry, contract)))
      return { row, owes, commands: SEARCH };
  }
  return null;
}

function triesFor(setting: Setting, why: NonNullable<StepReport["why"]>): { row: Row; owes: Stages }[] {
  const ids = [why.failed, ...[...why.rules].reverse()].flatMap((use) => (use === null ? [] : [use.id]));
  const rows = [...new Set(ids)].flatMap((id) => rowsOf(setting.contract).find((row) => row.id === id) ?? []);
  const always = loadContract("always", {}, setting.architecture);
  const most = (row: Row): Stages[] => (always.ok ? [always.value.rules[row.transitions[0]!]!.stages] : []);
  const held = why.held.filter(({ inFlight }) => !inFlight).map(({ cache }) => cache);
  const unnamed = (owes: Stages): number =>
    held.filter((cache) => !owes.some((scopes) => scopes.some(({ caches }) => caches.some((one) => one === cache))))
      .length;
  const small = rows.flatMap((row) =>
    smallChanges(setting, row).map((owes) => ({
      row,
      owes,
      rank: 100 * unnamed(owes) + sizeOf(owes) - sizeOf(row.stages),
    })),
  );
  // Stable: of equal rank, the row that is nearer to the failure and the cache that is nearer to memory.
  return [...small.sort((a, b) => a.rank - b.rank), ...rows.flatMap((row) => most(row).map((owes) => ({ row, owes })))];
}

/** What a reader has to take in: a fence counts more than a scope, a scope more than a word of one. */
function sizeOf(stages: Stages): number {
  const words = ({ caches, range, process, global }: Scope): number =>
    caches.length + (range === "all" ? 1 : 0) + (process === "any" ? 1 : 0) + (global === "if-global" ? 0 : 1);
  return stages.reduce((sum, scopes) => sum + 4 + scopes.reduce((part, scope) => part + 1 + words(scope), 0), 0);
}

function smallChanges({ architecture }: Setting, row: Row): Stages[] {
  const caches = architecture.caches.map(({ name }) => name);
  const byGuestPage = transitionsOf(row).some(({ stage }) => stage === 2);
  const fits = (stages: Stages): boolean =>
    stages.every((scopes) => scopes.every((scope) => canCover(architecture, scope, byGuestPage)));
  const { stages } = row;
  return [...reordered(stages), ...widened(stages), ...joined(stages, caches), ...added(stages, caches)].filter(fits);
}

/** The same scopes, with two neighbouring stages the other way round, or a fence between those of one. */
function reordered(stages: Stages): Stages[] {
  const swapped = stages.slice(1).map((later, at) => stages.toSpliced(at, 2, later, stages[at]!));
  const parted = stages.flatMap((scopes, at) =>
    scopes.slice(1).map((_, place) => stages.toSpliced(at, 1, scopes.slice(0, place + 1), scopes.slice(place + 1))),
  );
  return [...swapped, ...parted];
}

/** One word of one scope changed. */
function widened(stages: Stages): Stages[] {
  return eachScope(stages, (scope) => [
    ...(scope.range === "affected" ? [{ ...scope, range: "all" as const }] : []),
    ...(scope.process === "own" ? [{ ...scope, process: "any" as const }] : []),
    ...(scope.global !== "always" ? [{ ...scope, global: "always" as const }] : []),
  ]);
}

/** One cache more in a scope, or two: a leaf hint taken away is one, the levels of a walk with their leaf another. */
function joined(stages: Stages, caches: readonly CacheName[]): Stages[] {
  return eachScope(stages, (scope) => {
    const others = caches.filter((cache) => !scope.caches.includes(cache));
    const more = (names: readonly CacheName[]): Scope => ({
      ...scope,
      caches: caches.filter((cache) => scope.caches.includes(cache) || names.includes(cache)),
    });
    return [
      ...others.map((cache) => more([cache])),
      ...others.flatMap((one, at) => others.slice(at + 1).map((other) => more([one, other]))),
    ];
  });
}

function eachScope(stages: Stages, changes: (scope: Scope) => Scope[]): Stages[] {
  return stages.flatMap((scopes, stage) =>
    scopes.flatMap((scope, place) =>
      changes(scope).map((changed) => stages.map((s, at) => (at === stage ? s.with(place, changed) : s))),
    ),
  );
}

/** A scope more in a stage, or in a stage of its own; of neighbouring caches, since they fill one another. */
function added(stages: Stages, caches: readonly CacheName[]): Stages[] {
  const runs = caches.flatMap((_, from) =>
    caches.slice(from).map((_, length) => caches.slice(from, from + length + 1)),
  );
  const scopes = runs.flatMap((names) =>
    (["affected", "all"] as const).map(
      (range): Scope => ({ caches: names, range, process: "own", global: "if-global" }),
    ),
  );
  return scopes.flatMap((scope) => [
    ...stages.map((old, stage) => stages.with(stage, [...old, scope])),
    ...[...stages, null].map((_, at) => stages.toSpliced(at, 0, [scope])),
  ]);
}

/** Whether the sequence breaks nothing, and what is owed at its end can be served so that it still does not. */
function isPrevented(setting: Setting, { request }: Entry["failure"], contract: Contract): boolean {
  const run = prepareRun({ ...setting, contract });
  if (!run.ok) return false;
  const { runner, sequence } = run;
  const { machine } = runner;
  const discharger = new Discharger(machine);
  const first = sequence.length / STRIDE;
  const whole = new Float64Array(sequence.length + LONGEST_SERVICE * STRIDE);
  whole.set(sequence);
  for (let count = first; ; count++) {
    if (runner.runCommands(whole, count) !== null || machine.overflowed) return false;
    const isLong = count === first + LONGEST_SERVICE;
    if (isLong || !discharger.next(0, whole.subarray(count * STRIDE, (count + 1) * STRIDE))) break;
  }
  const page = pagePosition(machine.geometry.iova, request.iova);
  return page >= 0 && !machine.ledger.isUnsettled(machine.state, request.context, page);
}

/** Whether a search under the contract finds nothing that the row is to blame for. */
async function isBlameless(row: Row, setting: Setting, contract: Contract): Promise<boolean> {
  const cell = { ...setting, contract, id: "amended", expected: "unrefuted" as const, why: "" };
  const { entry } = await runCampaign(cell, { seed: "1", commands: SEARCH, geometry: geometryOf(setting.geometry) });
  return entry === null || culprit(entry) !== row.id;
}
