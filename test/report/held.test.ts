/** What lies on the way of a request, and whether it is what a walk would find. */

import { describe, expect, it } from "vitest";
import { decodeAll } from "../../commands/command.js";
import { Machine } from "../../models/machine.js";
import { outcomeOf } from "../../models/values.js";
import { isFresh, setsOnPath, valuesIn } from "../../report/held.js";
import { Timeline } from "../../report/timeline.js";
import { cacheWords, keyText } from "../../report/words.js";
import { cellOf, commandsOf } from "../corpus/failures.js";

function reach(text: string, strategy: "envelope" | "hardware", on = "tiny"): Machine {
  const sequence = commandsOf(text);
  const cell = cellOf({ strategies: [strategy], on });
  return new Timeline(new Machine(cell), sequence, decodeAll(sequence)).after(decodeAll(sequence).length);
}
const place = { context: 0, page: 0 };
const stale = (machine: Machine, strategy: "envelope" | "hardware"): string[] =>
  setsOnPath(machine, strategy, place).flatMap((set) =>
    valuesIn(machine, strategy, set)
      .filter((value) => !isFresh(machine, place, set, value))
      .map(() => `${cacheWords(machine, set)} ${keyText(machine, set)}`),
  );

describe("what is held on the way of a request", () => {
  it("is fresh at the start, at every level", () => {
    expect(stale(reach("dma r c0 i0", "envelope"), "envelope")).toEqual([]);
    expect(stale(reach("dma r c0 i0", "hardware"), "hardware")).toEqual([]);
  });

  it("is stale from the changed entry down", () => {
    const text = "dma r c0 i0; w g4[0]=leaf g9 rw";
    const expected = ["stage-1 cache d0 p0 i0", "IOTLB d0 p0 i0", "device TLB c0 i0"];
    expect(stale(reach(text, "envelope"), "envelope")).toEqual(expected);
    expect(stale(reach(text, "hardware"), "hardware")).toEqual(expected);
    expect(stale(reach("dma r c0 i0; w g2[0]=table g5", "hardware"), "hardware")[0]).toBe("walk cache d0 p0 i0-i3");
    expect(stale(reach("dma r c0 i0; ctx c0 root=g3", "hardware"), "hardware")[0]).toBe("PASID cache c0");
  });

  it("includes stage 2 of the guest pages that the walk needs", () => {
    const text = "dma r c0 i0; s2 d0 g8=h12 rw";
    expect(stale(reach(text, "envelope"), "envelope")).toContain("stage-2 cache d0 g8");
    expect(stale(reach("dma r c0 i0; s2 d0 g4=h12 rw", "hardware"), "hardware")).toContain("stage-2 cache d0 g4");
  });

  it("is found under the tags that a stale context entry gives", () => {
    const machine = reach("dma r c0 i0; ctx c0=(v0,d2,p0,g2)", "hardware");
    const keys = setsOnPath(machine, "hardware", place).map((set) => keyText(machine, set));
    expect(keys).toEqual(expect.arrayContaining(["d0 p0 i0", "d2 p0 i0"]));
  });

  it("is found by the requester alone where the unit finds it so, whatever its context entry says now", () => {
    const text = "dma r c0 i0; ctx c0=-; inv ctx; fence; inv pasid; fence";
    expect(stale(reach(text, "envelope", "vtd-second-stage"), "envelope")).toEqual(["IOTLB c0 d0 i0"]);
  });

  it("gives the hardware's answer from the device TLB", () => {
    const machine = reach("dma r c0 i0; w g4[0]=-", "hardware");
    const last = setsOnPath(machine, "hardware", place).at(-1)!;
    expect(valuesIn(machine, "hardware", last).map((value) => outcomeOf(value, 0))).toEqual([8]);
  });
});
