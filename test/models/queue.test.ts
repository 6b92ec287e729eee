/**
 * What a submitted command removes, seen from outside: which stale entries are gone after its fence.
 *
 * Shown: the range encodings, tags and their absence, the requester mask, reserved domain, global entries, leaf and
 * level hints, superpages whole and by pieces, conditions on operands as sent, order of execution. One cache at a time.
 * Left out: combinations; those are `exactness.test.ts`.
 */

import { describe, expect, it } from "vitest";
import type { CacheRule, CommandRule, RemovalRule } from "../../rules/vocabulary.js";
import { architectureOf, cacheRule, commandRule, removal } from "./brute/architectures.js";
import { Scenario } from "./brute/scenario.js";

/** A unit with an IOTLB alone, and one command for it. */
function unitOf(
  rule: Partial<RemovalRule>,
  range: Partial<CommandRule["range"]> = {},
  cache: Partial<CacheRule> = {},
): Scenario {
  const iotlb = cacheRule("iotlb", ["domain", "process"], cache);
  const commands = [commandRule("iotlb", [removal("iotlb", ["domain", "process", "address"], rule)], range)];
  const architecture = architectureOf("one cache", "unordered", [iotlb], commands);
  return new Scenario({ architecture, geometry: "1x8/1x16", strategies: ["envelope"] });
}

const PAGES = [0, 1, 2, 3, 4, 5, 6, 7];
const MAP_ALL = PAGES.map((index) => `w g2[${index}]=leaf g8`).join(";");
const CLEAR_ALL = PAGES.map((index) => `w g2[${index}]=-`).join(";");

/** Pages of c0 whose stale entry a command removes. */
function removed(scenario: Scenario, command: string): number[] {
  scenario.do(`${MAP_ALL};${CLEAR_ALL};fence;${command};fence`);
  return PAGES.filter((page) => !scenario.envelope(0, page).includes("h8"));
}

describe("range of a command", () => {
  it("is exactly the pages counted", () => {
    expect(removed(unitOf({}), "inv iotlb [i2+3]")).toEqual([2, 3, 4]);
    expect(removed(unitOf({}), "inv iotlb i5")).toEqual([5]);
    expect(removed(unitOf({}), "inv iotlb [i6+9]")).toEqual([6, 7]);
  });

  it("is the smallest aligned power-of-two block that holds them", () => {
    const block = { count: "block" } as const;
    expect(removed(unitOf({}, block), "inv iotlb [i2+2]")).toEqual([2, 3]);
    expect(removed(unitOf({}, block), "inv iotlb [i1+2]")).toEqual([0, 1, 2, 3]);
    expect(removed(unitOf({}, block), "inv iotlb [i2+3]")).toEqual(PAGES);
    expect(removed(unitOf({}, block), "inv iotlb i5")).toEqual([5]);
  });

  it("is the first page alone", () => {
    expect(removed(unitOf({}, { count: "first" }), "inv iotlb [i2+3]")).toEqual([2]);
  });

  it("is an aligned block by mask, or as many pages from the base on", () => {
    expect(removed(unitOf({}), "inv iotlb base=i5 mask=1")).toEqual([4, 5]);
    expect(removed(unitOf({}), "inv iotlb base=i5 mask=2")).toEqual([4, 5, 6, 7]);
    expect(removed(unitOf({}, { mask: "shifted" }), "inv iotlb base=i5 mask=1")).toEqual([5, 6]);
    expect(removed(unitOf({}, { mask: "shifted" }), "inv iotlb base=i5 mask=0")).toEqual([5]);
  });

  it("is every page without an address, or page 0 where the encoding cannot say all", () => {
    expect(removed(unitOf({}), "inv iotlb all")).toEqual(PAGES);
    expect(removed(unitOf({}), "inv iotlb")).toEqual(PAGES);
    expect(removed(unitOf({}, { all: "first" }), "inv iotlb all")).toEqual([0]);
  });

  it("may lie outside the space", () => {
    expect(removed(unitOf({}), "inv iotlb [i9007199254740991+9]")).toEqual([]);
    expect(removed(unitOf({}), "inv iotlb base=i0 mask=9007199254740991")).toEqual(PAGES);
  });
});

describe("tags of a command", () => {
  it("must equal those of the entry, if given", () => {
    expect(removed(unitOf({}), "inv iotlb d0 p0")).toEqual(PAGES);
    expect(removed(unitOf({}), "inv iotlb d1")).toEqual([]);
    expect(removed(unitOf({}), "inv iotlb p1")).toEqual([]);
    expect(removed(unitOf({}), "inv iotlb d-")).toEqual([]);
  });

  it("do not matter where the rule does not match them, or the cache is shared over them", () => {
    expect(removed(unitOf({ match: [] }), "inv iotlb d1 p1 i3")).toEqual(PAGES);
    expect(removed(unitOf({}, {}, { tags: ["domain"] }), "inv iotlb d0 p1")).toEqual(PAGES);
  });

  it("reach negative entries by the domain's own tag, or by the reserved one", () => {
    const negative = { notPresent: true, malformed: true };
    const kept = (cache: Partial<CacheRule>, command: string): boolean =>
      unitOf({}, {}, cache).do(`w g2[3]=leaf g8; ${command}; fence`).envelope(0, 3).includes("fault");
    expect(kept({ negative }, "inv iotlb d1")).toBe(true);
    expect(kept({ negative }, "inv iotlb d0 i3")).toBe(false);
    expect(kept({ negative, negativeDomain: "none" }, "inv iotlb d0 i3")).toBe(true);
    expect(kept({ negative, negativeDomain: "none" }, "inv iotlb d- i3")).toBe(false);
    expect(kept({ negative, negativeDomain: "none" }, "inv iotlb i3")).toBe(false);
  });

  it("select requesters up to the mask", () => {
    const device = cacheRule("device-tlb", ["requester"]);
    const commands = [commandRule("dev", [removal("device-tlb", ["requester"])])];
    const architecture = architectureOf("devices", "unordered", [device], commands);
    const stale = (command: string): number[] => {
      const scenario = new Scenario({ architecture, strategies: ["envelope"] });
      scenario.do(`w g4[0]=-; w g5[0]=-; w d1 g4[0]=-; fence; ${command}; fence`);
      return [0, 1, 2].filter((context) => scenario.envelope(context, 0) !== "fault");
    };
    expect(stale("inv dev c0")).toEqual([1, 2]);
    expect(stale("inv dev c0 mask=1")).toEqual([2]);
    expect(stale("inv dev c1 mask=2")).toEqual([0, 2]);
    expect(stale("inv dev c0 mask=2")).toEqual([1]);
    expect(stale("inv dev")).toEqual([]);
  });

  it("spare global entries where the rule does", () => {
    const text = "w g2[3]=leaf g8 rw global; w g2[3]=-; fence";
    for (const command of ["inv iotlb d0 p0 i3", "inv iotlb d0 p1 i3", "inv iotlb all"]) {
      expect(unitOf({ global: true }).do(`${text};${command};fence`).envelope(0, 3), command).toBe("fault");
      expect(unitOf({ global: false }).do(`${text};${command};fence`).envelope(0, 3), command).toBe("h8 fault");
    }
  });
});

describe("conditions of a rule", () => {
  const cases: [RemovalRule["when"][number], string, string][] = [
    ["address", "inv iotlb i3", "inv iotlb all"],
    ["no-address", "inv iotlb all", "inv iotlb i3"],
    ["domain", "inv iotlb d0", "inv iotlb"],
    ["no-domain", "inv iotlb", "inv iotlb d0"],
    ["process", "inv iotlb p0", "inv iotlb"],
    ["no-process", "inv iotlb", "inv iotlb p0"],
    ["requester", "inv iotlb c0", "inv iotlb"],
    ["no-requester", "inv iotlb", "inv iotlb c0"],
    ["leaf", "inv iotlb leaf", "inv iotlb"],
    ["not-leaf", "inv iotlb", "inv iotlb leaf"],
  ];
  for (const [condition, yes, no] of cases) {
    it(`want what they say: ${condition}`, () => {
      expect(removed(unitOf({ when: [condition] }), yes)).toContain(3);
      expect(removed(unitOf({ when: [condition] }), no)).toEqual([]);
    });
  }

  it("look at the operands as sent, also where `all` means page 0", () => {
    expect(removed(unitOf({ when: ["no-address"] }, { all: "first" }), "inv iotlb all")).toEqual([0]);
    expect(removed(unitOf({ when: ["address"] }, { all: "first" }), "inv iotlb all")).toEqual([]);
  });
});

describe("superpages and levels", () => {
  const superpage = (rule: Partial<RemovalRule>, cache: Partial<CacheRule>): Scenario => {
    const iotlb = cacheRule("iotlb", ["domain", "process"], cache);
    const commands = [commandRule("iotlb", [removal("iotlb", ["domain", "process", "address"], rule)])];
    const architecture = architectureOf("superpages", "unordered", [iotlb], commands);
    const scenario = new Scenario({ architecture, strategies: ["envelope"] });
    return scenario.do("w g2[1]=super g8 rw; w g2[1]=-; w g4[0]=-; fence");
  };
  // Page 1 is mapped throughout.
  const stale = (scenario: Scenario): number[] => PAGES.filter((page) => scenario.envelope(0, page) !== "fault");

  it("go as a whole, or by pieces, as the cache says, and not by a range of no pages", () => {
    expect(stale(superpage({}, {}).do("inv iotlb [i5+0]; fence"))).toEqual([0, 1, 4, 5, 6, 7]);
    expect(stale(superpage({}, {}).do("inv iotlb i5; fence"))).toEqual([0, 1]);
    expect(stale(superpage({}, { superpages: "piece" }).do("inv iotlb i5; fence"))).toEqual([0, 1, 4, 6, 7]);
  });

  it("are told apart by a level hint where the rule heeds it", () => {
    const heeding = (command: string): number[] => stale(superpage({ levelHint: true }, {}).do(`${command}; fence`));
    expect(heeding("inv iotlb all level=1")).toEqual([1, 4, 5, 6, 7]);
    expect(heeding("inv iotlb all level=2")).toEqual([0, 1]);
    expect(heeding("inv iotlb all")).toEqual([1]);
    expect(stale(superpage({}, {}).do("inv iotlb all level=1; fence"))).toEqual([1]);
  });

  it("give a level hint no way to tell faults by their stage", () => {
    const cache = { negative: { notPresent: true, malformed: true } };
    const isKept = (level: number): boolean =>
      unitOf({ levelHint: true }, {}, cache)
        .do(`w g2[3]=leaf g8 rw; inv iotlb i3 level=${level}; fence`)
        .envelope(0, 3)
        .includes("fault");
    expect(isKept(2)).toBe(isKept(1));
  });
});

describe("queue", () => {
  it("executes in any order, or in the order of submission", () => {
    const caches = [cacheRule("iotlb", ["domain", "process"]), cacheRule("device-tlb", ["requester"])];
    const commands = [
      commandRule("iotlb", [removal("iotlb", ["domain"])]),
      commandRule("dev", [removal("device-tlb", ["requester"])]),
    ];
    for (const [queue, expected] of [
      ["unordered", "h8 fault"],
      ["ordered", "fault"],
    ] as const) {
      const scenario = new Scenario({ architecture: architectureOf("two", queue, caches, commands) });
      expect(scenario.do("w g4[0]=-; fence; inv iotlb all; inv dev all; fence").envelope(0, 0), queue).toBe(expected);
    }
  });

  it("holds four commands; the fifth fences first", () => {
    const { machine } = unitOf({}).do("inv iotlb; inv iotlb; inv iotlb; inv iotlb");
    expect(machine.queue.count(machine.state)).toBe(4);
    const scenario = unitOf({}).do("inv iotlb; inv iotlb; inv iotlb; inv iotlb; inv iotlb");
    expect(scenario.machine.queue.count(scenario.machine.state)).toBe(1);
    expect(scenario.do("fence").machine.queue.count(scenario.machine.state)).toBe(0);
  });

  it("takes commands that the unit does not have, which remove nothing", () => {
    expect(removed(unitOf({}), "inv s2; inv dev; inv ctx; inv pasid")).toEqual([]);
  });
});
