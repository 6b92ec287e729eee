import { describe, expect, it } from "vitest";
import { Machine } from "../../models/machine.js";
import { CACHE } from "../../models/unit.js";
import { alphabetOf } from "../../prove/alphabet.js";
import { offPathOf, offPathWrites } from "../../prove/off-path.js";
import { Symmetry } from "../../prove/symmetry.js";
import { Draw } from "../models/brute/commands.js";
import { drawCell } from "./proofs.js";

const DEEP = "2x2/2x2 contexts=1 vms=1 domains=1 processes=1 host=8";
const FLAT = "2x2/1x4 contexts=1 vms=1 domains=1 processes=1";
const FIXED = "tables=g0-g1 remap=g2 hosts=h2,h7 entries=-,rw,table contexts=no moves=no";

/** What walks of the page may give now, and have given, by record. */
function heldFor({ envelope, unit, state, oracle }: Machine, page: number): string[] {
  const held = [`oracle ${oracle.value[page]}`];
  for (let record = 0; record < envelope!.count(state); record++) {
    const set = envelope!.setOf(state, record);
    const isOfPages = [CACHE.stage1, CACHE.iotlb, CACHE["device-tlb"]].includes(unit.setCache[set]!);
    if (isOfPages && unit.setAddress[set] === page)
      held.push(`${set} ${envelope!.valueOf(state, record)} ${envelope!.maskOf(state, record)}`);
  }
  return held.sort();
}

describe("entries off the path of a request", () => {
  it.each([
    ["where tables of stage 2 lie in pages like others", DEEP, FIXED],
    ["where no page keeps its place", DEEP, "entries=-,rw,table contexts=no moves=no"],
    ["where stage 2 has one level", FLAT, "entries=-,rw,bad contexts=no"],
    [
      "where pages are renamed, the root too",
      FLAT,
      "tables=g0-g1 remap=none entries=-,rw,table contexts=no moves=no ranges=no",
    ],
  ])("may hold anything, as long as strangers fill stage 2: %s", (_, geometryText, scopeText) => {
    let changed = 0;
    for (let seed = 0; seed < 40; seed++) {
      const { cell, geometry, scope } = drawCell(`path ${seed}`, "any", geometryText, scopeText);
      const machine = new Machine({ ...cell, geometry });
      machine.envelope!.hasStrangers = true;
      const moves = alphabetOf(geometry, machine.unit, { scope, strategies: ["envelope"], shadowEvicts: false });
      const draw = new Draw(`path ${seed}`);
      const page = draw.below(geometry.iova.count);
      const offPath = offPathOf(machine, { context: 0, page }, scope);
      const symmetry = Symmetry.of(machine, scope, { context: 0, page }, true);
      for (let step = 0; step < 12 && !machine.overflowed; step++) {
        machine.step(draw.from(moves).commands, 0);
        const kept = symmetry === null ? machine.snapshot() : symmetry.canonical(machine.state).slice();
        machine.restore(kept);
        machine.derive();
        machine.restore(kept);
        const before = heldFor(machine, page);
        const other = kept.slice();
        for (const [host, indexes] of offPath.entries())
          for (const index of indexes) {
            const at = machine.world.memory + host * geometry.pageEntries + index;
            if (other[at] !== 0) changed++;
            other[at] = 0;
          }
        machine.restore(other);
        expect([seed, step, heldFor(machine, page)]).toEqual([seed, step, before]);
        machine.restore(kept);
      }
    }
    if (scopeText === "entries=-,rw,table contexts=no moves=no") expect(changed).toBe(0);
    else expect(changed).toBeGreaterThan(30);
  });

  it("are not written by moves that are left out, in pages that stay where they are", () => {
    const { cell, geometry, scope } = drawCell("writes", "plain", DEEP, FIXED);
    const machine = new Machine({ ...cell, geometry });
    // The second page: the first entry of the root, the second of a table below; the root may be such a table too.
    expect(offPathWrites(machine, { context: 0, page: 1 }, scope)).toEqual([[], [0], [], []]);
    expect(offPathWrites(machine, { context: 0, page: 0 }, scope)).toEqual([[1], [1], [], []]);
  });

  it("are read where a page may come to be a stage-2 table", () => {
    const { cell, geometry, scope } = drawCell("tables", "plain", DEEP, FIXED);
    const machine = new Machine({ ...cell, geometry });
    const offPath = offPathOf(machine, { context: 0, page: 0 }, scope);
    expect(offPath.map((indexes) => indexes.length)).toEqual([1, 1, 0, 1, 0, 0, 0, 0]);
  });
});
