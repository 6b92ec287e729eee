import { describe, expect, it } from "vitest";
import { compareCandidates } from "../../shrinkers/order.js";
import { DEFAULT_MAX_TRIES, PASSES, shrink } from "../../shrinkers/shrink.js";
import { failureOf, LIMITS } from "./patterns.js";
import { failsIf, inOrder, sequence, textOf } from "./sequences.js";

const LONG = sequence(
  "dma r c2 i9; w g9[1]=leaf g12 r; fence; inv iotlb d1 p1 i3; w d1 g5[3]=bad; evict c1 i9; ctx c1=(d3,p2,g7); dma w c2 i6",
  0,
  1,
  2,
);
const fails = failsIf((text) => inOrder(text, "w ", "dma "));

describe("shrink", () => {
  it("ends at the simplest sequence of the kinds that are needed", () => {
    const { candidate, report } = shrink(LONG, fails, LIMITS);
    expect([...candidate.start, textOf(candidate.commands)]).toEqual(["w g0[0]=-; dma r c0 i0"]);
    expect(report.finished).toBe(true);
  });

  it("reports each pass with its tries and successes, and their sum", () => {
    const { report } = shrink(LONG, fails, LIMITS);
    expect(report.passes.map((pass) => pass.name)).toEqual(PASSES.map(([name]) => name));
    expect(report.passes.reduce((sum, pass) => sum + pass.tries, 0)).toBe(report.tries);
    expect(report.passes[0]!.successes).toBeGreaterThan(0);
    expect(report.tries).toBeLessThan(DEFAULT_MAX_TRIES);
  });

  it("stops at the bound and says so, with the best it has", () => {
    const { candidate, report } = shrink(LONG, fails, LIMITS, 5);
    expect(report.tries).toBe(5);
    expect(report.finished).toBe(false);
    expect(compareCandidates(candidate, LONG)).toBeLessThan(0);
    expect(fails(candidate)).toBe(true);
  });

  it("gives the same result and the same counts each time", () => {
    const failure = failureOf(7);
    const runs = [0, 1].map(() => shrink(failure.candidate, failure.fails, LIMITS));
    expect(runs[0]).toEqual(runs[1]);
  });

  it("leaves what it was given untouched", () => {
    const before = textOf(LONG.commands);
    shrink(LONG, fails, LIMITS);
    expect(textOf(LONG.commands)).toBe(before);
  });

  it("changes nothing when it is run on its own result", () => {
    const first = shrink(LONG, fails, LIMITS).candidate;
    expect(compareCandidates(shrink(first, fails, LIMITS).candidate, first)).toBe(0);
  });

  it("finishes in a geometry of 4 levels of 512 entries", () => {
    const large = { ...LIMITS, entries: 512, iovaPages: 512 ** 4, guestPages: 256, hostPages: 4000, levels: 4 };
    const linked = failsIf((text) => {
      const [, index, page] = /g[0-9]+\[([0-9]+)\]=-;.* c[0-9] i([0-9]+)$/.exec(text) ?? [];
      return page !== undefined && Number(page) % 512 === Number(index) && Number(page) > 512;
    });
    const start = sequence("w g200[300]=-; fence; inv iotlb d1 i7; s2 d0 g9=-; dma r c0 i68719464748", 0, 1, 2);
    const { candidate, report } = shrink(start, linked, large);
    expect(textOf(candidate.commands)).toBe("w g0[0]=-; dma r c0 i1024");
    expect(report.finished).toBe(true);
  });

  it("refuses a sequence that does not fail", () => {
    expect(() => shrink(sequence("fence"), () => false, LIMITS)).toThrow("does not fail");
  });
});
