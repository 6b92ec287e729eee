/**
 * The plain baseline and the machine, side by side: the same oracle outcomes, the same possible outcomes of the envelope
 * after every command, and, where the baseline has the rule, the same unsettled requests and verdicts.
 *
 * The baseline is written for units like `tiny`: every cache, nothing negative. Sequences come from the project's own
 * generator, through a runner. Entries marked global and conflicts of tags are left
 * to the machine alone for the settled requests: there the baseline does not follow the ledger's caution.
 */

import seedrandom from "seedrandom";
import { describe, expect, it } from "vitest";
import { decode, KIND, STRIDE } from "../../commands/command.js";
import { Runner } from "../../search/runner.js";
import { cell, sequence } from "../properties/cells.js";
import { Pair } from "./pair.js";

const rulesOf = (contract: string) => {
  const { architecture, contract: rules } = cell(contract, [], []);
  return { architecture, contract: rules, strategies: new Set(["envelope"] as const) };
};

/** Commands that draw a run: from genes of the project's generator, on a cell in which nothing fails. */
function drawn(runner: Runner, random: () => number): Float64Array {
  const genes = Array.from({ length: 1 + Math.floor(random() * 40) }, () => Math.floor(random() * 2 ** 30));
  runner.runGenes(genes);
  return runner.commands.slice(0, runner.length * STRIDE);
}

/** Whether a sequence has a write with the global mark, or a context entry that may bring tags into conflict. */
function isSpecial(commands: Float64Array): boolean {
  for (let at = 0; at < commands.length / STRIDE; at++) {
    const command = decode(commands, at);
    if (command.kind === "write" && command.global === 1) return true;
    if (command.kind === "context" || command.kind === "context-field") return true;
  }
  return false;
}

describe("the plain baseline", () => {
  it.each(["tiny", "always"])(
    "agrees with the machine under %s, after every command",
    (contract) => {
      const rules = rulesOf(contract);
      const runner = new Runner(cell(contract, [], ["envelope"]));
      const random = seedrandom(`baseline ${contract}`);
      let compared = 0;
      let settledToo = 0;
      for (let run = 0; run < 100; run++) {
        const commands = drawn(runner, random);
        const withoutSettled = isSpecial(commands);
        const pair = new Pair(rules);
        for (let at = 0; at < commands.length / STRIDE; at++) {
          pair.step(commands, at);
          expect(pair.difference(withoutSettled), pair.steps.join("; ")).toBeNull();
          compared++;
          if (!withoutSettled) settledToo++;
        }
      }
      expect(compared).toBeGreaterThan(1500);
      expect(settledToo).toBeGreaterThan(100);
    },
    60_000,
  );

  it.each([
    ["w g4[0]=leaf g9 rw", true],
    ["w g4[2]=leaf g9 rw", false],
    ["w g2[0]=-", true],
    ["s2 d0 g8=-", true],
    ["ctx c0=-", true],
    ["dma r c0 i0; fence", false],
  ])("gives the verdict of the machine where nothing is owed: %s", (text, isBroken) => {
    const pair = new Pair(rulesOf("never"));
    const commands = sequence(text);
    for (let at = 0; at < commands.length / STRIDE; at++) pair.step(commands, at);
    expect(pair.verdict() !== null).toBe(isBroken);
    const runner = new Runner(cell("never", ["agreement", "cache-validity", "isolation"], ["envelope"]));
    expect(runner.runCommands(commands) !== null).toBe(isBroken);
    expect(commands[0]).not.toBe(KIND.fence);
  });
});
