/**
 * Goldens: the text that a reader sees, kept in `test/golden/*.txt`. `NESTFUZZ_GOLDEN=write` rewrites them.
 */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const FOLDER = path.dirname(fileURLToPath(import.meta.url));

/** Compares `text` with the golden `name`, or writes it. */
export function expectGolden(name: string, text: string): void {
  const file = path.join(FOLDER, `${name}.txt`);
  if (process.env.NESTFUZZ_GOLDEN === "write") writeFileSync(file, text);
  const golden = existsSync(file) ? readFileSync(file, "utf8") : "";
  expect(text, `differs from ${name}.txt; npm run golden rewrites it`).toBe(golden);
}
