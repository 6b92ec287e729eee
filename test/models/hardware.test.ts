/**
 * The concrete unit stays inside the envelope: whatever it returns is among the possible outcomes of the request, and
 * whatever it holds is in the set of its cache and key, after the commands that have executed.
 *
 * Shown for every built-in architecture and some plain ones (host pointers, negatives, pieces of superpages), in flat,
 * usual and deep geometries, after every command, for reads and writes, with the unit's own doings drawn too: prefetch,
 * eviction, split walks, commands that execute before their fence. Beside it: it does return stale values, often.
 * Left out: which of the possible outcomes it picks; the replacement policy is its own affair.
 */

import { describe, expect, it } from "vitest";
import { type Command, encodeAll } from "../../commands/command.js";
import { printCommand } from "../../commands/language.js";
import { type Geometry, geometryOf } from "../../models/geometry.js";
import type { Machine } from "../../models/machine.js";
import { outcomeOf, outcomeText, sameOutcome } from "../../models/values.js";
import { architectureNames } from "../../rules/load.js";
import { type Architecture, CACHE_NAMES, type CacheRule } from "../../rules/vocabulary.js";
import { effort } from "../effort.js";
import { drawArchitecture, plainArchitecture } from "./brute/architectures.js";
import { Draw, draughtOf, drawCommand, NOISY_MIX } from "./brute/commands.js";
import { builtIn, envelopeOutcomes, machineOf, setText } from "./brute/runs.js";
import { Scenario } from "./brute/scenario.js";

/** Long random runs, on a machine that may be busy. */

const LENGTH = 40;
const FAULT = -1;
let commandCount = 0;

/** The first request whose answer is not among its possible outcomes. */
function strayAnswer(machine: Machine): string | undefined {
  const { contexts, iova } = machine.geometry;
  for (let context = 0; context < contexts; context++) {
    for (let page = 0; page < iova.count; page++) {
      const value = machine.hardware!.translate(machine.state, context, page);
      for (const access of [0, 1]) {
        const outcome = outcomeOf(value, access);
        const possible = envelopeOutcomes(machine, context, page, access);
        if (possible.has(Math.max(FAULT, outcome))) continue;
        const request = `c${context} i${iova.pages[page]} ${access === 0 ? "read" : "write"}`;
        return `${request}: ${outcomeText(outcome)} is not among ${[...possible].map(outcomeText).join(", ") || "nothing"}`;
      }
    }
  }
  return undefined;
}

/** The first line that the envelope does not have in the set, with the commands that have executed. */
function strayLine(machine: Machine): string | undefined {
  const { envelope, hardware, state, unit, layout } = machine;
  const executed = state[layout.regions.find(({ name }) => name === "hardware.executed")!.offset]!;
  let stray: string | undefined;
  hardware!.each(state, (set, value) => {
    for (let record = envelope!.first(state, set); record >= 0; record = envelope!.next(state, record)) {
      const isThere = ((envelope!.maskOf(state, record) >>> executed) & 1) === 1;
      if (isThere && envelope!.valueOf(state, record) === value) return;
    }
    stray ??= `${setText(unit, set)} holds ${value} after the commands ${executed.toString(2)}`;
  });
  return stray;
}

function countStale(machine: Machine): number {
  const { contexts, iova } = machine.geometry;
  let count = 0;
  for (let context = 0; context < contexts; context++) {
    for (let page = 0; page < iova.count; page++) {
      const value = machine.hardware!.translate(machine.state, context, page);
      const now = machine.oracle.value[context * iova.count + page]!;
      if (!sameOutcome(outcomeOf(value, 0), outcomeOf(now, 0))) count++;
    }
  }
  return count;
}

/** Runs until an answer strays; gives that answer and the number of stale ones before. */
function run(architecture: Architecture, geometry: Geometry, commands: readonly Command[]) {
  const machine = machineOf(architecture, geometry, ["hardware", "envelope"]);
  let stale = 0;
  let stray = strayAnswer(machine) ?? strayLine(machine);
  let at = 0;
  for (; at < commands.length && stray === undefined; at++) {
    machine.step(encodeAll([commands[at]!]), 0);
    stray = strayAnswer(machine) ?? strayLine(machine);
    stale += countStale(machine);
  }
  return { stray, stale, at };
}

function shortest(architecture: Architecture, geometry: Geometry, commands: readonly Command[]): string {
  let best = [...commands];
  for (let again = true; again; ) {
    again = false;
    for (let at = best.length - 1; at >= 0; at--) {
      const shorter = best.filter((_, other) => other !== at);
      if (run(architecture, geometry, shorter).stray === undefined) continue;
      best = shorter;
      again = true;
    }
  }
  return [...best.map(printCommand), run(architecture, geometry, best).stray].join("\n");
}

/** Follows one random sequence; returns how often the unit was stale. */
function follow(architecture: Architecture, geometry: Geometry, seed: string): number {
  const draw = new Draw(seed);
  const draught = draughtOf(architecture, geometry, NOISY_MIX);
  const commands = Array.from({ length: LENGTH }, () => drawCommand(draw, draught));
  const { stray, stale, at } = run(architecture, geometry, commands);
  commandCount += at;
  if (stray !== undefined) {
    expect.fail(`${architecture.name}, ${geometry.text}, seed ${seed}:\n${shortest(architecture, geometry, commands)}`);
  }
  return stale;
}

const GEOMETRIES = ["2x4", "2x4", "3x2", "1x4", "3x4/2x4 contexts=2"];

function followAll(architecture: Architecture, runs: number): number {
  let stale = 0;
  for (let at = 0; at < runs; at++) {
    stale += follow(architecture, geometryOf(GEOMETRIES[at % GEOMETRIES.length]), `hardware ${at}`);
  }
  return stale;
}

const NEGATIVE = { negative: { notPresent: true, malformed: true } };
const VARIANTS = [
  plainArchitecture("unordered", CACHE_NAMES, { pointers: "host" }),
  plainArchitecture("ordered", CACHE_NAMES, { pointers: "either", superpages: "piece" }),
  plainArchitecture("ordered", CACHE_NAMES, { ...NEGATIVE, negativeDomain: "none" }),
  plainArchitecture("unordered", ["walk", "iotlb"], NEGATIVE),
  plainArchitecture("unordered", ["context", "walk", "stage2-walk", "device-tlb"]),
  plainArchitecture("ordered", ["pasid", "stage1", "stage2"]),
];

describe("hardware", () => {
  for (const name of architectureNames()) {
    it(`stays inside the envelope of ${name}, and is stale there many times`, () => {
      expect(followAll(builtIn(name), effort(36))).toBeGreaterThan(effort(100));
    });
  }

  for (const architecture of VARIANTS) {
    it(`stays inside the envelope of a plain ${architecture.name} unit`, () => {
      expect(followAll(architecture, effort(15))).toBeGreaterThan(effort(20));
    });
  }

  it("keeps pointers as guest pages, or translated, as the unit does", () => {
    const fromOldTable = (pointers: CacheRule["pointers"]): string =>
      new Scenario({
        architecture: plainArchitecture("unordered", ["walk", "iotlb"], { pointers }),
        strategies: ["hardware"],
      })
        .do("dma r c0 i0; s2 d0 g4=h42 rw")
        .hardware(0, 1);
    expect((["host", "either", "guest"] as const).map(fromOldTable)).toEqual([
      "h9",
      "h9",
      "fault (stage 1, not present)",
    ]);
  });

  it("drops for one request what its walk may meet: nothing of other requesters, nor of other pages", () => {
    const held = (text: string): string[] => {
      const { machine } = new Scenario({ strategies: ["hardware"] }).do(text);
      const lines: string[] = [];
      machine.hardware!.each(machine.state, (set) => lines.push(setText(machine.unit, set)));
      return lines;
    };
    const filled = held("dma r c0 i0; dma r c0 i1; dma r c1 i0");
    const left = held("dma r c0 i0; dma r c0 i1; dma r c1 i0; evict c0 i0");
    expect(left).toEqual([
      "context c1 d-1 p-1 address 0",
      "pasid c1 d-1 p-1 address 0",
      "stage1 c-1 d0 p0 address 1",
      "device-tlb c1 d-1 p-1 address 0",
    ]);
    // Stage 2 and the tables on the way are no request's own.
    const gone = filled.filter((line) => !left.includes(line));
    expect(new Set(gone.map((line) => line.split(" ")[0]))).toEqual(new Set(CACHE_NAMES));
  });

  it("stays inside the envelope of units of random caches and commands", () => {
    for (let unit = 0; unit < effort(120); unit++) {
      const architecture = drawArchitecture(
        new Draw(`hardware unit ${unit}`),
        unit % 2 === 0 ? "ordered" : "unordered",
      );
      follow(architecture, geometryOf(GEOMETRIES[unit % GEOMETRIES.length]), `hardware drawn ${unit}`);
    }
  });

  it("was followed for at least 20,000 commands", () => {
    expect(commandCount).toBeGreaterThanOrEqual(effort(20_000));
  });
});
