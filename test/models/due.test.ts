/**
 * An envelope and a unit that derive late, and only what is due, hold what those do that derive everything after every
 * command.
 */

import { describe, expect, it } from "vitest";
import { type Command, encodeAll } from "../../commands/command.js";
import { geometryOf } from "../../models/geometry.js";
import { Machine } from "../../models/machine.js";
import type { Architecture } from "../../rules/vocabulary.js";
import { effort } from "../effort.js";
import { drawArchitecture, plainArchitecture } from "./brute/architectures.js";
import { Draw, draughtOf, drawCommand, NOISY_MIX } from "./brute/commands.js";
import { builtIn } from "./brute/runs.js";
import { builtInContract } from "./brute/scenario.js";

const GEOMETRIES = ["2x4", "3x2 contexts=2", "1x3/2x2 contexts=2 vms=1", "2x2/1x6 contexts=2 vms=1 domains=1"];
const ARCHITECTURES: readonly Architecture[] = [
  builtIn("tiny"),
  builtIn("vtd-legacy"),
  builtIn("vtd-scalable-ats"),
  builtIn("riscv-emulated"),
  builtIn("smmuv3-nested-ats"),
  plainArchitecture("ordered", ["pasid", "walk", "iotlb"], { negative: { notPresent: true, malformed: true } }),
];

/** Units that are nobody's. */
const DRAWN = (["ordered", "unordered"] as const).flatMap((queue) =>
  Array.from({ length: effort(10) }, (_, at) => drawArchitecture(new Draw(`unit ${at}`), queue)),
);

function machine(architecture: Architecture, geometry: string): Machine {
  const strategies = ["hardware", "envelope"] as const;
  return new Machine({ architecture, contract: builtInContract("always"), strategies, geometry: geometryOf(geometry) });
}

/** The values that the sets hold, each with its subsets, and how each request may fault. */
function held({ envelope, state, geometry }: Machine): { values: string[]; faults: string[] } {
  const records = Array.from({ length: envelope!.count(state) }, (_, record) =>
    [envelope!.setOf(state, record), envelope!.valueOf(state, record), envelope!.maskOf(state, record)].join(" "),
  );
  const requests = Array.from({ length: geometry.contexts * geometry.iova.count }, (_, at) => at);
  const faults = requests.map((at) => `${envelope!.faultMask[at]} ${envelope!.faultKinds(at)}`);
  return { values: records.sort(), faults };
}

describe("deriving late, and only what is stale", () => {
  for (const geometry of GEOMETRIES) {
    for (const architecture of ARCHITECTURES) {
      it(`${architecture.name}, ${geometry}`, () => {
        expect(compare(architecture, geometry, effort(12))).toBeGreaterThan(0);
      });
    }
    it(`units that are drawn, ${geometry}`, () => {
      for (const architecture of DRAWN) expect(compare(architecture, geometry, 4)).toBeGreaterThan(0);
    });
  }
});

/** Compares machines after every command of so many runs; how often what the sets hold was compared. */
function compare(architecture: Architecture, geometry: string, runs: number): number {
  const [late, whole] = [machine(architecture, geometry), machine(architecture, geometry)];
  late.isLate = true;
  const { contexts, iova } = late.geometry;
  const draught = draughtOf(architecture, late.geometry, NOISY_MIX);
  let compared = 0;
  for (let run = 0; run < runs; run++) {
    const draw = new Draw(`${geometry} ${architecture.name} ${run}`);
    const commands: Command[] = Array.from({ length: 25 }, () => drawCommand(draw, draught));
    const encoded = encodeAll(commands);
    late.reset();
    whole.reset();
    for (let at = 0; at < commands.length; at++) {
      late.step(encoded, at);
      whole.envelope!.forget();
      whole.step(encoded, at);
      late.hardware!.refresh(late.state);
      for (let request = 0; request < contexts * iova.count; request++) {
        const [context, page] = [Math.floor(request / iova.count), request % iova.count];
        expect(late.hardware!.answers[request]).toBe(whole.hardware!.translate(whole.state, context, page));
      }
      if (commands[at]!.kind === "invalidate" || !(late.note.wrote || late.note.fenced)) continue;
      compared++;
      expect(held(late)).toEqual(held(whole));
    }
    late.envelope!.complete(late.state);
    expect(late.equals(whole.snapshot())).toBe(true);
  }
  return compared;
}
