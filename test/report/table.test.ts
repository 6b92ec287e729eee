/** What `nestfuzz replay` prints. */

import { describe, expect, it } from "vitest";
import type { Setting } from "../../corpus/entry.js";
import { stepReport } from "../../report/steps.js";
import { stepTable, TABLE_WIDTH } from "../../report/table.js";
import { cellOf, entryOf, FAILURES } from "../corpus/failures.js";

function tableOf(setting: Setting, width?: number): string {
  const report = stepReport(setting);
  if (!report.ok) throw new Error(report.detail);
  return stepTable(report.value, width);
}

describe("stepTable", () => {
  it.each(FAILURES)("stays within its width for $name, in ASCII", ({ text, cell }) => {
    const entry = entryOf(text, cell());
    for (const width of [TABLE_WIDTH, 72]) {
      for (const line of tableOf(entry, width).split("\n")) {
        expect(line.length, line).toBeLessThanOrEqual(width);
        expect(line).toMatch(/^[\x20-\x7e]*$/);
        expect(line).toBe(line.trimEnd());
      }
    }
  });

  it("ends with the violation and its reasons", () => {
    const entry = entryOf(FAILURES[0]!.text, FAILURES[0]!.cell());
    const text = tableOf(entry);
    expect(text).toContain("violation: agreement after step 2: the envelope may give h8");
    expect(text).toContain("  severity  wrong-page");
    expect(text).toContain("  why       The device TLB may hold h8 rw");
  });

  it("says that there is none, with the number of steps", () => {
    const setting = {
      ...cellOf({ under: "tiny" }),
      geometry: "2x4",
      start: "all",
      commands: ["dma r c0 i0", "w g4[0]=-"],
    };
    const text = tableOf(setting);
    expect(text).toMatch(/no violation in 2 steps of 2\n$/);
    expect(text).toMatch(/step 2: owed: s1-leaf of c0/);
  });

  it("shows what a DMA gets where that is another request", () => {
    const setting = { ...cellOf(), geometry: "2x4", start: "all", commands: ["dma r c0 i1", "dma r c0 i0"] };
    expect(tableOf(setting)).toMatch(/gets, c0 i1 +h9 +h9/);
  });
});
