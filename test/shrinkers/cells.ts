/**
 * Real failures of the built-in claims, to shrink.
 *
 * A start is what random genes led to, up to the failing step. `failsAs` judges candidates as the search does: the same
 * cell from the candidate's start state, and the same property broken by the same strategy.
 */

import seedrandom from "seedrandom";
import { decodeAll, STRIDE } from "../../commands/command.js";
import { printCommand } from "../../commands/language.js";
import { loadClaims } from "../../rules/load.js";
import type { Cell } from "../../rules/vocabulary.js";
import { Runner } from "../../search/runner.js";
import type { Candidate, Fails } from "../../shrinkers/shrink.js";

/** The cells in which a counterexample is expected. */
export function failingCells(): Cell[] {
  const claims = loadClaims();
  if (!claims.ok) throw new Error("the built-in claims do not load");
  return claims.value.flatMap((claim) => claim.cells).filter((cell) => cell.expected === "fails");
}

export interface Start {
  candidate: Candidate;
  fails: Fails;
  limits: Runner["machine"]["geometry"]["limits"];
  /** Property and strategy. */
  kind: string;
}

/** The first `count` failing starts of a cell, of whatever kind, in up to `runLimit` runs. */
export function failingStarts(cell: Cell, count: number, runLimit: number): Start[] {
  const runner = new Runner(cell);
  const { limits } = runner.machine.geometry;
  const start = new Set(Array.from({ length: limits.contexts }, (_, context) => context));
  const judges = new Map<string, Fails>();
  const starts: Start[] = [];
  for (let seed = 0; seed < runLimit && starts.length < count; seed++) {
    const random = seedrandom(`${cell.id} ${seed}`);
    const failure = runner.runGenes(Array.from({ length: 60 }, () => Math.floor(random() * 2 ** 30)));
    if (failure === null) continue;
    const { property, strategy } = failure.violation;
    const kind = `${property}, ${strategy}`;
    if (!judges.has(kind)) judges.set(kind, failsAs(cell, property, strategy));
    const commands = runner.commands.slice(0, runner.length * STRIDE);
    starts.push({ candidate: { commands, start }, fails: judges.get(kind)!, limits, kind });
  }
  return starts;
}

export function failsAs(cell: Cell, property: string, strategy: string): Fails {
  const runners = new Map<string, Runner>();
  return ({ commands, start }) => {
    const key = [...start].sort((a, b) => a - b).join();
    let runner = runners.get(key);
    if (runner === undefined) {
      runner = new Runner(cell, undefined, start);
      runners.set(key, runner);
    }
    const failure = runner.runCommands(commands);
    return failure !== null && failure.violation.property === property && failure.violation.strategy === strategy;
  };
}

/** `start c0: w g4[2]=leaf g0 rw; fence`. */
export function printCandidate({ commands, start }: Candidate): string {
  const contexts = [...start].sort((a, b) => a - b).map((context) => `c${context}`);
  return `start ${contexts.join(" ") || "none"}: ${decodeAll(commands).map(printCommand).join("; ")}`;
}
