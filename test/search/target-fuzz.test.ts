import { describe, expect, it } from "vitest";
import { decodeAll } from "../../commands/command.js";
import { printCommand } from "../../commands/language.js";
import { allContexts } from "../../models/start.js";
import { fuzzTarget, type TargetFound } from "../../search/target-fuzz.js";
import { TargetRunner } from "../../search/target-runner.js";
import { FakeTarget, geometry, tinyCell } from "./targets.js";

async function search(target: FakeTarget, commands: number, seed = "1", most = Number.POSITIVE_INFINITY) {
  const runner = new TargetRunner(tinyCell(), target, geometry, allContexts(geometry));
  const found: TargetFound[] = [];
  const onFound = (one: TargetFound): boolean => found.push(one) < most;
  const spent = await fuzzTarget("fake", runner, { seed, commands, onFound });
  return { runner, spent, found, texts: found.map((one) => decodeAll(one.commands).map(printCommand).join("; ")) };
}

describe("fuzzing a target", () => {
  it("finds nothing in one that is right, and runs what was asked for", async () => {
    const { runner, spent, found } = await search(new FakeTarget("fresh"), 3_000);
    expect({ spent, found }).toEqual({ spent: true, found: [] });
    expect(runner.commandCount).toBeGreaterThanOrEqual(3_000);
    expect(runner.commandCount).toBeLessThan(3_500);
    expect(runner.stale).toBe(0);
  });

  it("finds one that forgets nothing, the same with the same seed, another with another", async () => {
    const first = await search(new FakeTarget("forgets-nothing"), 3_000);
    expect(first.found.length).toBeGreaterThan(0);
    expect(first.runner.stale).toBeGreaterThan(0);
    expect((await search(new FakeTarget("forgets-nothing"), 3_000)).texts).toEqual(first.texts);
    expect((await search(new FakeTarget("forgets-nothing"), 3_000, "2")).texts).not.toEqual(first.texts);
    for (const { commands, failure } of first.found) expect(commands.length / 12).toBe(failure.step + 1);
  });

  it("ends when the caller has enough", async () => {
    const { spent, found } = await search(new FakeTarget("forgets-nothing"), 100_000, "1", 1);
    expect({ spent, count: found.length }).toEqual({ spent: false, count: 1 });
  });

  it("has one sequence under way, and finishes them in the order in which they were sent", async () => {
    const target = new FakeTarget("forgets-nothing");
    await search(target, 3_000);
    const numbers = (what: string): number[] =>
      target.calls.filter((call) => call.startsWith(what)).map((call) => Number(call.split(" ")[1]));
    expect(numbers("finish")).toEqual(numbers("send"));
    expect(target.calls.slice(0, 4)).toEqual(["send 1", "send 2", "finish 1", "send 3"]);
  });
});
