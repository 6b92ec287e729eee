import { describe, expect, it } from "vitest";
import { Runner } from "../../search/runner.js";
import { cell, sequence } from "../properties/cells.js";

function behind(text: string) {
  const { machine } = new Runner(cell("tiny", [], ["envelope"]));
  const commands = sequence(text);
  for (let at = 0; at < text.split(";").length; at++) machine.step(commands, at);
  const { state, ledger } = machine;
  return {
    could: (context: number, host: number) => ledger.reach.couldReach(state, context, host),
    maps: (context: number, host: number) => ledger.reach.mapsNow(state, context, host),
  };
}

const DISCHARGE = [
  "inv s2 d0 g8",
  "fence",
  "host inv iotlb d0 all",
  "fence",
  "host inv dev c0 all",
  "host inv dev c1 all",
  "fence",
].join("; ");

/** The host pages that a context could reach after a text, as plain numbers. */
function pagesAfter(text: string, context: number, kept?: readonly number[]): number[] {
  const { machine } = new Runner(cell("tiny", [], ["envelope"]));
  const commands = sequence(text);
  for (let at = 0; at < text.split(";").length; at++) machine.step(commands, at);
  const { state, ledger, geometry } = machine;
  if (kept !== undefined) {
    const mask = new Int32Array(Math.ceil(geometry.hostPages / 32));
    for (const page of kept) mask[page >> 5]! |= 1 << (page & 31);
    ledger.reach.keepOnly(state, mask);
  }
  const pages = Array.from({ length: geometry.hostPages }, (_, page) => page);
  return pages.filter((page) => ledger.reach.couldReach(state, context, page));
}
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);

describe("reach", () => {
  it("has every page of the VM, and those that left it while a duty is open", () => {
    expect([0, 1, 2].map((context) => pagesAfter("fence", context))).toEqual([
      range(0, 15),
      range(0, 15),
      range(16, 31),
    ]);
    expect(pagesAfter("s2 d0 g8=h42 rw; s2 d0 g8=h43 rw", 0)).toEqual([...range(0, 15), 42, 43]);
    expect(pagesAfter("s2 d0 g8=h42 rw; s2 d0 g8=h43 rw", 2)).toEqual(range(16, 31));
    expect(pagesAfter("ctx c0=-", 0)).toEqual(range(0, 15));
    expect(pagesAfter("s2 d0 g8=super h8 rw", 0)).toEqual(range(0, 47));
  });

  it("shares what the users of a domain reach, and what they still owe for", () => {
    expect(pagesAfter("ctx c2=(v1,d0,p3,g2)", 0)).toEqual(range(0, 31));
    expect(pagesAfter("ctx c2=(v1,d0,p3,g2)", 2)).toEqual(range(0, 31));
    expect(pagesAfter("ctx c0=(v0,d2,p0,g2); ctx c2=(v1,d2,p3,g2); s2 d1 g8=h44 rw", 0)).toEqual([...range(0, 31), 44]);
  });

  it("leaves what a search keeps of it", () => {
    expect(pagesAfter("s2 d0 g8=h42 rw", 0, [3, 8, 20, 42])).toEqual([3, 8, 42]);
    expect(pagesAfter("s2 d0 g8=h42 rw", 2, [3, 8, 20, 42])).toEqual([20]);
  });

  it("is what the VM maps, nothing of another VM", () => {
    const { could, maps } = behind("fence");
    expect([could(0, 8), could(0, 24), could(2, 24), could(2, 8), maps(0, 8), maps(0, 24)]).toEqual([
      true,
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  it("keeps a page that was taken away until the duty is done", () => {
    const owed = behind("s2 d0 g8=-");
    expect([owed.could(0, 8), owed.could(1, 8), owed.maps(0, 8)]).toEqual([true, true, false]);
    expect(behind(`s2 d0 g8=-; ${DISCHARGE}`).could(0, 8)).toBe(false);
  });

  it("takes in the other VM while a domain tag is shared by mistake", () => {
    expect(behind("ctx c0=(v0,d1,p1,g2)").could(0, 24)).toBe(true);
  });

  it("is everything while a stage-2 table is on its way out", () => {
    expect(behind("s2 d0 g8=super h8 rw").could(0, 24)).toBe(true);
  });
});
