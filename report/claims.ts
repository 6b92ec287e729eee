/**
 * The verdicts of a run over claims, as a table.
 */

import type { Verdict } from "../rules/vocabulary.js";
import { type Column, tableLines, wrap } from "./text.js";

export const CLAIMS_WIDTH = 100;

export interface ClaimRow {
  cellId: string;
  expected: Verdict;
  verdict: Verdict;
  commands: number;
  runs: number;
  /** Requests that were settled again after a change: without any, agreement was never asked. */
  settledAfterChange: number;
  /** Stale answers or values that were seen where they are allowed. */
  staleSeen: number;
  /** Transitions that occurred. */
  transitionsSeen: number;
  /** The counterexample, where there is one. */
  id?: string;
}

/** Whether a verdict is what was expected. A search proves nothing: it leaves what holds unrefuted. */
export function isExpected({ expected, verdict }: Pick<ClaimRow, "expected" | "verdict">): boolean {
  return (expected === "fails") === (verdict === "fails");
}

/** Every cell has its expected verdict, and none stood because nothing happened. */
export function isGreen(rows: readonly ClaimRow[]): boolean {
  return rows.every((row) => isExpected(row) && !isIdle(row));
}

/** Something must have happened for silence to mean anything. */
export function isIdle({
  verdict,
  settledAfterChange,
  staleSeen,
}: Pick<ClaimRow, "verdict" | "settledAfterChange" | "staleSeen">): boolean {
  return verdict !== "fails" && (settledAfterChange === 0 || staleSeen === 0);
}

export function verdictTable(rows: readonly ClaimRow[], width = CLAIMS_WIDTH): string[] {
  const columns: Column[] = [
    { title: "cell" },
    { title: "expected" },
    { title: "verdict" },
    { title: "" },
    { title: "commands", align: "right" },
    { title: "runs", align: "right" },
    { title: "settled", align: "right" },
    { title: "stale", align: "right" },
    { title: "transitions", align: "right" },
    { title: "counterexample" },
  ];
  const cells = rows.map((row) => [
    row.cellId,
    row.expected,
    row.verdict,
    markOf(row),
    `${row.commands}`,
    `${row.runs}`,
    `${row.settledAfterChange}`,
    `${row.staleSeen}`,
    `${row.transitionsSeen}`,
    row.id ?? "",
  ]);
  const legend =
    "settled: requests that were settled again after a change; stale: stale answers seen while they were allowed; " +
    "transitions: kinds of change that occurred; idle: nothing of the kind was seen, so the verdict says little.";
  return [...tableLines(columns, cells, width), "", ...wrap(legend, width)];
}

function markOf(row: ClaimRow): string {
  if (!isExpected(row)) return "RED";
  return isIdle(row) ? "idle" : "ok";
}

/** The last line of a run. */
export function summaryLine(rows: readonly ClaimRow[]): string {
  const red = rows.filter((row) => !isExpected(row));
  const idle = rows.filter((row) => isExpected(row) && isIdle(row));
  if (red.length + idle.length === 0) return `green: ${rows.length} of ${rows.length} cells as expected`;
  const names = [
    ...red.map(({ cellId, expected, verdict }) => `${cellId} (expected ${expected}, ${verdict})`),
    ...idle.map(({ cellId }) => `${cellId} (idle: more commands may tell)`),
  ];
  return `red: ${names.length} of ${rows.length} cells not as expected: ${names.join(", ")}`;
}
