/**
 * The shadow by examples: one collapsed table, refreshed by completed guest invalidations and by nothing else; and
 * beside one that keeps plain lists (`brute/shadow.ts`), after every command of random runs.
 *
 * Each sentence is one of section 4 (Shadow). Left out: that it lies inside the envelope of a unit with negative
 * caching (a property of its own).
 */

import { describe, expect, it } from "vitest";
import { encodeAll } from "../../commands/command.js";
import { printCommand } from "../../commands/language.js";
import { geometryOf } from "../../models/geometry.js";
import { Machine } from "../../models/machine.js";
import { outcomeOf } from "../../models/values.js";
import { DEFAULT_SHADOW, type ShadowOptions } from "../../rules/vocabulary.js";
import { effort } from "../effort.js";
import { plainArchitecture } from "./brute/architectures.js";
import { Draw, draughtOf, drawCommand, NOISY_MIX } from "./brute/commands.js";
import { builtIn, NOTHING_OWED } from "./brute/runs.js";
import { Scenario } from "./brute/scenario.js";
import { PlainShadow } from "./brute/shadow.js";

const scenarioOf = (geometry?: string): Scenario =>
  new Scenario({ strategies: ["shadow"], ...(geometry === undefined ? {} : { geometry }) });
const ABSENT = "fault (stage 1, not present)";

describe("shadow", () => {
  it("is filled when a context is attached at the start", () => {
    const scenario = scenarioOf();
    for (const context of [0, 1, 2]) {
      for (let iova = 0; iova < 4; iova++) {
        const given = scenario.shadow(context, iova);
        if (scenario.oracle(context, iova).startsWith("h")) expect(given).toBe(scenario.oracle(context, iova));
        else expect(given).toMatch(/^fault/);
      }
    }
  });

  it("keeps serving the old page until the fence", () => {
    const scenario = scenarioOf().do("w g4[0]=leaf g12 rw");
    expect(scenario.shadow(0, 0)).toBe("h8");
    expect(scenario.do("inv iotlb d0 p0 i0").shadow(0, 0)).toBe("h8");
    expect(scenario.do("fence").shadow(0, 0)).toBe("h12");
  });

  it("reads memory as it is at the fence, not at the submission", () => {
    const scenario = scenarioOf().do("w g4[0]=leaf g12 rw; inv iotlb d0 p0 i0; w g4[0]=leaf g13 rw; fence");
    expect(scenario.shadow(0, 0)).toBe("h13");
  });

  it("does not see np->p without an invalidation", () => {
    const scenario = scenarioOf().do("w g4[2]=leaf g12 rw; dma r c0 i2; fence");
    expect(scenario.oracle(0, 2)).toBe("h12");
    expect(scenario.shadow(0, 2)).toMatch(/^fault/);
    expect(scenario.do("inv iotlb d0 p0 i2; fence").shadow(0, 2)).toBe("h12");
  });

  it("refreshes only the pages and tags that the command names", () => {
    const change = "w g4[0]=leaf g12 rw; w g4[1]=leaf g13 rw";
    expect(scenarioOf().do(`${change}; inv iotlb d0 p0 i1; fence`).shadow(0, 0)).toBe("h8");
    expect(scenarioOf().do(`${change}; inv iotlb d0 p0 i1; fence`).shadow(0, 1)).toBe("h13");
    expect(scenarioOf().do(`${change}; inv iotlb d1 p0 all; fence`).shadow(0, 0)).toBe("h8");
    expect(scenarioOf().do(`${change}; inv iotlb d0 p1 all; fence`).shadow(0, 0)).toBe("h8");
    expect(scenarioOf().do(`${change}; inv iotlb d0 p0 all; fence`).shadow(0, 0)).toBe("h12");
  });

  it("keeps a global leaf where the command spares such, of any context", () => {
    const scenario = new Scenario({ architecture: plainArchitecture("unordered", ["iotlb"]), strategies: ["shadow"] });
    scenario.do("w g5[0]=leaf g8 rw global; inv iotlb; fence; w g5[0]=leaf g12 rw");
    expect(scenario.shadow(1, 0)).toBe("h8");
    expect(scenario.do("inv iotlb d0 p1 i0; fence").shadow(1, 0)).toBe("h8");
    expect(scenario.do("inv iotlb d0 i0; fence").shadow(1, 0)).toBe("h12");
    expect(scenario.do("w g5[0]=leaf g8 rw; inv iotlb d0 p1 i0; fence").shadow(1, 0)).toBe("h8");
  });

  it("refreshes the whole superpage", () => {
    const scenario = scenarioOf().do("w g2[1]=super g8 rw; inv iotlb d0 p0 i4; fence");
    expect([4, 5, 6, 7].map((iova) => scenario.shadow(0, iova))).toEqual(["h8", "h9", "h10", "h11"]);
    scenario.do("w g2[1]=super g12 rw; inv iotlb d0 p0 i6; fence");
    expect([4, 5, 6, 7].map((iova) => scenario.shadow(0, iova))).toEqual(["h12", "h13", "h14", "h15"]);
  });

  it("loses a whole superpage whose entry is gone", () => {
    const scenario = scenarioOf().do("w g2[1]=super g8 rw; inv iotlb d0 p0 i4; fence; w g2[1]=-");
    expect(scenario.do("inv iotlb d0 p0 i5; fence").shadow(0, 7)).toMatch(/^fault/);
  });

  it("follows a stage-2 change at once", () => {
    const scenario = scenarioOf().do("s2 d0 g8=h42 rw");
    expect(scenario.shadow(0, 0)).toBe("h42");
    expect(scenario.do("s2 d0 g8=-").shadow(0, 0)).toMatch(/^fault/);
    expect(scenario.do("s2 d0 g8=h43 r").shadow(0, 0)).toBe("h43");
    expect(scenario.shadow(0, 0, 1)).toMatch(/^fault/);
  });

  it("follows a page that moves, data or table", () => {
    const scenario = scenarioOf().do("move d0 g8=h42; move d0 g4=h43");
    expect(scenario.shadow(0, 0)).toBe("h42");
    expect(scenario.shadow(0, 1)).toBe("h9");
  });

  it("keeps its own record of the guest page, though the guest's entry is gone", () => {
    const scenario = scenarioOf().do("w g4[0]=-; s2 d0 g8=h42 rw");
    expect(scenario.oracle(0, 0)).toBe(ABSENT);
    expect(scenario.shadow(0, 0)).toBe("h42");
  });

  it("ignores the host's own invalidations", () => {
    const scenario = scenarioOf().do("w g4[0]=leaf g12 rw; host inv iotlb d0 all; host inv dev all; fence");
    expect(scenario.shadow(0, 0)).toBe("h8");
  });

  it("keeps the context it attached until its caches are invalidated", () => {
    const scenario = scenarioOf().do("ctx c0 root=g3; inv iotlb all; fence");
    expect(scenario.oracle(0, 0)).toBe("h10");
    expect(scenario.shadow(0, 0)).toBe("h8");
    expect(scenario.do("inv ctx c0; inv pasid c0; inv iotlb all; fence").shadow(0, 0)).toBe("h10");
  });

  it("knows nothing of a context that was attached without an invalidation", () => {
    const scenario = new Scenario({ strategies: ["shadow"], start: "c1 c2" }).do(
      "w g2[0]=table g4; w g4[0]=leaf g8 rw",
    );
    expect(scenario.do("ctx c0=(d0,p0,g2); fence").shadow(0, 0)).toMatch(/^fault/);
    expect(scenario.do("inv ctx c0; inv pasid c0; inv iotlb all; fence").shadow(0, 0)).toBe("h8");
  });

  it("takes no notice of what the unit does", () => {
    const scenario = scenarioOf().do("w g4[0]=leaf g12 rw; prefetch c0 i0; evict c0 i0; walk+ c0 i0; walk- c0 i0");
    expect(scenario.shadow(0, 0)).toBe("h8");
  });

  it("is right about every request once everything was invalidated", () => {
    const scenario = scenarioOf("3x2").do("w g2[1]=super g8 rw; w g6[0]=leaf g5 r; ctx c1 root=g2; s2 d0 g5=h21 r");
    scenario.do("inv ctx all; inv pasid all; fence; inv iotlb all; fence");
    for (const context of [0, 1, 2]) {
      for (let iova = 0; iova < 8; iova++) {
        const expected = scenario.oracle(context, iova);
        if (expected.startsWith("h")) expect(scenario.shadow(context, iova)).toBe(expected);
        else expect(scenario.shadow(context, iova)).toMatch(/^fault/);
      }
    }
  });

  it("departs from the rule where a claim asks for it", () => {
    const { options } = scenarioOf().machine;
    const departed = (shadow: typeof DEFAULT_SHADOW): Machine => new Machine({ ...options, shadow });
    const deaf = new Scenario({ strategies: ["shadow"] });
    Object.assign(deaf, { machine: departed({ ...DEFAULT_SHADOW, followsStage2: false }) });
    expect(deaf.do("s2 d0 g8=h42 rw").shadow(0, 0)).toBe("h8");
    const forgetful = new Scenario({ strategies: ["shadow"] });
    Object.assign(forgetful, { machine: departed({ ...DEFAULT_SHADOW, evicts: true }) });
    expect(forgetful.do("evict c0 i0").shadow(0, 0)).toMatch(/^fault/);
  });
});

const BESIDE: readonly (readonly [architecture: string, geometry: string, departures: Partial<ShadowOptions>])[] = [
  ["tiny", "2x4", {}],
  ["vtd-legacy-cm", "3x2/2x4 contexts=4", {}],
  ["vtd-scalable-ats", "2x3/3x4", {}],
  ["riscv-emulated", "2x4", {}],
  ["smmuv3-nested", "1x4/2x4", { followsStage2: false }],
  ["amd-nested", "2x4", { followsStage2: false, evicts: true }],
];

describe("shadow beside a plain one", () => {
  it.each(BESIDE)("answers the same on %s in %s %j", (name, text, departures) => {
    const options: ShadowOptions = { ...DEFAULT_SHADOW, ...departures };
    const machine = new Machine({
      architecture: builtIn(name),
      contract: NOTHING_OWED,
      strategies: ["shadow"],
      shadow: options,
      geometry: geometryOf(text),
    });
    const draught = draughtOf(builtIn(name), machine.geometry, { ...NOISY_MIX, noise: 2 });
    const requests = [...Array(machine.geometry.contexts).keys()].flatMap((context) =>
      [...machine.geometry.iova.pages.keys()].flatMap((page) =>
        [0, 1].map((access) => [context, page, access] as const),
      ),
    );
    let changes = 0;
    for (let run = 0; run < effort(7); run++) {
      const draw = new Draw(`shadow ${run}`);
      machine.reset();
      const plain = new PlainShadow(machine, options);
      const lines: string[] = [];
      let last = "";
      for (let at = 0; at < 80; at++) {
        const command = drawCommand(draw, draught);
        if (command.kind === "write" && draw.chance(0.2)) command.global = 1;
        const before = machine.snapshot();
        machine.step(encodeAll([command]), 0);
        plain.stepped(command, before);
        lines.push(printCommand(command));
        const answers = requests.map(([context, page, access]) =>
          outcomeOf(machine.shadow!.translate(machine.state, context, page), access),
        );
        const expected = requests.map(([context, page, access]) => plain.outcome(context, page, access));
        expect(answers, lines.join("\n")).toEqual(expected);
        if (answers.join() !== last) changes++;
        last = answers.join();
      }
    }
    expect(changes).toBeGreaterThan(effort(15));
  });
});
