import { describe, expect, it } from "vitest";
import { commandCount } from "../../shrinkers/candidate.js";
import { compareCommands } from "../../shrinkers/order.js";
import { brief, universe } from "../../shrinkers/universe.js";
import { LIMITS } from "./patterns.js";
import { sequence, textOf } from "./sequences.js";

describe("universe", () => {
  const set = universe(sequence("w g4[0]=leaf g9 r; inv iotlb d1 i3").commands, LIMITS);

  it("holds single commands, simplest first, each once", () => {
    for (const [at, command] of set.entries()) {
      expect(commandCount(command)).toBe(1);
      if (at > 0) expect(compareCommands(set[at - 1]!, command)).toBeLessThan(0);
    }
  });

  it("stays below 1,600 commands", () => {
    expect(set.length).toBeLessThan(1600);
  });

  it("draws from the small numbers and from what the sequence names", () => {
    const texts = new Set(set.map(textOf));
    for (const text of ["fence", "w g15[3]=-", "w g2[1]=super g9 r", "inv iotlb d1 i3", "evict c2 i0", "ctx c0=-"]) {
      expect(texts).toContain(text);
    }
    expect(texts).not.toContain("w g2[1]=super g10 r");
  });

  it("stays small in a large geometry", () => {
    const large = { ...LIMITS, entries: 512, iovaPages: 512 ** 4, guestPages: 256, hostPages: 4000 };
    expect(universe(sequence("dma r c0 i68719476735").commands, large).length).toBeLessThan(1600);
  });

  it("is a fence and invalidations of everything in its brief form", () => {
    expect(brief().map(textOf)).toContain("fence");
    expect(brief()).toHaveLength(1 + 5 * 2 * 2);
  });
});
