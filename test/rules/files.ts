/**
 * Helpers of the tests in this folder: rule files in a temporary folder, and values of loads that must succeed.
 */

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import { formatProblem, type Loaded, type Problem } from "../../rules/problems.js";

let folder: string | undefined;

afterAll(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true });
  folder = undefined;
});

/** Writes a file into the temporary folder of this test file; gives its path. */
export function write(name: string, content: string | Uint8Array): string {
  folder ??= mkdtempSync(path.join(tmpdir(), "nestfuzz-rules-"));
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** The value, or a failure that shows the problems as a user sees them. */
export function must<T>(result: Loaded<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.problems.map(formatProblem).join("\n"));
}

/** The problems as a user sees them, without the folder. */
export function problemsOf(result: Loaded<unknown> | { problems: readonly Problem[] }): string[] {
  if (!("problems" in result)) return [];
  return result.problems.map((problem) => formatProblem({ ...problem, file: path.basename(problem.file) }));
}

/** The built-in files, as paths from the root of the package. */
export function builtInFiles(): string[] {
  const list = (kind: string) =>
    readdirSync(`rules/${kind}`)
      .sort()
      .map((file) => `rules/${kind}/${file}`);
  return [...list("architectures"), ...list("contracts"), "rules/claims.yaml"];
}
