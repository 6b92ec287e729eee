import { describe, expect, it } from "vitest";
import { geometryOf } from "../../models/geometry.js";
import { compileRecipe, EVERYTHING } from "../../models/recipe.js";
import { CACHE, CACHE_COUNT, Unit } from "../../models/unit.js";
import { type Architecture, CACHE_NAMES, type Scope } from "../../rules/vocabulary.js";
import { cell } from "../properties/cells.js";

const unitOf = (architecture: Architecture): Unit => new Unit(architecture, geometryOf());
const scope = (...caches: Scope["caches"]): Scope => ({
  caches,
  range: "affected",
  process: "own",
  global: "if-global",
});

describe("a recipe", () => {
  it("leaves out caches that the unit lacks, and stages that are empty then", () => {
    const legacy = unitOf(cell("always", [], ["envelope"], "vtd-legacy").architecture);
    const compiled = compileRecipe([[scope("pasid")], [scope("walk", "stage2"), scope("device-tlb")], []], legacy);
    expect(compiled.map((stage) => stage.map(({ caches }) => caches))).toEqual([[[CACHE.walk]]]);
  });

  it("ends a conflict by everything, on every cache at least once", () => {
    const stages = compileRecipe(EVERYTHING, unitOf(cell("tiny", []).architecture));
    const caches = new Set(stages.flat().flatMap(({ caches: named }) => named));
    expect(caches.size).toBe(CACHE_COUNT);
    expect(caches.size).toBe(CACHE_NAMES.length);
    expect(stages.flat().every(({ all, processAny, global }) => all && processAny && global === "always")).toBe(true);
  });
});
