/**
 * Seeds of batches: each is made from the run's seed, what is searched and the number of the batch.
 */

import seedrandom from "seedrandom";

export function seedOf(seed: string, searched: string, batch: number): number {
  return seedrandom(`${seed}/${searched}/${batch}`).int32();
}
