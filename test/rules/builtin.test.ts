/** The rule files that come with the package: each loads, under all parameters, and each misspelt key is noticed. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { isMap, isScalar, LineCounter, parseDocument, visit } from "yaml";
import {
  architectureNames,
  checkFile,
  contractNames,
  loadArchitecture,
  loadClaims,
  loadContract,
} from "../../rules/load.js";
import { TRANSITIONS } from "../../rules/vocabulary.js";
import { effort } from "../effort.js";
import { builtInFiles, must, problemsOf, write } from "./files.js";

describe("built-in rule files", () => {
  it.each(builtInFiles())("%s has no problems", (file) => {
    expect(problemsOf(checkFile(file))).toEqual([]);
  });

  it("are called as their files are", () => {
    for (const name of architectureNames()) expect(must(loadArchitecture(name)).name).toBe(name);
    for (const name of contractNames()) expect(must(loadContract(name)).name).toBe(name);
  });

  it("answer every transition, with the line of the row that does", () => {
    for (const name of contractNames()) {
      const contract = must(loadContract(name));
      expect(contract.rules.length).toBe(TRANSITIONS.length);
      for (const rule of contract.rules) expect(rule.at).toMatch(/^rules\/contracts\/[a-z0-9-]+\.yaml:\d+$/);
    }
  });

  it("say where each row is from", () => {
    for (const name of architectureNames()) {
      const { caches, commands } = must(loadArchitecture(name));
      const rows = [...caches, ...commands, ...commands.flatMap((command) => command.removes)];
      for (const row of rows) expect(row.source).not.toBe("");
    }
    for (const name of contractNames()) {
      for (const rule of must(loadContract(name)).rules) expect(rule.source).not.toBe("");
    }
  });

  it("are checked against every architecture by the contracts always and never", () => {
    for (const name of ["always", "never"]) {
      const { summary } = checkFile(`rules/contracts/${name}.yaml`);
      for (const architecture of architectureNames()) expect(summary).toContain(` ${architecture}`);
    }
  });

  it("hold the claims of the thread, then those of the specifications", () => {
    const claims = must(loadClaims());
    const thread = "T1 T2 T3 T4 T5 T5a T5b T5c T6 T6a T6b T7 T7a T8 T9 T10 T11 T11a T12 T12a T13 T14 T15 T16 T17";
    const others = "RV1 RV2 RV3 RV4 RV5 RV6 SM1 SM2 SM3 SM4 VT1 VT2 AT1 AT2 TB1 TG1";
    expect(claims.map((claim) => claim.id).join(" ")).toBe(`${thread} ${others}`);
  });

  it("run the contract that asks for everything on every unit that is no variant of another", () => {
    const cells = must(loadClaims()).find((claim) => claim.id === "T7")!.cells;
    const run = new Set(cells.map(({ architecture }) => architecture.name));
    const kinds = architectureNames().filter((name) => !/-(cm|ats|npcache|emulated|s|separate)$|-cm-ats$/.test(name));
    expect(kinds.filter((name) => !run.has(name))).toEqual([]);
  });
});

interface Key {
  name: string;
  start: number;
  line: number;
}

function keysOf(text: string): Key[] {
  const lines = new LineCounter();
  const keys: Key[] = [];
  visit(parseDocument(text, { lineCounter: lines }), {
    Map(_, map) {
      for (const { key } of isMap(map) ? map.items : []) {
        if (!isScalar(key)) continue;
        const start = key.range![0];
        keys.push({ name: String(key.value), start, line: lines.linePos(start).line });
      }
    },
  });
  return keys;
}

/** The key with its first two unlike neighbours swapped. */
function misspell(name: string): string {
  const at = [...name].findIndex((letter, position) => letter !== name[position + 1]);
  return name.slice(0, at) + name[at + 1]! + name[at]! + name.slice(at + 2);
}

function replaceKeys(text: string, keys: readonly Key[]): string {
  let result = text;
  for (const { name, start } of [...keys].sort((a, b) => b.start - a.start)) {
    result = result.slice(0, start) + misspell(name) + result.slice(start + name.length);
  }
  return result;
}

/** Lines with a problem of the file itself. */
function problemLines(file: string): Set<number> {
  return new Set(
    checkFile(file)
      .problems.filter((problem) => problem.file === file)
      .map((problem) => problem.line),
  );
}

/** Keys misspelt at a time, far apart: to load a file once for each key would take a minute. */
const AT_ONCE = 16;

describe("a misspelling of a key", () => {
  it.each(builtInFiles())("of %s is reported in its line, whichever key it is", (file) => {
    const text = readFileSync(file, "utf8");
    const keys = keysOf(text);
    expect(keys.length).toBeGreaterThan(5);
    const rounds = Math.ceil(keys.length / (file === "rules/claims.yaml" ? 5 * AT_ONCE : AT_ONCE));
    for (let round = 0; round < effort(rounds); round++) {
      const some = keys.filter((_, at) => at % rounds === round);
      const lines = problemLines(write(path.basename(file), replaceKeys(text, some)));
      for (const key of some) {
        // An unused parameter is not reported beside rules that cannot be read; then the key must be noticed alone.
        const alone = () => problemLines(write(path.basename(file), replaceKeys(text, [key])));
        expect(lines.has(key.line) || alone().has(key.line), `${key.name} in line ${key.line}`).toBe(true);
      }
    }
  });
});
