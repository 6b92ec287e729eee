/**
 * The plan of a night: which slice of which cell is searched, in which order, with how many commands.
 *
 * The plan is fixed before the first command runs and depends on weights and budget alone, never on what is found: so a
 * run that was killed, one on more workers and one that was split over machines all search the same slices
 * (docs/decisions/013-nightly.md). It goes in rounds. The first gives each cell one small slice; each further one has
 * slices of twice the size and as many for a cell as its weight says, so that wherever the clock or the budget ends it,
 * no cell has starved.
 */

export interface Planned {
  /** Position of the cell. */
  cell: number;
  /** Number of the slice among those of its cell, from 0. */
  number: number;
  commands: number;
}

export interface PlanOptions {
  /** By cell, whole numbers from 1. */
  weights: readonly number[];
  /** The budget of all machines together; null: the plan goes on until the clock ends it. */
  commands: number | null;
}

/** Commands of the first slice of a cell, at most; and of any slice. */
const FIRST = 1000;
const LARGEST = 100_000;
/** A last round with smaller slices is not worth its starts. */
const SMALLEST = 200;

export function* planOf({ weights, commands }: PlanOptions): Generator<Planned> {
  const numbers = weights.map(() => 0);
  const slice = (cell: number, size: number): Planned => ({ cell, number: numbers[cell]!++, commands: size });
  const cells = weights.map((_, cell) => cell);
  const first = commands === null ? FIRST : Math.min(FIRST, Math.max(1, Math.floor(commands / weights.length)));
  for (const cell of cells) yield slice(cell, first);
  let left = commands === null ? Number.POSITIVE_INFINITY : commands - first * weights.length;
  const slices = weights.reduce((sum, weight) => sum + weight, 0);
  for (let size = Math.min(2 * first, LARGEST); ; size = Math.min(2 * size, LARGEST)) {
    const fitting = Math.min(size, Math.floor(left / slices));
    if (fitting < size && fitting < SMALLEST) return;
    for (let pass = 1; pass <= Math.max(...weights); pass++)
      for (const cell of cells) if (weights[cell]! >= pass) yield slice(cell, fitting);
    left -= fitting * slices;
  }
}

/** One part of a search that is divided: `index` of 0 to `of - 1`. */
export interface Shard {
  index: number;
  of: number;
}

/** Each slice belongs to one shard, and those of one cell go round all of them. */
export function isOfShard({ cell, number }: Planned, shard: Shard | null): boolean {
  return shard === null || (cell + number) % shard.of === shard.index;
}

/** The seed of a slice: `nestfuzz fuzz CELL --seed SEED --commands N` searches the same. */
export function sliceSeed(seed: string, { number }: Pick<Planned, "number">): string {
  return `${seed}/${number}`;
}
