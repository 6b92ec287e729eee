/**
 * What a night reached, for its summary: by contract, transition and cache, tonight and in all nights.
 *
 * Tonight's counts are those of `report/coverage.ts`; of the nights before a cell knows which ways it has seen, and no
 * numbers.
 */

import { contractRef } from "../report/built-in.js";
import { coverageByContract } from "../report/coverage.js";
import type { Summary, SummaryCell } from "../report/summary.js";
import { CACHE_NAMES, type CacheName, type Cell, TRANSITIONS, transitionName } from "../rules/vocabulary.js";
import type { Tally } from "./tally.js";
import { bitsOf, waysOf } from "./ways.js";

export function reachedBy(cells: readonly Cell[], tally: Tally, rows: readonly SummaryCell[]): Summary["coverage"] {
  const shares = cells.map((cell, at) => ({ cell, coverage: tally.cells[at]!.coverage }));
  const contracts = coverageByContract(shares).map(({ contract, rules, occurred, stale, caches }) => {
    const here = rows.filter((_, at) => contractRef(cells[at]!.contract) === contract);
    const looking = here.filter(({ cell }) => waysOf(cells.find(({ id }) => id === cell)!).of === "stale");
    const seen = new Set(looking.flatMap(({ coverage }) => [...bitsOf(coverage.seen)]));
    const byCache = (count: (at: number) => number): Partial<Record<CacheName, string>> =>
      Object.fromEntries(
        [...caches]
          .sort((a, b) => a - b)
          .map((cache) => [
            CACHE_NAMES[cache]!,
            TRANSITIONS.map((_, at) => count(at * CACHE_NAMES.length + cache)).join(" "),
          ]),
      );
    return {
      contract,
      cells: here.map(({ cell }) => cell),
      rules: [...rules],
      occurred: [...occurred].join(" "),
      stale: byCache((at) => stale[at]!),
      ever: byCache((at) => (seen.has(at) ? 1 : 0)),
    };
  });
  return { transitions: TRANSITIONS.map(transitionName), contracts };
}
