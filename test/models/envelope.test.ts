/**
 * The envelope by examples: what section 4 of the design page says step by step, and what a reader may ask first.
 *
 * Exactness on random sequences is `exactness.test.ts`. Left out here: which values are in which set.
 */

import { describe, expect, it } from "vitest";
import { CACHE_NAMES, type CacheName } from "../../rules/vocabulary.js";
import { plainArchitecture } from "./brute/architectures.js";
import { builtIn, envelopeUnion, NOTHING_OWED } from "./brute/runs.js";
import { builtInContract, Scenario } from "./brute/scenario.js";

const ORDERED = { ...builtIn("tiny"), queue: "ordered" as const };
const RETARGET = "w g4[0]=leaf g9 rw";

/** What the sets hold once a search has kept of each what `keep` gives, worked out set by set. */
function reduced(sets: readonly ReadonlyMap<number, number>[], keep: Int32Array): Map<number, number>[] {
  return sets.map((values, set) => {
    const left = new Map<number, number>();
    for (const [value, mask] of keep[set] === 0 ? [] : values) {
      const kept = value & keep[set]!;
      left.set(kept, (left.get(kept) ?? 0) | mask);
    }
    return left;
  });
}

describe("envelope", () => {
  it("leaves what a search keeps of it: whole sets, none, or values without some of their bits", () => {
    const scenario = new Scenario({ strategies: ["envelope"] });
    scenario.do("w g4[0]=leaf g9 rw; inv iotlb d0 p0 i0; s2 d0 g9=h42 rw; w g4[0]=leaf g10 rw; s2 d0 g10=h42 rw");
    const { machine } = scenario;
    const { setCount } = machine.unit;
    const pattern = [-1, ~(0xfff << 19), 0, ~(0xfff << 7)];
    for (let first = 0; first < pattern.length; first++) {
      const keep = Int32Array.from({ length: setCount }, (_, set) => pattern[(first + set) % pattern.length]!);
      const snapshot = machine.snapshot();
      const expected = reduced(envelopeUnion(machine), keep);
      machine.envelope!.reduce(machine.state, keep);
      expect(envelopeUnion(machine)).toEqual(expected);
      expect(machine.envelope!.count(machine.state)).toBe(expected.reduce((sum, { size }) => sum + size, 0));
      machine.restore(snapshot);
    }
  });

  it("has one outcome for what never changed", () => {
    expect(new Scenario().envelope(0, 0)).toBe("h8");
  });

  it("has the old and the new page after a retarget, until the entry is invalidated", () => {
    expect(new Scenario().do(RETARGET).envelope(0, 0)).toBe("h8 h9");
  });

  it("takes in what has become present at once, and keeps no absence", () => {
    const scenario = new Scenario().do("w g4[2]=leaf g9 rw");
    expect(scenario.envelope(0, 2)).toBe("h9");
  });

  it("keeps an absence where the unit caches it", () => {
    const scenario = new Scenario({ architecture: builtIn("vtd-legacy-cm") }).do("w g4[2]=leaf g9 rw");
    expect(scenario.envelope(0, 2)).toBe("h9 fault");
  });

  it("is asked by requester on VT-d: the IOTLB answers after its context is gone, until its domain is flushed", () => {
    const scenario = new Scenario({ architecture: builtIn("vtd-legacy") }).do("ctx c1=-; inv ctx c1; fence");
    expect(scenario.envelope(1, 0)).toBe("h10 fault");
    expect(scenario.do("inv iotlb d1 all; fence").envelope(1, 0)).toBe("h10 fault");
    expect(scenario.do("inv iotlb d0 all; fence").envelope(1, 0)).toBe("fault");
  });

  it("is not asked by requester elsewhere: what a context's tags do not name is out of reach", () => {
    expect(new Scenario({ architecture: builtIn("riscv") }).do("ctx c1=-; inv ctx c1; fence").envelope(1, 0)).toBe(
      "fault",
    );
  });

  it("is stale after the device TLB was invalidated before the IOTLB", () => {
    for (const architecture of [builtIn("tiny"), ORDERED]) {
      const scenario = new Scenario({ architecture }).do(`${RETARGET}; inv dev c0 i0; inv iotlb d0 p0 i0; fence`);
      expect(scenario.envelope(0, 0)).toBe("h8 h9");
    }
  });

  it("is stale after IOTLB, device TLB and one fence on an unordered queue only", () => {
    const text = `${RETARGET}; inv iotlb d0 p0 i0; inv dev c0 i0; fence`;
    expect(new Scenario().do(text).envelope(0, 0)).toBe("h8 h9");
    expect(new Scenario({ architecture: ORDERED }).do(text).envelope(0, 0)).toBe("h9");
  });

  it("is clean after IOTLB, fence, device TLB, fence", () => {
    for (const architecture of [builtIn("tiny"), ORDERED]) {
      const scenario = new Scenario({ architecture });
      scenario.do(`${RETARGET}; inv iotlb d0 p0 i0; fence`);
      expect(scenario.envelope(0, 0)).toBe("h8 h9");
      expect(scenario.do("inv dev c0 i0; fence").envelope(0, 0)).toBe("h9");
    }
  });

  it("keeps what was submitted for without a fence", () => {
    expect(new Scenario().do(`${RETARGET}; inv iotlb all; inv dev all`).envelope(0, 0)).toBe("h8 h9");
  });

  it("reads the current content of a table that a stale pointer leads to", () => {
    const scenario = new Scenario().do("w g2[0]=-; inv iotlb d0 p0 [i0+4] leaf; fence; inv dev c0; fence");
    expect(scenario.envelope(0, 1)).toBe("h9 fault");
    expect(scenario.do("w g4[1]=leaf g14 rw").envelope(0, 1)).toBe("h9 h14 fault");
  });

  it("drops walks in flight at a fence, and keeps them before", () => {
    const architecture = plainArchitecture("unordered", ["iotlb"]);
    const scenario = new Scenario({ architecture }).do("w g2[0]=-; inv iotlb d0 p0 [i0+4] leaf");
    expect(scenario.do("w g4[1]=leaf g14 rw").envelope(0, 1)).toBe("h9 h14 fault");
    expect(scenario.do("fence; inv iotlb d0 p0 i1; fence").envelope(0, 1)).toBe("fault");
  });

  it("fences first when a fifth command is submitted", () => {
    const scenario = new Scenario({ architecture: ORDERED }).do(`${RETARGET}; inv iotlb d0 p0 i0; inv dev c0 i0`);
    expect(scenario.do("inv ctx c1; inv ctx c1").envelope(0, 0)).toBe("h8 h9");
    expect(scenario.do("inv ctx c1").envelope(0, 0)).toBe("h9");
  });

  it("lets a walk go on from a deep walk entry whose upper tables are gone", () => {
    const architecture = plainArchitecture("unordered", ["walk", "iotlb"]);
    const scenario = new Scenario({ architecture, geometry: "3x4" });
    scenario.do("s2 d0 g4=-; fence; w g6[0]=leaf g9 rw");
    expect(scenario.envelope(0, 0)).toBe("h8 h9 fault");
  });

  it("has the fault of a root or table that is kept as a host page and cannot be translated", () => {
    const architecture = plainArchitecture("unordered", CACHE_NAMES, { pointers: "host" });
    const scenario = new Scenario({ architecture });
    for (const page of [2, 4]) {
      scenario.machine.reset();
      expect(scenario.do(`s2 d0 g${page}=-`).envelope(0, 0)).toBe("h8 fault");
    }
  });
});

describe("a capacity", () => {
  const count = (most: number, text: (page: number) => string): string =>
    Array.from({ length: most }, (_, page) => text(20 + page)).join("; ");
  const overflows = (text: string, caches: readonly CacheName[], contract = NOTHING_OWED): boolean =>
    new Scenario({
      architecture: plainArchitecture("unordered", caches),
      contract,
      strategies: ["envelope"],
      geometry: "2x4/2x16 guest=120 contexts=1",
    }).do(text).machine.overflowed;

  it("of tables that one walk may be at ends the run when it is passed, not before", () => {
    const retargets = (most: number): string => count(most, (page) => `w g2[0]=table g${page}`);
    expect(overflows(retargets(63), ["walk", "iotlb"])).toBe(false);
    expect(overflows(retargets(64), ["walk", "iotlb"])).toBe(true);
  });

  it("of context entries that may be held does so too, and of values", () => {
    const roots = (most: number): string => count(most, (page) => `ctx c0 root=g${page}`);
    expect(overflows(roots(63), ["context", "iotlb"])).toBe(false);
    expect(overflows(roots(64), ["context", "iotlb"])).toBe(true);
  });

  it("of duties does so too", () => {
    const writes = (most: number): string => count(most, (page) => `s2 d0 g${page}=bad`);
    expect(overflows(writes(96), ["iotlb"], builtInContract("always"))).toBe(false);
    expect(overflows(writes(97), ["iotlb"], builtInContract("always"))).toBe(true);
  });
});

/** Bits of `faultKinds`: stage times three, and the reason. */
const KIND = { absent: 0, malformed: 1, permission: 2 } as const;
const bit = (stage: number, reason: keyof typeof KIND): number => 1 << (stage * 3 + KIND[reason]);

describe("how a request may fault", () => {
  const HOST_ROOTS = plainArchitecture("unordered", ["pasid", "iotlb"], { pointers: "host" });

  it.each([
    ["ctx c0=-", bit(0, "absent")],
    ["ctx c0=bad", bit(0, "malformed")],
    ["w g2[0]=-", bit(1, "absent")],
    ["w g4[0]=-", bit(1, "absent")],
    ["w g4[0]=bad", bit(1, "malformed")],
    ["s2 d0 g8=-", bit(2, "absent")],
    ["s2 d0 g8=bad", bit(2, "malformed")],
    ["s2 d0 g4=-", bit(2, "absent")],
    ["s2 d0 g4=h4 w", bit(2, "permission")],
    ["s2 d0 g2=-", bit(2, "absent")],
    ["s2 d0 g2=bad", bit(2, "malformed")],
    ["s2 d0 g2=h2 w", bit(2, "permission")],
    ["w g4[0]=-; ctx c0=-", bit(1, "absent") | bit(0, "absent")],
  ])("%s", (text, kinds) => {
    for (const architecture of [builtIn("tiny"), builtIn("riscv"), HOST_ROOTS]) {
      const { machine } = new Scenario({ architecture, strategies: ["envelope"] });
      expect(machine.envelope!.faultKinds(0)).toBe(0);
      const changed = new Scenario({ architecture, strategies: ["envelope"] }).do(text).machine.envelope!;
      expect([architecture.name, changed.faultKinds(0)]).toEqual([architecture.name, kinds]);
      expect(changed.faultMask[0]).toBe(1);
    }
  });
});
