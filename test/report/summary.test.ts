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
