import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { architectureNames, contractNames } from "../../rules/load.js";
import { Place, RIGHT, root, UNIT, WEAK } from "./run.js";

const place = new Place();
beforeAll(() => {
  place.file("weak.yaml", WEAK);
  place.file("right.yaml", RIGHT);
  place.file("unit.yaml", UNIT);
});
afterAll(() => place.remove());

describe("rules check", () => {
  it("says in a line what each right file holds", async () => {
    const { code, stdout, stderr } = await place.call(["rules", "check", "weak.yaml", "right.yaml", "unit.yaml"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n")).toEqual([
      expect.stringMatching(/^weak\.yaml: contract weak: /),
      expect.stringMatching(/^right\.yaml: contract right: /),
      expect.stringMatching(/^unit\.yaml: architecture unit: 7 caches, /),
      "",
    ]);
  });

  it("takes every built-in file", async () => {
    const files = [
      ...architectureNames().map((name) => `rules/architectures/${name}.yaml`),
      ...contractNames().map((name) => `rules/contracts/${name}.yaml`),
      "rules/claims.yaml",
      "docs/examples/no-flush-on-unmap.yaml",
    ];
    const { code, stdout } = await place.call(["rules", "check", ...files.map((file) => path.join(root, file))]);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n")).toHaveLength(files.length);
  }, 20_000);

  it("prints every mistake of every file at its place, and what is right all the same", async () => {
    place.file("bad.yaml", `${WEAK.replace("owes: none", "owes: [[iotbl]]")}colour: red\n`);
    const { code, stdout, stderr } = place.run(["rules", "check", "bad.yaml", "right.yaml", "nofile.yaml", "."]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^right\.yaml: contract right: .*\n$/);
    expect(stderr).toMatch(/^bad\.yaml:7:13: NF112 .*"iotbl".*did you mean iotlb\?$/m);
    expect(stderr).toMatch(/^bad\.yaml:9:1: NF110 .*"colour"/m);
    expect(stderr).toMatch(/^nofile\.yaml:1:1: NF101 /m);
    expect(stderr).toMatch(/^\.:1:1: NF102 /m);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it.each([
    ["empty", "", /:1:1: NF105 /],
    ["binary", Buffer.from([0, 255, 254, 7]), /:1:2: NF106 /],
    ["too large", "# x\n".repeat(300_000), /:1:1: NF104 /],
    ["no mapping", "just a text\n", /:1:1: NF113 /],
    ["no YAML", "kind: [contract\n", /:[12]:[0-9]+: NF120 /],
    ["of no known kind", "kind: contrct\n", /:1:7: NF112 .*did you mean contract\?/],
  ])("refuses a file that is %s", async (_, content, message) => {
    place.file("in.yaml", content);
    const { code, stdout, stderr } = await place.call(["rules", "check", "in.yaml"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^in\\.yaml${message.source}`));
  });
});

describe("rules list", () => {
  it("has the names that --architecture and --contract take", async () => {
    expect(await place.call(["rules", "list"])).toEqual({
      code: 0,
      stdout: `architectures: ${architectureNames().join(", ")}\ncontracts: ${contractNames().join(", ")}\n`,
      stderr: "",
    });
  });
});
