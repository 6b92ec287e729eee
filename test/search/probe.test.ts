import { describe, expect, it } from "vitest";
import { decodeAll, encodeAll, STRIDE } from "../../commands/command.js";
import { parseCommands, printCommand } from "../../commands/language.js";
import { Machine } from "../../models/machine.js";
import { View } from "../../properties/view.js";
import { Prober } from "../../search/probe.js";
import { geometry, tinyCell } from "./targets.js";

function probed(text: string, gene: number): { start: string[]; after: string[] } {
  const machine = new Machine({ ...tinyCell(), strategies: ["envelope"], geometry });
  const view = new View(machine, ["envelope"]);
  view.refresh(true);
  const prober = new Prober(view);
  const into = new Float64Array(64 * STRIDE);
  const texts = (count: number): string[] => decodeAll(into.slice(0, count * STRIDE)).map(printCommand);
  const start = texts(prober.begin(into));
  const parsed = parseCommands(text);
  if (!parsed.ok) throw new Error(text);
  const sequence = encodeAll(parsed.commands);
  let after: string[] = [];
  for (let at = 0; at < parsed.commands.length; at++) {
    machine.step(sequence, at);
    view.refresh(false);
    after = texts(prober.after(gene, into));
  }
  return { start, after };
}

describe("what a target is asked", () => {
  it("is at the start all that is mapped", () => {
    expect(probed("fence", 0).start).toEqual([
      "dma r c0 i0",
      "dma r c0 i1",
      "dma r c1 i0",
      "dma r c2 i0",
      "dma r c2 i1",
    ]);
  });

  it("is after a change what it changed, and what may still be stale", () => {
    const after = probed("w g4[0]=leaf g9 rw", 0).after;
    expect(after.every((text) => /^dma [rw] c[02] i0$|^dma [rw] c0 i0$/.test(text))).toBe(true);
    expect(after.length).toBeGreaterThan(0);
  });

  it("is nothing where nothing changed and all is certain", () => {
    expect(probed("inv iotlb all; fence", 9).after).toEqual([]);
  });

  it("is a write for one gene in some", () => {
    const texts = Array.from({ length: 64 }, (_, gene) => probed("w g4[0]=leaf g9 rw", gene).after.join());
    expect(texts.some((text) => text.includes("dma w"))).toBe(true);
    expect(texts.some((text) => text.includes("dma r"))).toBe(true);
  });
});
