/** The line protocol: what is asked, what is an answer, and each way in which a program can fall short. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { encodeAll } from "../../commands/command.js";
import { parseCommands } from "../../commands/language.js";
import { geometryOf } from "../../models/geometry.js";
import { allContexts } from "../../models/start.js";
import { packageRoot } from "../../rules/home.js";
import { loadArchitecture, loadContract } from "../../rules/load.js";
import { TargetRunner } from "../../search/target-runner.js";
import { openTarget, type ProtocolTarget } from "../../targets/protocol.js";

const RIGHT = `node ${path.join(packageRoot(), "examples/target.js")}`;
const MISBEHAVING = `node ${path.join(packageRoot(), "test/targets/misbehave.mjs")}`;
const geometry = geometryOf("2x4");

let open: ProtocolTarget | null = null;
afterEach(() => {
  open?.close();
  open = null;
});

/** Long enough for a slow machine where nothing is to be waited for; where something hangs, the whole of it is. */
const [NEVER, SOON] = [60_000, 4_000];

function runnerOn(command: string, quiet = NEVER): TargetRunner {
  const opened = openTarget(command, quiet);
  if (!opened.ok) throw new Error(opened.detail);
  open = opened.target;
  const architecture = loadArchitecture("tiny");
  if (!architecture.ok) throw new Error("tiny does not load");
  const contract = loadContract("tiny", {}, architecture.value);
  if (!contract.ok) throw new Error("tiny does not load");
  const cell = { architecture: architecture.value, contract: contract.value };
  return new TargetRunner(cell, open, geometry, allContexts(geometry));
}

function sequence(text: string): Float64Array {
  const parsed = parseCommands(text);
  if (!parsed.ok) throw new Error(text);
  return encodeAll(parsed.commands);
}

const FINE = "dma r c0 i0; w g4[3]=leaf g11 rw; dma r c0 i3; dma w c1 i0";
/** Its third command is answered with h9. */
const NINE = "dma r c0 i0; w g4[0]=leaf g8 rw; dma r c0 i1; dma r c1 i0";

describe("the line protocol", () => {
  it("says who the program is", () => {
    runnerOn(RIGHT);
    expect(open!.info).toEqual({ name: "example", version: "1", architecture: "tiny", geometry: "2x4" });
  });

  it("sends all that is no noise and no kind that the program does without", () => {
    runnerOn(RIGHT);
    const commands = sequence(
      "dma r c0 i0; prefetch c0 i0; s2 d0 g8=-; ctx c0 root=g3; ctx c0=-; inv iotlb all; fence",
    );
    expect(Array.from({ length: 7 }, (_, at) => open!.accepts(commands, at))).toEqual([
      ...[true, false, false, false, true, true, true],
    ]);
  });

  it("takes the answers, sequence after sequence", () => {
    const runner = runnerOn(RIGHT);
    for (let time = 0; time < 3; time++) {
      expect(runner.runCommands(sequence(FINE))).toBeNull();
      expect(runner.answers).toEqual([8, 11, 10]);
    }
  });

  const TROUBLE: readonly [mode: string, what: RegExp][] = [
    ["crash", /^ended with exit code 3, at "translate r c0 i1"$/],
    ["signal", /^ended by SIGSEGV, at "translate r c0 i1"$/],
    ["hang", /^did not answer in time, at "translate r c0 i1"$/],
    ["nonsense", /^answered "perhaps h8" to "translate r c0 i1"; due: hN or fault$/],
    ["number", /^left out the answer to "translate r c0 i1"$/],
    ["twice", /^answered an earlier request once more, or late, at "translate r c1 i0"$/],
    ["error", /^refused "translate r c0 i1": error no such page$/],
    ["stdout", /^(wrote without end|did not answer in time|answered "y+)/],
  ];

  it.each(TROUBLE)("tells %s with its step, and goes on with a new process", (mode, what) => {
    const runner = runnerOn(`${MISBEHAVING} ${mode} ' h9'`, mode === "hang" ? SOON : NEVER);
    const failure = runner.runCommands(sequence(NINE));
    expect(failure?.trouble).toMatch(what);
    expect(failure!.violation).toMatchObject({ property: "response", strategy: "target" });
    if (mode !== "stdout") expect(failure!.step).toBe(mode === "twice" ? 3 : 2);
    if (mode === "crash") expect(failure!.stderr).toEqual(["first line", "the table is corrupt"]);
    expect(runner.runCommands(sequence(FINE))).toBeNull();
    expect(runner.answers).toEqual([8, 11, 10]);
  });

  it("tells an answer that comes too late", () => {
    const runner = runnerOn(`${MISBEHAVING} late h12`, SOON);
    const failure = runner.runCommands(sequence("w g4[0]=leaf g12 rw; dma r c0 i0"));
    expect(failure).toMatchObject({ step: 1 });
    expect(failure!.trouble).toMatch(/^(did not answer in time|left out the answer to)/);
    expect(runner.runCommands(sequence(FINE))).toBeNull();
  });

  it("tells a program that cannot be started again, and one that is another then", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "nestfuzz-greeting-"));
    const once = (then: string, name: string): string => {
      const flag = path.join(folder, name);
      return `if [ -e ${flag} ]; then ${then}; fi; touch ${flag}; ${MISBEHAVING} crash ' h9'`;
    };
    const HELLO = "nestfuzz-target/1 name=other version=2 architecture=tiny geometry=2x4";
    for (const [then, what] of [
      ["exit 5", "ended with exit code 5, when it was greeted"],
      [
        `echo 0 hello ${HELLO}; cat`,
        'greets as "other 2 tiny 2x4" when it is started again, and was "example 1 tiny 2x4"',
      ],
    ] as const) {
      const runner = runnerOn(once(then, then.slice(0, 4)));
      expect(runner.runCommands(sequence(NINE))?.trouble).toMatch(/^ended with exit code 3/);
      expect(runner.runCommands(sequence(FINE))?.trouble).toBe(what);
      open!.close();
    }
    rmSync(folder, { recursive: true });
  });

  it("tells a second answer to the last request at the next reset", () => {
    const runner = runnerOn(`${MISBEHAVING} twice '^5 ok'`);
    expect(runner.runCommands(sequence("dma r c0 i0; fence; dma r c1 i0"))).toBeNull();
    const what = 'answered an earlier request once more, or late, at "reset c0 c1 c2"';
    expect(runner.runCommands(sequence(FINE))?.trouble).toBe(what);
  });

  it("does not mind megabytes of stderr", () => {
    const runner = runnerOn(`${MISBEHAVING} stderr ' h9'`);
    expect(runner.runCommands(sequence(NINE))).toBeNull();
    expect(runner.answers).toEqual([8, 9, 10]);
  });

  it("finds an answer that is in form and wrong", () => {
    const runner = runnerOn(`${MISBEHAVING} wrong ' h9'`);
    const failure = runner.runCommands(sequence(NINE));
    expect(failure).toMatchObject({ step: 2, trouble: null });
    expect(failure!.violation).toMatchObject({
      property: "agreement",
      context: 0,
      page: 1,
      severity: "spurious-fault",
    });
  });
});
