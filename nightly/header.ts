/**
 * What a run is: all that its plan and its results depend on. It stands at the head of the journal.
 *
 * A night knows of those before it by the summary of the last one: what each cell has seen, how its rules read, since
 * when its verdict stands. From that comes how much of this night a cell gets, and so it is fixed with the rest.
 */

import { rulesHash } from "../corpus/identity.js";
import { canonicalJson } from "../corpus/json.js";
import type { SummaryCell, SummarySpan } from "../report/summary.js";
import type { Cell, Verdict } from "../rules/vocabulary.js";
import type { RunCell } from "../search/runner.js";
import type { Shard } from "./plan.js";
import { weightOf } from "./weight.js";

/** As the command line said it; null where it said nothing. */
export interface Request {
  claims: readonly string[];
  seed: string | null;
  commands: number | null;
  hours: number | null;
  canary: boolean | null;
  architecture: string | null;
  contract: string | null;
  strategies: string | null;
  properties: string | null;
  geometry: string | null;
}

/** What the nights before know of a cell. */
export interface Before {
  rules: string;
  verdict: Verdict;
  /** The night since which the verdict stands, and the commands run since then. */
  since: { night: number; seed: string; commands: number };
  /** Ways seen, as bits. */
  seen: string;
  history: readonly SummarySpan[];
  /** The day, for readers. */
  date: string | null;
}

export interface HeaderCell {
  id: string;
  rules: string;
  weight: number;
  /** Why it gets so much. */
  reasons: readonly string[];
  before: Before | null;
}

export interface Header {
  version: string;
  request: Request;
  seed: string;
  /** Number of the night, from 1. */
  night: number;
  shard: Shard | null;
  cells: readonly HeaderCell[];
  /** The day on which it began, for readers. */
  date: string;
}

/** What the verdict of a cell depends on, as a hash; names of strategies and properties are sets. */
export function cellHash({ architecture, contract, strategies, properties, shadow }: RunCell): string {
  const sets = { strategies: [...strategies].sort(), properties: [...properties].sort() };
  return rulesHash({ architecture, contract, shadow, ...sets });
}

export function headerCell(cell: Cell, before: Before | null, isFirstNight: boolean): HeaderCell {
  const rules = cellHash(cell);
  return { id: cell.id, rules, before, ...weightOf(cell, before, rules, isFirstNight) };
}

export function beforeOf(cell: SummaryCell, date: string | null): Before {
  const { rules, verdict, since, coverage, history } = cell;
  return { rules, verdict, since, seen: coverage.seen, history, date };
}

/** Whether two runs are parts of one search, or one is the other gone on with: all but shard and day. */
export function isSameRun(a: Header, b: Header): boolean {
  return canonicalJson(identity(a)) === canonicalJson(identity(b));
}

function identity({ shard: _shard, date: _date, cells, ...rest }: Header): unknown {
  return { ...rest, cells: cells.map(({ before, ...cell }) => ({ ...cell, before: { ...before, date: null } })) };
}
