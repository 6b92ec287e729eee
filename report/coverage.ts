/**
 * What a run reached: for each contract which of its transitions occurred, and which caches were stale behind them.
 *
 * A contract has one rule for each transition, so a triple is (contract's rule, transition, cache). Reachable are those
 * with a cache that an architecture of the cells has, where cache validity is checked and something else than a shadow
 * runs: any transition may meet a cache that is stale already.
 */

import { CACHE_NAMES, type Cell, TRANSITIONS, transitionName } from "../rules/vocabulary.js";
import type { Coverage } from "../search/runner.js";
import { contractRef } from "./built-in.js";
import { CLAIMS_WIDTH } from "./claims.js";
import { type Column, tableLines, wrapAfter } from "./text.js";

/** One cell's share of a run. */
export interface CellCoverage {
  cell: Pick<Cell, "contract" | "architecture" | "strategies" | "properties">;
  coverage: Coverage;
}

/** What was reached under one contract. */
export interface ContractCoverage {
  contract: string;
  /** By transition: the id of the contract's rule. Cells of one contract that change a row stand under the first. */
  rules: readonly string[];
  occurred: Float64Array;
  /** By `transition * caches + cache`. */
  stale: Float64Array;
  /** The caches that could be stale. */
  caches: ReadonlySet<number>;
}

export function coverageByContract(cells: readonly CellCoverage[]): ContractCoverage[] {
  const found = new Map<string, ContractCoverage & { caches: Set<number> }>();
  for (const { cell, coverage } of cells) {
    const contract = contractRef(cell.contract);
    const total = found.get(contract) ?? {
      contract,
      rules: cell.contract.rules.map(({ id }) => id),
      occurred: new Float64Array(TRANSITIONS.length),
      stale: new Float64Array(TRANSITIONS.length * CACHE_NAMES.length),
      caches: new Set<number>(),
    };
    found.set(contract, total);
    coverage.transitions.forEach((times, at) => {
      total.occurred[at]! += times;
    });
    coverage.stale.forEach((times, at) => {
      total.stale[at]! += times;
    });
    const isLooked = cell.properties.includes("cache-validity") && cell.strategies.some((name) => name !== "shadow");
    if (isLooked) for (const { name } of cell.architecture.caches) total.caches.add(CACHE_NAMES.indexOf(name));
  }
  return [...found.values()];
}

/** Times in at most six characters: thousands from 100,000 on. */
function times(count: number): string {
  return count < 100_000 ? `${count}` : `${Math.floor(count / 1000)}k`;
}

const SHORT: Readonly<Record<string, string>> = { "stage2-walk": "s2-walk", "device-tlb": "device" };
/** Names of what was not reached, at most so many. */
const LISTED = 24;

/** A row for each transition that occurred, then how many triples were visited, and which were not. */
export function coverageLines(contracts: readonly ContractCoverage[], width = CLAIMS_WIDTH): string[] {
  return [...transitionTable(contracts, width), ...coverageSummary(contracts, width)];
}

function transitionTable(contracts: readonly ContractCoverage[], width: number): string[] {
  const columns: Column[] = [
    { title: "transition" },
    { title: "times", align: "right" },
    ...CACHE_NAMES.map((name) => ({ title: SHORT[name] ?? name, align: "right" as const })),
  ];
  const sum = (pick: (one: ContractCoverage) => number): number =>
    contracts.reduce((total, one) => total + pick(one), 0);
  const rows = TRANSITIONS.map((transition, at) => ({
    occurred: sum(({ occurred }) => occurred[at]!),
    cells: [
      transitionName(transition),
      times(sum(({ occurred }) => occurred[at]!)),
      ...CACHE_NAMES.map((_, cache) => times(sum(({ stale }) => stale[at * CACHE_NAMES.length + cache]!))),
    ],
  }));
  const seen = rows.filter(({ occurred }) => occurred > 0).map(({ cells }) => cells);
  return seen.length === 0 ? [] : [...tableLines(columns, seen, width), ""];
}

/** The closing lines: how much of what could be reached was. */
export function coverageSummary(contracts: readonly ContractCoverage[], width = CLAIMS_WIDTH): string[] {
  const missed = contracts.flatMap(missedBy);
  const reachable = contracts.reduce((total, { caches }) => total + caches.size * TRANSITIONS.length, 0);
  const kinds = TRANSITIONS.filter((_, at) => contracts.some(({ occurred }) => occurred[at]! > 0)).length;
  const visited = reachable - missed.length;
  const ways =
    reachable === 0
      ? "no cell looks into caches"
      : `behind them a cache went stale in ${visited} of ${reachable} ways of rule, transition and cache ` +
        `(${((100 * visited) / reachable).toFixed(1)} %)`;
  const first = `${kinds} of ${TRANSITIONS.length} transitions occurred; ${ways}.`;
  const more = missed.length > LISTED ? [`and ${missed.length - LISTED} more (--json has all)`] : [];
  const names = [...missed.slice(0, LISTED), ...more].join(", ");
  return [...wrapAfter("", first, width), ...(missed.length === 0 ? [] : wrapAfter("not reached: ", names, width))];
}

/** `vtd-legacy cm=1 s2-table: stage 2 table split x walk`. */
function missedBy({ contract, rules, stale, caches }: ContractCoverage): string[] {
  return TRANSITIONS.flatMap((transition, at) =>
    [...caches]
      .filter((cache) => stale[at * CACHE_NAMES.length + cache] === 0)
      .map((cache) => `${contract} ${rules[at]}: ${transitionName(transition)} x ${CACHE_NAMES[cache]}`),
  );
}

/** The same for JSON: one record for each contract and transition. */
export function coverageRecords(contracts: readonly ContractCoverage[]) {
  return contracts.flatMap(({ contract, rules, occurred, stale, caches }) =>
    TRANSITIONS.map((transition, at) => ({
      contract,
      rule: rules[at]!,
      transition: transitionName(transition),
      occurred: occurred[at]!,
      stale: Object.fromEntries(
        [...caches]
          .sort((a, b) => a - b)
          .map((cache) => [CACHE_NAMES[cache]!, stale[at * CACHE_NAMES.length + cache]!]),
      ),
    })),
  );
}
