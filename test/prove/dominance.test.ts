import { describe, expect, it } from "vitest";
import { Machine } from "../../models/machine.js";
import { alphabetOf } from "../../prove/alphabet.js";
import { Dominance } from "../../prove/dominance.js";
import { Outlived } from "../../prove/outlived.js";
import { PART, PARTS, Parts } from "../../prove/parts.js";
import { Draw } from "../models/brute/commands.js";
import { drawCell } from "./proofs.js";

const STEPS = 12;

/** A machine in the middle of a run, another in the same world that owes less, and what compares them. */
function pair(seed: number, geometryText: string, scopeText: string) {
  const { cell, geometry, scope } = drawCell(`dominance ${seed}`, "any", geometryText, scopeText);
  const full = new Machine({ ...cell, geometry });
  const less = new Machine({ ...cell, geometry });
  const moves = alphabetOf(geometry, full.unit, { scope, strategies: ["envelope"], shadowEvicts: false });
  const parts = new Parts(full.layout);
  const { interners } = parts;
  const { ledger } = full;
  const sets = interners[PART.sets]!;
  const dominance = new Dominance(interners[PART.ledger]!, sets, new Outlived(full), ledger.record, false);
  const [a, b] = [new Int32Array(PARTS), new Int32Array(PARTS)];
  const compare = (): { isSameWorld: boolean; isCovered: boolean; isBack: boolean } => {
    parts.pack(less.state, a);
    parts.pack(full.state, b);
    const covers = (x: Int32Array, y: Int32Array): boolean =>
      dominance.covers(x[PART.ledger]!, x[PART.sets]!, y[PART.ledger]!, y[PART.sets]!);
    const isSameWorld = a[PART.world] === b[PART.world] && a[PART.queue] === b[PART.queue];
    return { isSameWorld, isCovered: covers(a, b), isBack: covers(b, a) };
  };
  return { full, less, moves, compare };
}

describe("a state that owes less", () => {
  it.each([
    ["1x2 contexts=3 vms=2 domains=2 processes=2", "entries=-,rw,global moves=no"],
    ["2x2/2x2 contexts=1 vms=1 domains=1 processes=1", "entries=-,rw,table moves=no"],
    ["2x2/1x4 contexts=2 vms=1 domains=2 processes=1", "entries=-,r,rw,bad,table,super"],
  ])("still owes no more, and may hold no less, after any commands: %s", (geometry, scope) => {
    let different = 0;
    for (let seed = 0; seed < 60; seed++) {
      const { full, less, moves, compare } = pair(seed, geometry, scope);
      const draw = new Draw(`dominance ${seed}`);
      for (let step = 0; step < STEPS; step++) full.step(draw.from(moves).commands, 0);
      const count = full.ledger.dutyCount(full.state);
      if (count === 0 || full.overflowed) continue;
      // What is in reach spreads by one context a restore; both begin where it has spread.
      for (let context = 0; context < full.geometry.contexts; context++) full.restore(full.snapshot());
      less.restore(full.snapshot());
      less.ledger.forget(less.state, draw.below(count));
      less.restore(less.snapshot());
      for (let step = 0; step < STEPS && !full.overflowed; step++) {
        const { commands } = draw.from(moves);
        full.step(commands, 0);
        less.step(commands, 0);
        const { isBack, ...now } = compare();
        expect({ seed, step, ...now }).toEqual({ seed, step, isSameWorld: true, isCovered: true });
        if (!isBack) different++;
      }
    }
    // The order must tell states apart, or it says nothing.
    expect(different).toBeGreaterThan(100);
  });

  it("with larger sets keeps them larger", () => {
    let different = 0;
    for (let seed = 0; seed < 60; seed++) {
      const { full, less, moves, compare } = pair(seed, "1x2 contexts=2 vms=1 domains=2 processes=1", "entries=-,rw");
      const draw = new Draw(`sets ${seed}`);
      for (let step = 0; step < STEPS; step++) less.step(draw.from(moves).commands, 0);
      if (less.overflowed) continue;
      full.restore(less.snapshot());
      const keep = new Int32Array(full.unit.setCount).fill(-1);
      for (let set = 0; set < keep.length; set++) if (draw.chance(0.3)) keep[set] = 0;
      full.envelope!.reduce(full.state, keep);
      full.restore(full.snapshot());
      for (let step = 0; step < STEPS; step++) {
        const { commands } = draw.from(moves);
        full.step(commands, 0);
        less.step(commands, 0);
        const { isBack, ...now } = compare();
        expect({ seed, step, ...now }).toEqual({ seed, step, isSameWorld: true, isCovered: true });
        if (!isBack) different++;
      }
    }
    expect(different).toBeGreaterThan(50);
  });
});
