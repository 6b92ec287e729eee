import path from "node:path";
import { describe, expect, it } from "vitest";
import { isWeaker, Recipes, recipeText } from "../../infer/recipes.js";
import { contractOwing, weakestContract } from "../../infer/weakest.js";
import { packageRoot } from "../../rules/home.js";
import { type StrategyName, TRANSITIONS } from "../../rules/vocabulary.js";
import { Runner } from "../../search/runner.js";
import { write } from "../rules/files.js";
import { cellOf, inferred, SMALL, transitionOf } from "./inferred.js";

const owesOf = (unit: string, transition: string, contract?: string, strategies?: StrategyName[]): string =>
  recipeText(inferred(unit, contract, strategies).rows[transitionOf(transition)]!.owes);

describe("the weakest contract", () => {
  it.each(["tiny", "vtd-legacy-cm"])("every recipe next below fails on %s, and the contract does not", (unit) => {
    const cell = cellOf(unit);
    const { contract, rows, beyond } = inferred(unit);
    const whole = new Runner({ ...cell, contract }, SMALL.geometry);
    let refuted = 0;
    for (const { transition, owes, refuted: list, isReached } of rows) {
      const below = new Recipes(cell.architecture, TRANSITIONS[transition]!.stage === 2).below(owes);
      expect(list.map((one) => one.owes)).toEqual(isReached ? below : []);
      for (const { owes: weaker, commands } of list) {
        if (commands === null) continue;
        const weakened = { ...cell, contract: contractOwing(contract, transition, weaker) };
        expect(new Runner(weakened, SMALL.geometry).runCommands(commands)).not.toBeNull();
        expect(whole.runCommands(commands)).toBeNull();
        refuted++;
      }
    }
    expect(refuted).toBeGreaterThan(10);
    expect(beyond).toEqual([]);
  });

  it("nothing for what was not present where nothing absent is cached, something where it is", () => {
    expect(owesOf("tiny", "stage 1 leaf np->p")).toBe("none");
    expect(owesOf("vtd-legacy-cm", "stage 1 leaf np->p")).toBe("[[stage1 + iotlb]]");
  });

  it("something for what was not present on a shadow", () => {
    expect(owesOf("tiny", "stage 1 leaf np->p", "always", ["shadow"])).not.toBe("none");
  });

  it("the IOTLB, a fence, the device TLB, a fence", () => {
    expect(owesOf("tiny", "stage 1 leaf p->np")).toBe("[[stage1 + iotlb], [device-tlb]]");
  });

  it("says of changes that the geometry does not have that it has none, and leaves what they owe", () => {
    const row = inferred("tiny").rows[transitionOf("stage 1 table p->np")]!;
    expect(row).toMatchObject({ isReached: false, changes: 0, refuted: [] });
    expect(row.owes.length).toBeGreaterThan(4);
  });

  it("begins with another contract, and raises what is too weak in it", () => {
    const rows = "  - { id: s1-leaf, owes: none, source: test }\n";
    const file = write("weak-base.yaml", `kind: contract\nname: mine\nextends: tiny\nrules:\n${rows}`);
    const { raised, rows: owed } = inferred("tiny", file);
    expect(raised.map(({ transition }) => transition)).toContain(transitionOf("stage 1 leaf p->np"));
    const leaf = owed[transitionOf("stage 1 leaf p->np")]!.owes;
    const right = inferred("tiny").rows[transitionOf("stage 1 leaf p->np")]!.owes;
    expect(isWeaker(right, leaf)).toBe(true);
  });

  it("trusts no contract for being called always", () => {
    const rows = "  - { id: nothing, owes: none, source: test }\n";
    const file = write("always.yaml", `kind: contract\nname: always\nextends: never\nrules:\n${rows}`);
    expect(inferred("tiny", file).raised.length).toBeGreaterThan(3);
  });

  it("claims no search where something is left that no rule prevents", () => {
    // Without a context cache an invalidation by address leaves walks in flight that read the old context entry.
    const { beyond, whole, rows } = inferred(path.join(packageRoot(), "docs/examples/one-iotlb.yaml"));
    expect(beyond.length).toBeGreaterThan(0);
    expect(whole).toBe(0);
    expect(rows.every(({ changes }) => changes === 0)).toBe(true);
  });

  it("is the same for the same seed", () => {
    const again = weakestContract(cellOf("tiny"), SMALL);
    expect(again).toEqual(inferred("tiny"));
  });

  it("stops when it is asked to, and says so", () => {
    let asked = 0;
    const stopped = weakestContract(cellOf("tiny"), { ...SMALL, shouldStop: () => asked++ > 5 });
    expect(stopped.stopped).toBe(true);
  });
});
