import { afterEach, describe, expect, it, vi } from "vitest";
import { type ProofRow, proofJson, proofText } from "../../cli/prove-report.js";
import type { Saved } from "../../prove/checkpoint.js";
import { Crew } from "../../prove/crew.js";
import type { Prover } from "../../prove/prover.js";
// The threads are those of the build, which this brings up to date.
import "../cli/run.js";
import { answerOf, drawCell, start } from "./proofs.js";

/** Two requests each: two contexts; two pages that no renaming exchanges, since stage 2 has tables. */
const TWO = "1x2 contexts=2 vms=1 domains=2 processes=1 host=4";
const DEEP = "1x2/2x2 contexts=1 vms=1 domains=1 processes=1 host=8";
const SMALL = "entries=-,rw tables=g0 remap=g1 hosts=h1,h3 contexts=no moves=no queue=1";
const LEAVES = "entries=-,rw tables=g0 targets=g1 remap=none contexts=no moves=no ranges=no queue=1";

interface Case {
  seed: string;
  geometry: string;
  scope: string;
  depth?: number;
  /** Bytes of states after which the search is given up. */
  most?: number;
}

/** Every way in which a search ends. */
const CASES: Record<string, Case> = {
  fixpoint: { seed: "crew 2", geometry: TWO, scope: LEAVES },
  depth: { seed: "crew 2", geometry: TWO, scope: LEAVES, depth: 7 },
  "fails in 6": { seed: "crew 12", geometry: TWO, scope: LEAVES, depth: 9 },
  // By levels, after a violation was met on the way to a fixpoint.
  "fails in 6, at last": { seed: "crew 12", geometry: TWO, scope: LEAVES },
  // Without strangers, after a violation that they are to blame for.
  "fails in 6, exactly": { seed: "crew 21", geometry: DEEP, scope: LEAVES },
  none: { seed: "crew 2", geometry: TWO, scope: SMALL, depth: 9, most: 1_000_000 },
  "none, newest first": { seed: "crew 2", geometry: TWO, scope: SMALL, most: 1_100_000 },
};
const PORTION = 3;

const provers: Prover[] = [];
afterEach(async () => {
  await Promise.all(provers.splice(0).map((prover) => prover.close()));
  vi.restoreAllMocks();
});

function proverOf({ seed, geometry, scope, depth = Number.POSITIVE_INFINITY, most = 1e9 }: Case, threads: number) {
  const crew = { threads, bytes: most };
  const prover = start(drawCell(seed, "plain", geometry, scope), {
    depth,
    crew,
    after: { deepest: 2, threads: 2 },
  });
  provers.push(prover);
  return prover;
}

/** Searches until there is a verdict, memory is out, or `isEnough` at one of the pauses. */
async function search(prover: Prover, isEnough: () => boolean = () => false): Promise<void> {
  while (prover.advance(PORTION) === null) {
    await prover.ready();
    if (prover.bytes > prover.options.crew!.bytes || isEnough()) return;
  }
}

/** All that is printed, and what a counterexample is made of. */
function printed(prover: Prover): string[] {
  const cell = { ...prover.cell, id: "drawn", expected: "holds" } as ProofRow["cell"];
  const stop = prover.verdict === null ? "memory" : null;
  const row: ProofRow = { cell, prover, pinned: null, stop, entry: null, check: null };
  const { verdict } = prover;
  const commands = verdict?.kind === "fails" ? `${verdict.commands}` : "";
  return [answerOf(verdict), proofText(row), proofJson([row]), commands, `${prover.met}`];
}

async function outcome(one: Case, threads: number, saved?: Saved): Promise<string[]> {
  const prover = proverOf(one, threads);
  if (saved !== undefined) prover.resume(saved);
  await search(prover);
  return printed(prover);
}

/** What is kept of a search after some pauses; of one in threads when they are ahead of it. */
async function kept(one: Case, threads: number, pauses: number): Promise<Saved> {
  const prover = proverOf(one, threads);
  let count = 0;
  await search(prover, () => ++count === pauses);
  expect(prover.verdict).toBeNull();
  let saved = await prover.save();
  while (threads > 1 && !JSON.stringify(saved.scalars).includes('"ahead":[{')) saved = await prover.save();
  return saved;
}

describe("the threads of a proof", () => {
  it.each(Object.entries(CASES))("print what one thread does: %s", async (answer, one) => {
    const expected = await outcome(one, 1);
    expect(expected[0]).toBe(answer.split(",")[0]);
    const waits = vi.spyOn(Crew.prototype, "want");
    for (const threads of answer === "depth" ? [2, 3] : [2]) {
      expect([threads, ...(await outcome(one, threads))]).toEqual([threads, ...expected]);
      // It was searched in threads indeed.
      expect(waits.mock.calls.length).toBeGreaterThan(0);
      waits.mockClear();
    }
  });

  it.each([
    ["depth", 20],
    ["fails in 6", 12],
    ["fixpoint", 20],
  ] as const)("go on from a checkpoint of another number of threads: %s", async (name, pauses) => {
    const one = CASES[name]!;
    const expected = await outcome(one, 1);
    expect(await outcome(one, 2, await kept(one, 1, pauses))).toEqual(expected);
    expect(await outcome(one, 1, await kept(one, 3, pauses))).toEqual(expected);
  });
});
