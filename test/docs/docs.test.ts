/**
 * Documentation runs: every ```console block of README.md and docs/ is executed, and its output compared.
 *
 * A block holds commands (`$ nestfuzz ...`, or a pipe into one) each followed by what it prints; `exit N` behind it states
 * a code other than 0. `npm run golden` writes the outputs anew. Commands run in a temporary folder that sees the docs.
 */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { main } from "../../cli/main.js";
import { packageRoot } from "../../rules/home.js";
import { captured } from "../cli/run.js";

const root = packageRoot();
const isWriting = process.env.NESTFUZZ_GOLDEN === "write";
const pages = [
  "README.md",
  ...readdirSync(path.join(root, "docs"))
    .sort()
    .map((name) => `docs/${name}`),
].filter((name) => name.endsWith(".md"));
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "nestfuzz-docs-"));
  symlinkSync(path.join(root, "docs"), path.join(folder, "docs"));
});

function run(command: string): string {
  const script = `nestfuzz() { node ${JSON.stringify(path.join(root, "bin/nestfuzz.js"))} "$@"; }\n${command}`;
  const result = spawnSync("bash", ["-c", script], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, COLUMNS: "100" },
  });
  const ending = result.status === 0 ? "" : `exit ${result.status}\n`;
  // Progress is for whoever waits; complaints are part of what a failing command says.
  const complaints = result.status === 2 ? result.stderr : "";
  return `${result.stdout}${complaints}${ending}`.trimEnd();
}

/** A counterexample of the package, shown by this process: there are many, and each start takes a second. */
async function shown(id: string): Promise<string> {
  const out = captured("stdout");
  try {
    await main(["node", "nestfuzz", "show", id, "--corpus", path.join(root, "corpus")]);
    return out
      .text()
      .replaceAll(` --corpus ${path.join(root, "corpus")}`, "")
      .trimEnd();
  } finally {
    out.release();
  }
}

/** The block as it should be: each command with its output. */
async function executed(block: string): Promise<string> {
  const parts: string[] = [];
  for (const line of block.split("\n").filter((one) => one.startsWith("$ "))) {
    const id = /^\$ nestfuzz show (nf-[0-9a-f]+)$/.exec(line)?.[1];
    parts.push(`${line}\n${id === undefined ? run(line.slice(2)) : await shown(id)}`.trimEnd());
  }
  return parts.join("\n");
}

describe("the documentation", () => {
  for (const page of pages) {
    const text = readFileSync(path.join(root, page), "utf8");
    const blocks = [...text.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map((match) => match[1]!.trimEnd());
    for (const [at, block] of blocks.entries()) {
      it(`${page}, block ${at + 1}, prints what it says`, async () => {
        const now = await executed(block);
        if (isWriting) {
          const file = path.join(root, page);
          writeFileSync(
            file,
            readFileSync(file, "utf8").replace(block, () => now),
          );
        } else expect(now).toBe(block);
      }, 60_000);
    }
  }

  it("names only files that are there", () => {
    for (const page of pages) {
      const text = readFileSync(path.join(root, page), "utf8");
      for (const [, target] of text.matchAll(/\]\(([^)#:]+?)(?:#[^)]*)?\)/g)) {
        expect(
          () => execFileSync("test", ["-e", path.join(root, path.dirname(page), target!)]),
          `${page} names ${target}`,
        ).not.toThrow();
      }
    }
  });
});
