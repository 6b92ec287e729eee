import { describe, expect, it } from "vitest";
import { Runner } from "../../search/runner.js";
import { cell, sequence } from "../properties/cells.js";

/** Whether the last command of a text covers what is left of the first scope of the first open duty. */
function covers(text: string, command: string, architecture = "tiny", contract = "tiny"): boolean {
  const { machine } = new Runner(cell(contract, [], ["envelope"], architecture));
  const commands = sequence(text);
  for (let at = 0; at < text.split(";").length; at++) machine.step(commands, at);
  const { ledger, state, queue } = machine;
  return ledger.wouldCover(state, 0, ledger.openScope(state, 0), queue.preview(sequence(command), 0));
}

describe("covering", () => {
  it.each([
    ["w g4[0]=-", "inv iotlb d0 p0 i0", true],
    ["w g4[0]=-", "inv iotlb d0 p0 i0 leaf", true],
    ["w g4[0]=-", "inv iotlb d0 p0 i1", false],
    ["w g4[0]=-", "inv iotlb d0 p1 i0", false],
    ["w g4[0]=-", "inv iotlb d1 all", false],
    ["w g4[0]=-", "inv iotlb all", true],
    ["w g4[0]=-", "inv s2 d0 all", false],
    ["w g2[0]=-", "inv iotlb d0 p0 all leaf", false],
    ["w g2[0]=-", "inv iotlb d0 p0 [i0+3]", false],
    ["w g2[0]=-", "inv iotlb d0 p0 [i0+4]", true],
    ["w g2[1]=super g8 rw; w g2[1]=-", "inv iotlb d0 p0 i5", true],
    ["s2 d0 g8=-", "inv s2 d0 g8", true],
    ["s2 d0 g8=-", "inv s2 d0 g9", false],
    ["s2 d0 g8=super h8 rw", "inv s2 d0 g9 leaf", false],
    ["s2 d0 g8=super h8 rw", "inv s2 d0 [g8+4]", true],
    ["ctx c0=-", "inv ctx c0", true],
    ["ctx c0=-", "inv ctx c1", false],
    ["ctx c0=-", "inv ctx c1 mask=1", true],
    ["ctx c0=(v0,d2,p0,g2)", "inv ctx c0 d2", false],
    ["ctx c0=(v0,d2,p0,g2)", "inv ctx c0 d0", true],
  ])("after `%s`, `%s`: %s", (text, command, expected) => {
    expect(covers(text, command)).toBe(expected);
  });

  it("takes no selection by guest page for a cache that may hold results that came through none", () => {
    const { machine } = new Runner(cell("riscv", [], ["envelope"], "riscv"));
    const text = "s2 d0 g8=h42 rw; inv s2 d0 g8; fence; inv ctx; fence";
    for (let at = 0; at < 5; at++) machine.step(sequence(text), at);
    const { ledger, state, queue } = machine;
    const cover = (command: string) => ledger.wouldCover(state, 0, 0, queue.preview(sequence(command), 0));
    expect([cover("inv s2 d0 [g0+16]"), cover("inv s2 d0"), cover("inv iotlb d0")]).toEqual([false, true, true]);
  });

  it("asks for the reserved domain tag where a negative context entry has it", () => {
    const rules = ["vtd-legacy-cm", "always"] as const;
    expect(covers("ctx c0=-; ctx c0=(d0,p0,g2)", "inv ctx c0 d0", ...rules)).toBe(true);
    const { machine } = new Runner(cell("always", [], ["envelope"], "vtd-legacy-cm"));
    machine.step(sequence("ctx c0=bad"), 0);
    machine.step(sequence("ctx c0=(v0,d2,p0,g2)"), 0);
    const { ledger, state, queue } = machine;
    const last = ledger.dutyCount(state) - 1;
    const cover = (text: string): boolean => ledger.wouldCover(state, last, 0, queue.preview(sequence(text), 0));
    expect([cover("inv ctx c0 d2"), cover("inv ctx c0 d-"), cover("inv ctx c0")]).toEqual([false, true, true]);
  });
});
