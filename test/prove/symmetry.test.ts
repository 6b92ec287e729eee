import { describe, expect, it } from "vitest";
import { copyUsed } from "../../models/layout.js";
import { Machine } from "../../models/machine.js";
import { alphabetOf } from "../../prove/alphabet.js";
import { renameCommand } from "../../prove/names.js";
import { ALL_PARTS, PARTS, Parts } from "../../prove/parts.js";
import { Renaming } from "../../prove/renaming.js";
import { hasSymmetry, Symmetry } from "../../prove/symmetry.js";
import { Draw } from "../models/brute/commands.js";
import { drawCell } from "./proofs.js";

const GEOMETRY = "1x3/1x4 contexts=2 vms=1 domains=2 processes=2 guest=4 host=8";
const SCOPE = "entries=-,r,rw,bad,global";

/** A random exchange of numbers within each class. */
function drawNumbers(draw: Draw, classes: readonly Int32Array[]): Int32Array[] {
  return classes.map((names) => {
    const numbers = Int32Array.from(names.keys());
    for (let at = numbers.length - 1; at > 0; at--) {
      const other = draw.below(at + 1);
      if (names[at] === names[other]) [numbers[at], numbers[other]] = [numbers[other]!, numbers[at]!];
    }
    return numbers;
  });
}

describe("the symmetry of a geometry", () => {
  it.each([
    [GEOMETRY, SCOPE],
    ["2x2/1x6 contexts=2 vms=1 domains=1 processes=2 guest=6 host=10", "entries=-,rw,bad,table"],
  ])("is one of the models: a renamed command makes of a renamed state the renamed next state, %s", (text, words) => {
    let renamed = 0;
    for (let seed = 0; seed < 40; seed++) {
      const { cell, geometry, scope } = drawCell(`symmetry ${seed}`, "any", text, words);
      const machine = new Machine({ ...cell, geometry });
      const mirror = new Machine({ ...cell, geometry });
      const moves = alphabetOf(geometry, machine.unit, { scope, strategies: ["envelope"], shadowEvicts: false });
      const draw = new Draw(`symmetry ${seed}`);
      const renaming = new Renaming(machine, false);
      const numbers = drawNumbers(draw, Symmetry.of(machine, scope, null, false)!.classes);
      const parts = new Parts(machine.layout);
      const image = (): void => {
        copyUsed(machine.layout, machine.state, mirror.state);
        renaming.rename(machine.state, numbers, mirror.state);
      };
      image();
      mirror.derive();
      const expected = new Int32Array(PARTS);
      const actual = new Int32Array(PARTS);
      for (let step = 0; step < 40 && !machine.overflowed; step++) {
        const { commands } = draw.from(moves);
        const other = commands.slice();
        renameCommand(other, 0, numbers, renaming.hasPageIova);
        machine.step(commands, 0);
        mirror.step(other, 0);
        parts.pack(mirror.state, actual, ALL_PARTS);
        const after = mirror.snapshot();
        image();
        parts.pack(mirror.state, expected, ALL_PARTS);
        expect(`seed ${seed}, step ${step}: ${actual}`).toBe(`seed ${seed}, step ${step}: ${expected}`);
        mirror.restore(after);
        renamed++;
      }
    }
    expect(renamed).toBeGreaterThan(300);
  });

  it("gives most states that differ by a renaming one form, and never states that do not", () => {
    const draw = new Draw("canonical");
    const { cell, geometry, scope } = drawCell("canonical", "plain", GEOMETRY, SCOPE);
    const machine = new Machine({ ...cell, geometry });
    const moves = alphabetOf(geometry, machine.unit, { scope, strategies: ["envelope"], shadowEvicts: false });
    const symmetry = Symmetry.of(machine, scope, null, false)!;
    const renaming = new Renaming(machine, false);
    const parts = new Parts(machine.layout);
    const key = new Int32Array(PARTS);
    const keyOf = (state: Int32Array): string => {
      parts.pack(state, key, ALL_PARTS);
      return key.join();
    };
    let alike = 0;
    for (let step = 0; step < 200; step++) {
      machine.step(draw.from(moves).commands, 0);
      const numbers = drawNumbers(draw, symmetry.classes);
      const image = machine.snapshot();
      renaming.rename(machine.state, numbers, image);
      const form = keyOf(symmetry.canonical(machine.state));
      // The form is a renaming of the state: undone, it is the state again.
      const back = symmetry.numbers.map((names) => {
        const inverse = new Int32Array(names.length);
        for (const [number, name] of names.entries()) inverse[name] = number;
        return inverse;
      });
      const shown = symmetry.canonical(machine.state).slice();
      const undone = shown.slice();
      renaming.rename(shown, back, undone);
      expect(keyOf(undone)).toBe(keyOf(machine.state));
      if (keyOf(symmetry.canonical(image)) === form) alike++;
    }
    expect(alike).toBeGreaterThan(180);
  });

  it("is none where tables of stage 2 lie in pages like others, or a concrete unit has places for its entries", () => {
    const { cell, geometry } = drawCell("none", "plain", GEOMETRY, SCOPE);
    expect(hasSymmetry(new Machine({ ...cell, geometry }))).toBe(true);
    expect(hasSymmetry(new Machine({ ...cell, geometry, strategies: ["envelope", "hardware"] }))).toBe(false);
    const deep = drawCell("none", "plain", "1x4/2x2 contexts=1 vms=1", "");
    expect(hasSymmetry(new Machine({ ...deep.cell, geometry: deep.geometry }))).toBe(false);
  });
});
