import { describe, expect, it } from "vitest";
import { canCover, coveringKinds, holds, OPERAND_CHOICES } from "../../rules/coverage.js";
import {
  type Architecture,
  CONDITIONS,
  type InvalidationKind,
  type RangeEncoding,
  type RemovalRule,
  type Scope,
} from "../../rules/vocabulary.js";

const plain = { source: "test", confidence: "inferred" } as const;

function unit(
  kind: InvalidationKind,
  removes: Partial<RemovalRule>[],
  range: Partial<RangeEncoding> = {},
): Architecture {
  const rules = removes.map((rule) => ({
    cache: "iotlb" as const,
    match: [],
    when: [],
    global: true,
    levelHint: false,
    ...plain,
    ...rule,
  }));
  const command = {
    kind,
    manual: "TEST",
    range: { count: "exact" as const, mask: "aligned" as const, all: "whole" as const, ...range },
    removes: rules,
    ...plain,
  };
  return { name: "test", summary: "", source: "", queue: "unordered", fence: "fence", caches: [], commands: [command] };
}

const scope = (given: Partial<Scope> = {}): Scope => ({
  caches: ["iotlb"],
  range: "affected",
  process: "own",
  global: "if-global",
  ...given,
});

describe("canCover", () => {
  it("needs a command that removes from the cache", () => {
    expect(canCover(unit("iotlb", [{}]), scope())).toBe(true);
    expect(canCover(unit("iotlb", [{}]), scope({ caches: ["walk"] }))).toBe(false);
    expect(canCover(unit("iotlb", []), scope())).toBe(false);
  });

  it("finds operands that meet the conditions, unless they exclude each other", () => {
    expect(canCover(unit("iotlb", [{ when: ["process", "no-address", "leaf"] }]), scope())).toBe(true);
    expect(canCover(unit("iotlb", [{ when: ["process", "no-process"] }]), scope())).toBe(false);
  });

  it("covers any process only where the process is not compared", () => {
    const any = scope({ process: "any" });
    expect(canCover(unit("iotlb", [{ match: ["domain", "process"] }]), any)).toBe(true);
    expect(canCover(unit("iotlb", [{ match: ["domain", "process"], when: ["process"] }]), any)).toBe(false);
    expect(canCover(unit("iotlb", [{ match: ["domain"], when: ["process"] }]), any)).toBe(true);
  });

  it("covers global entries only by a removal that takes them", () => {
    const stays = unit("iotlb", [{ global: false }]);
    expect(canCover(stays, scope({ global: "always" }))).toBe(false);
    expect(canCover(stays, scope())).toBe(true);
    expect(canCover(unit("iotlb", [{ global: false }, { when: ["no-process"] }]), scope({ global: "always" }))).toBe(
      true,
    );
  });

  it("covers nothing by guest page of a cache that may hold results that came through none", () => {
    const select = unit("s2", [{ match: ["domain", "guest-address"], when: ["address"] }]);
    const cache = {
      name: "iotlb",
      tags: [],
      negativeDomain: "own",
      fields: [],
      pointers: "guest",
      superpages: "whole",
    };
    const holding = (malformed: boolean) =>
      ({ ...select, caches: [{ ...cache, negative: { notPresent: false, malformed }, ...plain }] }) as Architecture;
    expect(canCover(holding(false), scope(), true)).toBe(true);
    expect(canCover(holding(true), scope(), true)).toBe(false);
  });

  it("counts a removal by address only for duties in the same pages", () => {
    const byGuest = unit("s2", [{ match: ["domain", "guest-address"], when: ["address"] }]);
    expect([canCover(byGuest, scope()), canCover(byGuest, scope(), true)]).toEqual([false, true]);
    const byIova = unit("iotlb", [{ match: ["domain", "address"], when: ["address"] }]);
    expect([canCover(byIova, scope()), canCover(byIova, scope(), true)]).toEqual([true, false]);
    const stage2 = unit("s2", [{ cache: "stage2", match: ["domain", "address"], when: ["address"] }]);
    expect([
      canCover(stage2, scope({ caches: ["stage2"] })),
      canCover(stage2, scope({ caches: ["stage2"] }), true),
    ]).toEqual([false, true]);
  });

  it("counts a removal without an address for all duties", () => {
    for (const byGuestPage of [false, true]) {
      expect(canCover(unit("s2", [{ match: ["domain", "guest-address"] }]), scope(), byGuestPage)).toBe(true);
      expect(canCover(unit("iotlb", [{ match: ["domain", "address"] }]), scope(), byGuestPage)).toBe(true);
      expect(canCover(unit("iotlb", [{ match: ["domain"], when: ["address"] }]), scope(), byGuestPage)).toBe(true);
    }
  });

  it("reaches all pages by an address where the encoding cannot say all", () => {
    const match = ["domain", "address"] as const;
    expect(canCover(unit("iotlb", [{ match, when: ["no-address"] }], { all: "first" }), scope())).toBe(false);
    expect(canCover(unit("iotlb", [{ match }], { all: "first" }), scope({ range: "all" }))).toBe(true);
    expect(canCover(unit("iotlb", [{ match: ["domain"], when: ["no-address"] }], { all: "first" }), scope())).toBe(
      true,
    );
  });

  it("wants one command, sent in one way, for caches that go together", () => {
    const both = scope({ caches: ["walk", "iotlb"] });
    expect(canCover(unit("iotlb", [{}, { cache: "walk" }]), both)).toBe(true);
    expect(canCover(unit("iotlb", [{ when: ["leaf"] }, { cache: "walk", when: ["not-leaf"] }]), both)).toBe(false);
    const first = unit("iotlb", [{}]);
    const second = unit("s2", [{ cache: "walk" }]);
    expect(canCover({ ...first, commands: [...first.commands, ...second.commands] }, both)).toBe(false);
  });

  it("names the kinds of command that cover", () => {
    expect(coveringKinds(unit("dev", [{ cache: "device-tlb" }]), scope({ caches: ["device-tlb"] }))).toEqual(["dev"]);
  });
});

describe("operand choices", () => {
  it("are all 32, each once", () => {
    expect(new Set(OPERAND_CHOICES.map((choice) => JSON.stringify(choice))).size).toBe(32);
  });

  it("meet each condition in half of the cases", () => {
    for (const condition of CONDITIONS) {
      expect(OPERAND_CHOICES.filter((choice) => holds(condition, choice)).length).toBe(16);
    }
  });

  it("meet a condition where its operand is given, and its opposite where it is not", () => {
    for (const choice of OPERAND_CHOICES) {
      for (const operand of ["address", "domain", "process", "requester"] as const) {
        expect([holds(operand, choice), holds(`no-${operand}`, choice)]).toEqual([choice[operand], !choice[operand]]);
      }
      expect([holds("leaf", choice), holds("not-leaf", choice)]).toEqual([choice.leaf, !choice.leaf]);
    }
  });
});
