import { it } from "vitest";
import { encodeAll } from "../../commands/command.js";
import { parseCommands } from "../../commands/language.js";
import { failingCells, failingStarts } from "./cells.js";

it("cost", () => {
  for (const cell of failingCells()) {
    const [s] = failingStarts(cell, 1, 300);
    if (!s) continue;
    const out: string[] = [cell.id, s.kind];
    for (const text of [
      "dma r c0 i0",
      "w g4[2]=-; inv iotlb all; fence",
      "w g4[0]=leaf g9; inv iotlb all; fence; w g4[0]=leaf g8 rw; inv iotlb all; fence; dma r c0 i0",
    ]) {
      const p = parseCommands(text);
      if (!p.ok) throw 1;
      const commands = encodeAll(p.commands);
      for (const start of [new Set([0]), new Set([0, 1, 2])]) {
        for (let i = 0; i < 300; i++) s.fails({ commands, start });
        const t = performance.now();
        for (let i = 0; i < 1000; i++) s.fails({ commands, start });
        out.push(`${p.commands.length}/${start.size}: ${Math.round(performance.now() - t)} us`);
      }
    }
    console.log(out.join("  "));
  }
}, 1e6);
