/** A night inside this process: workers are calls, so that a test can let them fail, stop them, or count them. */

import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chooseCells } from "../../cli/cells.js";
import { CorpusStore } from "../../corpus/store.js";
import { Counted } from "../../nightly/counted.js";
import { type Before, cellHash, type Header, headerCell, type Request } from "../../nightly/header.js";
import { Journal, journalFile } from "../../nightly/journal.js";
import { Known } from "../../nightly/known.js";
import { Memory } from "../../nightly/memory.js";
import type { Shard } from "../../nightly/plan.js";
import type { Outcome, Pool } from "../../nightly/pool.js";
import { findingsFolder, runNight } from "../../nightly/run.js";
import { runSlice, type SliceTask } from "../../nightly/slice.js";
import { summaryOf } from "../../nightly/summary.js";
import type { Summary } from "../../report/summary.js";
import type { Cell } from "../../rules/vocabulary.js";
import { Clock } from "../../verdicts/clock.js";

export const REQUEST: Request = {
  claims: [],
  seed: "1",
  commands: 4000,
  hours: null,
  canary: false,
  architecture: null,
  contract: null,
  strategies: null,
  properties: null,
  geometry: null,
};

/** A folder, in memory where the system has one: flushing each line is not what most tests are about. */
export function temporary(): string {
  const memory = "/dev/shm";
  return mkdtempSync(path.join(existsSync(memory) ? memory : tmpdir(), "nestfuzz-nightly-"));
}

export interface NightOptions {
  claims?: readonly string[];
  cells?: readonly Cell[];
  commands?: number;
  seed?: string;
  canary?: boolean;
  hours?: number;
  night?: number;
  shard?: Shard;
  before?: (cell: Cell) => Before | null;
  out?: string;
  /** Folders of committed counterexamples. */
  corpus?: readonly string[];
  work?: (task: SliceTask, nth: number) => Promise<Outcome>;
  lanes?: number;
  isStopped?: () => boolean;
}

const answers = new Map<string, ReturnType<typeof runSlice>>();

/** Each slice is searched once: `slice.test.ts` holds it to be a function of its task. */
export async function work(task: SliceTask): Promise<Outcome> {
  const key = `${cellHash(task.cell)} ${task.cell.id} ${task.seed} ${task.commands} ${task.geometry}`;
  const answer = answers.get(key) ?? runSlice(task);
  answers.set(key, answer);
  return { kind: "done", answer: { ...(await answer), pid: 1, rss: 1 } };
}

export function headerOf(options: NightOptions): { header: Header; cells: readonly Cell[] } {
  const { claims = [], commands = REQUEST.commands, seed = "1", canary = false, hours = null } = options;
  const cells = options.cells ?? chooseCells(claims, {});
  const request = { ...REQUEST, claims, commands: hours === null ? commands : null, hours, canary };
  const isFirst = options.before === undefined;
  const header: Header = {
    ...{ version: "0.0.0", request, seed, night: options.night ?? 1, shard: options.shard ?? null, date: "2026-01-01" },
    cells: cells.map((cell) => headerCell(cell, options.before?.(cell) ?? null, isFirst)),
  };
  return { header, cells };
}

export interface NightResult {
  summary: Summary;
  out: string;
  header: Header;
  cells: readonly Cell[];
}

/** Runs a night in `out`, or goes on with the one whose journal is there. */
export async function night(options: NightOptions): Promise<NightResult> {
  const { header, cells } = headerOf(options);
  const { out = temporary(), corpus = [], lanes = 2, isStopped = () => false } = options;
  let nth = 0;
  const pool: Pool = { run: (task) => (options.work ?? work)(task, nth++), stop: async () => {} };
  const counted = new Counted(cells);
  const journal = existsSync(journalFile(out))
    ? Journal.goOn(out, (line) => counted.add(line))
    : Journal.begin(out, header);
  try {
    const known = new Known(corpus.map((folder) => new CorpusStore(folder)));
    const stopped = await runNight({
      ...{ header, cells, known, journal, counted, pool, lanes, isStopped },
      folder: findingsFolder(out),
      clock: new Clock(undefined),
      memory: new Memory(1),
      onProgress: () => {},
    });
    const memory = { start: 0, minute5: null, end: 0, peak: 0 };
    const machine = { seconds: 1, workers: lanes, memory, replaced: [], platform: "", node: "" };
    return { summary: summaryOf({ header, cells, counted, known, stopped, machine }), out, header, cells };
  } finally {
    journal.close();
  }
}

/** All of a summary that depends on neither machine nor time. */
export function lasting({ machine: _machine, ...rest }: Summary): Omit<Summary, "machine"> {
  return rest;
}
