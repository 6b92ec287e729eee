import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCheckpoint, type Saved, writeCheckpoint } from "../../prove/checkpoint.js";
import type { Prover } from "../../prove/prover.js";
import { answerOf, drawCell, prove, start } from "./proofs.js";

const ONE = "1x2 contexts=1 vms=1 domains=1 processes=1 host=4";
const SMALL = "entries=-,rw tables=g0 targets=g1 remap=none contexts=no moves=no queue=1";
const OF = { version: "1", geometry: ONE };

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "nestfuzz-checkpoint-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string): string => path.join(folder, name);

function read(name: string, identity = OF): Saved {
  const saved = readCheckpoint(file(name), identity);
  if (saved === null || typeof saved === "string") throw new Error(`${saved}`);
  return saved;
}

const summaryOf = (prover: Prover): unknown[] => [answerOf(prover.verdict), prover.states, prover.transitions];

describe("a checkpoint", () => {
  it("goes on to what the search would have come to, whenever it is taken", async () => {
    const answers = new Set<string>();
    for (const seed of ["a", "b", "c", "d", "e", "f"]) {
      const drawn = drawCell(`checkpoint ${seed}`, "iotlb", ONE, SMALL);
      const expected = summaryOf(prove(drawn));
      let prover = start(drawn);
      for (let step = 0; prover.advance(40) === null; step++) {
        if (step % 5 !== 3) continue;
        writeCheckpoint(file("search"), OF, await prover.save());
        prover = start(drawn);
        prover.resume(read("search"));
      }
      expect([seed, ...summaryOf(prover)]).toEqual([seed, ...expected]);
      answers.add(`${expected[0]}`.split(" ")[0]!);
    }
    expect([...answers].sort()).toEqual(["fails", "fixpoint"]);
  });

  it("is of one version and one set of parameters", () => {
    writeCheckpoint(file("one"), OF, { scalars: { a: 1 }, arrays: [Int32Array.of(1, -2), new Int32Array(0)] });
    expect(read("one")).toEqual({ scalars: { a: 1 }, arrays: [Int32Array.of(1, -2), new Int32Array(0)] });
    expect(readCheckpoint(file("one"), { ...OF, version: "2" })).toBe(
      'the checkpoint is of another version: "1" there, "2" here; go on with the same, delete it, or name another file',
    );
    expect(readCheckpoint(file("one"), { ...OF, contract: "x".repeat(200) })).toMatch(/is of another contract; go on/);
    expect(readCheckpoint(file("none"), OF)).toBeNull();
  });

  it("is refused where it is damaged or something else", () => {
    writeCheckpoint(file("bad"), OF, { scalars: {}, arrays: [Int32Array.of(1, 2, 3)] });
    const bytes = readFileSync(file("bad"));
    for (const cut of [bytes.length - 1, bytes.length - 40]) {
      writeFileSync(file("bad"), bytes.subarray(0, cut));
      expect(readCheckpoint(file("bad"), OF)).toMatch(/^the checkpoint is damaged/);
    }
    bytes[bytes.length - 34]! ^= 1;
    writeFileSync(file("bad"), bytes);
    expect(readCheckpoint(file("bad"), OF)).toMatch(/^the checkpoint is damaged/);
    for (const text of ["", "{}\n", "null\n", "kind: claims\n"]) {
      writeFileSync(file("bad"), text);
      expect(readCheckpoint(file("bad"), OF)).toMatch(/^this is no checkpoint/);
    }
  });
});
