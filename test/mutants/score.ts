/**
 * What became of a room's mutants, in numbers and as a table; of a sample, with its margin of error.
 */

import type { MutantResult } from "@stryker-mutator/api/core";

export interface Score {
  name: string;
  /** Mutants that there are, and those that were tried. */
  mutants: number;
  tried: number;
  killed: number;
  survived: number;
  timeout: number;
  noCoverage: number;
}

/** A mutant that is not in the sample has the status of one that does not compile; a static one is ignored. */
export function scoreOf(name: string, results: readonly Pick<MutantResult, "status">[]): Score {
  const count = (status: MutantResult["status"]): number => results.filter((result) => result.status === status).length;
  const [killed, timeout, survived, noCoverage] = [
    count("Killed") + count("RuntimeError"),
    count("Timeout"),
    count("Survived"),
    count("NoCoverage"),
  ];
  const tried = killed + timeout + survived + noCoverage;
  return { name, mutants: tried + count("CompileError"), tried, killed, survived, timeout, noCoverage };
}

export function sumOf(scores: readonly Score[]): Score {
  const sum = (key: Exclude<keyof Score, "name">): number => scores.reduce((total, score) => total + score[key], 0);
  return {
    name: "total",
    mutants: sum("mutants"),
    tried: sum("tried"),
    killed: sum("killed"),
    survived: sum("survived"),
    timeout: sum("timeout"),
    noCoverage: sum("noCoverage"),
  };
}

/** In percent: of the mutants tried, those that a test noticed. */
export function percentOf({ tried, killed, timeout }: Score): number {
  return tried === 0 ? 100 : (100 * (killed + timeout)) / tried;
}

/** In percent points, at 95 %: of a share drawn without putting back; 0 if all were tried. */
export function marginOf(score: Score): number {
  if (score.tried < 1 || score.tried === score.mutants) return 0;
  const share = percentOf(score) / 100;
  const left = (score.mutants - score.tried) / (score.mutants - 1);
  return 196 * Math.sqrt((share * (1 - share) * left) / score.tried);
}

const HEAD = ["room", "mutants", "tried", "killed", "survived", "timeout", "no coverage", "score"];

export function tableText(scores: readonly Score[]): string {
  const rows = [HEAD, ...[...scores, sumOf(scores)].map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join("  "))
    .join("\n");
}

function cellsOf(score: Score): string[] {
  const { name, mutants, tried, killed, survived, timeout, noCoverage } = score;
  const margin = marginOf(score);
  const percent = `${percentOf(score).toFixed(1)} %${margin === 0 ? "" : ` +- ${margin.toFixed(1)}`}`;
  return [name, ...[mutants, tried, killed, survived, timeout, noCoverage].map(String), percent];
}
