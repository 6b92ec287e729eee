import { describe, expect, it } from "vitest";
import { Conflicts } from "../../models/conflicts.js";
import { Runner } from "../../search/runner.js";
import { cell, sequence } from "../properties/cells.js";

/** The contexts in conflict after a text, a bit each. */
function maskAfter(text: string): number {
  const { machine } = new Runner(cell("always", [], ["envelope"]));
  const commands = sequence(text);
  for (let at = 0; at < text.split(";").length; at++) machine.step(commands, at);
  return new Conflicts(machine.geometry, machine.world, machine.oracle).mask(machine.state, true);
}

describe("conflicts of tags", () => {
  it.each([
    ["none in the start state", "fence", 0b000],
    ["one domain for two VMs takes in all of the domain", "ctx c2=(v1,d0,p3,g2)", 0b111],
    ["one pair of tags for two tables", "ctx c1=(d0,p0,g3)", 0b011],
    ["none where two contexts share tags and table", "ctx c1=(d0,p0,g2)", 0b000],
    ["a global leaf takes in who meets it, not whose it is", "w g4[0]=leaf g8 rw global", 0b010],
    ["a global pointer does so too", "w g2[1]=table g5 global", 0b010],
    ["none when the other context is gone", "ctx c1=-; w g4[0]=leaf g8 rw global", 0b000],
  ])("%s", (_, text, mask) => {
    expect(maskAfter(text)).toBe(mask);
  });
});
