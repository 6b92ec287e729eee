/**
 * A night as JUnit XML, for servers that collect test results: a suite a claim, a case a cell, and a suite for the run
 * itself. No times: equal searches give equal bytes.
 */

import type { Summary, SummaryCell } from "./summary.js";

interface Case {
  suite: string;
  name: string;
  /** Why it failed; null: it passed. */
  failure: string | null;
  out: string;
}

export function junitText(summary: Summary): string {
  const cases = [...summary.cells.map((row) => caseOf(row, summary)), ...casesOfRun(summary)];
  const suites = [...new Set(cases.map(({ suite }) => suite))].map((suite) => suiteXml(suite, cases));
  const failures = cases.filter(({ failure }) => failure !== null).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="nestfuzz nightly" tests="${cases.length}" failures="${failures}">`,
    ...suites,
    "</testsuites>\n",
  ].join("\n");
}

function caseOf(row: SummaryCell, { findings }: Summary): Case {
  const { cell, expected, verdict, mark, counterexample, commands, settled, stale, coverage } = row;
  const news = findings.filter(({ isNew, cells }) => isNew && cells.includes(cell)).map(({ id }) => id);
  const failure =
    mark === "idle"
      ? "idle: nothing of the kind was seen, more commands may tell"
      : mark === "red"
        ? `expected ${expected}, ${verdict}${news.length > 0 ? `; new: ${news.join(", ")}` : ""}`
        : null;
  const out =
    `${commands} commands, ${settled} settled requests checked after a change, ${stale} stale values seen, ` +
    `${coverage.tonight} of ${coverage.reachable} ways` +
    (counterexample === null ? "" : `; nestfuzz show ${counterexample}`);
  return { suite: cell.split(".")[0]!, name: cell, failure, out };
}

function casesOfRun({ canary, trouble, stopped, detection }: Summary): Case[] {
  const suite = "nightly";
  const planted = (canary ?? []).map(({ family, planted: what, commands }) => ({
    suite,
    name: `canary ${family}`,
    failure: commands === null ? `the search is idle: ${what} was not found` : null,
    out: commands === null ? what : `${what}: found in ${commands} commands`,
  }));
  const workers = trouble.map(({ cell, what, repeat }) => `${cell}: ${what}; ${repeat}`);
  return [
    ...planted,
    { suite, name: "workers", failure: workers.length === 0 ? null : workers.join("\n"), out: "" },
    {
      suite,
      name: "budget",
      failure: stopped ? "stopped before its budget was spent" : null,
      out: `detection power: ${detection.found} of ${detection.of} known bugs`,
    },
  ];
}

function suiteXml(suite: string, cases: readonly Case[]): string {
  const own = cases.filter((one) => one.suite === suite);
  const failures = own.filter(({ failure }) => failure !== null).length;
  return [
    `  <testsuite name="${escapeXml(suite)}" tests="${own.length}" failures="${failures}" errors="0" skipped="0">`,
    ...own.map(caseXml),
    "  </testsuite>",
  ].join("\n");
}

function caseXml({ suite, name, failure, out }: Case): string {
  const lines = [
    ...(failure === null
      ? []
      : [`      <failure message="${escapeXml(failure)}" type="nestfuzz">${escapeXml(failure)}</failure>`]),
    ...(out === "" ? [] : [`      <system-out>${escapeXml(out)}</system-out>`]),
  ];
  const head = `    <testcase name="${escapeXml(name)}" classname="nestfuzz.${escapeXml(suite)}"`;
  return lines.length === 0 ? `${head}/>` : [`${head}>`, ...lines, "    </testcase>"].join("\n");
}

/** What XML 1.0 cannot hold at all becomes a question mark. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, "?")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/\n/g, "&#10;");
}
