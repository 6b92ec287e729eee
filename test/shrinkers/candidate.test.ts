import { describe, expect, it } from "vitest";
import {
  commandCount,
  withCommand,
  withOperand,
  withoutCommands,
  withoutTwo,
  withSwap,
} from "../../shrinkers/candidate.js";
import { sequence, textOf } from "./sequences.js";

describe("candidate", () => {
  const { commands } = sequence("fence; dma r c0 i0; execute 1; dma w c1 i2");

  it("counts commands", () => {
    expect(commandCount(commands)).toBe(4);
  });

  it("cuts out a run, two commands apart, or none of the others", () => {
    expect(textOf(withoutCommands(commands, 1, 2))).toBe("fence; dma w c1 i2");
    expect(textOf(withoutTwo(commands, 0, 2))).toBe("dma r c0 i0; dma w c1 i2");
  });

  it("changes a copy and leaves the original as it was", () => {
    const before = textOf(commands);
    expect(textOf(withOperand(commands, 12 + 2, 7))).toBe("fence; dma r c0 i7; execute 1; dma w c1 i2");
    expect(textOf(withSwap(commands, 0))).toBe("dma r c0 i0; fence; execute 1; dma w c1 i2");
    expect(textOf(withCommand(commands, 3, sequence("fence").commands))).toBe("fence; dma r c0 i0; execute 1; fence");
    expect(textOf(commands)).toBe(before);
  });
});
