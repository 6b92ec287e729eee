/**
 * Plants that no bug of the gallery uses, each shown by a sequence: with the plant a property breaks, without it none
 * does. They are for bugs to come.
 */

import { describe, expect, it } from "vitest";
import { fuzzCell } from "../../search/fuzz.js";
import { replay } from "./measure.js";
import { type Bug, rightVariant, wrongVariant } from "./mutation.js";
import {
  altered,
  byManual,
  delayed,
  keepsRemovedContexts,
  lost,
  missesMovedTables,
  narrowed,
  type Plant,
  retagged,
  reusesOnAttach,
  shadowOptions,
  shortKeys,
  smallPageBySuperpage,
  superpageByFirstPage,
} from "./plants.js";

const LEGACY = { architecture: "vtd-legacy", contract: "vtd-legacy cm=0" };
const NESTED = { architecture: "vtd-scalable", contract: "vtd-scalable cm=0" };
const TOY = { architecture: "tiny", contract: "tiny" };
const SHADOW = { architecture: "vtd-legacy-cm", contract: "vtd-legacy cm=1", strategies: ["shadow"] } as const;

function bug(plant: Plant, cell: Pick<Bug, "architecture" | "contract" | "strategies">, given: string): Bug {
  const rest = { id: "X00", class: "order", what: "", source: "", severity: "wrong-page" } as const;
  return { ...rest, ...cell, mutate: { plant }, given };
}

describe("a plant", () => {
  it.each([
    ["loses every second command", lost({}, 2), LEGACY, "inv iotlb all; w g4[0]=-; inv iotlb d0 i0; F", "stale-access"],
    ["delays all: a fence that does not wait", delayed(), LEGACY, "w g4[0]=-; inv iotlb d0 i0; F", "stale-access"],
    ["narrows a range", narrowed({}), LEGACY, "w g2[0]=-; inv iotlb d0 [i0+4]; F", "stale-access"],
    ["changes a tag", retagged({}, { domain: 1 }), LEGACY, "w g4[0]=-; inv iotlb d0 i0; F", "stale-access"],
    [
      "translates a superpage by its first page",
      superpageByFirstPage,
      NESTED,
      "w g2[1]=super g8; s2 d0 g9=h42 rw; inv s2 d0 g9; F; dma r c0 i5",
      "stale-access",
    ],
    [
      "takes a small page for the stage-2 superpage below it",
      smallPageBySuperpage,
      NESTED,
      "s2 d0 g8=super h8; inv s2 d0 all; F; dma r c0 i0",
      "stale-access",
    ],
    [
      "keeps the shadow of a context that went",
      keepsRemovedContexts,
      SHADOW,
      "ctx c0=-; inv ctx c0; F; inv iotlb d0 all; F",
      "stale-access",
    ],
    [
      "brings old leaves back with a context",
      reusesOnAttach,
      SHADOW,
      "ctx c0=-; inv ctx c0; F; inv iotlb d0 all; F; w g4[0]=leaf g12 rw; ctx c0=(d0,p0,g2); inv ctx all; F",
      "wrong-page",
    ],
    [
      "misses the tables that moved with stage 2",
      missesMovedTables,
      SHADOW,
      "s2 d0 g4=h12 rw; guest inv s2 d0 all; F; host inv iotlb d0 all; F",
      "stale-access",
    ],
    ["cuts a key short", shortKeys("pasid", { requester: 2 }), TOY, "dma r c0 i0; dma r c1 i0", "wrong-page"],
    ["evicts pages of a shadow", shadowOptions({ evicts: true }), SHADOW, "evict c0 i0", "spurious-fault"],
  ] as const)("%s", (_, plant, cell, given, severity) => {
    expect(replay(wrongVariant(bug(plant, cell, given)), given)?.violation.severity).toBe(severity);
    expect(replay(rightVariant(bug(plant, cell, given)), given)).toBeNull();
  });
});

describe("the wire", () => {
  it.each([
    ["that alters nothing", altered({}, () => {})],
    ["by the unit's own manual", (machine: Parameters<Plant>[0]) => byManual(machine.unit.architecture)(machine)],
  ])("%s changes nothing", async (_, plant) => {
    const { cell } = rightVariant(bug(plant, NESTED, ""));
    const figures = async (planted: Plant) => {
      const result = await fuzzCell(cell, { seed: "wire", commands: 1500, plant: planted });
      const { commands, runs, discharged, witnesses, coverage, found } = result;
      return { commands, runs, discharged, witnesses, coverage, found };
    };
    expect(await figures(plant)).toEqual(await figures(() => {}));
  });
});
