/**
 * A night as SARIF 2.1.0, for code hosts that show results beside the code: a result a finding, at the row of the
 * contract that owed too little, and one for each cell that should have failed, at its place in the claims.
 *
 * A finding that is known is a note and `unchanged`; the fingerprints are the cause, so that the same finding of
 * another night is recognised.
 */

import { readFileSync } from "node:fs";
import path from "node:path";
import { claimsPlace } from "../rules/home.js";
import type { Summary, SummaryFinding } from "./summary.js";

interface Location {
  physicalLocation: { artifactLocation: { uri: string }; region?: { startLine: number } };
}

interface Result {
  ruleId: string;
  level: "error" | "note";
  baselineState?: "new" | "unchanged";
  message: { text: string };
  locations: Location[];
  partialFingerprints: Record<string, string>;
}

const INFORMATION = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html";
const SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json";
const NOT_REFUTED = "claims/not-refuted";
const IDLE = "nightly/idle";

export function sarifText(summary: Summary): string {
  const findings = summary.findings.map(findingResult);
  const cells = summary.cells.filter(({ mark, verdict }) => mark === "idle" || (mark === "red" && verdict !== "fails"));
  const results = [...findings, ...cells.map((cell) => cellResult(cell.cell, cell.mark === "idle"))];
  const ids = [...new Set(results.map(({ ruleId }) => ruleId))].sort();
  const log = {
    $schema: SCHEMA,
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "nestfuzz", version: summary.version, rules: ids.map(ruleOf) } },
        automationDetails: { id: "nestfuzz/nightly/" },
        columnKind: "utf16CodeUnits",
        results,
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleOf(id: string) {
  if (id === NOT_REFUTED) return { id, shortDescription: { text: "A cell that should fail was not refuted." } };
  if (id === IDLE) return { id, shortDescription: { text: "A cell stands because nothing happened in it." } };
  return { id, shortDescription: { text: `The row ${id} owes too little.` }, helpUri: INFORMATION };
}

function findingResult(finding: SummaryFinding): Result {
  const { id, isNew, cells, contract, architecture, row, transition, cache, property, severity, times } = finding;
  const where = row === "" ? `no row of ${contract} is to blame` : `${row} owes too little for ${transition}`;
  const text =
    `${id}: ${property} fails (${severity}) in ${cells.join(", ")} on ${architecture} under ${contract}: ${where}; ` +
    `${cache} keeps a stale value. Seen ${times} times. nestfuzz show ${id}`;
  return {
    ruleId: `${contract.split(" ")[0]}/${row === "" ? "no-row" : row}`,
    level: isNew ? "error" : "note",
    baselineState: isNew ? "new" : "unchanged",
    message: { text },
    locations: [locationOf(finding.at, contract)],
    partialFingerprints: { "nestfuzzCause/v1": `${architecture}/${contract}/${row}/${cache}`, "nestfuzzId/v1": id },
  };
}

function cellResult(cell: string, isIdle: boolean): Result {
  const line = lineOfCell(cell);
  const region = line === 0 ? {} : { region: { startLine: line } };
  return {
    ruleId: isIdle ? IDLE : NOT_REFUTED,
    level: "error",
    message: { text: isIdle ? `${cell}: nothing happened that its verdict could rest on` : `${cell}: not refuted` },
    locations: [{ physicalLocation: { artifactLocation: { uri: claimsPlace().shown }, ...region } }],
    partialFingerprints: { "nestfuzzCell/v1": cell },
  };
}

/** `rules/contracts/vtd-legacy.yaml:20`; where no row is to blame, the contract's file. */
function locationOf(at: string, contract: string): Location {
  const colon = at.lastIndexOf(":");
  const file = colon < 0 ? `rules/contracts/${contract.split(" ")[0]}.yaml` : at.slice(0, colon);
  const line = colon < 0 ? 1 : Number(at.slice(colon + 1));
  return { physicalLocation: { artifactLocation: { uri: uriOf(file) }, region: { startLine: Math.max(1, line) } } };
}

function uriOf(file: string): string {
  const encoded = file.split(path.sep).map(encodeURIComponent).join("/");
  return path.isAbsolute(file) ? `file://${encoded}` : encoded.replace(/^(\.\/)+/, "");
}

/** The line on which a cell of the built-in claims begins; 0 if it is none of theirs. */
function lineOfCell(cell: string): number {
  const lines = readFileSync(claimsPlace().path, "utf8").split("\n");
  return lines.findLastIndex((line) => line.trim() === `- id: ${cell}`) + 1;
}
