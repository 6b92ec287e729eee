/**
 * The oracle gives what a plain recursive walk gives, for every request after every command.
 *
 * Shown: incremental updates (only walks through a changed word are done again) miss nothing, for stage-1, stage-2 and
 * context writes and moves, in flat, deep, narrow, wide and windowed geometries; stage and reason of a fault included.
 * Left out: that `World` writes the right words (`world.test.ts`).
 */

import { describe, expect, it } from "vitest";
import { encodeAll } from "../../commands/command.js";
import { printCommand } from "../../commands/language.js";
import { geometryOf } from "../../models/geometry.js";
import type { Machine } from "../../models/machine.js";
import { effort } from "../effort.js";
import { Draw, draughtOf, drawCommand, MIX } from "./brute/commands.js";
import { Memory } from "./brute/memory.js";
import { isFault, oracleDifference, plainWalk } from "./brute/oracle.js";
import { builtIn, machineOf } from "./brute/runs.js";

/** Long random runs, on a machine that may be busy. */

const GEOMETRIES: readonly [string, number][] = [
  ["2x4", 4000],
  ["1x2", 3000],
  ["3x2", 4000],
  ["2x3/3x4", 4000],
  ["4x2", 4000],
  ["1x4/4x2 vms=3", 2000],
  ["4x512", 800],
];
const MIX_OF_WRITES = { ...MIX, write: 10, context: 3, stage2: 6, move: 2, invalidate: 1, fence: 1 };

let tables = 0;
const outcomes = { mapped: 0, faults: new Set<string>() };

function noteOutcomes(machine: Machine, memory: Memory): void {
  for (let context = 0; context < machine.geometry.contexts; context++) {
    const result = plainWalk(memory, context, 0);
    if (isFault(result)) outcomes.faults.add(`${result.stage} ${result.reason}`);
    else outcomes.mapped++;
  }
}

function compareRun(text: string, seed: string, length: number): void {
  const geometry = geometryOf(text);
  const machine = machineOf(builtIn("tiny"), geometry, []);
  const memory = new Memory(geometry, machine.world, () => machine.state);
  const draw = new Draw(seed);
  const draught = draughtOf(builtIn("tiny"), geometry, MIX_OF_WRITES);
  const lines: string[] = [];
  for (let at = 0; at < length; at++) {
    const command = drawCommand(draw, draught);
    lines.push(printCommand(command));
    machine.step(encodeAll([command]), 0);
    const difference = oracleDifference(machine, memory);
    if (difference !== undefined) expect.fail(`${text}, seed ${seed}:\n${lines.join("\n")}\n${difference}`);
    noteOutcomes(machine, memory);
    tables++;
  }
}

describe("oracle", () => {
  for (const [text, steps] of GEOMETRIES) {
    it(`walks as a plain recursive walk does in ${text}`, () => {
      for (let run = 0; run < effort(steps / 40); run++) compareRun(text, `oracle ${text} ${run}`, 40);
    });
  }

  it("was compared at least 20,000 times, at mapped pages and every kind of fault", () => {
    expect(tables).toBeGreaterThanOrEqual(effort(20_000));
    expect(outcomes.mapped).toBeGreaterThan(effort(2_000));
    expect([...outcomes.faults].sort()).toEqual(["0 1", "0 2", "1 1", "1 2", "2 1", "2 2", "2 3"]);
  });
});
