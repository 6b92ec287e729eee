import { describe, expect, it } from "vitest";
import { loadClaims } from "../../rules/load.js";
import { DEFAULT_SHADOW, TRANSITIONS, transitionName } from "../../rules/vocabulary.js";
import { must, problemsOf, write } from "./files.js";

const cells = new Map(must(loadClaims()).flatMap((claim) => claim.cells.map((cell) => [cell.id, cell] as const)));

function file(cell: string): string {
  return `kind: claims\nclaims:\n  - id: C\n    says: s\n    source: t\n    cells:\n${cell}`;
}

describe("claims", () => {
  it("hold their architecture, their contract under its parameters, and their options", () => {
    const cell = cells.get("T3")!;
    expect([cell.architecture.name, cell.contract.name]).toEqual(["vtd-legacy-cm", "vtd-legacy"]);
    expect(cell.contract.parameters).toEqual({ cm: "1" });
    expect(cell.shadow).toEqual({ followsStage2: true, evicts: true });
    expect([cell.strategies, cell.properties, cell.expected]).toEqual([["shadow"], ["agreement"], "fails"]);
    expect(cell.why).not.toBe("");
  });

  it("hold the proofs that are pinned for them", () => {
    const proofs = [...cells.values()].flatMap((cell) => cell.proofs ?? []);
    expect(proofs.length).toBeGreaterThan(0);
    for (const { strategies, geometry, scope, states } of proofs) {
      expect(strategies.length).toBeGreaterThan(0);
      expect(geometry).toMatch(/^\d+x\d+/);
      expect(typeof scope).toBe("string");
      expect(states).toBeGreaterThan(0);
    }
  });

  it("take each option of a shadow from the cell, and what it leaves out from the default", () => {
    const shadowOf = (options: string) => {
      const cell = `      - id: C
        architecture: tiny
        contract: tiny
        strategies: [shadow]
        properties: [agreement]
        expected: holds
        why: w
        shadow: ${options}
`;
      return must(loadClaims(write("shadow.yaml", file(cell))))[0]!.cells[0]!.shadow;
    };
    for (const followsStage2 of [true, false]) {
      for (const evicts of [true, false]) {
        expect(shadowOf(`{ follows-stage2: ${followsStage2}, evicts: ${evicts} }`)).toEqual({ followsStage2, evicts });
        expect(shadowOf(`{ follows-stage2: ${followsStage2} }`)).toEqual({ ...DEFAULT_SHADOW, followsStage2 });
        expect(shadowOf(`{ evicts: ${evicts} }`)).toEqual({ ...DEFAULT_SHADOW, evicts });
      }
    }
  });

  it("let a cell change rules for itself alone", () => {
    const at = TRANSITIONS.findIndex((transition) => transitionName(transition) === "stage 1 leaf malformed->p");
    expect(cells.get("T5b.riscv")!.contract.rules[at]).toMatchObject({ id: "malformed-elided", stages: [] });
    expect(cells.get("T5b.riscv")!.contract.rules[at]!.at).toMatch(/^rules\/claims\.yaml:\d+$/);
    expect(cells.get("T5.riscv")!.contract.rules[at]!.stages.length).toBeGreaterThan(0);
  });

  it("have cells of different ids, each of its claim", () => {
    const all = must(loadClaims()).flatMap((claim) => claim.cells.map((cell) => [claim.id, cell.id] as const));
    expect(new Set(all.map(([, id]) => id)).size).toBe(all.length);
    for (const [claim, id] of all) expect(id === claim || id.startsWith(`${claim}.`)).toBe(true);
  });

  it("take paths from the folder of their file, and report a broken file once", () => {
    write("unit.yaml", "kind: architecture\nname: unit\nextends: tiny\nqueue: fast\n");
    const cell = (id: string) => `      - id: ${id}
        architecture: ./unit.yaml
        contract: tiny
        strategies: [hardware]
        properties: [agreement]
        expected: holds
        why: w
`;
    expect(problemsOf(loadClaims(write("claims.yaml", file(cell("C.a") + cell("C.b")))))).toEqual([
      'unit.yaml:4:8: NF112 unknown queue "fast"; known: ordered, unordered; use one of these',
    ]);
  });
});
