import { describe, expect, it } from "vitest";
import { loadArchitecture, loadContract } from "../../rules/load.js";
import type { RuleRow } from "../../rules/rows.js";
import { type Contract, TRANSITIONS, transitionName } from "../../rules/vocabulary.js";
import { must, problemsOf, write } from "./files.js";

const HEAD = "kind: contract\nname: mine\n";
const CM = "parameters:\n  cm: { values: [0, 1], default: 0, summary: s, source: t }\n";
const BASE = `${HEAD}extends: never\n`;

function load(text: string, parameters: Record<string, string> = {}, name = "mine.yaml") {
  return loadContract(write(name, text), parameters);
}

function ruleFor(contract: Contract, name: string) {
  const at = TRANSITIONS.findIndex((transition) => transitionName(transition) === name);
  return contract.rules[at]!;
}

describe("a contract", () => {
  it("has one rule for each transition, in their order", () => {
    const tiny = must(loadContract("tiny"));
    expect(ruleFor(tiny, "stage 1 leaf retarget")).toEqual({
      id: "s1-leaf",
      by: "guest",
      stages: [
        [{ caches: ["stage1", "iotlb"], range: "affected", process: "own", global: "if-global" }],
        [{ caches: ["device-tlb"], range: "affected", process: "own", global: "if-global" }],
      ],
      source: "nestfuzz",
      confidence: "specification",
      at: expect.stringMatching(/^rules\/contracts\/tiny\.yaml:\d+$/),
    });
  });

  it("is owed by the host for stage 2 and by the guest otherwise, unless it says so", () => {
    const rules = `rules:\n  - { id: x, stage: 2, level: any, change: gain, by: guest, owes: none, source: t }\n`;
    const contract = must(load(BASE + rules));
    expect(ruleFor(contract, "stage 2 leaf gain").by).toBe("guest");
    expect(ruleFor(contract, "stage 2 leaf loss").by).toBe("host");
    expect(ruleFor(contract, "stage 1 leaf loss").by).toBe("guest");
    expect(ruleFor(contract, "context domain").by).toBe("guest");
  });

  it("takes parameters, with defaults, and answers by them", () => {
    expect(must(loadContract("vtd-legacy")).parameters).toEqual({ cm: "0" });
    const set = must(loadContract("vtd-legacy", { cm: "1" }));
    expect(set.parameters).toEqual({ cm: "1" });
    expect(ruleFor(set, "stage 1 leaf np->p").stages.length).toBe(1);
    expect(ruleFor(must(loadContract("vtd-legacy")), "stage 1 leaf np->p").stages).toEqual([]);
  });

  it("refuses parameters and values that it does not have", () => {
    expect(problemsOf(loadContract("vtd-legacy", { mc: "1", cm: "2" }))).toEqual([
      'vtd-legacy:1:1: NF153 unknown parameter "mc"; known: cm; did you mean cm?',
      'vtd-legacy:1:1: NF154 parameter cm is "2"; known: 0, 1; use one of these values',
    ]);
    expect(problemsOf(loadContract("always", { cm: "1" }))[0]).toContain("this contract has no parameters");
    expect(problemsOf(loadContract("vtd-legacy", JSON.parse('{"__proto__": "1"}')))[0]).toContain("NF153");
  });
});

describe("precedence", () => {
  it("lets a row that names a transition beat one that says any, in either order", () => {
    const one = "  - { id: one, stage: 1, level: leaf, change: gain, owes: [[iotlb]], source: t }\n";
    const any = "  - { id: fallback, stage: any, level: any, change: any, owes: none, source: t }\n";
    for (const rules of [one + any, any + one]) {
      const contract = must(load(`${HEAD}summary: s\nsource: t\nrules:\n${rules}`));
      expect(ruleFor(contract, "stage 1 leaf gain").id).toBe("one");
      expect(ruleFor(contract, "stage 1 leaf loss").id).toBe("fallback");
    }
  });

  it("ranks rows by how much they leave open", () => {
    const rules = `rules:
  - { id: all, stage: any, level: any, change: any, owes: none, source: t }
  - { id: stage, stage: 1, level: any, change: any, owes: none, source: t }
  - { id: level, stage: 1, level: leaf, change: any, owes: none, source: t }
  - { id: change, stage: 1, level: leaf, change: gain, owes: none, source: t }
`;
    const contract = must(load(`${HEAD}summary: s\nsource: t\n${rules}`));
    expect(ruleFor(contract, "stage 2 leaf gain").id).toBe("all");
    expect(ruleFor(contract, "stage 1 table gain").id).toBe("stage");
    expect(ruleFor(contract, "stage 1 leaf loss").id).toBe("level");
    expect(ruleFor(contract, "stage 1 leaf gain").id).toBe("change");
  });

  it("lets a row of a child beat the rows of its parent, even one that says any", () => {
    const rules = "rules:\n  - { id: mine, stage: 1, level: any, change: any, owes: [[walk]], source: t }\n";
    const contract = must(load(`${HEAD}extends: tiny\n${rules}`));
    expect(ruleFor(contract, "stage 1 leaf gain").id).toBe("mine");
    expect(ruleFor(contract, "stage 2 leaf gain").id).toBe("s2-leaf");
  });

  it("lets a child change fields of a row by its id", () => {
    const contract = must(load(`${HEAD}extends: tiny\nrules:\n  - { id: s1-leaf, owes: none, source: changed }\n`));
    const rule = ruleFor(contract, "stage 1 leaf gain");
    expect([rule.id, rule.stages, rule.source]).toEqual(["s1-leaf", [], "changed"]);
    expect(rule.at).toMatch(/mine\.yaml:5$/);
  });

  it("moves a row that a child changes to the child's tier", () => {
    write(
      "middle.yaml",
      `${HEAD.replace("mine", "middle")}extends: tiny
rules:
  - { id: middle, stage: 1, level: leaf, change: gain, owes: [[walk]], source: t }
`,
    );
    const text = `${HEAD}extends: ./middle.yaml\nrules:\n  - { id: s1-leaf, owes: none, source: t }\n`;
    expect(ruleFor(must(load(text)), "stage 1 leaf gain").id).toBe("s1-leaf");
  });

  it("puts the rows of a patch before all files", () => {
    const spot = { file: "patch", line: 7, column: 1 };
    const patch: RuleRow[] = [
      { id: "p", spot, stage: [1], level: ["leaf"], change: ["gain"], owes: [], source: "a claim" },
      { id: "s2-leaf", spot, owes: [], source: "a claim" },
    ];
    const contract = must(loadContract("tiny", {}, undefined, patch));
    expect(ruleFor(contract, "stage 1 leaf gain")).toMatchObject({ id: "p", at: "patch:7", stages: [] });
    expect(ruleFor(contract, "stage 2 leaf gain")).toMatchObject({ id: "s2-leaf", at: "patch:7", stages: [] });
  });

  it("applies a row only under the values that it asks for", () => {
    const rules = `rules:
  - { id: one, stage: 1, level: leaf, change: gain, when: { cm: 1 }, owes: [[walk]], source: t }
  - { id: both, stage: 1, level: leaf, change: loss, when: { cm: [0, 1] }, owes: [[walk]], source: t }
`;
    const clear = must(load(BASE + CM + rules));
    const set = must(load(BASE + CM + rules, { cm: "1" }));
    expect(ruleFor(clear, "stage 1 leaf gain").id).toBe("nothing");
    expect(ruleFor(set, "stage 1 leaf gain").id).toBe("one");
    expect([ruleFor(clear, "stage 1 leaf loss").id, ruleFor(set, "stage 1 leaf loss").id]).toEqual(["both", "both"]);
  });

  it("is checked for all values, not the chosen ones alone", () => {
    const rules = `rules:
  - { id: one, stage: 1, level: leaf, change: gain, owes: none, source: t }
  - { id: two, stage: 1, level: leaf, change: gain, when: { cm: 1 }, owes: none, source: t }
`;
    expect(problemsOf(load(BASE + CM + rules, { cm: "0" }))).toEqual([
      expect.stringContaining("NF150 rules one and two both match stage 1 leaf gain when cm=1"),
    ]);
  });
});

describe("parameters of a child", () => {
  it("merge by name", () => {
    const text = `${HEAD}extends: vtd-legacy\nparameters:\n  cm: { default: 1, source: t }\n`;
    expect(must(load(text)).parameters).toEqual({ cm: "1" });
  });
});

describe("a contract for an architecture", () => {
  it("owes nothing on caches that the architecture does not have", () => {
    const legacy = must(loadArchitecture("vtd-legacy"));
    const rule = ruleFor(must(loadContract("always", {}, legacy)), "stage 1 leaf gain");
    expect(rule.stages.map((stage) => stage.map((scope) => scope.caches.join(" + ")))).toEqual([
      ["context"],
      ["walk + stage1 + iotlb"],
    ]);
  });

  it("is refused where no command can do what a rule owes, at that scope", () => {
    const unit = write("unit.yaml", "kind: architecture\nname: unit\nextends: tiny\ncommands:\n  dev: absent\n");
    const text = `${BASE}rules:
  - id: x
    stage: 1
    level: leaf
    change: gain
    source: t
    owes:
      - [iotlb]
      - [device-tlb]
`;
    const architecture = must(loadArchitecture(unit));
    expect(problemsOf(loadContract(write("mine.yaml", text), {}, architecture))).toEqual([
      "mine.yaml:12:10: NF155 rule x owes device-tlb, which no command of unit removes; " +
        "no command of it touches device-tlb; widen a command of the architecture, or owe less",
    ]);
  });
});
