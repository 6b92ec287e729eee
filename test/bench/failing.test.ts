import { describe, expect, it } from "vitest";
import { failingSequence } from "../../bench/failing.js";
import { quarter } from "../../bench/quarter.js";
import { STRIDE } from "../../commands/command.js";
import { Runner } from "../../search/runner.js";
import { shrink } from "../../shrinkers/shrink.js";

describe("failing sequences of the benchmarks", () => {
  it("fail at their last command, at the length that was asked for or a little behind it", () => {
    const { entry, commands } = failingSequence({ id: "nf-0918021aae72", length: 60 });
    const count = commands.length / STRIDE;
    expect(count).toBeGreaterThanOrEqual(60);
    expect(count).toBeLessThanOrEqual(75);
    expect(new Runner(entry).runCommands(commands)?.step).toBe(count - 1);
  });

  it("need a quarter of their commands", () => {
    const { commands, start, limits, judge } = quarter(40);
    const fails = judge();
    expect(fails(commands)).toBe(true);
    const { candidate } = shrink({ commands, start }, (one) => fails(one.commands), limits);
    expect(candidate.commands.length / STRIDE).toBe(10);
  });
});
