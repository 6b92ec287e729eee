/** The generator without bias, against which the gallery measures the one with it. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeUniform, uniformGenes } from "../../commands/arbitrary.js";
import { COMMANDS, operandLimit, STRIDE } from "../../commands/command.js";
import { geometryOf } from "../../models/geometry.js";
import { BUGS } from "./bugs.js";
import { measureBug } from "./measure.js";

const { limits } = geometryOf();

/** Commands of many sequences, one after another. */
function drawn(): Float64Array[] {
  return fc
    .sample(uniformGenes(60), { seed: 1, numRuns: 400 })
    .flat()
    .map((gene) => {
      const command = new Float64Array(STRIDE);
      decodeUniform(gene, limits, command);
      return command;
    });
}

describe("the uniform generator", () => {
  const commands = drawn();

  it("draws every kind as often as every other", () => {
    const shares = COMMANDS.map((_, kind) => commands.filter((command) => command[0] === kind).length);
    expect(Math.min(...shares) / Math.max(...shares)).toBeGreaterThan(0.85);
  });

  it.each(COMMANDS.map((row, kind) => [row.kind, row, kind] as const))(
    "draws each operand of %s from one end of its range to the other",
    (_, { operands }, kind) => {
      const own = commands.filter((command) => command[0] === kind);
      operands.forEach(({ name, type, simplest }, position) => {
        const seen = own.map((command) => command[1 + position]!);
        const lowest = simplest < 0 ? (name === "domain" ? -2 : -1) : 0;
        expect([name, Math.min(...seen), Math.max(...seen)]).toEqual([name, lowest, operandLimit(type, limits) - 1]);
      });
    },
  );

  it("finds what needs no driver, with the same seed after the same number of commands", async () => {
    const bug = BUGS.find(({ id }) => id === "B34")!;
    const find = () => measureBug(bug, { seed: "one", budget: 20_000, uniform: true, shrink: true });
    const first = await find();
    expect(first?.minimal).toHaveLength(1);
    expect(await find()).toEqual(first);
  });
});
