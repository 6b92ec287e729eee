import seedrandom from "seedrandom";
import { describe, expect, it } from "vitest";
import { isWeaker, NOTHING, type Recipe, Recipes, recipeKey, recipeText } from "../../infer/recipes.js";
import { loadArchitecture } from "../../rules/load.js";
import type { CacheName, Scope } from "../../rules/vocabulary.js";

const tiny = loadArchitecture("tiny");
const vtd = loadArchitecture("vtd-legacy");
const smmu = loadArchitecture("smmuv3-nested");
if (!tiny.ok || !vtd.ok || !smmu.ok) throw new Error("built-in rules do not load");

function scope(caches: CacheName[], words: Partial<Scope> = {}): Scope {
  return { caches, range: "affected", process: "own", global: "if-global", ...words };
}

describe("the order of recipes", () => {
  const both: Recipe = [[scope(["stage1", "iotlb"])], [scope(["device-tlb"])]];

  it.each<[string, Recipe, boolean]>([
    ["nothing", NOTHING, true],
    ["a stage fewer", [[scope(["device-tlb"])]], true],
    ["a cache fewer", [[scope(["iotlb"])], [scope(["device-tlb"])]], true],
    ["no fence between", [[scope(["stage1", "iotlb"]), scope(["device-tlb"])]], true],
    ["two commands for one", [[scope(["stage1"]), scope(["iotlb"])], [scope(["device-tlb"])]], true],
    ["itself", both, true],
    ["the other order", [[scope(["device-tlb"])], [scope(["stage1", "iotlb"])]], false],
    ["a wider range", [[scope(["stage1", "iotlb"], { range: "all" })], [scope(["device-tlb"])]], false],
    ["a cache more", [[scope(["walk", "stage1", "iotlb"])], [scope(["device-tlb"])]], false],
    ["a stage more", [...both, [scope(["device-tlb"])]], false],
  ])("%s", (_, recipe, isBelow) => {
    expect(isWeaker(recipe, both)).toBe(isBelow);
  });

  /** Serves `recipe` with these commands, each a set of scopes' own keys and a fence after it; whether it is done. */
  function isServed(recipe: Recipe, commands: readonly Scope[][]): boolean {
    let stage = 0;
    let open: readonly Scope[] = recipe[0] ?? [];
    for (const sent of commands) {
      open = open.filter((due) => !sent.some((one) => covers(one, due)));
      while (open.length === 0 && stage < recipe.length) {
        stage++;
        open = recipe[stage] ?? [];
        if (open.length > 0) break;
      }
    }
    return stage >= recipe.length;
  }

  function covers(sent: Scope, due: Scope): boolean {
    return (
      due.caches.every((cache) => sent.caches.includes(cache)) &&
      (due.range === "affected" || sent.range === "all") &&
      (due.process === "own" || sent.process === "any") &&
      (due.global === "never" || sent.global === "always" || sent.global === due.global)
    );
  }

  it("whoever serves a recipe has served all below it: 3,000 random services", () => {
    const random = seedrandom("served");
    const recipes = new Recipes(tiny.value, false);
    let served = 0;
    for (let run = 0; run < 3_000; run++) {
      const strong = recipes.canonical(randomRecipe(random))!;
      const below = recipes.below(strong);
      const commands = [...strong, ...randomRecipe(random)].flatMap((stage) => [[...stage], [randomScope(random)]]);
      if (!isServed(strong, commands)) continue;
      served++;
      for (const weak of below)
        expect(isServed(weak, commands), `${recipeText(weak)} of ${recipeText(strong)}`).toBe(true);
    }
    expect(served).toBeGreaterThan(1_000);
  });

  it("what is next below is weaker, is served by some command, and none of it below another", () => {
    const random = seedrandom("below");
    for (const architecture of [tiny.value, vtd.value, smmu.value]) {
      for (const byGuestPage of [false, true]) {
        const recipes = new Recipes(architecture, byGuestPage);
        for (let run = 0; run < 200; run++) {
          const recipe = recipes.canonical(randomRecipe(random));
          if (recipe === null) continue;
          const below = recipes.below(recipe);
          if (recipe.length > 0) expect(below.length).toBeGreaterThan(0);
          for (const weak of below) {
            expect(isWeaker(weak, recipe)).toBe(true);
            expect(isWeaker(recipe, weak)).toBe(false);
            expect(recipes.canonical(weak)).toEqual(weak);
            const over = below.filter((other) => other !== weak && isWeaker(weak, other));
            expect(over).toEqual([]);
          }
        }
      }
    }
  });

  it("goes down to nothing in finitely many steps, by whatever way", () => {
    const random = seedrandom("down");
    const recipes = new Recipes(tiny.value, true);
    for (let run = 0; run < 50; run++) {
      let recipe = recipes.canonical(randomRecipe(random))!;
      let steps = 0;
      while (recipe.length > 0 && steps < 200) {
        const below = recipes.below(recipe);
        recipe = below[Math.floor(random() * below.length)]!;
        steps++;
      }
      expect(recipe).toEqual(NOTHING);
    }
  });
});

describe("the form that stands for others", () => {
  it("names all caches that go together on the unit", () => {
    // VT-d has one command for them; without a leaf hint it takes pointers too.
    const recipes = new Recipes(vtd.value, false);
    expect(recipes.canonical([[scope(["walk"])]])).toEqual([[scope(["walk", "stage1", "iotlb"])]]);
    expect(recipes.canonical([[scope(["iotlb"])]])).toEqual([[scope(["stage1", "iotlb"])]]);
  });

  it("is none where no command serves it", () => {
    const recipes = new Recipes(vtd.value, false);
    expect(recipes.canonical([[scope(["device-tlb"])]])).toBeNull();
  });

  it("has the usual words where they make no difference", () => {
    const recipes = new Recipes(tiny.value, false);
    const never = recipes.canonical([[scope(["iotlb"], { global: "never" })]])!;
    const always = recipes.canonical([[scope(["iotlb"], { global: "always" })]])!;
    expect(recipeKey(never)).toBe(recipeKey(always));
  });

  it("drops a scope that another of its stage has in it", () => {
    const recipes = new Recipes(tiny.value, false);
    const repeated = recipes.canonical([[scope(["pasid"]), scope(["pasid"], { range: "all" })]]);
    expect(repeated).toEqual([[scope(["pasid"], { range: "all" })]]);
  });
});

describe("the text of a recipe", () => {
  it("is that of a rule file", () => {
    expect(recipeText(NOTHING)).toBe("none");
    expect(
      recipeText([[scope(["walk", "iotlb"]), scope(["pasid"], { process: "any" })], [scope(["device-tlb"])]]),
    ).toBe("[[walk + iotlb, { cache: pasid, process: any }], [device-tlb]]");
  });
});

function randomScope(random: () => number): Scope {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const caches = pick<CacheName[]>([
    ["context"],
    ["pasid"],
    ["iotlb"],
    ["stage1", "iotlb"],
    ["walk", "stage1", "iotlb"],
  ]);
  return scope(caches, { range: pick(["affected", "all"]), process: pick(["own", "any"]) });
}

function randomRecipe(random: () => number): Recipe {
  const count = 1 + Math.floor(random() * 3);
  return Array.from({ length: count }, () => {
    const stage = [randomScope(random), randomScope(random)];
    const names = stage.flatMap(({ caches }) => caches);
    return new Set(names).size === names.length ? stage : stage.slice(0, 1);
  });
}
