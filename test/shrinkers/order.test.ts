import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ANY, COMMANDS, encodeAll, NO_DOMAIN } from "../../commands/command.js";
import { canonical } from "../../shrinkers/canonical.js";
import { keyOf } from "../../shrinkers/key.js";
import { compareCandidates, compareStarts, rank, sorted } from "../../shrinkers/order.js";
import { commandArbitrary } from "../commands/language.random.js";
import { sequence } from "./sequences.js";

const candidates = fc.record({
  commands: fc.array(commandArbitrary(), { maxLength: 3 }).map((commands) => canonical(encodeAll(commands))),
  start: fc.uniqueArray(fc.nat({ max: 3 })).map((contexts) => new Set(contexts)),
});
const isSimpler = (a: string, b: string): boolean => compareCandidates(sequence(a), sequence(b)) < 0;

describe("order", () => {
  it("is total: exactly equal candidates compare as equal, and it is antisymmetric", () => {
    fc.assert(
      fc.property(candidates, candidates, (a, b) => {
        expect(Math.sign(compareCandidates(a, b)) + Math.sign(compareCandidates(b, a))).toBe(0);
        expect(compareCandidates(a, b) === 0).toBe(keyOf(a) === keyOf(b));
      }),
    );
  });

  it("is transitive", () => {
    fc.assert(
      fc.property(candidates, candidates, candidates, (...three) => {
        const [a, b, c] = three.sort(compareCandidates) as [(typeof three)[0], (typeof three)[0], (typeof three)[0]];
        expect(compareCandidates(a, b)).toBeLessThanOrEqual(0);
        expect(compareCandidates(b, c)).toBeLessThanOrEqual(0);
        expect(compareCandidates(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it("puts fewer commands before everything", () => {
    expect(compareCandidates(sequence("execute 3", 0, 1, 2), sequence("fence; fence"))).toBeLessThan(0);
  });

  it("puts fewer start contexts before simpler commands, then the lower-numbered ones", () => {
    expect(compareCandidates(sequence("execute 3"), sequence("fence", 0))).toBeLessThan(0);
    expect(compareStarts(new Set([0, 2]), new Set([1, 0]))).toBeGreaterThan(0);
    expect(compareStarts(new Set([2]), new Set([1]))).toBeGreaterThan(0);
  });

  it("compares commands from the first on, kind before operands", () => {
    expect(isSimpler("w g9[3]=leaf g9 r", "fence")).toBe(true);
    expect(isSimpler("dma r c0 i1; dma r c0 i9", "dma r c0 i2; dma r c0 i0")).toBe(true);
  });

  it("ranks the simplest value first, then the sentinels, then numbers upwards", () => {
    const permission = COMMANDS[0].operands[5];
    expect([3, 1, 2, 0].map((value) => rank(permission, value))).toEqual([0, 4, 5, 6]);
    expect(isSimpler("inv iotlb all", "inv iotlb d- all")).toBe(true);
    expect(isSimpler("inv iotlb d- all", "inv iotlb d0 all")).toBe(true);
    expect([ANY, NO_DOMAIN, 0]).toEqual(
      [0, NO_DOMAIN, ANY].sort((a, b) => rank(COMMANDS[3].operands[2], a) - rank(COMMANDS[3].operands[2], b)),
    );
  });

  it("lists start contexts ascending", () => {
    expect(sorted(new Set([2, 0]))).toEqual([0, 2]);
  });
});
