/** Walks in flight across a change: abandoned by the command that removes what they hold, and by any fence. */

import { describe, expect, it } from "vitest";
import { PROPERTY_NAMES } from "../../rules/vocabulary.js";
import { cell, runText } from "../properties/cells.js";

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
