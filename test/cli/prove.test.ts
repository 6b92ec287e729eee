import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Entry } from "../../corpus/entry.js";
import { hasSpin } from "../../prove/spin.js";
import { packageRoot } from "../../rules/home.js";
import { Place, UNIT } from "./run.js";

const place = new Place();
beforeAll(() => {
  place.file("unit.yaml", UNIT);
});
afterAll(() => place.remove());

const SMALL = "tables=g0 remap=none contexts=no moves=no entries=-,rw queue=1";
const OWN = ["--contract", "tiny", "--strategies", "envelope", "--scope", SMALL];

describe("a proof", () => {
  it("comes to a fixpoint with a number of states that is always the same", async () => {
    const first = await place.call(["prove", ...OWN]);
    expect([first.code, first.stdout]).toEqual([
      0,
      expect.stringMatching(/^own holds \([0-9]+ states, fixpoint\); as expected/),
    ]);
    expect((await place.call(["prove", ...OWN])).stdout).toBe(first.stdout);
    expect(first.stdout.replaceAll(/\s+/g, " ")).toContain(
      `commands all that the scope leaves: ${SMALL.split(" ").sort().join(" ")}`,
    );
  });

  it("holds to a depth where one is asked for", async () => {
    expect((await place.call(["prove", ...OWN, "--depth", "3"])).stdout).toMatch(
      /^own holds to depth 3 \([0-9]+ states\)/,
    );
  });

  it("has more states without its reductions", async () => {
    const states = async (...flags: string[]): Promise<number> =>
      Number(/\(([0-9]+) states/.exec((await place.call(["prove", ...OWN, "--depth", "3", ...flags])).stdout)![1]);
    expect(await states("--without", "symmetry,subsumption,slicing,serving")).toBeGreaterThan(await states());
  });

  it("keeps the shortest counterexample, which replays and says over which commands it is that", async () => {
    const run = await place.call(["prove", "T1", "--json"]);
    expect(run.code).toBe(0);
    const { green, cells } = JSON.parse(run.stdout) as { green: boolean; cells: { counterexample: Entry }[] };
    const entry = cells[0]!.counterexample;
    expect([green, entry.minimal]).toEqual([true, { removable: false, lowerable: false, shortest: "all" }]);
    expect(place.names("corpus")).toContain(`${entry.id}.json`);
    expect((await place.call(["replay", entry.id])).stdout).toContain(`${entry.id} same`);
  });

  it("ends red where a claim that is expected to stand fails, and where one that is expected to fail does not", async () => {
    const never = await place.call(["prove", "--contract", "never", "--strategies", "envelope", "--scope", SMALL]);
    expect([never.code, never.stdout]).toEqual([
      1,
      expect.stringMatching(/^own fails in 1 command, and none shorter does/),
    ]);
    const stands = await place.call([
      "prove",
      "T1",
      "--scope",
      "tables=none remap=none contexts=no queue=1 entries=-",
      "--depth",
      "1",
    ]);
    expect([stands.code, stands.stdout]).toEqual([1, expect.stringContaining("RED, expected fails")]);
  });

  it("says how far it came when memory is out, with code 1", async () => {
    const run = await place.call(["prove", "--contract", "tiny", "--strategies", "envelope", "--memory", "1K"]);
    expect([run.code, run.stdout]).toEqual([
      1,
      expect.stringMatching(/^own has no verdict: out of memory after [0-9]+ states/),
    ]);
  });

  it("proves again what is pinned, and compares the numbers of states", async () => {
    const run = await place.call(["prove", "T4.hardware", "--pinned"]);
    expect([run.code, run.stdout]).toEqual([
      0,
      expect.stringMatching(/^T4.hardware holds \([0-9]+ states, fixpoint\); as pinned/),
    ]);
    const other = await place.call(["prove", "T4.hardware", "--pinned", "--without", "symmetry"]);
    expect([other.code, other.stdout]).toEqual([1, expect.stringMatching(/RED, expected\s+[0-9]+ states, as pinned/)]);
  });

  it("puts a claim to SPIN too, and says whether that agrees, where it is installed", async ({ skip }) => {
    const examples = (name: string): string => path.join(packageRoot(), "docs/examples", name);
    const unit = ["--architecture", examples("one-iotlb.yaml"), "--contract", examples("page-by-page.yaml")];
    const scope = "tables=g0 targets=g1 remap=g1 hosts=h1 contexts=no ranges=no moves=no entries=-,rw queue=1 at-once";
    const args = ["prove", ...unit, "--strategies", "envelope", "--scope", scope, "--cross-check", "spin"];
    if (!hasSpin()) skip("spin and gcc are not installed");
    const run = await place.call(args);
    expect([run.code, run.stdout]).toEqual([0, expect.stringContaining("SPIN agrees: holds")]);
    const wide = await place.call([...args, "--scope", "queue=1"]);
    expect([wide.code, wide.stderr]).toEqual([
      2,
      expect.stringContaining("--cross-check: the Promela model knows scopes"),
    ]);
  });

  it("goes on from a checkpoint to the same end, and takes the file away then", async () => {
    const kept = await place.call(["prove", ...OWN, "--memory", "1K", "--checkpoint", "own.search"]);
    expect([kept.code, kept.stdout]).toEqual([
      1,
      expect.stringContaining("kept in own.search: the same command goes on"),
    ]);
    const other = await place.call(["prove", ...OWN, "--depth", "3", "--checkpoint", "own.search"]);
    expect([other.code, other.stderr]).toEqual([
      2,
      '--checkpoint: own.search: the checkpoint is of another depth: "Infinity" there, "3" here; ' +
        "go on with the same, delete it, or name another file\n",
    ]);
    const done = await place.call(["prove", ...OWN, "--checkpoint", "own.search"]);
    expect(done.stdout).toBe((await place.call(["prove", ...OWN])).stdout);
    expect(place.names(".")).not.toContain("own.search");
  });

  it.each([
    [["prove", "T1", "--pinned"], "--pinned: nothing is pinned in T1"],
    [["prove", "T4", "--pinned", "--depth", "3"], "--pinned: --depth is given too"],
    [["prove", "T1", "--cross-check", "tlc"], '--cross-check: unknown program "tlc"; known: spin'],
    [["prove", "T1", "--threads", "0"], '--threads: "0" is no number to search by'],
    [["prove", "T5", "--checkpoint", "x"], "--checkpoint: 6 cells, and one file"],
    [["prove", "T1", "--checkpoint", "."], "--checkpoint: . cannot be read (EISDIR)"],
    [["prove"], "prove: name a claim, a cell, or rules"],
    [["prove", "T1", "--depth", "x"], '--depth: "x" is no number to search by'],
    [["prove", "T1", "--memory", "much"], '--memory: "much" is no size'],
    [["prove", "T1", "--scope", "no"], '--scope: scope: "no" is not known'],
    [["prove", "T1", "--geometry", "0x0"], '--geometry: geometry "0x0" has 0 levels'],
    [
      ["prove", "T1", "--without", "luck"],
      '--without: unknown reduction "luck"; known: symmetry, subsumption, slicing, serving',
    ],
    [["prove", "T99"], 'unknown claim "T99"'],
  ])("refuses %j with what is known", async (args, message) => {
    const run = await place.call(args);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
