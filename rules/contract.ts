/**
 * Merges a contract with those it extends, and answers every transition for one choice of parameters.
 *
 * Files of a chain are tiers: inline rules of a claim first, then the file itself, its parent, and so on. A row that a
 * younger file changes by id belongs to that file's tier. For one transition the first tier with a matching row
 * decides; inside a tier, a row that says `any` stands back for one that names what it says `any` to, and two rows that
 * neither stands back for the other are a mistake. All choices of parameters are checked, not the chosen one alone: a
 * contract that is wrong for cm=1 is wrong.
 */

import { firstGiven, overlay } from "./architecture.js";
import { canCover, cannotCoverReason } from "./coverage.js";
import * as say from "./messages.js";
import { type Problem, problemAt, type Spot } from "./problems.js";
import type { ContractFile, ParameterRow, Placed, RuleRow, Selection } from "./rows.js";
import {
  type Architecture,
  type CacheName,
  type Contract,
  type ContractRule,
  type Scope,
  TRANSITIONS,
  type Transition,
  transitionName,
} from "./vocabulary.js";

export const COMBINATION_LIMIT = 256;

/** A chosen value for each parameter. */
export type Choice = ReadonlyMap<string, string>;

export interface Parameter {
  name: string;
  spot: Spot;
  values: readonly string[];
  default: string;
  /** Its values could not all be read, so that none is called unknown. */
  broken: boolean;
}

/** A rule with all that a rule needs. */
export interface CompleteRow extends RuleRow {
  stage: NonNullable<RuleRow["stage"]>;
  change: NonNullable<RuleRow["change"]>;
  owes: NonNullable<RuleRow["owes"]>;
  source: string;
}

/** A contract before its parameters are chosen. */
export interface ContractFamily {
  name: string;
  summary: string;
  source: string;
  architectures: readonly Placed<string>[];
  parameters: readonly Parameter[];
  /** Youngest first. */
  tiers: readonly (readonly CompleteRow[])[];
  rulesSpot: Spot;
}

/** `chain` is the file itself, then its parent, and so on; `patch` are rules younger than all of them. */
export function mergeContract(
  chain: readonly ContractFile[],
  patch: readonly RuleRow[],
  problems: Problem[],
): ContractFamily | undefined {
  const child = chain[0]!;
  const parameters = mergeParameters(chain, problems);
  const tiers = mergeRows([patch, ...chain.map((file) => file.rules)], problems);
  checkWhens([patch, ...chain.map((file) => file.rules)].flat(), parameters, problems);
  const { name, rulesSpot } = child;
  const summary = firstGiven(chain, (file) => file.summary);
  const source = firstGiven(chain, (file) => file.source);
  if (name === undefined || summary === undefined || source === undefined) return undefined;
  const architectures = firstGiven(chain, (file) => file.architectures) ?? [];
  const family = { name, summary, source, architectures, parameters, tiers, rulesSpot };
  // A rule that could not be read may be the one that answers a transition or asks for a parameter.
  const broken = chain.some((file) => file.broken) || patch.some((row) => row.broken);
  if (!broken) checkUse(family, problems);
  checkFamily(family, broken, problems);
  return family;
}

function mergeParameters(chain: readonly ContractFile[], problems: Problem[]): Parameter[] {
  const rows = new Map<string, ParameterRow>();
  for (const row of [...chain].reverse().flatMap((file) => file.parameters)) {
    const earlier = rows.get(row.name);
    rows.set(row.name, earlier === undefined ? row : overlay(earlier, row));
  }
  return [...rows.values()].map((row) => completeParameter(row, problems));
}

function completeParameter(row: ParameterRow, problems: Problem[]): Parameter {
  const missing = (["values", "default", "summary"] as const).filter((key) => row[key] === undefined);
  for (const key of row.broken ? [] : missing) {
    const why = key === "summary" ? "readers are told what it stands for" : "a parameter has values and a default";
    problems.push(problemAt(row.spot, say.missingKey(`parameter ${row.name}`, key, why, `add ${key}:`)));
  }
  const values = row.values?.map((value) => value.value) ?? [];
  for (const [at, value] of (row.values ?? []).entries()) {
    if (values.indexOf(value.value) < at) {
      problems.push(problemAt(value.spot, say.repeated(`parameter ${row.name}`, value.value)));
    }
  }
  const broken = row.broken === true || missing.length > 0;
  if (row.default !== undefined && !broken && !values.includes(row.default.value)) {
    problems.push(problemAt(row.default.spot, say.badParameterValue(row.name, row.default.value, values)));
  }
  return { name: row.name, spot: row.spot, values: [...new Set(values)], default: row.default?.value ?? "", broken };
}

/** Youngest list first, in and out. A row with an id of an older list changes that one and takes it along. */
function mergeRows(lists: readonly (readonly RuleRow[])[], problems: Problem[]): CompleteRow[][] {
  const merged = new Map<string, { row: RuleRow; tier: number }>();
  for (let tier = lists.length - 1; tier >= 0; tier--) {
    for (const row of lists[tier]!) {
      const earlier = merged.get(row.id);
      merged.set(row.id, { row: earlier === undefined ? row : overlay(earlier.row, row), tier });
    }
  }
  const tiers: CompleteRow[][] = lists.map(() => []);
  for (const { row, tier } of merged.values()) {
    if (isComplete(row, problems)) tiers[tier]!.push(row);
  }
  return tiers;
}

function isComplete(row: RuleRow, problems: Problem[]): row is CompleteRow {
  const contextOnly = row.stage !== "any" && row.stage?.every((stage) => stage === "context") === true;
  const due = contextOnly ? (["stage", "change", "owes"] as const) : (["stage", "level", "change", "owes"] as const);
  const missing = due.filter((key) => row[key] === undefined);
  for (const key of row.broken ? [] : missing) {
    const why = "a new rule names stage, level, change and owes; one with a parent's id may name fewer";
    problems.push(problemAt(row.spot, say.missingKey(`rule ${row.id}`, key, why, `add ${key}: or correct the id`)));
  }
  return missing.length === 0 && row.source !== undefined;
}

function checkWhens(rows: readonly RuleRow[], parameters: readonly Parameter[], problems: Problem[]): void {
  const known = parameters.map((parameter) => parameter.name);
  for (const { parameter, values } of rows.flatMap((row) => row.when ?? [])) {
    const found = parameters.find((candidate) => candidate.name === parameter.value);
    if (found === undefined) problems.push(problemAt(parameter.spot, say.unknownParameter(parameter.value, known)));
    if (found === undefined || found.broken) continue;
    for (const value of values.filter((given) => !found.values.includes(given.value))) {
      problems.push(problemAt(value.spot, say.badParameterValue(parameter.value, value.value, found.values)));
    }
  }
}

/** A parameter that no rule asks for is most often a misspelling of one that is asked for. */
function checkUse(family: ContractFamily, problems: Problem[]): void {
  const used = new Set(family.tiers.flat().flatMap((row) => (row.when ?? []).map((when) => when.parameter.value)));
  for (const { name, spot } of family.parameters) {
    if (!used.has(name)) problems.push(problemAt(spot, say.unusedParameter(name)));
  }
}

/** Every choice of parameters, the last parameter changing fastest. Undefined: there are too many to check. */
export function allChoices(parameters: readonly Parameter[]): Choice[] | undefined {
  let choices: Choice[] = [new Map()];
  for (const { name, values } of parameters) {
    choices = choices.flatMap((choice) => values.map((value) => new Map([...choice, [name, value]])));
    if (choices.length > COMBINATION_LIMIT) return undefined;
  }
  return choices;
}

/** Checks that each transition has one rule under every choice; a pair or a gap is reported once, where first met. */
function checkFamily(family: ContractFamily, broken: boolean, problems: Problem[]): void {
  const choices = allChoices(family.parameters);
  if (choices === undefined) {
    problems.push(problemAt(family.parameters[0]!.spot, say.tooManyCombinations(COMBINATION_LIMIT)));
    return;
  }
  const reported = new Set<string>();
  for (const transition of TRANSITIONS) {
    const unanswered = choices.filter((choice) => findRow(family, transition, choice) === undefined);
    if (unanswered.length > 0 && !broken) {
      // The choice is named only where another choice has a rule.
      const text = unanswered.length === choices.length ? "" : choiceText(unanswered[0]!);
      problems.push(problemAt(family.rulesSpot, say.noRule(transitionName(transition), text)));
    }
    for (const choice of choices) {
      for (const tier of family.tiers) reportOverlaps(tier, transition, choice, reported, problems);
    }
  }
}

function reportOverlaps(
  tier: readonly CompleteRow[],
  transition: Transition,
  choice: Choice,
  reported: Set<string>,
  problems: Problem[],
): void {
  const best = bestRows(tier, transition, choice);
  for (const [at, later] of best.entries()) {
    for (const earlier of best.slice(0, at)) {
      const pair = `${earlier.id} ${later.id}`;
      if (reported.has(pair)) continue;
      reported.add(pair);
      const text = choiceText(choice);
      problems.push(problemAt(later.spot, say.overlap(earlier.id, later.id, transitionName(transition), text)));
    }
  }
}

function choiceText(choice: Choice): string {
  if (choice.size === 0) return "";
  return ` when ${[...choice].map(([name, value]) => `${name}=${value}`).join(" ")}`;
}

export function findRow(family: ContractFamily, transition: Transition, choice: Choice): CompleteRow | undefined {
  for (const tier of family.tiers) {
    const best = bestRows(tier, transition, choice);
    if (best.length > 0) return best[0];
  }
  return undefined;
}

/** The matching rows of a tier that no other matching row makes stand back. */
function bestRows(tier: readonly CompleteRow[], transition: Transition, choice: Choice): CompleteRow[] {
  const matching = tier.filter((row) => matches(row, transition, choice));
  return matching.filter((row) => !matching.some((other) => standsBack(row, other)));
}

export function matches(row: CompleteRow, transition: Transition, choice: Choice): boolean {
  const stage = transition.stage === 0 ? "context" : transition.stage;
  const levelFits = transition.level === "context" || selects(row.level ?? [], transition.level);
  const whenFits = (row.when ?? []).every(({ parameter, values }) =>
    values.some((value) => value.value === choice.get(parameter.value)),
  );
  return selects(row.stage, stage) && levelFits && selects(row.change, transition.change) && whenFits;
}

function selects<T>(selection: Selection<T>, value: T): boolean {
  return selection === "any" || selection.includes(value);
}

/** Whether `row` says `any` wherever `other` does, and once more. */
function standsBack(row: CompleteRow, other: CompleteRow): boolean {
  const anys = (candidate: CompleteRow) => [candidate.stage, candidate.level, candidate.change].map((s) => s === "any");
  const mine = anys(row);
  const theirs = anys(other);
  return theirs.every((any, at) => !any || mine[at]) && mine.some((any, at) => any && !theirs[at]);
}

/** The choice that `given` makes, defaults filled in; mistakes are reported at `spot`. */
export function choose(
  family: ContractFamily,
  given: ReadonlyMap<string, string>,
  spot: Spot,
  problems: Problem[],
): Choice {
  const known = family.parameters.map((parameter) => parameter.name);
  for (const name of given.keys()) {
    if (!known.includes(name)) problems.push(problemAt(spot, say.unknownParameter(name, known)));
  }
  const choice = new Map<string, string>();
  for (const { name, values, default: otherwise, broken } of family.parameters) {
    const value = given.get(name) ?? otherwise;
    if (!broken && !values.includes(value)) problems.push(problemAt(spot, say.badParameterValue(name, value, values)));
    choice.set(name, value);
  }
  return choice;
}

/** The contract under one choice; for an architecture, cut to its caches and checked against its commands. */
export function instantiate(
  family: ContractFamily,
  choice: Choice,
  architecture: Architecture | undefined,
  problems: Problem[],
): Contract {
  // One row answers many transitions; it is fitted once, and once more for stage 2, whose duties count guest pages.
  const fitted = [new Map<CompleteRow, Scope[][]>(), new Map<CompleteRow, Scope[][]>()] as const;
  const rules = TRANSITIONS.flatMap((transition): ContractRule[] => {
    const row = findRow(family, transition, choice);
    if (row === undefined) return [];
    const byGuestPage = transition.stage === 2;
    const known = fitted[byGuestPage ? 1 : 0];
    const stages = known.get(row) ?? fitRow(row, byGuestPage, architecture, problems);
    known.set(row, stages);
    return [completeRule(row, transition, stages)];
  });
  const { name, summary, source } = family;
  return { name, summary, source, parameters: Object.fromEntries(choice), rules };
}

function completeRule(row: CompleteRow, transition: Transition, stages: Scope[][]): ContractRule {
  return {
    id: row.id,
    by: row.by ?? (transition.stage === 2 ? "host" : "guest"),
    stages,
    source: row.source,
    confidence: row.confidence ?? "specification",
    at: `${row.spot.file}:${row.spot.line}`,
  };
}

function fitRow(
  row: CompleteRow,
  byGuestPage: boolean,
  architecture: Architecture | undefined,
  problems: Problem[],
): Scope[][] {
  return row.owes
    .map((stage) => fitStage(row, stage, byGuestPage, architecture, problems))
    .filter((stage) => stage.length > 0);
}

/** A cache that the architecture does not have owes nothing: nothing stale can be in it. */
function fitStage(
  row: CompleteRow,
  stage: readonly Placed<Scope>[],
  byGuestPage: boolean,
  architecture: Architecture | undefined,
  problems: Problem[],
): Scope[] {
  if (architecture === undefined) return stage.map((scope) => scope.value);
  const has = (name: CacheName): boolean => architecture.caches.some((cache) => cache.name === name);
  const kept = stage
    .map((scope) => ({ ...scope, value: { ...scope.value, caches: scope.value.caches.filter(has) } }))
    .filter((scope) => scope.value.caches.length > 0);
  for (const { value, spot } of kept) {
    if (canCover(architecture, value, byGuestPage)) continue;
    const complaint = say.cannotCover(
      scopeText(value),
      row.id,
      architecture.name,
      cannotCoverReason(architecture, value),
    );
    problems.push(problemAt(spot, complaint));
  }
  return kept.map((scope) => scope.value);
}

/** `iotlb (all pages, any process)`: the scope as a message names it. */
function scopeText(scope: Scope): string {
  const parts = [
    scope.range === "all" ? "all pages" : "",
    scope.process === "any" ? "any process" : "",
    scope.global === "always" ? "global entries" : "",
  ].filter((part) => part !== "");
  const caches = scope.caches.join(" + ");
  return parts.length === 0 ? caches : `${caches} (${parts.join(", ")})`;
}
