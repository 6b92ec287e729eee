import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Place } from "./run.js";

const place = new Place();
const HEAD = "kind: contract\nname: mine\nextends: tiny\nrules:\n";
beforeAll(() => {
  place.file("weak.yaml", `${HEAD}  - { id: s1-leaf, owes: none, source: test }\n`);
  place.file("right.yaml", `${HEAD}  - { id: new-entry, owes: [[stage1 + iotlb]], source: test }\n`);
  place.file("bad.yaml", `${HEAD}  - { id: s1-leaf, owes: nome, source: test }\n`);
});
afterAll(() => place.remove());

const FEW = ["--commands", "2000"];

describe("check", () => {
  it("prints a verdict a row with its place, and how to repeat it", async () => {
    const { code, stdout } = await place.call(["check", "right.yaml", ...FEW]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mine on tiny, envelope$/m);
    expect(stdout).toMatch(
      /^right\.yaml:5: new-entry: superfluous\n {2}owes +stage1\+iotlb, fence\n {2}found +nothing/m,
    );
    expect(stdout).toMatch(/^rules\/contracts\/tiny\.yaml:17: s1-leaf: needed\n.*\n {2}found +stale-access by "w g4/m);
    expect(stdout).toMatch(/\n8 rows: 6 needed, 1 nothing owed, 1 superfluous\n/);
    const repeat = /^repeat with: (.*)$/m.exec(stdout)![1]!;
    expect(repeat).toBe("nestfuzz check right.yaml --seed 1 --commands 2000");
    expect(place.shell(repeat).stdout).toBe(stdout);
  });

  it("ends with code 1 at a wrong row: a mail that names it by file and line, kept for replay", async () => {
    const { code, stdout } = await place.call(["check", "weak.yaml", ...FEW]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^row s1-leaf, weak\.yaml:5, is wrong:$/m);
    expect(stdout).toMatch(/^Rule: s1-leaf \(weak\.yaml:5\), for stage 1 leaf p->np/m);
    const [, id] = /^(nf-[0-9a-f]{12}): .* fails for envelope/m.exec(stdout)!;
    expect(place.names("corpus")).toEqual([`${id}.json`]);
    expect((await place.call(["replay", id!])).code).toBe(1);
  });

  it("names the rows that other parameters put in force", async () => {
    const { stdout } = await place.call(["check", "vtd-legacy cm=1", "--commands", "200"]);
    expect(stdout).toMatch(/^not in force: .*\(cm=0\)/m);
  });

  it("prints JSON where that is asked for", async () => {
    const { stdout, stderr } = await place.call(["check", "weak.yaml", "--json", ...FEW]);
    expect(stderr).toBe("");
    const { rows, stopped } = JSON.parse(stdout);
    expect(stopped).toBe(false);
    expect(rows).toHaveLength(8);
    expect(rows.find(({ row }: { row: string }) => row === "s1-leaf")).toMatchObject({
      at: "weak.yaml:5",
      verdict: "wrong",
      owes: [],
      counterexample: { commands: ["w g4[0]=-"] },
    });
  });

  it("refuses what cannot be checked, with the place", async () => {
    for (const [argv, text] of [
      [["check", "bad.yaml"], "bad.yaml:5:26: "],
      [["check", "none.yaml"], 'the contract: NF101 no file "none.yaml"'],
      [["check", "tiny cm=1"], "the contract: NF153 "],
      [["check", "tiny", "--commands", "0"], '--commands: "0" is no number'],
      [["check", "tiny", "--architecture", "tini"], "--architecture: NF130 "],
      [["check", "tiny", "--geometry", "9x9"], "--geometry: "],
    ] as const) {
      const { code, stdout, stderr } = await place.call([...argv]);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(text);
    }
  });
});
