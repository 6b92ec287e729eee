import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { summaryJsonSchema, summarySchema } from "../../report/summary.js";
import { packageRoot } from "../../rules/home.js";
import { GREEN, RED } from "./summary.samples.js";

const file = path.join(packageRoot(), "report/schemas/nightly.schema.json");
const text = `${JSON.stringify(summaryJsonSchema(), null, 2)}\n`;

describe("the schema of a summary", () => {
  it("is shipped for other programs", () => {
    if (process.env.NESTFUZZ_GOLDEN === "write") writeFileSync(file, text);
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("reads what was written before there were history, coverage, course and lines to repeat", () => {
    const { coverage: _coverage, repeat: _repeat, ...older } = GREEN;
    const { busy: _busy, course: _course, ...machine } = GREEN.machine;
    const cells = GREEN.cells.map(({ history: _history, ...cell }) => cell);
    const read = summarySchema.parse({ ...older, cells, machine });
    expect(read.cells[0]!.history).toEqual([]);
    expect(read).toMatchObject({ coverage: { contracts: [] }, repeat: { night: "" }, machine: { busy: {} } });
  });

  it("accepts summaries, and refuses fields that are missing, unknown, or of another version", () => {
    const validate = new Ajv({ strict: false }).compile(JSON.parse(text));
    const { seed: _seed, ...without } = GREEN;
    const cases: [unknown, boolean][] = [
      [GREEN, true],
      [RED, true],
      [without, false],
      [{ ...GREEN, colour: "green" }, false],
      [{ ...GREEN, schema: "nestfuzz/nightly/2" }, false],
      [{ ...GREEN, cells: [{ ...GREEN.cells[0], mark: "blue" }] }, false],
    ];
    for (const [summary, isRight] of cases) {
      expect(validate(summary)).toBe(isRight);
      expect(summarySchema.safeParse(summary).success).toBe(isRight);
    }
  });
});
