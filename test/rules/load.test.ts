import { describe, expect, it } from "vitest";
import { checkFile, loadArchitecture, loadContract, parseContractRef } from "../../rules/load.js";
import { must, problemsOf, write } from "./files.js";

describe("a reference", () => {
  it("that is unknown lists the known names, with the nearest", () => {
    const [problem] = problemsOf(loadArchitecture("riscy"));
    expect(problem).toContain('riscy:1:1: NF130 no architecture is called "riscy"; known: amd-nested, ');
    expect(problem).toContain("did you mean riscv?");
    expect(problemsOf(loadArchitecture(""))[0]).toContain('NF130 no architecture is called ""');
    expect(problemsOf(loadContract("../always"))[0]).toContain("NF101");
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

  it("gives no summary to a broken file", () => {
    expect(checkFile(write("broken.yaml", "kind: claims\nclaims: 3\n"))).toMatchObject({ kind: "claims", summary: "" });
  });
});
