/**
 * An envelope and a unit that derive late, and only what is due, hold what those do that derive everything after every
 * command.
 */

import { describe, expect, it } from "vitest";
import { type Command, encodeAll } from "../../commands/command.js";
import type { Due } from "../../models/due.js";
import { geometryOf } from "../../models/geometry.js";
import { Machine } from "../../models/machine.js";
import type { Architecture } from "../../rules/vocabulary.js";
import { effort } from "../effort.js";
import { drawArchitecture, plainArchitecture } from "./brute/architectures.js";
import { Draw, draughtOf, drawCommand, NOISY_MIX } from "./brute/commands.js";
import { builtIn } from "./brute/runs.js";
import { builtInContract, Scenario, type ScenarioOptions } from "./brute/scenario.js";

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

/** Notes each request that is derived, and each that the concrete unit is asked for: `c0 i1`. */
function watched(options: ScenarioOptions = {}) {
  const scenario = new Scenario(options);
  const { machine } = scenario;
  const { iova } = machine.geometry;
  const derived: string[] = [];
  const asked: string[] = [];
  const name = (context: number, page: number): string => `c${context} i${iova.pages[page]}`;
  const { due } = machine.envelope as unknown as { due: Due };
  const take = due.take.bind(due);
  due.take = (context) => {
    const any = take(context);
    if (any) derived.push(...[...due.isDue.keys()].filter((at) => due.isDue[at] === 1).map((at) => name(context, at)));
    return any;
  };
  const unit = machine.hardware as unknown as {
    ask(state: Int32Array, context: number, entry: number, at: number): number;
  };
  const ask = unit.ask.bind(unit);
  unit.ask = (state, context, entry, at) => {
    asked.push(name(context, at % iova.count));
    return ask(state, context, entry, at);
  };
  return {
    machine,
    /** What is derived by these commands alone. */
    derivedBy(text: string): string[] {
      derived.length = 0;
      scenario.do(text);
      return [...new Set(derived)].sort();
    },
    askedBy(text: string): string[] {
      machine.hardware!.refresh(machine.state);
      asked.length = 0;
      scenario.do(text);
      machine.hardware!.refresh(machine.state);
      return [...new Set(asked)].sort();
    },
    /** Requests whose walk reads the entry that a command is about to change. */
    walksThrough(text: string): string[] {
      const before = machine.snapshot();
      const known = machine.oracle.value.slice();
      const { footprint, footprintRoom } = machine.oracle;
      const marks = footprint.slice();
      scenario.do(text);
      const { change } = machine.world;
      machine.restore(before);
      return [...known.keys()]
        .filter((at) => {
          const from = at * footprintRoom;
          return marks.subarray(from + 1, from + 1 + marks[from]!).some((mark) => mark >> 3 === change.at);
        })
        .map((at) => name(Math.floor(at / iova.count), at % iova.count))
        .sort();
    },
  };
}

const UNITS = ["tiny", "riscv", "vtd-legacy", "smmuv3-nested"];

describe("what is derived again", () => {
  it.each(UNITS)("behind a write of a leaf or a pointer: the walks through it, %s", (name) => {
    for (const text of ["w g4[0]=leaf g9 rw", "w g4[1]=-", "w g2[0]=-", "w g2[0]=super g8 r"]) {
      const run = watched({ architecture: builtIn(name) });
      const walks = run.walksThrough(text);
      expect(walks.length, text).toBeGreaterThan(0);
      expect([text, run.derivedBy(text)]).toEqual([text, walks]);
    }
  });

  it.each(UNITS)("behind a change of a context entry: its own requests, %s", (name) => {
    const derived = watched({ architecture: builtIn(name) }).derivedBy("ctx c1=-");
    expect(derived.every((request) => request.startsWith("c1 "))).toBe(true);
    expect(derived.length).toBe(16);
  });

  it.each(UNITS)("behind a write to a page that no walk reads: nothing, %s", (name) => {
    expect(watched({ architecture: builtIn(name) }).derivedBy("w g9[1]=leaf g2 rw")).toEqual([]);
  });

  it.each(UNITS)("behind commands that remove what memory gives again: nothing, %s", (name) => {
    const run = watched({ architecture: builtIn(name) });
    for (const kind of ["iotlb", "ctx", "pasid", "dev", "s2"])
      expect([kind, run.derivedBy(`inv ${kind} all; fence; inv ${kind} all`)]).toEqual([kind, []]);
  });

  it("behind a command that removes a stale value: who reads it", () => {
    const run = watched();
    run.derivedBy("w g4[0]=leaf g9 rw");
    expect(run.derivedBy("inv iotlb d0 p0 i0")).toEqual(run.walksThrough("w g4[0]=leaf g8 rw"));
    expect(run.derivedBy("fence; inv iotlb d0 p0 i0; fence")).toEqual([]);
  });

  it("behind noise, and behind a fence with nothing pending: nothing", () => {
    const run = watched();
    expect(run.derivedBy("dma r c0 i0; dma w c1 i5; prefetch c0 i3; evict c0 i0; fence; fence")).toEqual([]);
  });
});

describe("what the concrete unit is asked for again", () => {
  it("behind a write: who read the entry", () => {
    const run = watched();
    const text = "w g4[0]=leaf g9 rw";
    expect(run.askedBy(text)).toEqual(run.walksThrough("w g4[0]=leaf g8 rw"));
  });

  it("behind a request that fills empty lines: those of other contexts that look there", () => {
    const run = watched();
    expect(run.askedBy("dma r c0 i0").filter((request) => request.startsWith("c0 "))).toEqual([]);
  });

  it("behind a command: those that found what it removes", () => {
    const run = watched();
    run.askedBy("dma r c0 i0; dma r c0 i1; w g4[0]=leaf g9 rw; w g4[1]=leaf g9 rw");
    const asked = run.askedBy("inv dev c0 i0; fence");
    expect(asked).toContain("c0 i0");
    expect(asked).not.toContain("c0 i1");
    expect(run.askedBy("inv dev c0 i0; fence")).toEqual([]);
  });

  it("behind a change of a context entry: its own requests", () => {
    expect(watched().askedBy("ctx c1=-").length).toBe(16);
  });
});
