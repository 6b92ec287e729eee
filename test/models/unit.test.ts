/** The compiled architecture: dense set numbers that say what they stand for, for caches that there are and are not. */

import { describe, expect, it } from "vitest";
import { geometryOf } from "../../models/geometry.js";
import { CACHE, CACHE_COUNT, GLOBAL, UNTAGGED, Unit } from "../../models/unit.js";
import { architectureNames } from "../../rules/load.js";
import { CACHE_NAMES, INVALIDATION_KINDS } from "../../rules/vocabulary.js";
import { architectureOf, cacheRule, commandRule, plainArchitecture, removal } from "./brute/architectures.js";
import { builtIn } from "./brute/runs.js";

/** Long random runs, on a machine that may be busy. */

const GEOMETRY = geometryOf("3x2/2x4 contexts=2");

/** Every number that some key gives, with what the tables say of it. */
function expectDense(unit: Unit): void {
  const { contexts, domains, processes, iova, guest, guestPages } = unit.geometry;
  const addresses = { walk: iova.prefixCount, stage1: iova.count, iotlb: iova.count, "device-tlb": iova.count };
  const guestAddresses = { "stage2-walk": guest.prefixCount, stage2: guestPages, context: 1, pasid: 1 };
  const seen = new Set<number>();
  for (let cache = 0; cache < CACHE_COUNT; cache++) {
    const rule = unit.caches[cache]!;
    const count = { ...addresses, ...guestAddresses }[rule.name];
    for (let context = 0; context < contexts; context++) {
      for (let domain = 0; domain < domains; domain++) {
        for (const process of [...Array(processes).keys(), GLOBAL]) {
          for (let address = 0; address < count; address++) {
            const set = unit.set(cache, context, domain, process, address);
            seen.add(set);
            const isRight =
              unit.setCache[set] === cache &&
              unit.setAddress[set] === address &&
              unit.setRequester[set] === (rule.keyedByRequester ? context : UNTAGGED) &&
              unit.setDomain[set] === (rule.keyedByDomain ? domain : UNTAGGED) &&
              unit.setProcess[set] === (rule.keyedByProcess ? process : UNTAGGED);
            // One by one only where something is wrong: there are hundreds of thousands of keys.
            if (!isRight) expect.fail(`set ${set} is not c${context} d${domain} p${process} ${rule.name} ${address}`);
          }
        }
      }
    }
  }
  expect(seen.size).toBe(unit.setCount);
  expect(Math.max(...seen)).toBe(unit.setCount - 1);
}

describe("unit", () => {
  it("numbers the sets of every architecture densely, and its tables give the keys back", () => {
    for (const name of architectureNames()) expectDense(new Unit(builtIn(name), GEOMETRY));
    expectDense(new Unit(plainArchitecture("ordered", ["iotlb"]), GEOMETRY));
  });

  it("knows which caches there are", () => {
    const unit = new Unit(plainArchitecture("ordered", ["walk", "iotlb"]), GEOMETRY);
    expect(unit.caches.map(({ name }) => name)).toEqual([...CACHE_NAMES]);
    expect(unit.caches.filter(({ present }) => present).map(({ name }) => name)).toEqual(["walk", "iotlb"]);
    expect(unit.ordered).toBe(true);
  });

  it("keys walks in flight as it keys the IOTLB, and stage 2 by no process", () => {
    const caches = [cacheRule("iotlb", ["domain"])];
    const unit = new Unit(architectureOf("flat", "unordered", caches, []), GEOMETRY);
    for (const name of ["walk", "stage1"] as const) {
      const { keyedByDomain, keyedByProcess, keyedByRequester } = unit.caches[CACHE[name]]!;
      expect([keyedByDomain, keyedByProcess, keyedByRequester]).toEqual([true, false, false]);
    }
    const plain = new Unit(plainArchitecture("unordered", ["iotlb"]), GEOMETRY);
    expect(plain.caches[CACHE.stage1]!.keyedByProcess).toBe(true);
    expect(plain.caches[CACHE.stage2]!.keyedByProcess).toBe(false);
    expect(plain.caches[CACHE.context]!.keyedByRequester).toBe(true);
  });

  it("holds no faults in flight", () => {
    const unit = new Unit(plainArchitecture("unordered", ["iotlb"]), GEOMETRY);
    for (const { present, holdsAbsent, holdsMalformed } of unit.caches) {
      if (!present) expect([holdsAbsent, holdsMalformed]).toEqual([false, false]);
    }
  });

  it("knows a command by its kind, and that others are not there", () => {
    const commands = [commandRule("dev", [removal("device-tlb", ["requester"])])];
    const caches = [cacheRule("device-tlb", ["requester"])];
    const unit = new Unit(architectureOf("device", "unordered", caches, commands), GEOMETRY);
    expect(unit.commands.map(({ known }) => known)).toEqual(INVALIDATION_KINDS.map((kind) => kind === "dev"));
  });

  it("abandons walks in flight with what removes IOTLB entries, unless a command names their cache", () => {
    const cachesOf = (rules: ReturnType<typeof removal>[]): string[] => {
      const architecture = architectureOf(
        "flight",
        "unordered",
        [cacheRule("iotlb", ["domain", "process"])],
        [commandRule("iotlb", rules)],
      );
      const { rules: compiled } = new Unit(architecture, GEOMETRY).commands[INVALIDATION_KINDS.indexOf("iotlb")]!;
      return [...new Set(compiled.map(({ cache }) => CACHE_NAMES[cache]!))].sort();
    };
    expect(cachesOf([removal("iotlb", ["domain", "address"])])).toEqual(
      ["context", "iotlb", "pasid", "stage1", "stage2", "stage2-walk", "walk"].sort(),
    );
    expect(cachesOf([])).toEqual([]);
  });
});

describe("cache numbers", () => {
  it("are the positions of the names", () => {
    expect(Object.entries(CACHE)).toEqual(CACHE_NAMES.map((name, at) => [name, at]));
  });
});
