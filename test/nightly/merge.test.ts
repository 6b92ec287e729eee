import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { Known } from "../../nightly/known.js";
import { countShards, mergeFindings, shardsIn } from "../../nightly/merge.js";
import { findingsFolder } from "../../nightly/run.js";
import { summaryOf } from "../../nightly/summary.js";
import { lasting, type NightOptions, night, temporary } from "./night.js";

const WHAT: NightOptions = { claims: ["T1", "T2", "T6a", "T10.shadow-clear"], commands: 9000, canary: true };

/** One sequence settles nothing in it. */
const IDLE = ["T7.vtd-scalable-ats"];

async function shards(of: number): Promise<string[]> {
  const outs: string[] = [];
  for (let index = 0; index < of; index++) outs.push((await night({ ...WHAT, shard: { index, of } })).out);
  return outs;
}

function merged(folders: readonly string[], cells: Awaited<ReturnType<typeof night>>["cells"]) {
  const found = shardsIn(folders);
  if (typeof found === "string") throw new Error(found);
  const { header, missing } = found;
  const { counted, stopped } = countShards(found, cells);
  const out = temporary();
  mergeFindings(found, out);
  const memory = { start: 0, minute5: null, end: 0, peak: 0 };
  const machine = { seconds: 1, workers: 0, memory, replaced: [], platform: "", node: "" };
  return { summary: summaryOf({ header, cells, counted, known: new Known([]), stopped, missing, machine }), out };
}

const findings = (out: string): string[] =>
  existsSync(findingsFolder(out))
    ? readdirSync(findingsFolder(out))
        .sort()
        .map((name) => name + readFileSync(path.join(findingsFolder(out), name), "utf8"))
    : [];

describe("shards", () => {
  it.each([2, 3, 5])("%i of them, merged in any order, are the run of one machine, byte for byte", async (of) => {
    const whole = await night(WHAT);
    const outs = await shards(of);
    for (const order of [outs, [...outs].reverse()]) {
      const { summary, out } = merged(order, whole.cells);
      expect(JSON.stringify(lasting(summary))).toBe(JSON.stringify(lasting(whole.summary)));
      expect(findings(out)).toEqual(findings(whole.out));
    }
    expect(findings(whole.out).length).toBeGreaterThan(1);
  });

  it("that are merged twice count once; one that is missing, or was stopped, is told", async () => {
    const whole = await night(WHAT);
    const outs = await shards(3);
    const twice = merged([...outs, outs[1]!], whole.cells);
    expect(lasting(twice.summary)).toEqual(lasting(whole.summary));
    const two = merged(outs.slice(0, 2), whole.cells).summary;
    expect(two.green).toBe(false);
    expect(two.red).toContain("shard 2 is missing");
    const stopped = await night({ ...WHAT, shard: { index: 2, of: 3 }, isStopped: () => true });
    expect(merged([outs[0]!, outs[1]!, stopped.out], whole.cells).summary.red).toContain(
      "stopped before its budget was spent",
    );
  });

  it("of different runs are refused, with what to do", async () => {
    const [first] = await shards(2);
    const other = await night({ ...WHAT, seed: "2", shard: { index: 1, of: 2 } });
    expect(shardsIn([first!, other.out])).toMatch(/a run of another seed, .*start them with the same flags$/);
    const third = await night({ ...WHAT, shard: { index: 1, of: 3 } });
    expect(shardsIn([first!, third.out])).toMatch(/divided otherwise than .*start shards with the same n$/);
    expect(shardsIn([temporary()])).toMatch(/no journal of a run/);
  });

  it("do not turn red for what only the whole can tell", async () => {
    const part = await night({ claims: IDLE, commands: 1, shard: { index: 1, of: 2 } });
    expect(part.summary).toMatchObject({ green: true, cells: [{ mark: "part" }] });
    const whole = await night({ claims: IDLE, commands: 1 });
    expect(whole.summary).toMatchObject({ green: false, cells: [{ mark: "idle" }] });
  });
});
