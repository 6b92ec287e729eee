/** Targets from the command line: adapters that are right, wrong, or behind a pipe that misbehaves. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Entry } from "../../corpus/entry.js";
import { Place, root } from "./run.js";

const place = new Place();
afterAll(() => place.remove());

const RIGHT = `node ${path.join(root, "examples/target.js")}`;
const WRONG = `${RIGHT} --bug`;
/** The right adapter, but for the answers that say h9. */
const behind = (mode: string): string => `node ${path.join(root, "test/targets/misbehave.mjs")} ${mode} ' h9'`;

let runs = 0;
function fuzz(target: string, ...flags: string[]) {
  const corpus = `corpus-${++runs}`;
  const done = place.run(["fuzz", "--target", target, "--commands", "2000", "--corpus", corpus, ...flags]);
  const entries = place
    .names(corpus)
    .map((name) => JSON.parse(readFileSync(path.join(place.folder, corpus, name), "utf8")) as Entry);
  return { ...done, corpus, entries };
}

describe("a target that is right", () => {
  it("has no finding, and tells how much was stale", () => {
    const { code, stdout } = fuzz(RIGHT);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^target {8}example, version 1, geometry 2x4$/m);
    expect(stdout).toMatch(/^held against {2}architecture tiny, contract tiny$/m);
    expect(Number(/^stale +([0-9]+) /m.exec(stdout)![1])).toBeGreaterThan(20);
    expect(stdout).toMatch(/^no finding$/m);
  });

  it("gives the same bytes again, and so does the line that repeats", () => {
    const first = fuzz(RIGHT, "--json");
    const again = place.run(["fuzz", "--target", RIGHT, "--commands", "2000", "--json", "--corpus", first.corpus]);
    expect(again.stdout).toBe(first.stdout);
    expect(JSON.parse(first.stdout)).toMatchObject({
      schema: "nestfuzz/target-run/1",
      target: { name: "example", version: "1", architecture: "tiny", geometry: "2x4" },
      ended: "spent",
      findings: [],
    });
  });

  it("in C is right as well, and wrong where it is told to be", ({ skip }) => {
    const program = path.join(place.folder, "ctarget");
    const source = path.join(root, "examples/target.c");
    const made = spawnSync("cc", ["-Wall", "-Wextra", "-Werror", "-o", program, source], { encoding: "utf8" });
    if (made.error !== undefined) return skip("no C compiler");
    expect(made.stderr).toBe("");
    expect(fuzz(program).code).toBe(0);
    expect(fuzz(`${program} --bug`).code).toBe(1);
    return undefined;
  });

  it("is an example of less than 150 lines", () => {
    for (const name of ["target.js", "target.c"])
      expect(readFileSync(path.join(root, "examples", name), "utf8").split("\n").length).toBeLessThanOrEqual(150);
  });
});

describe("a target that is wrong", () => {
  const { code, stdout, entries, corpus } = fuzz(WRONG, "--commands", "8000");
  const [entry] = entries;

  it("is found, shrunk through the target, and kept with its answers", () => {
    expect(code).toBe(1);
    expect(stdout).toMatch(/^nf-[0-9a-f]{12} {2}(refinement|agreement), .*, fails each time$/m);
    expect(entry).toMatchObject({ target: { name: "example", version: "1", repeats: { runs: 5, failed: 5 } } });
    expect(entry!.commands.length).toBeLessThan(12);
    expect(entry!.target!.answers).toHaveLength(entry!.commands.filter((text) => text.startsWith("dma")).length);
  });

  it("is judged again without the program, and shown with a column of its own", () => {
    expect(place.run(["corpus", "verify", "--corpus", corpus]).stdout).toMatch(/^([0-9]+) of \1 do what they say$/m);
    const mail = place.run(["show", entry!.id, "--corpus", corpus]).stdout;
    expect(mail).toMatch(/^Target {8}example, version 1; failed each of 5 times/m);
    expect(mail).toMatch(/^Step .* Target$/m);
    expect(mail).toMatch(/^target: example 1$/m);
    const replayed = place.run(["replay", entry!.id, "--corpus", corpus]);
    expect(replayed.code).toBe(1);
    expect(replayed.stdout).toContain("judged by the answers of example 1 that were kept");
  });

  it("is run again where the flag names it, and is right where the bug is gone", () => {
    const wrong = place.run(["replay", entry!.id, "--corpus", corpus, "--target", WRONG]);
    expect(wrong.stdout).toMatch(new RegExp(`^${entry!.id} same\\nrun on example 1 `, "m"));
    const right = place.run(["replay", entry!.id, "--corpus", corpus, "--target", RIGHT]);
    expect(right.stdout).toContain(`${entry!.id} gone: the target's answers are right`);
  });

  it("is never started because a file says so", () => {
    const mail = place.run(["show", entry!.id, "--corpus", corpus]).stdout;
    expect(place.run(["replay", "-"], mail)).toEqual(place.run(["replay", entry!.id, "--corpus", corpus]));
    expect(place.run(["replay", "-", "--target", WRONG], mail).stdout).toMatch(/^violation: [\s\S]*\nnf-\w+ same$/m);
    expect(place.run(["replay", "-", "--target", RIGHT], mail).stdout).toContain(`${entry!.id} gone: `);
    // By hand, without the answers.
    const { stderr, code: alone } = place.run(["replay", "-"], "target: example 1\ndma r c0 i0\n");
    expect(stderr).toContain("its target is not at hand (example 1); only the models are run");
    expect(alone).toBe(0);
  });
});

describe("a target that misbehaves", () => {
  it("by a crash is found with its step and its last words, none of it is left, and the run goes on", () => {
    const { code, stdout, entries } = fuzz(behind("crash"), "--commands", "250");
    expect(code).toBe(1);
    const { failure, target, commands } = entries[0]!;
    expect(failure).toMatchObject({ property: "response", step: commands.length });
    expect(target!.trouble).toMatch(/^ended with exit code 3, at "translate r c[0-2] i[0-9]+"$/);
    expect(target!.stderr).toEqual(["first line", "the table is corrupt"]);
    expect(stdout).toContain(`the target ${target!.trouble}`);
    expect(Number(/^commands +([0-9]+)/m.exec(stdout)![1])).toBeGreaterThan(100);
    const mail = place.run(["show", entries[0]!.id, "--corpus", `corpus-${runs}`]).stdout;
    expect(mail).toMatch(/^nf-[0-9a-f]{12}: example ended with exit code 3, at/);
    expect(mail).toMatch(/^ {2}its stderr: the table is corrupt$/m);
    const { stdout: processes } = spawnSync("ps", ["-eo", "stat=,args="], { encoding: "utf8" });
    const left = processes.split("\n").filter((line) => line.includes("misbehave.mjs crash") && !line.startsWith("Z"));
    expect(left).toEqual([]);
  });

  it("by megabytes of stderr alone is not found", () => {
    expect(fuzz(behind("stderr"), "--commands", "600").code).toBe(0);
  });

  it("now and then is told with how often, and kept as it was found", () => {
    const { code, stdout, entries } = fuzz(behind("sometimes"), "--commands", "4000");
    expect(code).toBe(1);
    expect(stdout).toMatch(/fails [0-4] of 5 times: it does not repeat$/m);
    expect(entries.some(({ target, minimal }) => target!.repeats.failed < 5 && minimal === null)).toBe(true);
  });
});

describe("what --target may name", () => {
  const MISTAKES: readonly [args: string[], text: RegExp][] = [
    [["--target", "qemu:riscv"], /^--target: unknown unit "riscv"; known: .*qemu:riscv-nested, .*\n$/],
    [["--target", "qemu:amd@./nothing"], /^--target: \.\/nothing does not tell its version; a QEMU is due\n$/],
    [["--target", "  "], /^--target: no program is named; known: a command line, or qemu:NAME\n$/],
    [["--target", "exit 4"], /^--target: the target ended with exit code 4, when it was greeted; docs\/targets\.md/],
    [
      ["--target", "echo hello"],
      /^--target: the target answered "hello" to the greeting; due: "0 hello nestfuzz-target\/1/,
    ],
    [
      ["--target", "echo 0 hello nestfuzz-target/9 x"],
      /^--target: the target speaks nestfuzz-target\/9; known: nestfuzz/,
    ],
    [
      ["--target", "echo 0 hello nestfuzz-target/1 name=x architecture=tiny geometry=2x4"],
      /^--target: the target does not say its version in /,
    ],
    [
      ["--target", "echo 0 hello nestfuzz-target/1 name=x version=1 architecture=nope geometry=2x4"],
      /^--target: the target says architecture=nope, which is not known; name one with --architecture\n$/,
    ],
    [
      ["--target", "echo 0 hello nestfuzz-target/1 name=x version=1 architecture=tiny geometry=9x9"],
      /^--target: the target says geometry=9x9: geometry "9x9" has 9 levels/,
    ],
    [["--target", RIGHT, "--without", "globals"], /^--without: unknown kind "globals"; .*did you mean global\?\n$/],
    [["--target", RIGHT, "--target-timeout", "soon"], /^--target-timeout: "soon" is no time to wait; /],
    [["--target", RIGHT, "--geometry", "2x4"], /^--geometry: does not go with --target/],
    [["T1", "--target", RIGHT], /^--target: a target is searched under a contract, and T1 is a claim; /],
  ];

  it.each(MISTAKES)("%j is told, with code 2 and without a stack", async (args, text) => {
    const { code, stderr } = await place.call(["fuzz", ...args, "--commands", "100"]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(text) as string });
  });
});

describe("targets", () => {
  it("lists each unit, in text and in JSON, with the line that installs what is missing", () => {
    const { code, stdout } = place.run(["targets", "--json"], "", { env: { PATH: "" } });
    const { schema, targets } = JSON.parse(stdout) as { schema: string; targets: Record<string, string>[] };
    expect({ code, schema }).toEqual({ code: 0, schema: "nestfuzz/targets/1" });
    expect(targets.map(({ name }) => name)).toEqual(
      ["vtd-legacy", "vtd-first-stage", "smmuv3-nested", "riscv-nested", "amd"].map((name) => `qemu:${name}`),
    );
    for (const { state, detail } of targets) {
      expect(state).toBe("missing");
      expect(detail).toMatch(/is not installed; on Debian 12: apt-get install /);
    }
    const text = place.run(["targets"], "", { env: { PATH: "" } });
    expect(text.stdout.match(/^qemu:\S+ {2}missing$/gm)).toHaveLength(5);
  });
});
