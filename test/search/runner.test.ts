import { describe, expect, it } from "vitest";
import { STRIDE } from "../../commands/command.js";
import { PROPERTY_NAMES, TRANSITIONS, transitionName } from "../../rules/vocabulary.js";
import { Runner } from "../../search/runner.js";
import { cell, runText, sequence } from "../properties/cells.js";

describe("a runner", () => {
  it("runs the commands that genes became to the same end", () => {
    const runner = new Runner(cell("never", PROPERTY_NAMES));
    for (let seed = 1; seed < 200; seed++) {
      const genes = Array.from({ length: 20 }, (_, at) => (seed * 7919 + at * 104_729 * seed) % 2 ** 30);
      const failure = runner.runGenes(genes);
      const commands = runner.commands.slice(0, runner.length * STRIDE);
      expect(new Runner(cell("never", PROPERTY_NAMES)).runCommands(commands)).toEqual(failure);
    }
  });

  it("counts the transition of a write and the caches that went stale behind it", () => {
    const { runner } = runText(cell("tiny", PROPERTY_NAMES), "w g2[0]=-");
    const seen = TRANSITIONS.map(transitionName).filter((_, at) => runner.coverage.transitions[at]! > 0);
    expect(seen).toEqual(["stage 1 table p->np"]);
    expect([...runner.coverage.stale].some((times) => times > 0)).toBe(true);
  });

  it("starts every run from the start state", () => {
    const runner = new Runner(cell("tiny", PROPERTY_NAMES));
    const start = runner.machine.snapshot();
    runner.runCommands(sequence("w g4[0]=-; ctx c1=-; s2 d0 g8=-; dma r c0 i1"));
    runner.machine.reset();
    expect(runner.machine.equals(start)).toBe(true);
  });
});
