/**
 * What one transition owes, compiled for a unit: stages of scopes, those on caches that the unit lacks left out.
 *
 * `EVERYTHING` is what ends a conflict of tags, which no contract knows of.
 */

import type { CacheName, Scope } from "../rules/vocabulary.js";
import { CACHE, type Unit } from "./unit.js";

export interface CompiledScope {
  /** One command must empty all of these together. */
  caches: readonly number[];
  all: boolean;
  processAny: boolean;
  global: "if-global" | "always" | "never";
}
export type Recipe = readonly (readonly CompiledScope[])[];

const everything = (...caches: CacheName[]): Scope => ({ caches, range: "all", process: "any", global: "always" });

/**
 * Down the tree, a fence after each step; process contexts twice, since they and stage 2 may be filled from each
 * other.
 */
export const EVERYTHING: readonly (readonly Scope[])[] = [
  [everything("context")],
  [everything("pasid")],
  [everything("stage2-walk", "stage2")],
  [everything("pasid")],
  [everything("walk", "stage1", "iotlb")],
  [everything("device-tlb")],
];

export function compileRecipe(stages: readonly (readonly Scope[])[], unit: Unit): Recipe {
  const compiled = stages.map((stage) =>
    stage
      .map((scope) => ({
        caches: scope.caches.map((cache) => CACHE[cache]).filter((cache) => unit.caches[cache]!.present),
        all: scope.range === "all",
        processAny: scope.process === "any",
        global: scope.global,
      }))
      .filter((scope) => scope.caches.length > 0),
  );
  return compiled.filter((stage) => stage.length > 0);
}
