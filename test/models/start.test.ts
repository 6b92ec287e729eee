/** The start state: what is attached and mapped in the usual geometry, in deeper ones and in those with few pages. */

import { describe, expect, it } from "vitest";
import { geometryOf } from "../../models/geometry.js";
import { parseStart, startPlans } from "../../models/start.js";
import { Scenario } from "./brute/scenario.js";

const tableOf = (scenario: Scenario, context: number): string[] => {
  const { pages } = scenario.machine.geometry.iova;
  return [...pages]
    .map((iova) => `i${iova}=${scenario.oracle(context, iova)}`)
    .filter((text) => !text.includes("fault"));
};
const startOf = (geometry: string, start = "all"): Scenario => new Scenario({ geometry, start, strategies: [] });

describe("start state", () => {
  it("maps two pages of c0, one of c1, two of c2", () => {
    const scenario = startOf("2x4");
    expect(tableOf(scenario, 0)).toEqual(["i0=h8", "i1=h9"]);
    expect(tableOf(scenario, 1)).toEqual(["i0=h10"]);
    expect(tableOf(scenario, 2)).toEqual(["i0=h24", "i1=h25"]);
  });

  it("maps the same in deeper and flat tables", () => {
    for (const geometry of ["1x4/2x4", "3x4/2x4", "4x4/2x4", "4x512"]) {
      const scenario = startOf(geometry);
      expect(tableOf(scenario, 0).slice(0, 2), geometry).toEqual(["i0=h8", "i1=h9"]);
      expect(tableOf(scenario, 1).slice(0, 1), geometry).toEqual(["i0=h10"]);
    }
  });

  it("has one chain of tables for all where there are few pages", () => {
    const scenario = startOf("2x2");
    expect(tableOf(scenario, 0)).toEqual(["i0=h2", "i1=h3"]);
    expect(tableOf(scenario, 1)).toEqual(["i0=h2", "i1=h3"]);
    expect(tableOf(startOf("1x2"), 0)).toEqual(["i0=h1", "i1=h1"]);
  });

  it("leaves out contexts that are not attached", () => {
    const scenario = startOf("2x4", "c1");
    expect(scenario.oracle(0, 0)).toBe("fault (context, not present)");
    expect(scenario.oracle(1, 0)).toBe("h10");
    expect(startOf("2x4", "none").oracle(1, 0)).toBe("fault (context, not present)");
  });

  it("has only the contexts, VMs and tags of the geometry", () => {
    for (const text of ["2x4 contexts=1 vms=1", "2x4 processes=1", "2x4 domains=2 vms=2", "1x2 vms=4 contexts=8"]) {
      const geometry = geometryOf(text);
      for (const plan of startPlans(geometry)) {
        expect(plan.context).toBeLessThan(geometry.contexts);
        expect(plan.vm).toBeLessThan(geometry.vms);
        expect(plan.domain).toBeLessThan(geometry.domains);
        expect(plan.process).toBeLessThan(geometry.processes);
      }
    }
  });

  it("is read from words, or refused with what is known", () => {
    const geometry = geometryOf();
    expect(parseStart("all", geometry)).toEqual(new Set([0, 1, 2]));
    expect(parseStart("none", geometry)).toEqual(new Set());
    expect(parseStart(" c0, c2 ", geometry)).toEqual(new Set([0, 2]));
    expect(parseStart("c3", geometry)).toContain("c0 to c2");
    expect(parseStart("d0", geometry)).toContain("known: all, none");
  });
});
