/** Contracts inferred in the smallest geometry, for several tests: short searches of a small unit. */

import { type InferOptions, type Weakest, weakestContract } from "../../infer/weakest.js";
import { parseGeometry } from "../../models/geometry.js";
import { SMALLEST_GEOMETRY } from "../../prove/scope.js";
import { loadArchitecture, loadContract } from "../../rules/load.js";
import { DEFAULT_SHADOW, type StrategyName, TRANSITIONS, transitionName } from "../../rules/vocabulary.js";
import type { RunCell } from "../../search/runner.js";
import { must } from "../rules/files.js";

const geometry = parseGeometry(SMALLEST_GEOMETRY);
if (typeof geometry === "string") throw new Error(geometry);

export const SMALL: InferOptions = { seed: "1", commands: 150, whole: 3_000, geometry };

export function cellOf(unit: string, contract = "always", strategies: StrategyName[] = ["envelope"]): RunCell {
  const architecture = must(loadArchitecture(unit));
  return {
    architecture,
    contract: must(loadContract(contract, {}, architecture)),
    strategies,
    properties: ["agreement", "cache-validity", "isolation"],
    shadow: DEFAULT_SHADOW,
  };
}

/** Position of `stage 1 leaf np->p` and the like. */
export function transitionOf(name: string): number {
  const at = TRANSITIONS.findIndex((transition) => transitionName(transition) === name);
  if (at < 0) throw new Error(`no transition ${name}`);
  return at;
}

const known = new Map<string, Weakest>();

export function inferred(unit: string, contract?: string, strategies?: StrategyName[]): Weakest {
  const key = `${unit} ${contract} ${strategies}`;
  const weakest = known.get(key) ?? weakestContract(cellOf(unit, contract, strategies), SMALL);
  known.set(key, weakest);
  return weakest;
}
