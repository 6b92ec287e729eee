/** The verdicts of a run, and what it reached. */

import { describe, expect, it } from "vitest";
import { type ClaimRow, isExpected, isGreen, isIdle, summaryLine, verdictTable } from "../../report/claims.js";

const row: ClaimRow = {
  cellId: "T1",
  expected: "unrefuted",
  verdict: "unrefuted",
  commands: 30000,
  runs: 900,
  settledAfterChange: 120,
  staleSeen: 4000,
  transitionsSeen: 40,
};
const found: ClaimRow = { ...row, cellId: "T2", expected: "fails", verdict: "fails", id: "nf-0123456789ab" };
const broken: ClaimRow = { ...found, cellId: "T3", expected: "unrefuted" };
const idle: ClaimRow = { ...row, cellId: "T4", settledAfterChange: 0 };

describe("isExpected", () => {
  it("takes a search that finds nothing for what it is where a proof is expected", () => {
    expect(isExpected({ expected: "holds", verdict: "unrefuted" })).toBe(true);
    expect(isExpected({ expected: "holds", verdict: "fails" })).toBe(false);
    expect(isExpected({ expected: "fails", verdict: "unrefuted" })).toBe(false);
  });
});

describe("verdictTable", () => {
  it("marks what differs and what was idle, and explains its columns", () => {
    const lines = verdictTable([row, found, broken, idle]);
    expect(lines[1]).toMatch(/^T1 +unrefuted +unrefuted +ok +30000 +900 +120 +4000 +40$/);
    expect(lines[2]).toMatch(/^T2 +fails +fails +ok .* nf-0123456789ab$/);
    expect(lines[3]).toMatch(/^T3 +unrefuted +fails +RED/);
    expect(lines[4]).toMatch(/^T4 +unrefuted +unrefuted +idle/);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    expect(lines.join(" ")).toContain("settled: requests that were settled again after a change");
  });
});

describe("summaryLine", () => {
  it("is green if every cell has its expected verdict and none was idle", () => {
    expect(summaryLine([row, found])).toBe("green: 2 of 2 cells as expected");
    expect(isGreen([row, found])).toBe(true);
    expect(summaryLine([row, idle])).toBe("red: 1 of 2 cells not as expected: T4 (idle: more commands may tell)");
    expect(isGreen([row, idle])).toBe(false);
    expect([isIdle(idle), isIdle(found)]).toEqual([true, false]);
  });

  it("names what is red", () => {
    expect(summaryLine([row, broken])).toBe("red: 1 of 2 cells not as expected: T3 (expected unrefuted, fails)");
    expect(isGreen([broken])).toBe(false);
  });
});
