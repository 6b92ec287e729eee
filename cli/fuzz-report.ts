/**
 * What `nestfuzz fuzz` prints at the end: the verdicts, what the search reached, the counterexamples, how to repeat it.
 *
 * As text or as one JSON document. Nothing in either depends on the time, on the machine, or on what the corpus held
 * before.
 */

import { type ClaimRow, isGreen, summaryLine, verdictTable } from "../report/claims.js";
import { coverageByContract, coverageLines, coverageRecords, coverageSummary } from "../report/coverage.js";
import type { CampaignResult } from "../verdicts/campaign.js";
import { version } from "../verdicts/version.js";

export interface RunReport {
  results: readonly CampaignResult[];
  seed: string;
  /** The command that repeats the run. */
  repeat: string;
  /** After an interrupt: how many cells there are, and the command that goes on. */
  stopped: { cells: number; goOn: string } | null;
}

export function rowOf({ fuzz, entry }: CampaignResult): ClaimRow {
  return {
    cellId: fuzz.cell.id,
    expected: fuzz.cell.expected,
    verdict: entry === null ? "unrefuted" : "fails",
    commands: fuzz.commands,
    runs: fuzz.runs,
    settledAfterChange: fuzz.discharged,
    // Every property must have had something to say.
    staleSeen: Math.min(...fuzz.witnesses.map(({ seen }) => seen)),
    transitionsSeen: fuzz.coverage.transitions.filter((times) => times > 0).length,
    ...(entry === null ? {} : { id: entry.id }),
  };
}

/** `rules`: a line on each cell whose rules come from the command line; `found`: how to see the counterexamples. */
export function textReport(
  { results, repeat, stopped }: RunReport,
  rules: readonly string[],
  found: readonly string[],
  withCoverage: boolean,
): string {
  const rows = results.map(rowOf);
  const inconclusive = results.reduce((sum, { fuzz }) => sum + fuzz.inconclusive, 0);
  const coverage = coverageOf(results);
  const blocks = [
    rules,
    verdictTable(rows),
    withCoverage ? coverageLines(coverage) : coverageSummary(coverage),
    found,
    [
      ...(inconclusive > 0 ? [`${inconclusive} runs ended at a capacity of a model and say nothing`] : []),
      ...(stopped === null
        ? [summaryLine(rows)]
        : [
            `stopped in cell ${rows.length} of ${stopped.cells}; what was found is kept`,
            `go on with: ${stopped.goOn}`,
          ]),
      `repeat with: ${repeat}`,
    ],
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n").trimEnd())
    .join("\n\n");
}

export function jsonReport({ results, seed, repeat, stopped }: RunReport): string {
  const rows = results.map(rowOf);
  const document = {
    schema: "nestfuzz/run/1",
    version: version(),
    seed,
    green: isGreen(rows) && stopped === null,
    stopped: stopped !== null,
    repeat,
    goOn: stopped?.goOn ?? null,
    cells: results.map((result, at) => ({
      ...rows[at],
      inconclusive: result.fuzz.inconclusive,
      witnesses: result.fuzz.witnesses,
      counterexample: result.entry,
    })),
    coverage: coverageRecords(coverageOf(results)),
  };
  return JSON.stringify(document, null, 2);
}

function coverageOf(results: readonly CampaignResult[]) {
  return coverageByContract(results.map(({ fuzz }) => ({ cell: fuzz.cell, coverage: fuzz.coverage })));
}
