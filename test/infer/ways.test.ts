import { describe, expect, it } from "vitest";
import { STRIDE } from "../../commands/command.js";
import { waysToTransitions } from "../../infer/ways.js";
import { geometryOf, parseGeometry } from "../../models/geometry.js";
import { loadArchitecture, loadContract } from "../../rules/load.js";
import { DEFAULT_SHADOW, TRANSITIONS, transitionName } from "../../rules/vocabulary.js";
import { Runner } from "../../search/runner.js";
import { must } from "../rules/files.js";

const architecture = must(loadArchitecture("tiny"));
const contract = must(loadContract("never", {}, architecture));
const cell = { architecture, contract, strategies: [], properties: [], shadow: DEFAULT_SHADOW };

describe("ways to transitions", () => {
  const ways = waysToTransitions(geometryOf(), "1");

  it.each(TRANSITIONS.map((transition, at) => [transitionName(transition), at]))("end in %s", (_, at) => {
    expect(ways[at as number]!.length).toBeGreaterThan(1);
    const { machine } = new Runner(cell);
    for (const way of ways[at as number]!) {
      machine.reset();
      for (let step = 0; step * STRIDE < way.length; step++) machine.step(way, step);
      expect(machine.note.transition).toBe(at);
    }
  });

  it("are felt by some request, for every transition that can be", () => {
    const { machine } = new Runner(cell);
    const isFelt = (way: Float64Array): boolean => {
      machine.reset();
      const last = way.length / STRIDE - 1;
      for (let step = 0; step < last; step++) machine.step(way, step);
      const before = machine.oracle.value.slice();
      machine.step(way, last);
      return before.some((value, request) => value !== machine.oracle.value[request]);
    };
    // A new table of stage 2 maps nothing yet.
    const unfelt = ways.flatMap((list, at) => (list.some(isFelt) ? [] : [transitionName(TRANSITIONS[at]!)]));
    expect(unfelt).toEqual(["stage 2 table np->p"]);
  });

  it("are none where the geometry has no such change", () => {
    const geometry = parseGeometry("1x2 contexts=1 vms=1 domains=1 processes=1 host=4");
    if (typeof geometry === "string") throw new Error(geometry);
    const few = waysToTransitions(geometry, "1");
    for (const [at, { level }] of TRANSITIONS.entries()) if (level === "table") expect(few[at]).toEqual([]);
  });
});
