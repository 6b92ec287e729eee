import { describe, expect, it } from "vitest";
import { Machine } from "../../models/machine.js";
import { QUEUE_DEPTH } from "../../models/queue.js";
import { alphabetOf, type Move } from "../../prove/alphabet.js";
import { Dominance } from "../../prove/dominance.js";
import { Outlived } from "../../prove/outlived.js";
import { PART, PARTS, Parts } from "../../prove/parts.js";
import { canServe, Serving } from "../../prove/serving.js";
import { Draw } from "../models/brute/commands.js";
import { drawCell, scopeOf } from "./proofs.js";

const GEOMETRY = "1x2 contexts=2 vms=1 domains=2 processes=1";
const SCOPE = "entries=-,rw moves=no";

/** Up to so many random moves that leave room for one submission more, then a fence. */
function drawWay(draw: Draw, moves: readonly Move[], count: number): Move[] {
  const way: Move[] = [];
  let pending = count;
  for (let step = 0; step < 4; step++) {
    const move = draw.from(moves);
    if (move.submits && pending >= QUEUE_DEPTH - 1) continue;
    if (move.submits) pending++;
    if (move.isFence) break;
    way.push(move);
  }
  return [...way, moves.find(({ isFence }) => isFence)!];
}

describe("an invalidation that is idle", () => {
  it("leads to nothing that is not reached without it, or with one that removes less", () => {
    let useless = 0;
    let outdone = 0;
    for (let seed = 0; seed < 80; seed++) {
      const { cell, geometry, scope } = drawCell(`serving ${seed}`, "any", GEOMETRY, SCOPE);
      const machine = new Machine({ ...cell, geometry });
      const moves = alphabetOf(geometry, machine.unit, { scope, strategies: ["envelope"], shadowEvicts: false });
      const serving = new Serving(machine, moves, null);
      const parts = new Parts(machine.layout);
      const { interners } = parts;
      const outlived = new Outlived(machine);
      const sets = interners[PART.sets]!;
      const dominance = new Dominance(interners[PART.ledger]!, sets, outlived, machine.ledger.record, false);
      const draw = new Draw(`serving ${seed}`);
      for (let step = 0; step < 8; step++) machine.step(draw.from(moves).commands, 0);
      if (machine.overflowed || machine.queue.count(machine.state) >= QUEUE_DEPTH - 1) continue;
      const before = machine.snapshot();
      serving.judge();
      expect(machine.equals(before)).toBe(true);
      const isIdle = serving.isIdle.slice();
      const way = drawWay(draw, moves, machine.queue.count(before) + 1);
      const keyBehind = (first: Move | null): Int32Array => {
        machine.restore(before);
        if (first !== null) machine.step(first.commands, 0);
        for (const { commands } of way) machine.step(commands, 0);
        const key = new Int32Array(PARTS);
        parts.pack(machine.state, key);
        return key;
      };
      const without = keyBehind(null);
      const others = moves.filter(({ submits }, at) => submits && isIdle[at] === 0).map(keyBehind);
      for (const [at, move] of moves.entries()) {
        if (!move.submits || isIdle[at] === 0) continue;
        const key = keyBehind(move);
        const covers = (other: Int32Array): boolean =>
          other[PART.world] === key[PART.world] &&
          dominance.covers(other[PART.ledger]!, other[PART.sets]!, key[PART.ledger]!, key[PART.sets]!);
        const isUseless = covers(without);
        expect([seed, at, isUseless || others.some(covers)]).toEqual([seed, at, true]);
        if (isUseless) useless++;
        else outdone++;
      }
    }
    expect(Math.min(useless, outdone)).toBeGreaterThan(50);
  });

  it("is asked for where the envelope runs alone, and no step fences a full queue in its midst", () => {
    const { cell, geometry } = drawCell("alone", "plain", GEOMETRY, SCOPE);
    const machine = new Machine({ ...cell, geometry });
    expect(canServe(machine, scopeOf("", geometry))).toBe(true);
    expect(canServe(machine, scopeOf("at-once queue=3", geometry))).toBe(true);
    expect(canServe(machine, scopeOf("at-once", geometry))).toBe(false);
    const withShadow = new Machine({ ...cell, geometry, strategies: ["envelope", "shadow"] });
    expect(canServe(withShadow, scopeOf("", geometry))).toBe(false);
  });
});
