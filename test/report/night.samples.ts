/** A night as long as they come: every claim, forty nights of history, eight hours; made up, but for the claims. */

import { allClaims } from "../../cli/cells.js";
import { contractRef } from "../../report/built-in.js";
import { MARKS, type Summary, type SummaryCell, type SummarySpan } from "../../report/summary.js";
import { type Cell, TRANSITIONS, transitionName } from "../../rules/vocabulary.js";
import { GREEN, RED } from "./summary.samples.js";

const NIGHT = 40;

export function cellsNamed({ cells }: Summary): Cell[] {
  const ids = new Set(cells.map(({ cell }) => cell));
  return allClaims().flatMap((claim) => claim.cells.filter(({ id }) => ids.has(id)));
}

/** `most`: with so many cells. */
export function longNight(most = 1000): Summary {
  const all = allClaims()
    .flatMap((claim) => claim.cells)
    .slice(0, most);
  const cells = all.map(cellOf);
  const hours = Array.from({ length: 113 }, (_, at) => at);
  return {
    ...RED,
    ...{ night: NIGHT, shard: null, cells, findings: [], red: RED.red.slice(0, 1) },
    budget: { commands: null, hours: 8 },
    coverage: { transitions: TRANSITIONS.map(transitionName), contracts: contractsOf(all) },
    machine: {
      ...GREEN.machine,
      seconds: 28_800,
      busy: Object.fromEntries(all.map(({ id }, at) => [id, 1 + (at % 7)])),
      course: {
        seconds: 256,
        commands: hours.map((at) => 4_000_000 + (at % 9) * 300_000),
        memory: hours.map((at) => 3e8 + (at % 5) * 1e7),
      },
    },
  };
}

function cellOf({ id, expected }: Cell, at: number): SummaryCell {
  const mark = MARKS[at % MARKS.length]!;
  const span = (first: number, last: number, more: Partial<SummarySpan>): SummarySpan => ({
    ...{ first, last, verdict: expected, mark: "ok", rules: "a", commands: 5_000_000 },
    ...more,
  });
  const history = [span(1, 20 + (at % 9), {}), span(21 + (at % 9), NIGHT, { mark, rules: at % 2 === 0 ? "a" : "b" })];
  const since = { night: 1, seed: "night-1", commands: 123_456_789 };
  const figures = {
    commands: 1_234_567,
    settled: 123_456,
    stale: 12_345,
    counterexample: id === "T1" ? "nf-6e6d4b65d5aa" : null,
  };
  // The rules of no cell: committed counterexamples are replayed under their own.
  return {
    ...GREEN.cells[0]!,
    ...figures,
    cell: id,
    expected,
    verdict: expected,
    mark,
    history,
    since,
    rules: "made-up",
  };
}

function contractsOf(cells: readonly Cell[]): Summary["coverage"]["contracts"] {
  const byRef = new Map(cells.map((cell) => [contractRef(cell.contract), cell]));
  return [...byRef].map(
    ([
      contract,
      {
        contract: { rules },
        architecture,
        id,
      },
    ]) => {
      const counts = (from: number): string =>
        TRANSITIONS.map((_, at) => ((at + from) % 7 === 0 ? 0 : 10 ** ((at + from) % 6))).join(" ");
      const byCache = (text: (at: number) => string) =>
        Object.fromEntries(architecture.caches.map(({ name }, at) => [name, text(at)]));
      return {
        ...{ contract, cells: [id], rules: rules.map((rule) => rule.id), occurred: counts(0) },
        stale: byCache(counts),
        ever: byCache((from) => TRANSITIONS.map((_, at) => ((at + from) % 14 === 0 ? 0 : 1)).join(" ")),
      };
    },
  );
}
