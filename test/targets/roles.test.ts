import { describe, expect, it } from "vitest";
import { Machine } from "../../models/machine.js";
import { Roles } from "../../targets/roles.js";
import { geometry, tinyCell } from "../search/targets.js";
import { encoded } from "./driver-bench.js";

/** For each command whether every page still has one role. */
function fits(text: string): boolean[] {
  const machine = new Machine({ ...tinyCell(), strategies: [], geometry });
  const roles = new Roles(machine);
  roles.begin();
  const sequence = encoded(text);
  return Array.from({ length: sequence.length / 12 }, (_, at) => {
    machine.step(sequence, at);
    return !machine.note.wrote || roles.wrote();
  });
}

describe("the role of a page", () => {
  it("stays where leaves, pointers and roots change in their places", () => {
    const text =
      "w g4[1]=leaf g11 rw; w g2[1]=table g5; ctx c0=(d0,p0,g3); s2 d0 g8=h9 r; s2 d0 g8=super h8 rw; move d0 g9=h43";
    expect(fits(text)).toEqual([true, true, true, true, true, true]);
  });

  it("is one depth: a last-level table that becomes a root, a root that becomes one, parts", () => {
    expect(fits("ctx c0=(d0,p0,g4)")).toEqual([false]);
    expect(fits("w g2[1]=table g3")).toEqual([false]);
    expect(fits("w g2[0]=table g2")).toEqual([false]);
  });

  it("is one kind of entry: a pointer in a last-level table, a leaf in a root, part", () => {
    expect(fits("w g4[2]=table g5")).toEqual([false]);
    expect(fits("w g2[2]=leaf g8 rw")).toEqual([false]);
    expect(fits("w g14[0]=table g5; w g2[2]=table g14")).toEqual([true, false]);
    expect(fits("w g14[0]=leaf g8 rw; w g2[2]=table g14")).toEqual([true, true]);
  });

  it("is one stage: what a stage-2 table held parts, in a guest's hands as a table of stage 1", () => {
    const freed = "s2 d0 g8=table h42; s2 d0 g9=h9 rw; s2 d0 g8=super h8 rw; s2 d0 g14=h42 rw";
    expect(fits(`${freed}; w g2[3]=table g14`)).toEqual([true, true, true, true, false]);
    expect(fits(freed.replace("s2 d0 g9=h9 rw; ", "").concat("; w g2[3]=table g14")).at(-1)).toBe(false);
  });

  it("comes with a page that moves", () => {
    expect(fits("move d0 g4=h43; w g4[2]=table g5")).toEqual([true, false]);
  });
});
