import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { withFigures } from "../../bench/docs.js";
import { BENCH_SCHEMA, type Report } from "../../bench/report.js";
import { packageRoot } from "../../rules/home.js";

const report: Report = {
  schema: BENCH_SCHEMA,
  version: "9.9.9",
  machine: { node: "v20.0.0", cpu: "a CPU", cores: 2, load: [0, 1] },
  rounds: 5,
  parts: [
    {
      part: "replay",
      says: "again",
      rows: [
        { name: "a", unit: "ms", value: 2, spread: [1, 3], against: "b", ratio: 4, details: { left: 3 } },
        { name: "b", unit: "ms", value: 8, spread: [8, 8], against: null, ratio: null, details: {} },
      ],
    },
    { part: "profile", says: "where", figures: {}, text: "all of it" },
  ],
};

describe("the figures of docs/performance.md", () => {
  it("are put between the marks, in place of the ones before", () => {
    const page = readFileSync(`${packageRoot()}/docs/performance.md`, "utf8");
    const once = withFigures(page, report);
    expect(once).toContain("Version 9.9.9; node v20.0.0, a CPU, 2 cores, load 0 to 1, medians of 5 rounds.");
    expect(once).toContain("| a | 4.00 x b | 2.0 ms | left 3 |\n| b |  | 8.0 ms |  |");
    expect(once).toContain("```text\nall of it\n```");
    expect(withFigures(once, report)).toBe(once);
    expect(() => withFigures("a page", report)).toThrow("the marks");
  });
});
