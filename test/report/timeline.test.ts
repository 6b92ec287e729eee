/** A run that can be looked at in any order. */

import { describe, expect, it } from "vitest";
import { decodeAll } from "../../commands/command.js";
import { Machine } from "../../models/machine.js";
import { Timeline } from "../../report/timeline.js";
import { cellOf, commandsOf } from "../corpus/failures.js";

const sequence = commandsOf("dma r c0 i0; w g4[0]=leaf g9 rw; inv iotlb; fence");
const make = (): Timeline => new Timeline(new Machine(cellOf()), sequence, decodeAll(sequence));

describe("Timeline", () => {
  it("shows the same state after a step, wherever it was before", () => {
    const forward = make();
    const hashes = [0, 1, 2, 3, 4].map((step) => forward.after(step).hash());
    expect(new Set(hashes).size).toBeGreaterThan(2);
    const back = make();
    for (const step of [4, 2, 2, 0, 3, 1]) expect(back.after(step).hash()).toBe(hashes[step]);
  });

  it("names steps from 1 and finds the next fence", () => {
    const timeline = make();
    expect(timeline.text(3)).toBe("inv iotlb all");
    expect([timeline.fenceAfter(0, 4), timeline.fenceAfter(3, 4)]).toEqual([4, 4]);
    expect([timeline.fenceAfter(0, 3), timeline.fenceAfter(4, 4)]).toEqual([-1, -1]);
  });
});
