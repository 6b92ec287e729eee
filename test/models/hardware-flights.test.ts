/** Walks in flight across a change: abandoned by the command that removes what they hold, and by any fence. */

import { describe, expect, it } from "vitest";
import { type CacheName, PROPERTY_NAMES } from "../../rules/vocabulary.js";
import { cell, runText } from "../properties/cells.js";
import { plainArchitecture } from "./brute/architectures.js";
import { Scenario } from "./brute/scenario.js";

const rules = cell("vtd-legacy", PROPERTY_NAMES, ["hardware", "envelope"], "vtd-legacy");
const START = "walk+ c0 i0; w g4[0]=leaf g9 rw; inv iotlb d0 i0";
type Plant = Parameters<typeof runText>[2];

/** Plants a bug: walks in flight survive. */
const survive =
  (method: "abandons" | "fenced"): NonNullable<Plant> =>
  ({ machine }) => {
    const hardware = machine.hardware! as unknown as Record<string, (...operands: unknown[]) => unknown>;
    const flights = machine.layout.regions.find(({ name }) => name === "hardware.walks")!;
    const original = hardware[method]!;
    hardware[method] = (...operands) => {
      if (method === "abandons") return false;
      const kept = machine.state.slice(flights.offset, flights.offset + flights.length);
      original.apply(hardware, operands);
      machine.state.set(kept, flights.offset);
      return undefined;
    };
  };

describe("a walk in flight", () => {
  it("may bring the old leaf while the command is pending, which then removes it", () => {
    expect(runText(rules, `${START}; walk- c0 i0; fence; dma r c0 i0`).failure).toBeNull();
  });

  it("is abandoned when the command executes before its fence", () => {
    const text = `${START}; execute 0; walk- c0 i0; fence; dma r c0 i0`;
    expect(runText(rules, text).failure).toBeNull();
    expect(runText(rules, text, survive("abandons")).failure).toMatchObject({ violation: { strategy: "hardware" } });
  });

  /** What c0's page i0 gets after a walk that began before the page was retargeted to g9, and what ran between. */
  const answerAfter = (between: string, caches: readonly CacheName[] = ["context", "iotlb"]): string =>
    new Scenario({ architecture: plainArchitecture("unordered", caches), strategies: ["hardware"] })
      .do(`walk+ c0 i0; w g4[0]=leaf g9 rw; ${between}; walk- c0 i0`)
      .hardware(0, 0);

  it("goes with the context entry or the leaf that it holds, and with no others", () => {
    expect(answerAfter("dma r c0 i1")).toBe("h8");
    expect(answerAfter("inv ctx c0; execute 0")).toBe("h9");
    expect(answerAfter("inv ctx c1; execute 0")).toBe("h8");
    expect(answerAfter("inv ctx c0")).toBe("h8");
    expect(answerAfter("inv iotlb d0 p0 i0; execute 0")).toBe("h9");
    expect(answerAfter("inv iotlb d0 p0 i1; execute 0")).toBe("h8");
    expect(answerAfter("inv iotlb d1; execute 0")).toBe("h8");
    expect(answerAfter("inv ctx c0; inv dev; execute 1; execute 0")).toBe("h9");
    expect(answerAfter("inv pasid c0; execute 0", ["pasid", "iotlb"])).toBe("h9");
    expect(answerAfter("inv pasid c0 p1; execute 0", ["pasid", "iotlb"])).toBe("h8");
    expect(answerAfter("inv iotlb all; execute 0", ["iotlb"])).toBe("h9");
  });

  it("is found again by requester and page, one of two at a time", () => {
    const others = "walk- c0 i1; walk- c1 i0";
    expect(answerAfter(others)).toBe("h8");
    expect(answerAfter("walk+ c1 i0; walk- c1 i0; walk+ c1 i1; walk- c1 i1")).toBe("h8");
    expect(answerAfter("walk- c0 i0; inv iotlb all; fence")).toBe("h9");
    // A third one does not start: it would have read what is there now.
    const full = new Scenario({
      architecture: plainArchitecture("unordered", ["context", "iotlb"]),
      strategies: ["hardware"],
    });
    full.do("walk+ c0 i0; walk+ c1 i0; walk+ c0 i1; w g4[1]=leaf g12 rw; w g4[0]=leaf g9 rw; walk- c0 i1; walk- c0 i0");
    expect([full.hardware(0, 0), full.hardware(0, 1)]).toEqual(["h8", "h12"]);
  });

  it("is abandoned at the fence", () => {
    const text = `walk+ c0 i0; w g4[0]=leaf g9 rw; inv iotlb d0 i0; fence; walk- c0 i0; dma r c0 i0`;
    expect(runText(rules, text).failure).toBeNull();
    const both: Plant = (runner) => {
      survive("abandons")(runner);
      survive("fenced")(runner);
    };
    expect(runText(rules, text, both).failure).toMatchObject({ violation: { strategy: "hardware", actual: 8 } });
  });
});
