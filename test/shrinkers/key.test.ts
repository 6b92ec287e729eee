import { describe, expect, it } from "vitest";
import { KIND, STRIDE } from "../../commands/command.js";
import { keyOf } from "../../shrinkers/key.js";
import { sequence } from "./sequences.js";

/** One command whose numbers are given. */
function commandOf(...numbers: number[]): Float64Array {
  const commands = new Float64Array(STRIDE);
  commands.set(numbers);
  return commands;
}

describe("the key of a candidate", () => {
  it("is that of an equal one, whatever the order of its contexts", () => {
    const { commands } = sequence("dma r c0 i5; inv iotlb d0 p0 i0; fence");
    const key = keyOf({ commands, start: new Set([2, 0]) });
    expect(keyOf({ commands: commands.slice(), start: new Set([0, 2]) })).toBe(key);
  });

  it("tells apart numbers of any size, sentinels, lengths and start states", () => {
    const values = [-2, -1, 0, 1, 2, 65_532, 65_533, 65_534, 65_535, 65_536, 2 ** 32, 2 ** 36, 2 ** 36 + 1];
    const start = new Set([0]);
    const keys = values.map((value) => keyOf({ commands: commandOf(KIND.dma, 0, value), start }));
    keys.push(keyOf({ commands: new Float64Array(2 * STRIDE), start }));
    keys.push(keyOf({ commands: new Float64Array(STRIDE), start: new Set([1]) }));
    keys.push(keyOf({ commands: new Float64Array(STRIDE), start: new Set() }));
    keys.push(keyOf({ commands: new Float64Array(STRIDE), start: new Set([0, 1]) }));
    expect(new Set(keys).size).toBe(keys.length);
  });
});
