/**
 * The nightly job on one worker and on two, by the clock: whole processes, commands a second of the search as the
 * summary has them. On a machine of two cores that does something else, two workers are as fast as one.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { packageRoot } from "../../rules/home.js";
import { rowsOf } from "../rounds.js";
import type { Pace, Row, Subject } from "../subject.js";

/** Of one night: the end of a short one, when a single slice is left, would be much of it. */
const COMMANDS = 2_000_000;
const WORKERS = [1, 2];

export function measureWorkers({ rounds }: Pace): Row[] {
  const figures = new Map(WORKERS.map((workers): [string, number[]] => [nameOf(workers), []]));
  for (let round = 0; round < rounds; round++) {
    for (const workers of WORKERS) figures.get(nameOf(workers))!.push(night(workers));
  }
  return rowsOf(WORKERS.map(rowOf), figures);
}

const nameOf = (workers: number): string => (workers === 1 ? "1 worker" : `${workers} workers`);

/** Commands a second of one night; its verdict does not matter. */
function night(workers: number): number {
  const out = mkdtempSync(path.join(tmpdir(), "nestfuzz-bench-"));
  const program = path.join(packageRoot(), "bin", "nestfuzz.js");
  const args = ["--commands", `${COMMANDS}`, "--workers", `${workers}`, "--no-canary", "--out", out, "--json"];
  const { stdout, stderr } = spawnSync(process.execPath, [program, "nightly", "--seed", "bench", ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  rmSync(out, { recursive: true });
  if (stdout === "") throw new Error(`nestfuzz nightly: ${stderr}`);
  const { machine } = JSON.parse(stdout) as { machine: { seconds: number } };
  return COMMANDS / machine.seconds;
}

function rowOf(workers: number): Omit<Subject, "batch"> {
  const beside = workers === 1 ? {} : { against: nameOf(1) };
  return { name: nameOf(workers), unit: "commands/s", clock: "wall", ...beside };
}
