/**
 * From what the slices came to, to the summary: a verdict a cell, findings told apart from known ones, and the colour.
 */

import { isExpected, isIdle } from "../report/claims.js";
import type { Summary, SummaryCell, SummaryFinding, SummarySpan } from "../report/summary.js";
import { SUMMARY_SCHEMA } from "../report/summary.js";
import type { Cell, Verdict } from "../rules/vocabulary.js";
import type { CanaryResult } from "./canary.js";
import type { Counted } from "./counted.js";
import { detectionOf, galleryFigures } from "./detection.js";
import type { Header, HeaderCell } from "./header.js";
import type { Known } from "./known.js";
import { reachedBy } from "./reached.js";
import { firstSliceLine, nightLine, sliceLine } from "./repeat.js";
import type { CellTally, FindingTally, Tally } from "./tally.js";
import { bitsOf, bitsText, waysOf } from "./ways.js";

export interface Ingredients {
  header: Header;
  cells: readonly Cell[];
  counted: Counted;
  known: Known;
  stopped: boolean;
  /** Shards that were not there to be merged. */
  missing?: readonly number[];
  machine: Omit<Summary["machine"], "since" | "date" | "commandsPerSecond" | "busy" | "course">;
}

export function summaryOf(ingredients: Ingredients): Summary {
  const { header, cells, counted, known, stopped, machine } = ingredients;
  const { tally } = counted;
  const canary = header.request.canary !== false ? counted.canaries() : null;
  const findings = findingsOf(cells, tally, known);
  const rows = cells.map((cell, at) => cellOf(cell, header, header.cells[at]!, tally.cells[at]!, tally, known));
  const sum = (pick: (row: SummaryCell) => number): number => rows.reduce((total, row) => total + pick(row), 0);
  const commands = sum((row) => row.commands);
  const trouble = counted.trouble().map(({ cell, number, budget, what }) => ({
    cell: cells[cell]!.id,
    what: `${what} in slice ${number}, twice`,
    repeat: sliceLine(header, cells[cell]!.id, { number, budget }),
  }));
  const missing = (ingredients.missing ?? []).map((shard) => `shard ${shard} is missing`);
  const red = [...reasonsOf(rows, findings, canary, trouble, known, stopped), ...missing];
  return {
    schema: SUMMARY_SCHEMA,
    version: header.version,
    seed: header.seed,
    night: header.night,
    budget: { commands: header.request.commands, hours: header.request.hours },
    shard: header.shard,
    green: red.length === 0,
    stopped,
    red,
    totals: {
      slices: sum((row) => row.slices),
      commands,
      runs: sum((row) => row.runs),
      settled: sum((row) => row.settled),
      stale: sum((row) => row.stale),
      findings: findings.length,
      newFindings: findings.filter(({ isNew }) => isNew).length,
    },
    cells: rows,
    coverage: reachedBy(cells, tally, rows),
    findings,
    canary,
    detection: detectionOf(
      galleryFigures(),
      cells,
      rows.map((row) => row.commands),
    ),
    repeat: { night: nightLine(header), slice: firstSliceLine(header) },
    trouble,
    machine: {
      date: header.date,
      ...machine,
      commandsPerSecond: machine.seconds > 0 ? Math.round(commands / machine.seconds) : 0,
      busy: Object.fromEntries(rows.map((row, at) => [row.cell, Math.round(counted.busy[at]! * 1000) / 1000])),
      course: counted.course.figures(),
      since: Object.fromEntries(rows.map((row, at) => [row.cell, sinceDate(row, header, header.cells[at]!)])),
    },
  };
}

function cellOf(
  cell: Cell,
  header: Header,
  { weight, reasons, rules, before }: HeaderCell,
  of: CellTally,
  tally: Tally,
  known: Known,
): SummaryCell {
  const found = [...of.causes].map((key) => tally.findings.get(key)!);
  const isNew = found.some((finding) => isNewFinding(finding, known));
  const first = simplest(found);
  const committed = first === null ? known.refuting(cell) : null;
  const verdict: Verdict = first === null && committed === null ? "unrefuted" : "fails";
  const stale = Math.min(...of.witnesses);
  const judged = { expected: cell.expected, verdict, isNew, settledAfterChange: of.settled, staleSeen: stale };
  const mark = markOf(judged, header.shard !== null);
  const stands = before !== null && before.rules === rules && before.verdict === verdict;
  const since = stands ? before.since : { night: header.night, seed: header.seed, commands: 0 };
  return {
    cell: cell.id,
    expected: cell.expected,
    verdict,
    mark,
    evidence: first !== null ? "search" : committed !== null ? "corpus" : "none",
    counterexample: first?.first.id ?? committed,
    slices: of.slices,
    budget: of.budget,
    commands: of.commands,
    runs: of.runs,
    inconclusive: of.inconclusive,
    settled: of.settled,
    stale,
    transitions: of.coverage.transitions.filter((times) => times > 0).length,
    coverage: coverageOf(cell, of, before?.rules === rules ? before.seen : ""),
    weight,
    reasons: [...reasons],
    rules,
    since: { ...since, commands: since.commands + of.commands },
    history: longer(before?.history ?? [], { night: header.night, verdict, mark, rules, commands: of.commands }),
  };
}

/** Spans that are kept: a verdict that changes more often than that is no verdict. */
const SPANS = 60;

function longer(
  history: readonly SummarySpan[],
  { night, commands, ...what }: Omit<SummarySpan, "first" | "last"> & { night: number },
): SummarySpan[] {
  const last = history.at(-1);
  const isSame = last !== undefined && last.last === night - 1 && SAME.every((name) => last[name] === what[name]);
  if (isSame) return [...history.slice(0, -1), { ...last, last: night, commands: last.commands + commands }];
  return [...history, { first: night, last: night, ...what, commands }].slice(-SPANS);
}

const SAME = ["verdict", "mark", "rules"] as const;

interface Judged {
  expected: Verdict;
  verdict: Verdict;
  isNew: boolean;
  settledAfterChange: number;
  staleSeen: number;
}

function markOf(row: Judged, isPart: boolean): SummaryCell["mark"] {
  if (row.isNew) return "red";
  // A cell that should stand, and whose failures were all accepted, is known; one that should fail and stands is not.
  if (!isExpected(row) && row.verdict === "fails") return "accepted";
  if (isExpected(row) && !isIdle(row)) return "ok";
  if (isPart) return "part";
  return isExpected(row) ? "idle" : "red";
}

function coverageOf(cell: Cell, of: CellTally, before: string): SummaryCell["coverage"] {
  const { reachable, of: what } = waysOf(cell);
  const tonight = reachable.filter((at) => of.coverage[what][at]! > 0);
  const ever = new Set([...bitsOf(before), ...tonight]);
  return { reachable: reachable.length, tonight: tonight.length, ever: ever.size, seen: bitsText(ever) };
}

function simplest(findings: readonly FindingTally[]): FindingTally | null {
  const sorted = [...findings].sort(compareFindings);
  return sorted[0] ?? null;
}

function compareFindings(a: FindingTally, b: FindingTally): number {
  return a.first.length - b.first.length || (a.first.id < b.first.id ? -1 : 1);
}

function isNewFinding({ ids, cause }: FindingTally, known: Known): boolean {
  return !known.hasFinding(ids, cause);
}

function findingsOf(cells: readonly Cell[], { findings }: Tally, known: Known): SummaryFinding[] {
  const sorted = [...findings.values()].sort((a, b) => (a.first.id < b.first.id ? -1 : 1));
  return sorted.map((finding) => {
    const { cause, first, ids, times } = finding;
    const { rules: _rules, ...place } = cause;
    const { id, property, strategy, severity, length } = first;
    return {
      id,
      isNew: isNewFinding(finding, known),
      cells: [...finding.cells].sort((a, b) => a - b).map((at) => cells[at]!.id),
      ...place,
      ...{ property, strategy, severity, length, times },
      ids: [...ids].sort(),
    };
  });
}

function reasonsOf(
  rows: readonly SummaryCell[],
  findings: readonly SummaryFinding[],
  canary: readonly CanaryResult[] | null,
  trouble: Summary["trouble"],
  known: Known,
  stopped: boolean,
): string[] {
  const missed = (canary ?? []).filter(({ commands }) => commands === null);
  const isPlanted = canary === null || canary.length > 0;
  return [
    ...missed.map(({ planted }) => `the search is idle: it did not find the bug planted tonight (${planted})`),
    ...(isPlanted || stopped ? [] : ["the search is idle: no bug was planted"]),
    ...findings
      .filter(({ isNew }) => isNew)
      .map(({ id, cells, row, cache }) => `new: ${id} in ${cells.join(", ")}: ${row || "no row"}, ${cache}`),
    ...rows
      .filter((row) => row.mark === "red" && !isExpected(row))
      .map(({ cell, expected, verdict }) => `${cell}: expected ${expected}, ${verdict}`),
    ...rows.filter(({ mark }) => mark === "idle").map(({ cell }) => `${cell}: idle, more commands may tell`),
    ...trouble.map(({ cell, what, repeat }) => `worker: ${cell}: ${what}; ${repeat}`),
    ...known.problems.map((problem) => `corpus: ${problem}`),
    ...(stopped ? ["stopped before its budget was spent"] : []),
  ];
}

function sinceDate({ since }: SummaryCell, header: Header, { before }: HeaderCell): string {
  return since.night === header.night ? header.date : (before?.date ?? header.date);
}
