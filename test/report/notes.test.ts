/** Remarks on steps that did nothing. */

import { describe, expect, it } from "vitest";
import { decodeAll } from "../../commands/command.js";
import { Machine } from "../../models/machine.js";
import { before, notesOn } from "../../report/notes.js";
import type { RunCell } from "../../search/runner.js";
import { cellOf, commandsOf } from "../corpus/failures.js";

/** The remarks on the last command. */
function notes(text: string, cell: RunCell = cellOf({ under: "tiny" })): string[] {
  const machine = new Machine(cell);
  const sequence = commandsOf(text);
  machine.reset();
  return decodeAll(sequence)
    .map((command, at) => {
      const was = before(machine);
      machine.step(sequence, at);
      return notesOn(machine, command, was);
    })
    .at(-1)!;
}

describe("notesOn", () => {
  it.each(["w g4[0]=-", "ctx c0=-", "dma r c0 i0", "s2 d0 g8=-", "w g4[0]=-; inv iotlb", "inv iotlb; fence"])(
    "has none on %s",
    (text) => {
      expect(notes(text)).toEqual([]);
    },
  );

  it.each([
    ["w g4[0]=leaf g8 rw", "no effect: the entry is so already"],
    ["w g99[0]=-", "no effect: g99 lies outside the geometry"],
    ["w d7 g4[0]=-", "no effect: there is no VM 7"],
    ["w g4[9]=-", "no effect: a table has entries 0 to 3"],
    ["s2 d0 g4=-; w g4[0]=-", "no effect: g4 is not mapped in stage 2"],
    ["s2 d0 g4=h4 r; w g4[0]=-", "no effect: g4 may not be written in stage 2"],
    ["ctx c9=-", "no effect: there are contexts c0 to c2"],
    ["ctx c0 root=g99", "no effect: the entry is so already, or a tag or root lies outside the geometry"],
    ["move d0 g8=h9", "no effect: the page is not mapped by itself, or the target is in use"],
    ["s2 d0 g8=h8 rw", "no effect: the entry is so already, or no table leads to it"],
    ["dma r c9 i0", "no effect: there are contexts c0 to c2"],
    ["dma r c0 i99", "no effect: i99 lies outside the geometry"],
    ["prefetch c0 i0", "no effect: hardware does not run here"],
    ["evict c0 i0", "no effect: nothing that runs here evicts"],
    ["execute 0", "no effect: hardware does not run here"],
    ["fence", "nothing was pending"],
    ["inv iotlb", "nothing that is owed needs it"],
    ["inv iotlb; inv iotlb; inv iotlb; inv iotlb; w g4[0]=-; inv iotlb", "the queue was full: a fence went before"],
  ])("says of the last of %s: %s", (text, expected) => {
    expect(notes(text)).toEqual([expected]);
  });

  it("names commands that the architecture does not have, or that remove nothing as sent", () => {
    const cell = cellOf({ under: "tiny" });
    const commands = cell.architecture.commands.filter(({ kind }) => kind !== "pasid");
    const less = { ...cell, architecture: { ...cell.architecture, commands } };
    expect(notes("inv pasid c0", less)).toEqual(["no effect: the architecture has no such command"]);
    const picky = commands.map((command) => ({
      ...command,
      removes: command.removes.map((rule) => ({ ...rule, when: ["domain" as const] })),
    }));
    const strict = { ...cell, architecture: { ...cell.architecture, commands: picky } };
    expect(notes("inv iotlb", strict)).toEqual(["no effect: with these operands TINY.IOTLB removes nothing"]);
  });

  it("lets hardware's noise pass where hardware runs", () => {
    const cell = cellOf({ strategies: ["hardware"] });
    expect(notes("inv iotlb; execute 0", cell)).toEqual([]);
    expect(notes("execute 0", cell)).toEqual(["no effect: there is no such pending command"]);
    expect(notes("evict c0 i99", cell)).toEqual(["no effect: i99 lies outside the geometry"]);
  });
});
