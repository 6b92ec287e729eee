import { describe, expect, it } from "vitest";
import { decodeAll } from "../../commands/command.js";
import { printCommand } from "../../commands/language.js";
import { geometryOf } from "../../models/geometry.js";
import { PROPERTY_NAMES } from "../../rules/vocabulary.js";
import { fuzzCell } from "../../search/fuzz.js";
import { Runner } from "../../search/runner.js";
import { cell } from "../properties/cells.js";

const withId = (contract: string) => ({
  ...cell(contract, PROPERTY_NAMES),
  id: contract,
  expected: "unrefuted" as const,
  why: "",
});

describe("fuzzing a cell", () => {
  it("gives the same result for the same seed, and another for another", async () => {
    const run = async (seed: string) => {
      const { found, commands } = await fuzzCell(withId("never"), { seed, commands: 5000 });
      return { commands, text: decodeAll(found!.commands).map(printCommand).join("; ") };
    };
    expect(await run("a")).toEqual(await run("a"));
    expect(await run("a")).not.toEqual(await run("b"));
  });

  it("hands on commands that fail by themselves", async () => {
    const { found } = await fuzzCell(withId("never"), { seed: "a", commands: 5000 });
    const again = new Runner(withId("never")).runCommands(found!.commands);
    expect(again).toEqual(found!.failure);
  });

  it("keeps to its budget and covers transitions that go stale", async () => {
    const result = await fuzzCell(withId("tiny"), { seed: "a", commands: 3000 });
    expect(result.found).toBeNull();
    expect(result.commands).toBeGreaterThanOrEqual(3000);
    expect(result.commands).toBeLessThan(3100);
    expect(result.coverage.transitions.filter((times) => times > 0).length).toBeGreaterThan(25);
    expect(result.coverage.stale.some((times) => times > 0)).toBe(true);
  });

  it("stops between batches when it is asked to", async () => {
    const result = await fuzzCell(withId("tiny"), { seed: "a", commands: 1e9, shouldStop: () => true });
    expect(result.stopped).toBe(true);
    expect(result.commands).toBeLessThan(10_000);
  });

  it.each(["1x2", "1x4", "2x8", "3x2", "3x8/2x16", "4x2", "2x512", "2x4 contexts=1 vms=1"])(
    "runs in geometry %s",
    async (text) => {
      const geometry = geometryOf(text);
      const result = await fuzzCell(withId("tiny"), { seed: "a", commands: 1500, geometry });
      expect(result.found).toBeNull();
      expect(result.discharged).toBeGreaterThan(0);
    },
  );
});
