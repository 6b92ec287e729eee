/**
 * Rounds of measuring: in each every subject has its turn, so that a slow minute is everyone's; medians are told.
 *
 * A subject runs for one turn before the first round: what the compiler makes of the code after a while is what counts.
 */

import { Bench } from "tinybench";
import type { Pace, Row, Subject } from "./subject.js";

/** Milliseconds, however short the rounds are. */
const WARM = 300;

export function measureRounds(subjects: readonly Subject[], { rounds, milliseconds }: Pace): Row[] {
  const figures = new Map(subjects.map((subject): [string, number[]] => [subject.name, []]));
  for (const subject of subjects) turn(subject, Math.max(milliseconds, WARM));
  for (let round = 0; round < rounds; round++) {
    for (const subject of subjects) figures.get(subject.name)!.push(turn(subject, milliseconds));
  }
  return rowsOf(subjects, figures);
}

/** One subject in one round. */
function turn(subject: Subject, milliseconds: number): number {
  subject.restart?.();
  let count = 0;
  let batches = 0;
  const now = subject.clock === "processor" ? processorTime : wallTime;
  const bench = new Bench({ time: milliseconds, iterations: 1, warmup: false, now, throws: true });
  bench.add(subject.name, () => {
    count += subject.batch();
    batches++;
  });
  const before = now();
  bench.runSync();
  const spent = now() - before;
  return subject.unit === "ms" ? spent / batches : (count / spent) * 1000;
}

/** Other work on the machine disturbs it less than the clock. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const wallTime = (): number => performance.now();

/** Rows of what was measured in whichever way. */
export function rowsOf(
  subjects: readonly Omit<Subject, "batch">[],
  figures: ReadonlyMap<string, readonly number[]>,
): Row[] {
  const medianOf = (name: string): number => median(figures.get(name)!);
  return subjects.map(({ name, unit, against, details }) => {
    const rounds = figures.get(name)!;
    const value = medianOf(name);
    return {
      name,
      unit,
      value,
      spread: [Math.min(...rounds), Math.max(...rounds)],
      against: against ?? null,
      ratio: against === undefined ? null : ratioOf(unit, value, medianOf(against)),
      details: details?.() ?? {},
    };
  });
}

/** How much faster: of rates the quotient, of times its inverse. */
function ratioOf(unit: Row["unit"], value: number, other: number): number {
  return unit === "ms" ? other / value : value / other;
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
