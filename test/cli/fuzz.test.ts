import { chmodSync, mkdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Place, RIGHT, UNIT, unprivileged, WEAK } from "./run.js";

const place = new Place();
beforeAll(() => {
  place.file("weak.yaml", WEAK);
  place.file("right.yaml", RIGHT);
  place.file("unit.yaml", UNIT);
});
afterAll(() => place.remove());

const FEW = ["T1", "T2", "--commands", "500"];

function repeatOf(stdout: string): string {
  return /^repeat with: (.*)$/m.exec(stdout)![1]!;
}

describe("a run", () => {
  it("prints the same bytes again, whether its counterexamples are new or not, and so does the line it ends with", () => {
    const first = place.run(["fuzz", ...FEW]);
    expect(first.code).toBe(0);
    expect(place.names("corpus")).toHaveLength(1);
    expect(place.run(["fuzz", ...FEW])).toEqual(first);
    expect(repeatOf(first.stdout)).toBe("nestfuzz fuzz T1 T2 --seed 1 --commands 500");
    expect(place.shell(repeatOf(first.stdout))).toEqual(first);
  });

  it("has a row a cell, a row a transition, how to see what was found, and the sum", async () => {
    const { stdout, stderr } = await place.call(["fuzz", ...FEW]);
    expect(stdout).toMatch(/^T1 +fails +fails +ok +[0-9]+ .* nf-[0-9a-f]{12}$/m);
    expect(stdout).toMatch(/^T2 +unrefuted +unrefuted +ok +5[0-9]{2} /m);
    expect(stdout).toMatch(/^stage 1 leaf np->p +[0-9]+ /m);
    expect(stdout).toMatch(/^[0-9]+ of 44 transitions occurred; no cell looks into caches\.$/m);
    const [, id] = /^counterexample (nf-[0-9a-f]{12}): nestfuzz show \1$/m.exec(stdout) ?? [];
    expect(place.names("corpus")).toContain(`${id}.json`);
    expect(stdout).toMatch(/\ngreen: 2 of 2 cells as expected\nrepeat with: .*\n$/);
    expect(stderr).toMatch(
      /^1 of 2: T1 fails, as expected, [0-9]+ commands\n2 of 2: T2 unrefuted, as expected, 5.*\n$/,
    );
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  it("leaves out the transitions where that is asked for, and its line asks again", () => {
    const first = place.run(["fuzz", "T1", "--commands", "100", "--no-coverage"]);
    expect(first.stdout).not.toMatch(/^stage 1 leaf np->p/m);
    expect(first.stdout).toMatch(/^[0-9]+ of 44 transitions occurred; /m);
    expect(place.shell(repeatOf(first.stdout))).toEqual(first);
  });

  it("repeats what time has limited by the commands that each cell came to", () => {
    const first = place.run(["fuzz", "T2", "T4", "--seconds", "1", "--seed", "it's 7"]);
    expect(repeatOf(first.stdout)).toMatch(/^nestfuzz fuzz T2 T4 --seed 'it'\\''s 7' --commands [0-9]+(,[0-9]+){3}$/);
    const again = place.shell(repeatOf(first.stdout));
    expect(again.stdout).toBe(first.stdout);
  }, 30_000);

  it("gives other bytes under another seed", async () => {
    const row = async (seed: string) =>
      (await place.call(["fuzz", "T2", "--commands", "300", "--seed", seed])).stdout.split("\n")[1];
    expect(await row("1")).not.toBe(await row("2"));
  });

  it("in JSON is one document without progress, the same each time", () => {
    const first = place.run(["fuzz", ...FEW, "--json"]);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    const document = JSON.parse(first.stdout);
    expect(document).toMatchObject({
      schema: "nestfuzz/run/1",
      seed: "1",
      green: true,
      stopped: false,
      repeat: "nestfuzz fuzz T1 T2 --seed 1 --commands 500 --json",
    });
    expect(document.cells).toHaveLength(2);
    expect(document.cells[0].counterexample.id).toBe(document.cells[0].id);
    expect(place.shell(document.repeat)).toEqual(first);
  });

  it("ends with code 1 where a claim that should fail does not", async () => {
    const { code, stdout } = await place.call(["fuzz", "T3", "--commands", "1"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^T3 +fails +unrefuted +RED /m);
    expect(stdout).toContain("red: 1 of 1 cells not as expected: T3 (expected fails, unrefuted)\n");
  });

  it("keeps its counterexamples where it is told to, and its lines say so", async () => {
    const { stdout } = await place.call(["fuzz", "T1", "--commands", "100", "--corpus", "my runs/corpus"]);
    const [file] = place.names("my runs/corpus");
    const id = file!.replace(".json", "");
    expect(stdout).toContain(`counterexample ${id}: nestfuzz show ${id} --corpus 'my runs/corpus'\n`);
    expect(repeatOf(stdout)).toBe("nestfuzz fuzz T1 --seed 1 --commands 100 --corpus 'my runs/corpus'");
    expect(place.shell(`nestfuzz show ${id} --corpus 'my runs/corpus'`).code).toBe(0);
  });

  it("takes larger and other geometries", () => {
    const { code, stdout } = place.run(["fuzz", "T2", "--commands", "200", "--geometry", "3x8/2x16 contexts=2"]);
    expect(code).toBe(0);
    const repeat = repeatOf(stdout);
    expect(repeat).toBe("nestfuzz fuzz T2 --seed 1 --commands 200 --geometry '3x8/2x16 contexts=2'");
    expect(place.shell(repeat).stdout).toBe(stdout);
  });
});

describe("rules of one's own", () => {
  it("that are too weak end with code 1 and a counterexample that can be shown and replayed", () => {
    const own = new Place();
    own.file("weak.yaml", WEAK);
    const { code, stdout } = own.run(["fuzz", "--contract", "weak.yaml", "--commands", "1000"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^own: hardware\+envelope on tiny under weak\n/);
    const [file] = own.names("corpus");
    const id = file!.replace(".json", "");
    expect(stdout).toContain(`counterexample ${id}: nestfuzz show ${id}\n`);
    const shown = own.run(["show", id]);
    expect(shown.code).toBe(0);
    expect(shown.stdout).toMatch(new RegExp(`^${id}: `));
    expect(shown.stdout).toContain("weak.yaml:6");
    const replayed = own.run(["replay", id]);
    expect(replayed.code).toBe(1);
    expect(replayed.stdout).toMatch(new RegExp(`\n${id} same\n$`));
    // The rules are in the entry: it replays without the file.
    expect(own.shell(`rm weak.yaml; nestfuzz replay ${id}`).stdout).toBe(replayed.stdout);
    own.remove();
  });

  it("that are right end with code 0", () => {
    const { code, stdout } = place.run(["fuzz", "--contract", "right.yaml", "--commands", "1000"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^own: hardware\+envelope on tiny under right\n/);
    expect(stdout).toMatch(/^own +unrefuted +unrefuted +ok /m);
    expect(place.shell(repeatOf(stdout)).stdout).toBe(stdout);
  });

  it("may be an architecture, with a contract of one's own or the one that is chosen, which is said", async () => {
    const alone = await place.call(["fuzz", "--architecture", "unit.yaml", "--commands", "500"]);
    expect(alone.stdout).toMatch(/^own: hardware\+envelope on unit under always\n/);
    expect(alone.code).toBe(0);
    const both = await place.call([
      "fuzz",
      "--architecture",
      "unit.yaml",
      "--contract",
      "right.yaml",
      "--commands",
      "500",
    ]);
    expect(both.stdout).toMatch(/^own: hardware\+envelope on unit under right\n/);
    expect(both.code).toBe(0);
  });

  it("take the place of a claim's", async () => {
    const { stdout } = await place.call(["fuzz", "T7.tiny", "--contract", "weak.yaml", "--commands", "500"]);
    expect(stdout).toMatch(/^T7\.tiny: hardware\+envelope\+shadow on tiny under weak\n/);
    expect(stdout).toMatch(/^T7\.tiny +unrefuted +fails +RED/m);
  });

  it("with a mistake in them are refused at its place, before anything is run or written", async () => {
    place.file("bad.yaml", WEAK.replace("owes: none", "owes: nothing").replace("s1-leaf", "s1-leef"));
    const { code, stdout, stderr } = await place.call(["fuzz", "--contract", "./bad.yaml", "--corpus", "none"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^\.\/bad\.yaml:7:11: NF[0-9]{3} /m);
    expect(stderr).not.toMatch(/^ {4}at /m);
    expect(place.names("none")).toEqual([]);
  });
});

describe("bad input", () => {
  it.each([
    [["T6x"], 'unknown claim "T6x"; known: T1, T2, ', "did you mean T6?"],
    [["T5.risc"], "known: T5.vtd-legacy, ", "did you mean T5.riscv?"],
    [["xyzzy"], 'unknown claim "xyzzy"', "nestfuzz claims lists them"],
    [[""], 'unknown claim ""', "known: T1"],
    [["T1", "--commands", "abc"], '--commands: "abc" is no number', "e.g. --commands 1000"],
    [["T1", "--commands", "0"], '--commands: "0" is no number', "whole numbers from 1 on"],
    [["T1", "--commands", "-1"], '--commands: "-1" is no number', "whole numbers from 1 on"],
    [["T1", "--commands", "1.5"], '--commands: "1.5" is no number', "whole numbers from 1 on"],
    [["T1", "--commands", "1e3"], '--commands: "1e3" is no number', "whole numbers from 1 on"],
    [["T1", "--commands", ""], '--commands: "" is no number', "whole numbers from 1 on"],
    [["T1", "--commands", "1,2"], "--commands: 2 numbers, and 1 cell", "one for each cell"],
    [["T1", "--seconds", "0"], '--seconds: "0" is no number', "e.g. --seconds 10"],
    [["T1", "--geometry", "9x9"], '--geometry: geometry "9x9" has 9 levels', '"2x4"'],
    [["T1", "--geometry", ""], '--geometry: geometry "" cannot be read', '"2x4"'],
    [["T1", "--strategies", "hardwre"], '--strategies: unknown strategy "hardwre"', "did you mean hardware?"],
    [["T1", "--strategies", " "], "--strategies: no strategy is named", "known: hardware, envelope, shadow"],
    [["T1", "--properties", "isolaton"], '--properties: unknown property "isolaton"', "did you mean isolation?"],
    [["--architecture", "riskv"], '--architecture: NF130 no architecture is called "riskv"', "did you mean riscv?"],
    [["--contract", "riscv flag=7"], '--contract: NF154 parameter flag is "7"', "known: 0, 1"],
    [["--contract", "riscv flg=1"], "--contract: NF153 ", "flag"],
    [["--contract", ""], '--contract: NF130 no contract is called ""', "known: always"],
    [["--contract", "nope.yaml"], '--contract: NF101 no file "nope.yaml"', "check the path"],
    [["--contract", "unit.yaml"], "unit.yaml:1:7: NF134 ", "contract"],
    [["T14.leaf", "--architecture", "riscv-ats"], "T14.leaf has rules of its own", "name one too"],
  ])("%j is refused with code 2", async (words, seen, known) => {
    const { code, stdout, stderr } = await place.call(["fuzz", ...words]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(seen);
    expect(stderr).toContain(known);
    expect(stderr).not.toMatch(/^ {4}at |undefined|internal error/m);
  });

  it("does not include a huge number: the claim fails long before", async () => {
    const { code, stdout } = await place.call(["fuzz", "T1", "--commands", "9".repeat(400)]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^T1 +fails +fails +ok/m);
  });
});

describe("a corpus that cannot be written", () => {
  function expectUnkept({ code, stdout, stderr }: ReturnType<Place["run"]>): void {
    expect(code).toBe(2);
    expect(stderr).toMatch(/^\S*nf-[0-9a-f]{12}\.json:1:1: NF303 the counterexample cannot be written \([A-Z]+\); /m);
    expect(stderr).not.toMatch(/^ {4}at /m);
    // All results are there, and the counterexample in a form that can be pasted.
    expect(stdout).toContain("not kept:\n\nnf-");
    expect(stdout).toMatch(/^--8<-- nestfuzz, [0-9]+ steps?$/m);
    expect(stdout).toMatch(/\nrepeat with: .*\n$/);
  }

  it("is complained of, and the results are printed all the same", async () => {
    place.file("a-file", "");
    expectUnkept(await place.call(["fuzz", "--contract", "weak.yaml", "--corpus", "a-file"]));
  });

  it("may be a folder without permission", ({ skip }) => {
    const user = unprivileged();
    if (user === null) return skip("no user without privileges here");
    chmodSync(place.folder, 0o755);
    mkdirSync(path.join(place.folder, "locked"));
    chmodSync(path.join(place.folder, "locked"), 0o555);
    expectUnkept(place.run(["fuzz", "--contract", "weak.yaml", "--corpus", "locked"], "", user));
    expect(place.names("locked")).toEqual([]);
    return undefined;
  });

  it("does no harm where there is nothing to write", ({ skip }) => {
    const user = unprivileged();
    if (user === null) return skip("no user without privileges here");
    const bare = new Place();
    chmodSync(bare.folder, 0o555);
    const { code } = bare.run(["fuzz", "T2", "--commands", "200"], "", user);
    expect(code).toBe(0);
    chmodSync(bare.folder, 0o755);
    expect(bare.names("corpus")).toEqual([]);
    bare.remove();
    return undefined;
  });
});
