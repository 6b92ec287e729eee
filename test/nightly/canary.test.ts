import { describe, expect, it } from "vitest";
import { CANARY_COMMANDS, canariesOf, canaryOf, plantsOf } from "../../nightly/canary.js";
import { runSlice } from "../../nightly/slice.js";
import { night } from "./night.js";

const SEEDS = Array.from({ length: 12 }, (_, at) => `night-${at}`);

describe("a canary", () => {
  it("is one a family of units, of the seed alone, and other rows come up on other nights", () => {
    const planted = SEEDS.map((seed) => canariesOf(seed).map((canary) => canary.planted));
    expect(planted[0]).toEqual(canariesOf(SEEDS[0]!).map((canary) => canary.planted));
    expect(canariesOf("1").map(({ family }) => family)).toEqual(["vtd", "amd", "smmuv3", "riscv"]);
    for (const family of [0, 1, 2, 3]) expect(new Set(planted.map((one) => one[family])).size).toBeGreaterThan(1);
  });

  it("is found by an ordinary slice, long before its end, whatever row it is", async () => {
    for (const seed of SEEDS.slice(0, 4)) {
      for (const { planted, task } of canariesOf(seed)) {
        const { result, entry } = await runSlice(task);
        expect(entry, planted).not.toBeNull();
        expect(result.commands, planted).toBeLessThan(CANARY_COMMANDS / 20);
      }
    }
  });

  it("leaves a row without its duties, and no other", () => {
    const { task } = canaryOf("riscv", "riscv", "riscv flag=0", "1");
    const rows = plantsOf(canaryOf("riscv", "riscv", "riscv flag=0", "2").task.cell);
    expect(plantsOf(task.cell).length).toBeGreaterThan(0);
    expect(rows.length).toBe(plantsOf(task.cell).length);
  });

  it("makes a night red that does not find it", async () => {
    const idle = async () => {
      const result = {
        commands: 20_000,
        runs: 0,
        inconclusive: 0,
        settled: 0,
        witnesses: [0],
        transitions: [],
        stale: [],
      };
      return { kind: "done" as const, answer: { result: { ...result, found: null }, entry: null, pid: 1, rss: 1 } };
    };
    const { summary } = await night({ claims: ["T2"], commands: 500, canary: true, work: idle });
    expect(summary.green).toBe(false);
    expect(summary.canary!.every(({ commands }) => commands === null)).toBe(true);
    expect(summary.red.filter((reason) => reason.startsWith("the search is idle"))).toHaveLength(4);
  });

  it("that is found makes none red", async () => {
    const { summary } = await night({ claims: ["T2"], commands: 1000, canary: true });
    expect(summary).toMatchObject({ green: true, red: [] });
    expect(summary.canary).toHaveLength(4);
  });
});
