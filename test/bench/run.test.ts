import { execFileSync } from "node:child_process";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { BENCH_SCHEMA, type Report } from "../../bench/report.js";
import { packageRoot } from "../../rules/home.js";

describe("npm run bench", () => {
  it("prints what is measured as JSON of a stated schema", { timeout: 60_000 }, () => {
    const program = path.join(packageRoot(), "dist", "bench", "run.js");
    const args = [program, "--only", "replay", "--json", "--rounds", "1", "--seconds", "0.01"];
    const report = JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" })) as Report;
    expect(report.schema).toBe(BENCH_SCHEMA);
    expect(Object.keys(report)).toEqual(["schema", "version", "machine", "rounds", "parts"]);
    expect(Object.keys(report.machine)).toEqual(["node", "cpu", "cores", "load"]);
    const [part] = report.parts;
    const rows = part !== undefined && "rows" in part ? part.rows : [];
    expect(rows.map(({ name, unit, against }) => [name, unit, against])).toEqual([
      ["counterexamples", "entries/s", "their runs alone"],
      ["their runs alone", "entries/s", null],
    ]);
    expect(Object.keys(rows[0]!)).toEqual(["name", "unit", "value", "spread", "against", "ratio", "details"]);
  });
});
