/**
 * A run: hands the slices of the plan to the workers, writes each answer down, and ends when plan or clock do.
 *
 * Slices are handed out in the order of the plan; each that is answered is in the journal, and what it found in the
 * folder, before it counts. So at any moment a kill loses the slices in hand and nothing else, and these run again.
 */

import path from "node:path";
import type { Entry } from "../corpus/entry.js";
import { mergeEntry } from "../corpus/merge.js";
import type { Cell } from "../rules/vocabulary.js";
import type { Clock } from "../verdicts/clock.js";
import { type Canary, canariesOf } from "./canary.js";
import type { Cause } from "./cause.js";
import type { Counted } from "./counted.js";
import type { Header } from "./header.js";
import type { Journal, Line } from "./journal.js";
import type { Known } from "./known.js";
import type { Memory } from "./memory.js";
import { isOfShard, type Planned, planOf, sliceSeed } from "./plan.js";
import type { Outcome, Pool } from "./pool.js";
import type { SliceTask } from "./slice.js";

export interface RunOptions {
  header: Header;
  cells: readonly Cell[];
  known: Known;
  /** Where new findings go. */
  folder: string;
  journal: Journal;
  /** What the journal has already; what this run adds goes there. */
  counted: Counted;
  pool: Pool;
  /** Slices in hand at once. */
  lanes: number;
  clock: Clock;
  memory: Memory;
  isStopped: () => boolean;
  onProgress: (text: string) => void;
}

/** The counterexamples that a run has found and nobody has accepted yet. */
export function findingsFolder(out: string): string {
  return path.join(out, "corpus");
}

/** Whether the run was stopped: slices of the plan are left that its budget has room for. */
export async function runNight(options: RunOptions): Promise<boolean> {
  return new Night(options).run();
}

type Work = { kind: "canary"; canary: Canary } | { kind: "slice"; planned: Planned };

class Night {
  /** Seconds that the run took before it was gone on with. */
  private readonly before: number;
  private readonly queue: Iterator<Work>;
  private isOut = false;
  private isCutOff = false;
  private failed: unknown;

  constructor(private readonly options: RunOptions) {
    this.before = options.counted.seconds;
    this.queue = this.work();
  }

  async run(): Promise<boolean> {
    await Promise.all(Array.from({ length: this.options.lanes }, () => this.lane()));
    if (this.failed !== undefined) throw this.failed;
    const stopped = !this.isOut || this.isCutOff;
    if (!stopped) this.write({ kind: "end", seconds: this.seconds() });
    return stopped;
  }

  private seconds(): number {
    return this.before + this.options.clock.seconds();
  }

  /** What is left to do, in the order of the plan; every shard has its own canaries. */
  private *work(): Generator<Work> {
    const { header, counted } = this.options;
    const { request, seed, shard, cells } = header;
    if (request.canary !== false)
      for (const canary of canariesOf(seed)) if (!counted.canary.has(canary.family)) yield { kind: "canary", canary };
    for (const planned of planOf({ weights: cells.map(({ weight }) => weight), commands: request.commands }))
      if (isOfShard(planned, shard) && !counted.has(planned)) yield { kind: "slice", planned };
  }

  private async lane(): Promise<void> {
    try {
      while (!this.options.isStopped() && this.failed === undefined) {
        const { hours } = this.options.header.request;
        const isOver = hours !== null && this.seconds() >= hours * 3600;
        const next = isOver ? { done: true as const } : this.queue.next();
        if (next.done === true) {
          this.isOut = true;
          return;
        }
        await this.do(next.value);
      }
    } catch (error) {
      this.failed ??= error;
    }
  }

  private async do(work: Work): Promise<void> {
    const begun = this.seconds();
    const outcome = await this.options.pool.run(this.taskOf(work));
    if (outcome.kind === "stopped") {
      this.isCutOff = true;
      return;
    }
    if (outcome.kind === "done") this.options.memory.note(outcome.answer.pid, outcome.answer.rss, this.seconds());
    if (work.kind === "canary") this.canaryDone(work.canary, outcome);
    else this.sliceDone(work.planned, outcome, this.seconds() - begun);
  }

  private taskOf(work: Work): SliceTask {
    if (work.kind === "canary") return work.canary.task;
    const { cells, header } = this.options;
    const { proofs: _proofs, ...cell } = cells[work.planned.cell]!;
    const seed = sliceSeed(header.seed, work.planned);
    return { cell, seed, commands: work.planned.commands, geometry: header.request.geometry };
  }

  private canaryDone({ family, planted }: Canary, outcome: Outcome): void {
    const found = outcome.kind === "done" ? outcome.answer : null;
    const id = found?.entry?.id ?? null;
    const result = { family, planted, id, commands: id === null ? null : found!.result.commands };
    this.write({ kind: "canary", result, seconds: this.seconds() });
  }

  private sliceDone({ cell, number, commands }: Planned, outcome: Outcome, took: number): void {
    const seconds = this.seconds();
    if (outcome.kind !== "done") {
      const what = outcome.kind === "trouble" ? outcome.what : "";
      this.write({ kind: "trouble", cell, number, budget: commands, what, seconds });
      return;
    }
    const { result, entry } = outcome.answer;
    if (entry !== null) this.keep(entry, result.found!.cause);
    const memory = this.options.memory.now();
    this.write({ kind: "slice", cell, number, budget: commands, result, seconds, took, memory });
    this.options.onProgress(`${this.options.cells[cell]!.id}, slice ${number}`);
  }

  private write(line: Line): void {
    this.options.journal.append(line);
    this.options.counted.add(line);
  }

  /** What is known is not kept again. */
  private keep(entry: Entry, cause: Cause): void {
    const { known, folder } = this.options;
    if (known.hasFinding([entry.id], cause)) return;
    mergeEntry(folder, entry);
  }
}
