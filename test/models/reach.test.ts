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

describe("reach", () => {
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
