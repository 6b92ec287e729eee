/** One run of everything: what a step notes, what fences, what a request does, and that what does not exist does nothing. */

import { describe, expect, it } from "vitest";
import { TRANSITIONS, transitionName } from "../../rules/vocabulary.js";
import { builtInContract, Scenario } from "./brute/scenario.js";

const all = (): Scenario => new Scenario({ contract: builtInContract("tiny") });

function transitionOf(text: string): string {
  const { transition } = all().do(text).machine.note;
  return transition < 0 ? "none" : transitionName(TRANSITIONS[transition]!);
}

describe("machine", () => {
  it("notes the transition of a write", () => {
    expect(transitionOf("w g4[0]=leaf g9 rw")).toBe("stage 1 leaf retarget");
    expect(transitionOf("w g4[2]=leaf g9 rw")).toBe("stage 1 leaf np->p");
    expect(transitionOf("w g2[0]=-")).toBe("stage 1 table p->np");
    expect(transitionOf("s2 d0 g8=h8 r")).toBe("stage 2 leaf loss");
    expect(transitionOf("ctx c0 root=g3")).toBe("context process");
    expect(transitionOf("ctx c0=-")).toBe("context p->np");
    expect(transitionOf("w g4[0]=leaf g8 rw")).toBe("none");
    expect(transitionOf("fence")).toBe("none");
  });

  it("notes writes and fences", () => {
    const note = (text: string): boolean[] => {
      const { wrote, fenced } = all().do(text).machine.note;
      return [wrote, fenced];
    };
    expect(note("w g4[0]=-")).toEqual([true, false]);
    expect(note("w g9[0]=-")).toEqual([false, false]);
    expect(note("inv iotlb all")).toEqual([false, false]);
    expect(note("fence")).toEqual([false, true]);
    expect(note("inv dev;inv dev;inv dev;inv dev;inv dev")).toEqual([false, true]);
    expect(note("dma r c0 i0")).toEqual([false, false]);
  });

  it("marks the page that a DMA write reaches, and no other", () => {
    const { machine } = all().do("dma w c1 i0; dma r c0 i0; dma w c0 i2");
    const tags = [...machine.state.subarray(machine.world.tags, machine.world.tags + machine.geometry.hostPages)];
    expect(tags.flatMap((tag, page) => (tag === 0 ? [] : [[page, tag]]))).toEqual([[10, 2]]);
  });

  it("lets DMA change no entry, so no strategy's answer", () => {
    const scenario = all();
    const before = scenario.oracle(0, 0);
    expect(scenario.do("dma w c0 i0; dma w c0 i1").oracle(0, 0)).toBe(before);
    expect(scenario.machine.note.wrote).toBe(false);
  });

  it("does nothing for requesters and pages that do not exist", () => {
    for (const text of [
      "dma w c9 i0",
      "dma w c0 i99",
      "prefetch c9 i0",
      "evict c0 i99",
      "walk+ c9 i0",
      "walk- c0 i99",
      "execute 3",
    ]) {
      const scenario = all();
      const before = scenario.machine.snapshot();
      expect(scenario.do(text).machine.equals(before), text).toBe(true);
    }
  });

  it("is the same without strategies, but for what they keep", () => {
    const text = "w g4[0]=leaf g9 rw; inv iotlb d0 p0 i0; fence; s2 d0 g9=h42 rw; dma w c0 i0";
    const bare = new Scenario({ contract: builtInContract("tiny"), strategies: [] }).do(text);
    const full = all().do(text);
    for (const iova of [0, 1]) {
      expect(bare.oracle(0, iova)).toBe(full.oracle(0, iova));
      expect(bare.settled(0, iova)).toBe(full.settled(0, iova));
    }
    expect([bare.machine.envelope, bare.machine.hardware, bare.machine.shadow]).toEqual([null, null, null]);
  });

  it("knows which contexts are attached", () => {
    const scenario = new Scenario({ start: "c1" });
    expect([0, 1, 2].map((context) => scenario.machine.isAttached(context))).toEqual([false, true, false]);
    expect(scenario.do("ctx c0=(d0,p0,g2); ctx c1=bad").machine.isAttached(1)).toBe(false);
    expect(scenario.machine.isAttached(0)).toBe(true);
  });

  it("begins again after a reset", () => {
    const scenario = all();
    const before = scenario.machine.snapshot();
    scenario.do("w g4[0]=-; ctx c1=-; s2 d0 g9=-; dma w c0 i0; inv dev; prefetch c2 i0").machine.reset();
    expect(scenario.machine.equals(before)).toBe(true);
    expect(scenario.oracle(0, 0)).toBe("h8");
  });

  it("reaches no capacity in an ordinary run", () => {
    expect(all().do("w g4[0]=-; inv iotlb; fence; s2 d0 g8=-; ctx c0=-").machine.overflowed).toBe(false);
  });
});
