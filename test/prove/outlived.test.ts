import { describe, expect, it } from "vitest";
import { Machine } from "../../models/machine.js";
import { alphabetOf } from "../../prove/alphabet.js";
import { Outlived } from "../../prove/outlived.js";
import { Slice } from "../../prove/slice.js";
import { Draw } from "../models/brute/commands.js";
import { drawCell } from "./proofs.js";

const STEPS = 16;

describe("duties that are outlived", () => {
  it.each([
    ["1x2 contexts=1 vms=1 domains=1 processes=1", "entries=-,r,rw,bad,global"],
    ["2x2/2x2 contexts=1 vms=1 domains=1 processes=1", "entries=-,rw,bad,table,super moves=no"],
  ])("are left out, and the request is settled when it is in full: %s", (geometryText, scopeText) => {
    let fewer = 0;
    let unsettled = 0;
    for (let seed = 0; seed < 60; seed++) {
      const { cell, geometry, scope } = drawCell(`outlived ${seed}`, "any", geometryText, scopeText);
      const full = new Machine({ ...cell, geometry });
      const reduced = new Machine({ ...cell, geometry });
      const moves = alphabetOf(geometry, full.unit, { scope, strategies: ["envelope"], shadowEvicts: false });
      const draw = new Draw(`outlived ${seed}`);
      const page = draw.below(geometry.iova.count);
      const slice = new Slice(reduced, { context: 0, page }, false, true, scope);
      for (let step = 0; step < STEPS && !full.overflowed; step++) {
        const { commands } = draw.from(moves);
        full.step(commands, 0);
        reduced.step(commands, 0);
        const isUnsettled = full.ledger.isUnsettled(full.state, 0, page);
        expect({ seed, step, is: reduced.ledger.isUnsettled(reduced.state, 0, page) }).toEqual({
          seed,
          step,
          is: isUnsettled,
        });
        slice.reduce();
        reduced.restore(reduced.snapshot());
        if (isUnsettled) unsettled++;
        if (reduced.ledger.dutyCount(reduced.state) < full.ledger.dutyCount(full.state)) fewer++;
      }
    }
    expect(Math.min(fewer, unsettled)).toBeGreaterThan(100);
  });

  it("are those of the same rule alone where there are several contexts", () => {
    const { cell, geometry } = drawCell("several", "any", "1x2 contexts=2 vms=1 domains=1 processes=1", "");
    const machine = new Machine({ ...cell, geometry });
    const outlived = new Outlived(machine);
    const { ledger } = machine;
    const duty = (rule: number): Int32Array => new Int32Array(ledger.record).fill(rule, 0, 1);
    for (let a = 0; a < ledger.recipes.length; a++) {
      for (let b = 0; b < ledger.recipes.length; b++) {
        const both = Int32Array.from([...duty(a), ...duty(b)]);
        expect([a, b, outlived.covers(both, 0, ledger.record)]).toEqual([a, b, a === b]);
      }
    }
  });
});
