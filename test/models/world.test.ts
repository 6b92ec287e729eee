/**
 * Memory: what each write does, and what cannot be done and so does nothing.
 *
 * Seen through the oracle and the raw words. Each no-op of section 10 is one sentence here. Left out: walks themselves
 * (`oracle.test.ts`).
 */

import { describe, expect, it } from "vitest";
import { encodeAll } from "../../commands/command.js";
import {
  contextClass,
  contextDomain,
  contextProcess,
  contextRoot,
  contextVm,
  entryTarget,
  PRESENT,
  packValue,
} from "../../models/values.js";
import { Draw, draughtOf, drawCommand, MIX } from "./brute/commands.js";
import { faultClass, Memory } from "./brute/memory.js";
import { stage2Words } from "./brute/passages.js";
import { Scenario } from "./brute/scenario.js";

const worldOf = (geometry?: string): Scenario =>
  new Scenario({ strategies: [], ...(geometry === undefined ? {} : { geometry }) });

/** Whether a command changes anything at all. */
function changes(text: string, before = "", geometry?: string): boolean {
  const scenario = worldOf(geometry).do(before);
  const snapshot = scenario.machine.snapshot();
  const noted = scenario.do(text).machine.note.wrote;
  const changed = !scenario.machine.equals(snapshot);
  expect(noted).toBe(changed);
  return changed;
}

function word(scenario: Scenario, page: number, index: number): number {
  const { world, state, geometry } = scenario.machine;
  return state[world.memory + page * geometry.pageEntries + index]!;
}

function contextOf(scenario: Scenario, context: number): number[] {
  const { world, state } = scenario.machine;
  const entry = state[world.contexts + context]!;
  return [contextClass(entry), contextVm(entry), contextDomain(entry), contextProcess(entry), contextRoot(entry)];
}

describe("a guest's write", () => {
  it("goes through the VM's stage 2 as it stands", () => {
    const scenario = worldOf().do("s2 d0 g4=h42 rw; w g4[3]=leaf g9 rw");
    expect(entryTarget(word(scenario, 42, 3))).toBe(9);
    expect(word(scenario, 4, 3)).toBe(0);
  });

  it("is that of its own VM", () => {
    const scenario = worldOf().do("w d1 g4[3]=leaf g9 rw");
    expect(entryTarget(word(scenario, 16 + 4, 3))).toBe(9);
    expect(word(scenario, 4, 3)).toBe(0);
  });

  it("does nothing where stage 2 does not let it", () => {
    expect(changes("w g4[3]=leaf g9 rw", "s2 d0 g4=-")).toBe(false);
    expect(changes("w g4[3]=leaf g9 rw", "s2 d0 g4=bad")).toBe(false);
    expect(changes("w g4[3]=leaf g9 rw", "s2 d0 g4=h4 r")).toBe(false);
    expect(changes("w g4[3]=leaf g9 rw", "s2 d0 g4=h4 w")).toBe(true);
  });

  it("does nothing outside the geometry, or where nothing changes", () => {
    for (const text of ["w d2 g4[0]=-", "w g16[0]=-", "w g4[4]=-", "w g4[0]=leaf g8 rw", "w g9[0]=-"]) {
      expect(changes(text), text).toBe(false);
    }
  });

  it("may name a target that does not exist, which is malformed", () => {
    expect(worldOf().do("w g4[0]=leaf g16 rw").oracle(0, 0)).toBe("fault (stage 1, malformed)");
    expect(worldOf().do("w g2[1]=super g9 rw").oracle(0, 4)).toBe("fault (stage 1, malformed)");
    expect(worldOf().do("w g2[0]=leaf g8 rw").oracle(0, 0)).toBe("fault (stage 1, malformed)");
    expect(worldOf().do("w g4[0]=table g5 rw").oracle(0, 0)).toBe("fault (stage 1, malformed)");
  });
});

describe("a context entry", () => {
  it("is written whole", () => {
    expect(contextOf(worldOf().do("ctx c0=(v1,d2,p3,g5)"), 0)).toEqual([1, 1, 2, 3, 5]);
    expect(contextOf(worldOf().do("ctx c0=-"), 0)[0]).toBe(0);
    expect(contextOf(worldOf().do("ctx c0=bad"), 0)[0]).toBe(2);
  });

  it("keeps its other fields when one is written", () => {
    expect(contextOf(worldOf().do("ctx c0 domain=d2"), 0)).toEqual([1, 0, 2, 0, 2]);
    expect(contextOf(worldOf().do("ctx c0 vm=v1"), 0)).toEqual([1, 1, 0, 0, 2]);
    expect(contextOf(worldOf().do("ctx c0 process=p3"), 0)).toEqual([1, 0, 0, 3, 2]);
    expect(contextOf(worldOf().do("ctx c0 root=g7"), 0)).toEqual([1, 0, 0, 0, 7]);
    expect(contextOf(worldOf().do("ctx c0 valid=0; ctx c0 valid=1"), 0)).toEqual([1, 0, 0, 0, 2]);
  });

  it("does not take tags, a VM or a root outside the geometry", () => {
    const whole = ["ctx c3=-", "ctx c0=(v2,d0,p0,g2)", "ctx c0=(d4,p0,g2)", "ctx c0=(d0,p4,g2)", "ctx c0=(d0,p0,g16)"];
    const fields = ["ctx c0 vm=v2", "ctx c0 domain=d4", "ctx c0 process=p4", "ctx c0 root=g16", "ctx c3 root=g2"];
    for (const text of [...whole, ...fields]) expect(changes(text), text).toBe(false);
  });
});

describe("a stage-2 write", () => {
  it("maps, narrows and unmaps a page", () => {
    expect(worldOf().do("s2 d0 g8=h42 rw").oracle(0, 0)).toBe("h42");
    expect(worldOf().do("s2 d0 g8=h8 r").oracle(0, 0, 1)).toBe("fault (stage 1, permission)");
    expect(worldOf().do("s2 d0 g8=-").oracle(0, 0)).toBe("fault (stage 2, not present)");
    expect(worldOf().do("s2 d0 g8=bad").oracle(0, 0)).toBe("fault (stage 2, malformed)");
    expect(worldOf().do("s2 d0 g8=h48 rw").oracle(0, 0)).toBe("fault (stage 2, malformed)");
  });

  it("puts a superpage or a table above the last level", () => {
    const scenario = worldOf().do("s2 d0 g8=super h4 rw");
    expect([scenario.oracle(0, 0), scenario.oracle(0, 1)]).toEqual(["h4", "h5"]);
    expect(worldOf().do("s2 d0 g8=table h42").oracle(0, 0)).toBe("fault (stage 2, not present)");
  });

  it("clears the upper entry by - or bad where no table is below it", () => {
    const scenario = worldOf().do("s2 d0 g8=super h4 rw; s2 d0 g9=-");
    expect(scenario.oracle(0, 0)).toBe("fault (stage 2, not present)");
    expect(worldOf().do("s2 d0 g8=super h4 rw; s2 d0 g9=bad").oracle(0, 0)).toBe("fault (stage 2, malformed)");
  });

  it("does nothing below a table that is not there, or outside the geometry", () => {
    expect(changes("s2 d0 g8=h8 rw", "s2 d0 g8=super h4 rw")).toBe(false);
    for (const text of ["s2 d2 g8=-", "s2 d0 g16=-", "s2 d0 g8=h8 rw"]) expect(changes(text), text).toBe(false);
    expect(changes("s2 d0 g1=super h0 rw", "", "1x4/1x4")).toBe(false);
  });

  it("gives a table that is there other permissions, and is no second way to a page in use", () => {
    expect(worldOf().do("s2 d0 g8=table h42; s2 d0 g8=h8 rw; s2 d0 g8=table h42 r").oracle(0, 0, 1)).toMatch(/^fault/);
    expect(changes("s2 d0 g8=table h42 r", "s2 d0 g8=table h42")).toBe(true);
    expect(changes("s2 d0 g4=table h42 r", "s2 d0 g8=table h42")).toBe(false);
    expect(changes("s2 d1 g8=table h42 r", "s2 d0 g8=table h42")).toBe(false);
  });

  it("makes no table of a page that would map a stage-2 table, itself included", () => {
    expect(changes("s2 d0 g8=table h7", "w g7[0]=leaf g32 rw; s2 d0 g7=-")).toBe(false);
    expect(changes("s2 d0 g8=table h7", "w g7[3]=leaf g37 rw; s2 d0 g7=-")).toBe(false);
    expect(changes("s2 d0 g8=table h7", "w g7[1]=leaf g7 rw; s2 d0 g7=-")).toBe(false);
    expect(changes("s2 d0 g8=table h42", "w g7[1]=leaf g43 rw; move d0 g7=h42; s2 d0 g7=-")).toBe(true);
    expect(worldOf().do("w g7[0]=leaf g20 rw; s2 d0 g7=-; s2 d0 g8=table h7").oracle(0, 0)).toBe("h20");
    expect(changes("s2 d0 g8=table h999")).toBe(true);
  });

  it("makes a table unreadable for walks where it takes the permission", () => {
    expect(worldOf().do("s2 d0 g4=h4 w").oracle(0, 0)).toBe("fault (stage 2, permission)");
  });
});

describe("a move", () => {
  it("takes content and data tag along, and the permission stays", () => {
    const scenario = worldOf().do("s2 d0 g4=h4 r; dma w c0 i0; move d0 g4=h42; move d0 g8=h43");
    expect([scenario.oracle(0, 0), scenario.oracle(0, 1)]).toEqual(["h43", "h9"]);
    const { world, state } = scenario.machine;
    expect(state[world.tags + 43]).toBe(1);
    expect(entryTarget(word(scenario, 42, 0))).toBe(8);
    expect(changes("w g4[3]=leaf g9 rw", "s2 d0 g4=h4 r; move d0 g4=h42")).toBe(false);
  });

  it("does nothing onto a page in use, from what is no last-level mapping, or outside the geometry", () => {
    for (const text of ["move d0 g8=h9", "move d0 g8=h20", "move d0 g8=h32", "move d0 g8=h37", "move d0 g8=h48"]) {
      expect(changes(text), text).toBe(false);
    }
    expect(changes("move d0 g8=h42", "s2 d0 g8=-")).toBe(false);
    expect(changes("move d0 g8=h42", "s2 d0 g8=super h4 rw")).toBe(false);
    expect(changes("move d2 g8=h42")).toBe(false);
    expect(changes("move d0 g16=h42")).toBe(false);
  });
});

describe("stage 2 above the last level", () => {
  /** The pointer at a depth on the way to a page, as `World` packs it: -1 where none stands or a superpage does. */
  function plainPointer(memory: Memory, vm: number, page: number, depth: number): number {
    const words = stage2Words(memory, vm, page);
    if (words.length <= depth) return -1;
    const { pageEntries } = memory.geometry;
    const above = words
      .slice(0, depth + 1)
      .map((at, level) => memory.stage2(Math.floor(at / pageEntries), at % pageEntries, level));
    const { what, target } = above.at(-1)!;
    if (what === "leaf") return -1;
    if (what !== "table") return packValue(faultClass(what), 0, 0, 2, 0, 0);
    const permission = above.reduce((all, one) => all & one.permission, 3);
    return packValue(PRESENT, permission, 0, 0, target, 0);
  }

  it.each(["2x4", "1x4/3x2", "2x3/3x4"])("is told prefix by prefix in %s", (text) => {
    const { machine } = worldOf(text);
    const { geometry, world } = machine;
    const memory = new Memory(geometry, world, () => machine.state);
    const draught = draughtOf(machine.options.architecture, geometry, { ...MIX, stage2: 60 });
    const draw = new Draw(`pointers ${text}`);
    const met = new Set<number>();
    for (let step = 0; step < 60; step++) {
      machine.step(encodeAll([drawCommand(draw, draught)]), 0);
      for (let vm = 0; vm < geometry.vms; vm++) {
        for (let prefix = 0; prefix < geometry.guest.prefixCount; prefix++) {
          const [page, depth] = [geometry.guest.prefixBase[prefix]!, geometry.guest.prefixDepth[prefix]!];
          const expected = plainPointer(memory, vm, page, depth);
          expect(world.pointer(machine.state, vm, prefix)).toBe(expected);
          met.add(expected < 0 ? -1 : expected & 3);
        }
      }
    }
    expect(met.size).toBeGreaterThan(2);
  });
});
