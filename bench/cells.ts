/** Cells for benchmarks: their strategies break nothing under the contract, so that every sequence runs to its end. */

import { loadArchitecture, loadContract, parseContractRef } from "../rules/load.js";
import type { Loaded } from "../rules/problems.js";
import { type Cell, DEFAULT_SHADOW, PROPERTY_NAMES, type StrategyName } from "../rules/vocabulary.js";

export const EVERYTHING: readonly StrategyName[] = ["hardware", "envelope", "shadow"];
/** A shadow breaks a contract of hardware at the first new mapping, which owes nothing there. */
export const WITHOUT_SHADOW: readonly StrategyName[] = ["hardware", "envelope"];

export function cellOf(architecture: string, contract: string, strategies: readonly StrategyName[]): Cell {
  const unit = given(loadArchitecture(architecture));
  const { ref, parameters } = given(parseContractRef(contract));
  return {
    id: `${architecture} ${contract}`,
    architecture: unit,
    contract: given(loadContract(ref, parameters, unit)),
    strategies,
    shadow: DEFAULT_SHADOW,
    properties: PROPERTY_NAMES,
    expected: "unrefuted",
    why: "a benchmark",
  };
}

function given<T>(found: Loaded<T>): T {
  if (found.ok) return found.value;
  throw new Error(found.problems.map(({ message }) => message).join("\n"));
}
