import path from "node:path";
import { describe, expect, it } from "vitest";
import { checkFile, filesOf, loadArchitecture, loadContract, parseContractRef } from "../../rules/load.js";
import { must, problemsOf, write } from "./files.js";

describe("a reference", () => {
  it("that is unknown lists the known names, with the nearest", () => {
    const [problem] = problemsOf(loadArchitecture("riscy"));
    expect(problem).toContain('riscy:1:1: NF130 no architecture is called "riscy"; known: amd-nested, ');
    expect(problem).toContain("did you mean riscv?");
    expect(problemsOf(loadArchitecture(""))[0]).toContain('NF130 no architecture is called ""');
    expect(problemsOf(loadContract("../always"))[0]).toContain("NF101");
    expect(problemsOf(loadContract("vtd-legcy", { cm: "1" }))[0]).toContain("did you mean vtd-legacy?");
  });

  it("to a contract may carry parameters at its end", () => {
    expect(must(parseContractRef("vtd-legacy"))).toEqual({ ref: "vtd-legacy", parameters: {} });
    expect(must(parseContractRef(" vtd-legacy  cm=1 x-y=first-stage "))).toEqual({
      ref: "vtd-legacy",
      parameters: { cm: "1", "x-y": "first-stage" },
    });
    expect(must(parseContractRef("my rules/a.yaml cm=0")).ref).toBe("my rules/a.yaml");
    expect(must(parseContractRef("cm=1"))).toEqual({ ref: "cm=1", parameters: {} });
    expect(must(parseContractRef("a __proto__=1")).ref).toBe("a __proto__=1");
    expect(problemsOf(parseContractRef("vtd-legacy cm=0 cm=1"))[0]).toContain('NF115 the reference names "cm" twice');
  });
});

describe("the files of a rule file", () => {
  it("are itself, its parents, and the architectures that a contract names with theirs", () => {
    const unit = write("files-unit.yaml", "kind: architecture\nname: unit\nextends: tiny\n");
    const text = "kind: contract\nname: mine\nextends: tiny\narchitecture: [./files-unit.yaml, gone]\n";
    const contract = write("files-mine.yaml", text);
    const names = (kind: "architecture" | "contract", ref: string): string[] =>
      filesOf(kind, ref)
        .map((file) => path.basename(file))
        .sort();
    expect(names("architecture", unit)).toEqual(["files-unit.yaml", "tiny.yaml"]);
    expect(names("architecture", "tiny")).toEqual(["tiny.yaml"]);
    expect(names("contract", contract)).toEqual(["files-mine.yaml", "files-unit.yaml", "tiny.yaml", "tiny.yaml"]);
    expect(names("contract", "gone")).toEqual([]);
    // A path is watched whether or not the file is there yet.
    expect(names("architecture", "./gone.yaml")).toEqual(["gone.yaml"]);
  });
});

describe("checkFile", () => {
  it("says what it found", () => {
    expect(checkFile("rules/architectures/tiny.yaml")).toEqual({
      kind: "architecture",
      problems: [],
      summary: "architecture tiny: 8 caches, 5 commands, queue unordered",
    });
    expect(checkFile("rules/contracts/tiny.yaml").summary).toBe(
      "contract tiny: 8 rules for 44 transitions, 1 choice of parameters, against tiny",
    );
    expect(checkFile("rules/claims.yaml").summary).toMatch(/^claims: 41 claims, \d+ cells$/);
  });

  it("checks a contract without an architecture by itself", () => {
    const file = write("alone.yaml", "kind: contract\nname: alone\nsummary: s\nsource: t\nextends: never\n");
    expect(checkFile(file).summary).toContain("against tiny, amd-nested");
  });

  it("checks every choice of parameters against each architecture", () => {
    const text = `kind: contract
name: mine
extends: vtd-legacy
architecture: ./unit.yaml
rules:
  - { id: s1-leaf, source: t }
`;
    write("unit.yaml", "kind: architecture\nname: unit\nextends: vtd-legacy\ncommands:\n  ctx: absent\n");
    const problems = problemsOf(checkFile(write("mine.yaml", text)));
    // One for the rule under cm=1, one for the rule under both.
    expect(problems).toEqual([
      expect.stringContaining("NF155 rule context-new-cm owes context"),
      expect.stringContaining("NF155 rule context-changed owes context"),
    ]);
  });

  it("says so where a contract names no architecture", () => {
    const rows = "rules:\n  - { id: a, stage: any, level: any, change: any, by: guest, owes: none, source: t }\n";
    const text = `kind: contract\nname: bare\nsummary: s\nsource: t\n${rows}`;
    expect(checkFile(write("bare.yaml", text)).summary).toBe(
      "contract bare: 1 rule for 44 transitions, 1 choice of parameters, against no architecture",
    );
  });

  it("gives no summary to a broken file", () => {
    expect(checkFile(write("broken.yaml", "kind: claims\nclaims: 3\n"))).toMatchObject({ kind: "claims", summary: "" });
  });
});
