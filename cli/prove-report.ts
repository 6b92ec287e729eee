/**
 * What `nestfuzz prove` prints: a verdict on each cell, with what it is about and how much was searched.
 *
 * As text or as one JSON document. Nothing in either depends on the time, unless time ended the search.
 */

import type { Entry } from "../corpus/entry.js";
import type { Prover } from "../prove/prover.js";
import { isExpected } from "../report/claims.js";
import { wrap, wrapAfter } from "../report/text.js";
import type { Cell } from "../rules/vocabulary.js";
import { version } from "../verdicts/version.js";
import type { CrossCheck } from "./prove-cross-check.js";

/** Why a search ended without a verdict. */
export type Stop = "memory" | "seconds" | "interrupt" | "capacity";

export interface ProofRow {
  cell: Cell;
  prover: Prover;
  /** The number of states that was pinned, if one was. */
  pinned: number | null;
  stop: Stop | null;
  entry: Entry | null;
  /** What another model checker says, where it was asked. */
  check: CrossCheck | null;
}

/** Nothing was found within a bound, or nothing at all: both stand where no counterexample is expected. */
export function isGreenProof(row: ProofRow): boolean {
  const { cell, prover, stop } = row;
  if (stop !== null || !isAsPinned(row) || row.check?.agrees === false) return false;
  return isExpected({ expected: cell.expected, verdict: prover.verdict?.kind === "fails" ? "fails" : "holds" });
}

function isAsPinned({ prover, pinned }: ProofRow): boolean {
  return pinned === null || (prover.verdict?.kind === "fixpoint" && prover.states === pinned);
}

function markOf(row: ProofRow): string {
  if (isGreenProof(row)) return row.pinned === null ? "as expected" : "as pinned";
  if (row.check?.agrees === false) return "RED, the cross-check differs";
  return `RED, expected ${isAsPinned(row) ? row.cell.expected : `${row.pinned} states, as pinned`}`;
}

export function proofText(row: ProofRow): string {
  const { cell, prover } = row;
  const { geometry, scope } = prover.options;
  const about: [string, string][] = [
    ["checked", `${cell.strategies.join("+")}: ${cell.properties.join(", ")}`],
    ["geometry", `${geometry.text}, all contexts attached at the start`],
    ["commands", scope.text === "" ? "all" : `all that the scope leaves: ${scope.text}`],
  ];
  if (row.check !== null) about.push(["checked by", row.check.text]);
  const lines = about.map(([name, text]) => wrapAfter(`    ${name.padEnd(row.check === null ? 10 : 12)}`, text, 100));
  return [...wrap(`${cell.id} ${verdictText(row)}; ${markOf(row)}`, 100, "    "), ...lines.flat()].join("\n");
}

export function verdictText({ prover, stop }: ProofRow): string {
  const { verdict } = prover;
  const states = `${prover.states} states`;
  if (stop !== null || verdict === null) return `has no verdict: ${stopText(stop)} after ${states}; ${reached(prover)}`;
  switch (verdict.kind) {
    case "fixpoint":
      return `holds (${states}, fixpoint)`;
    case "depth":
      return `holds to depth ${verdict.depth} (${states})`;
    case "fails":
      return `fails in ${countOf(verdict.failure.step + 1)}, ${shortestText(prover)} (${states})`;
    case "capacity":
      return `has no verdict: a model has no room for what it should hold, after ${states}; ${reached(prover)}`;
    default:
      return verdict satisfies never;
  }
}

function countOf(commands: number): string {
  return commands === 1 ? "1 command" : `${commands} commands`;
}

function shortestText(prover: Prover): string {
  return prover.options.scope.atOnce ? "in the fewest steps" : "and none shorter does";
}

function reached({ depth }: Prover): string {
  return Number.isFinite(depth) ? `nothing fails in ${depth} or fewer steps` : "nothing was found";
}

function stopText(stop: Stop | null): string {
  switch (stop) {
    case "memory":
      return "out of memory";
    case "seconds":
      return "out of time";
    default:
      return "stopped";
  }
}

export function proofJson(rows: readonly ProofRow[]): string {
  const document = {
    schema: "nestfuzz/proof/1",
    version: version(),
    green: rows.every(isGreenProof),
    cells: rows.map((row) => ({
      cell: row.cell.id,
      expected: row.cell.expected,
      verdict: row.stop === null ? (row.prover.verdict?.kind ?? null) : null,
      text: verdictText(row),
      geometry: row.prover.options.geometry.text,
      scope: row.prover.options.scope.text,
      states: row.prover.states,
      pinned: row.pinned,
      transitions: row.prover.transitions,
      depth: row.prover.depth,
      stopped: row.stop,
      crossCheck: row.check,
      counterexample: row.entry,
    })),
  };
  return JSON.stringify(document, null, 2);
}
