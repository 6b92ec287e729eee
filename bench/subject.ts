/**
 * What is measured: work that is done again and again, and the figure that comes of it.
 *
 * A rate counts what a batch did by the second; a time is that of one batch. The ratio is always that in which a row is
 * faster than the row it is held against, so that more is better in every row.
 */

export type Unit = "commands/s" | "entries/s" | "ms";

export interface Subject {
  name: string;
  unit: Unit;
  /** Time of this process, or of the clock, where other processes do the work. */
  clock: "processor" | "wall";
  /** Name of the row of the same part that it is held against. */
  against?: string;
  /** Before each round: back to the first seed, so that all rounds see the same work. */
  restart?(): void;
  /** Does a piece of the work; how many of the unit it did, 1 for a time. */
  batch(): number;
  /** Further figures, after the last round. */
  details?(): Record<string, number>;
}

/** A row of the report. */
export interface Row {
  name: string;
  unit: Unit;
  /** Median of the rounds. */
  value: number;
  /** The slowest and the fastest round. */
  spread: [number, number];
  against: string | null;
  ratio: number | null;
  details: Record<string, number>;
}

export interface Pace {
  rounds: number;
  /** Of one subject in one round. */
  milliseconds: number;
}
