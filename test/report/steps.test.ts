/** A sequence step by step, as data. */

import { describe, expect, it } from "vitest";
import type { Setting } from "../../corpus/entry.js";
import { type StepReport, stepReport } from "../../report/steps.js";
import { cellOf, entryOf, FAILURES } from "../corpus/failures.js";

function steps(commands: string, given: Partial<Setting> = {}): StepReport {
  const setting = {
    ...cellOf({ under: "tiny" }),
    geometry: "2x4",
    start: "all",
    commands: commands.split("; "),
    ...given,
  };
  const report = stepReport(setting);
  if (!report.ok) throw new Error(report.detail);
  return report.value;
}

describe("stepReport", () => {
  it("begins with the start and ends at the violation", () => {
    const entry = entryOf(FAILURES[0]!.text, FAILURES[0]!.cell());
    const report = steps("", { ...entry, commands: [...entry.commands, "fence", "fence"] });
    expect(report.rows.map(({ step, actor, action }) => [step, actor, action])).toEqual([
      [0, "", "start"],
      [1, "device", "read c0 i0"],
      [2, "guest", "g4[0] = leaf g9 rw"],
    ]);
    expect(report.failure).toEqual(entry.failure);
    expect(report.focus).toEqual(entry.failure.request);
    expect(report.rows.map(({ focus }) => focus)).toEqual([
      [[8], [8]],
      [[8], [8]],
      [[9], [8, 9]],
    ]);
  });

  it("has a column for each strategy that runs, the oracle first", () => {
    expect(steps("fence", { strategies: ["shadow", "hardware"] }).columns).toEqual(["oracle", "hardware", "shadow"]);
    expect(steps("fence", { strategies: ["shadow"], properties: ["refinement"] }).columns).toEqual([
      "oracle",
      "envelope",
      "shadow",
    ]);
  });

  it("counts the requests that are unsettled and says what they wait for", () => {
    const report = steps("dma r c0 i0; w g2[0]=-; inv iotlb d0 p0 [i0+4]; fence; inv dev c0 all; fence; dma r c0 i0");
    expect(report.failure).toBeNull();
    expect(report.why).toBeNull();
    expect(report.rows.map(({ unsettled }) => unsettled)).toEqual([0, 0, 4, 4, 4, 4, 0, 0]);
    expect(report.rows[2]!.waits).toHaveLength(1);
    expect(report.rows[2]!.waits[0]).toMatch(/^s1-table of c0, stage 1 of 2: waits for /);
    expect(report.rows[3]!.waits[0]).toMatch(/a fence/);
    expect(report.rows[4]!.waits[0]).toMatch(/stage 2 of 2: waits for device-tlb/);
    expect(report.rows[6]!.waits).toEqual([]);
    expect(report.rows[5]!.focus).toEqual([[-4], [8, -4]]);
  });

  it("shows a DMA's own request beside the one in focus", () => {
    const report = steps("dma w c0 i1; dma r c0 i0");
    expect(report.focus).toEqual({ context: 0, iova: 0, access: "r" });
    expect(report.rows[1]!.dma).toEqual({ request: { context: 0, iova: 1, access: "w" }, answers: [[9], [9]] });
    expect(report.rows[2]!.dma).toBeNull();
  });

  it("looks at the request that it is told to, or at none", () => {
    const setting = { ...cellOf(), geometry: "2x4", start: "none", commands: ["fence"] };
    const told = stepReport(setting, { context: 1, iova: 3, access: "w" });
    expect(told.ok && told.value.rows[1]!.focus).toEqual([[-1], [-1]]);
    const none = stepReport(setting);
    expect(none.ok && none.value).toMatchObject({ focus: null, rows: [{ focus: [[], []] }, {}] });
    const outside = stepReport(setting, { context: 1, iova: 99, access: "w" });
    expect(outside.ok && outside.value.rows[1]!.focus).toEqual([[], []]);
  });

  it("counts a stage-2 duty for requests that come to need the page", () => {
    const report = steps("s2 d0 g8=-; w g4[2]=leaf g8 rw; dma r c0 i2");
    expect(report.rows.at(-1)!.waits.some((text) => text.startsWith("s2-leaf of c0"))).toBe(true);
  });

  it("says which field of a setting cannot be read", () => {
    const setting = { ...cellOf(), geometry: "2x4", start: "all", commands: ["fence", "nonsense"] };
    expect(stepReport(setting)).toMatchObject({ ok: false, path: ["commands", 1] });
  });

  it("gives the same data twice", () => {
    const entry = entryOf(FAILURES[3]!.text, FAILURES[3]!.cell());
    expect(stepReport(entry)).toEqual(stepReport(entry));
  });
});
