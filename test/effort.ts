/**
 * How much random runs do: in full, or a share of it where they are repeated for each of thousands of mutants
 * (`npm run mutants`). What a run must have seen at the least is scaled with it.
 */
export function effort(full: number): number {
  return Math.ceil(full * Number(process.env.NESTFUZZ_EFFORT ?? 1));
}
