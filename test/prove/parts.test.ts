import { describe, expect, it } from "vitest";
import { encodeAll, STRIDE } from "../../commands/command.js";
import { geometryOf } from "../../models/geometry.js";
import { Machine } from "../../models/machine.js";
import { PARTS, Parts } from "../../prove/parts.js";
import { Draw, draughtOf, drawCommand, NOISY_MIX } from "../models/brute/commands.js";
import { drawCell } from "./proofs.js";

const GEOMETRY = "2x2 contexts=2 vms=2";

describe("the parts of a state", () => {
  it("stand for the whole of it: what is unpacked is equal, and goes on alike", () => {
    for (let seed = 0; seed < 20; seed++) {
      const { cell } = drawCell(`parts ${seed}`, "any", GEOMETRY, "");
      const options = {
        ...cell,
        strategies: ["hardware", "envelope", "shadow"] as const,
        geometry: geometryOf(GEOMETRY),
      };
      const one = new Machine(options);
      const other = new Machine(options);
      const draught = draughtOf(cell.architecture, one.geometry, NOISY_MIX);
      const draw = new Draw(`parts ${seed}`);
      const commands = encodeAll(Array.from({ length: 60 }, () => drawCommand(draw, draught)));
      const parts = new Parts(one.layout);
      const key = new Int32Array(PARTS);
      for (let at = 0; at < commands.length / STRIDE; at++) {
        one.step(commands, at);
        if (one.overflowed) break;
        parts.pack(one.state, key);
        parts.unpack(key, 0, other.state);
        other.derive();
        expect(other.equals(one.snapshot())).toBe(true);
        if (at + 1 === commands.length / STRIDE) continue;
        const before = one.snapshot();
        one.step(commands, at + 1);
        other.step(commands, at + 1);
        expect(other.hash()).toBe(one.hash());
        one.restore(before);
      }
    }
  });

  it("are the same numbers for equal states alone", () => {
    const { cell, geometry } = drawCell("parts", "plain", GEOMETRY, "");
    const machine = new Machine({ ...cell, geometry });
    const parts = new Parts(machine.layout);
    const start = new Int32Array(PARTS);
    const later = new Int32Array(PARTS);
    parts.pack(machine.state, start);
    parts.pack(machine.state, later);
    expect(later).toEqual(start);
    machine.step(encodeAll([{ kind: "context", context: 0, state: 0, vm: 0, domain: 0, process: 0, root: 0 }]), 0);
    parts.pack(machine.state, later);
    expect(later).not.toEqual(start);
  });
});
