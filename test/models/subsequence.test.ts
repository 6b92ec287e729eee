/**
 * Any sub-sequence of a sequence is a sequence, and any operand that the language can say is legal.
 *
 * Shown: no command throws in any state, whatever was left out before it, with pages, tags, masks
 * and IOVA far outside the geometry, on geometries from two pages to 4 x 512; the oracle is the plain walk's equal after
 * it, and the world stays inside itself (no context entry names what is not there).
 */

import { describe, expect, it } from "vitest";
import { type Command, decode, encodeAll } from "../../commands/command.js";
import { parseCommands, printCommand } from "../../commands/language.js";
import { geometryOf } from "../../models/geometry.js";
import { Machine } from "../../models/machine.js";
import { contextDomain, contextProcess, contextRoot, contextVm } from "../../models/values.js";
import { type Architecture, STRATEGIES } from "../../rules/vocabulary.js";
import { effort } from "../effort.js";
import { plainArchitecture } from "./brute/architectures.js";
import { Draw, draughtOf, drawCommand, drawJunk, NOISY_MIX } from "./brute/commands.js";
import { Memory } from "./brute/memory.js";
import { oracleDifference } from "./brute/oracle.js";
import { builtIn } from "./brute/runs.js";
import { builtInContract } from "./brute/scenario.js";

/** Long random runs, on a machine that may be busy. */

const GEOMETRIES = ["1x2", "2x4", "2x4 contexts=1 vms=1", "3x2 contexts=8 vms=4", "1x4/4x2", "2x3/3x4", "4x512"];
const ARCHITECTURES: readonly Architecture[] = [
  builtIn("tiny"),
  builtIn("riscv-emulated"),
  builtIn("vtd-legacy-cm"),
  plainArchitecture("ordered", ["context", "walk", "device-tlb"], { pointers: "host" }),
];

function machine(architecture: Architecture, text: string): Machine {
  const contract = builtInContract("always");
  return new Machine({ architecture, contract, strategies: STRATEGIES, geometry: geometryOf(text) });
}

/** The world names nothing that is not there. */
function expectWorld(run: Machine): void {
  const { contexts, vms, domains, processes, guestPages } = run.geometry;
  for (let context = 0; context < contexts; context++) {
    const entry = run.state[run.world.contexts + context]!;
    expect(contextVm(entry)).toBeLessThan(vms);
    expect(contextDomain(entry)).toBeLessThan(domains);
    expect(contextProcess(entry)).toBeLessThan(processes);
    expect(contextRoot(entry)).toBeLessThan(guestPages);
  }
}

function replay(run: Machine, commands: readonly Command[]): void {
  const memory = new Memory(run.geometry, run.world, () => run.state);
  const encoded = encodeAll(commands);
  for (let at = 0; at < commands.length; at++) {
    try {
      run.step(encoded, at);
    } catch (error) {
      const lines = commands.slice(0, at + 1).map(printCommand);
      throw new Error(`${run.geometry.text}, ${run.options.architecture.name}:\n${lines.join("\n")}`, { cause: error });
    }
    const difference = oracleDifference(run, memory);
    if (difference !== undefined)
      expect.fail(
        `${commands
          .slice(0, at + 1)
          .map(printCommand)
          .join("\n")}\n${difference}`,
      );
  }
  expectWorld(run);
}

describe("sequences", () => {
  for (const text of GEOMETRIES) {
    const runs = text === "4x512" ? effort(2) : effort(8);
    it(`may lose any of their commands in ${text}`, () => {
      for (const architecture of ARCHITECTURES) {
        const run = machine(architecture, text);
        for (let at = 0; at < runs; at++) {
          const draw = new Draw(`sub ${at}`);
          const draught = draughtOf(architecture, run.geometry, NOISY_MIX);
          const all = Array.from({ length: 40 }, () => drawCommand(draw, draught));
          run.reset();
          replay(
            run,
            all.filter(() => draw.chance(0.6)),
          );
        }
      }
    });

    it(`may hold any operand in ${text}`, () => {
      for (const architecture of ARCHITECTURES) {
        const run = machine(architecture, text);
        for (let at = 0; at < runs; at++) {
          const draw = new Draw(`junk ${at}`);
          const draught = draughtOf(architecture, run.geometry, NOISY_MIX);
          run.reset();
          replay(
            run,
            Array.from({ length: 40 }, () => drawJunk(draw, draught)),
          );
        }
      }
    });
  }

  it("of junk are ones that the language can say", () => {
    const draught = draughtOf(builtIn("tiny"), geometryOf("2x4"), NOISY_MIX);
    const draw = new Draw("said");
    for (let at = 0; at < effort(500); at++) {
      const command = drawJunk(draw, draught);
      const parsed = parseCommands(printCommand(command));
      if (!parsed.ok) expect.fail(`${printCommand(command)}: ${parsed.errors[0]?.message}`);
      expect(printCommand(parsed.commands[0]!)).toBe(printCommand(decode(encodeAll([command]), 0)));
    }
  });
});
