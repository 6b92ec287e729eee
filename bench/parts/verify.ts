/**
 * `corpus verify` of ten thousand counterexamples, made from the committed ones: a fifth of them a round; beside it
 * reading the same files as JSON, which is the least that can be done with them.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { verifyAll } from "../../corpus/replay.js";
import { CorpusStore } from "../../corpus/store.js";
import { writeEntries } from "../corpus.js";
import { measureRounds } from "../rounds.js";
import type { Pace, Row, Subject } from "../subject.js";

const ENTRIES = 10_000;
const WARM = 200;
const READING = "their JSON alone";

export function measureVerify({ rounds }: Pace): Row[] {
  const folder = mkdtempSync(path.join(tmpdir(), "nestfuzz-bench-"));
  try {
    const count = Math.ceil(ENTRIES / rounds);
    const folders = Array.from({ length: rounds }, (_, round) => path.join(folder, `${round}`));
    for (const [round, one] of folders.entries()) writeEntries(one, round * count, count);
    // A few to warm up on.
    folders.unshift(path.join(folder, "first"));
    writeEntries(folders[0]!, ENTRIES, WARM);
    const subjects = [
      { ...eachRound("corpus verify", folders, verify), against: READING },
      eachRound(READING, folders, readJson),
    ];
    // One batch is a turn.
    return measureRounds(subjects, { rounds, milliseconds: 1 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function verify(folder: string): number {
  const { replayed, problems } = verifyAll(new CorpusStore(folder));
  const others = replayed.filter(({ replayed: { verdict } }) => verdict !== "same");
  if (problems.length + others.length > 0)
    throw new Error(`${problems.length} cannot be read, ${others.length} differ`);
  return replayed.length;
}

function readJson(folder: string): number {
  const names = readdirSync(folder).sort();
  for (const name of names) JSON.parse(readFileSync(path.join(folder, name), "utf8"));
  return names.length;
}

function eachRound(name: string, folders: readonly string[], work: (folder: string) => number): Subject {
  let round = -1;
  return {
    name,
    unit: "entries/s",
    clock: "processor",
    restart() {
      round++;
    },
    batch: () => work(folders[round]!),
    details: () => ({ entries: ENTRIES }),
  };
}
