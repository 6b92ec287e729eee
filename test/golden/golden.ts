/**
 * Goldens: the text that a reader sees, kept in `test/golden/*.txt`. `NESTFUZZ_GOLDEN=write` rewrites them.
 */

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** That there are these goldens of a beginning and no others, or takes the others away. */
export function expectOnly(beginning: string, names: readonly string[]): void {
  const known = new Set(names.map((name) => `${name}.txt`));
  const files = readdirSync(FOLDER).sort();
  const left = files.filter((file) => file.startsWith(beginning) && file.endsWith(".txt") && !known.has(file));
  if (process.env.NESTFUZZ_GOLDEN === "write") for (const file of left) rmSync(path.join(FOLDER, file));
  else expect(left, "goldens of what is no more; npm run golden takes them away").toEqual([]);
}
