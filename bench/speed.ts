/**
 * How fast: commands a second of one core, the share that drawing them takes, and the ratio to the baseline.
 *
 * Time is processor time, which other work on the machine disturbs less than the clock. Medians of five rounds; in a
 * round every subject has its turn, so that a slow minute is everyone's.
 */

import { cpus, loadavg } from "node:os";
import { Bench } from "tinybench";
import { baselineSubject, cellOf, projectSubject, type Subject } from "./subjects.js";

const ROUNDS = 5;
const EVERYTHING = ["hardware", "envelope", "shadow"] as const;
/** A shadow breaks the contract `tiny` at the first new mapping, which owes nothing there. */
const WITHOUT_SHADOW = ["hardware", "envelope"] as const;

/** Architecture, contract, strategies, and whether the baseline (which knows `tiny` alone) is measured beside it. */
const ROWS = [
  { architecture: "tiny", contract: "always", strategies: EVERYTHING, baseline: true },
  { architecture: "tiny", contract: "tiny", strategies: WITHOUT_SHADOW, baseline: true },
  { architecture: "vtd-scalable", contract: "always", strategies: EVERYTHING, baseline: false },
  { architecture: "riscv", contract: "always", strategies: EVERYTHING, baseline: false },
] as const;

export interface Speed {
  commandsPerSecond: number;
  /** Share of the time that goes into drawing sequences, 0 to 1. */
  generation: number;
}

export interface Row {
  architecture: string;
  contract: string;
  strategies: readonly string[];
  project: Speed;
  baseline: Speed | null;
  ratio: number | null;
}

export interface Report {
  machine: { node: string; cpu: string; cores: number; load: number };
  rounds: number;
  rows: Row[];
}

/** `milliseconds`: processor time of one subject in one round. */
export function measureSpeed(milliseconds: number): Report {
  const load = loadavg()[0]!;
  const rows = ROWS.map(({ architecture, contract, strategies, baseline }) => {
    const cell = cellOf(architecture, contract, strategies);
    const project = new Series(projectSubject(cell));
    const beside = baseline ? new Series(baselineSubject(cell)) : null;
    return { architecture, contract, strategies, project, beside };
  });
  const series = rows.flatMap(({ project, beside }) => (beside === null ? [project] : [project, beside]));
  for (const one of series) one.warmUp(milliseconds);
  for (let round = 0; round < ROUNDS; round++) for (const one of series) one.measure(milliseconds);
  return {
    machine: { node: process.version, cpu: cpus()[0]?.model.trim() ?? "unknown", cores: cpus().length, load },
    rounds: ROUNDS,
    rows: rows.map(({ project, beside, ...cell }) => {
      const own = project.speed();
      const other = beside?.speed() ?? null;
      const ratio = other === null ? null : own.commandsPerSecond / other.commandsPerSecond;
      return { ...cell, project: own, baseline: other, ratio };
    }),
  };
}

/** The rounds of one subject. */
class Series {
  private readonly speeds: number[] = [];
  private readonly shares: number[] = [];

  constructor(private readonly subject: Subject) {}

  /** What the compiler makes of the code after a while is what counts. */
  warmUp(milliseconds: number): void {
    timeOf(() => void this.subject.batch(), milliseconds);
    timeOf(() => this.subject.generate(), milliseconds / 10);
  }

  measure(milliseconds: number): void {
    let commands = 0;
    const run = timeOf(() => {
      commands += this.subject.batch();
    }, milliseconds);
    const draw = timeOf(() => this.subject.generate(), milliseconds / 10);
    this.speeds.push((commands / run.total) * 1000);
    this.shares.push(draw.total / draw.calls / (run.total / run.calls));
  }

  speed(): Speed {
    return { commandsPerSecond: Math.round(median(this.speeds)), generation: median(this.shares) };
  }
}

/** Calls `work` again and again for so many milliseconds of processor time. */
function timeOf(work: () => void, milliseconds: number): { total: number; calls: number } {
  let calls = 0;
  const bench = new Bench({ time: milliseconds, iterations: 1, warmup: false, now: processorTime, throws: true });
  bench.add("work", () => {
    calls++;
    work();
  });
  const before = processorTime();
  bench.runSync();
  return { total: processorTime() - before, calls };
}

function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

export function speedText({ machine, rounds, rows }: Report): string {
  const lines = [
    `node ${machine.node}, ${machine.cpu}, ${machine.cores} cores, load ${machine.load.toFixed(1)}`,
    `commands a second of processor time (medians of ${rounds} rounds; in brackets the share that drawing them takes)`,
    "",
  ];
  for (const { architecture, contract, strategies, project, baseline, ratio } of rows) {
    lines.push(`${architecture}, contract ${contract}, ${strategies.join(" + ")}`);
    lines.push(`  nestfuzz      ${speedColumns(project)}`);
    if (baseline !== null) lines.push(`  fc.commands   ${speedColumns(baseline)}`);
    if (ratio !== null) lines.push(`  ratio         ${Math.round(ratio).toString().padStart(9)}`);
  }
  return lines.join("\n");
}

function speedColumns({ commandsPerSecond, generation }: Speed): string {
  return `${commandsPerSecond.toLocaleString("en").padStart(9)} (${(generation * 100).toFixed(1)}%)`;
}
