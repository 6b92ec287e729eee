/**
 * The canary: a bug that is planted each night, in a family of units each, and that an ordinary slice must find.
 *
 * A row of a contract that is needed owes nothing: which one the seed of the run says. A search that does not find it
 * is idle, whatever the other cells' silence is worth.
 */

import { loadArchitecture, loadContract, parseContractRef } from "../rules/load.js";
import { formatProblem, type Loaded } from "../rules/problems.js";
import { type Cell, DEFAULT_SHADOW, TRANSITIONS, transitionName } from "../rules/vocabulary.js";
import { seedOf } from "../search/seed.js";
import { withStages } from "../verdicts/rows.js";
import type { SliceTask } from "./slice.js";

export interface CanaryResult {
  family: string;
  /** What was planted: `vtd-legacy cm=0: s1-leaf owes nothing`. */
  planted: string;
  /** Commands up to the failure; null: it was not found. */
  commands: number | null;
  id: string | null;
}

export interface Canary {
  family: string;
  planted: string;
  task: SliceTask;
}

const FAMILIES: readonly [family: string, architecture: string, contract: string][] = [
  ["vtd", "vtd-legacy", "vtd-legacy cm=0"],
  ["amd", "amd-v1", "amd-v1 np-cache=0"],
  ["smmuv3", "smmuv3-nested", "smmuv3"],
  ["riscv", "riscv", "riscv flag=0"],
];

/** Changes for which every one of these contracts owes something, and which every night's search meets at once. */
const PLANTED = ["leaf p->np", "leaf retarget", "leaf loss"];

/** Far more than any of them takes: the test of the search, not of tonight's budget. */
export const CANARY_COMMANDS = 20_000;

export function canariesOf(seed: string): Canary[] {
  return FAMILIES.map(([family, architecture, contract]) => canaryOf(family, architecture, contract, seed));
}

/** The rows that may be planted in a family; one of them is, each night. */
export function plantsOf(cell: Pick<Cell, "contract">): string[] {
  const rows = cell.contract.rules.filter(({ stages }, at) => {
    const name = transitionName(TRANSITIONS[at]!);
    return stages.length > 0 && PLANTED.some((ending) => name.endsWith(ending));
  });
  return [...new Set(rows.map(({ id }) => id))];
}

export function canaryOf(family: string, architectureName: string, contractRef: string, seed: string): Canary {
  const architecture = must(loadArchitecture(architectureName));
  const { ref, parameters } = must(parseContractRef(contractRef));
  const contract = must(loadContract(ref, parameters, architecture));
  const rows = plantsOf({ contract });
  const row = rows[(seedOf(seed, family, 0) >>> 0) % rows.length]!;
  return {
    family,
    planted: `${contractRef}: ${row} owes nothing`,
    task: taskOf(family, architecture, contract, row, seed),
  };
}

function taskOf(
  family: string,
  architecture: Cell["architecture"],
  contract: Cell["contract"],
  row: string,
  seed: string,
): SliceTask {
  const cell: Cell = {
    id: `canary.${family}`,
    architecture,
    contract: withStages(contract, { id: row }, []),
    strategies: ["envelope"],
    shadow: DEFAULT_SHADOW,
    properties: ["agreement", "cache-validity"],
    expected: "fails",
    why: "it is planted",
  };
  return { cell, seed, commands: CANARY_COMMANDS, geometry: null };
}

function must<T>(result: Loaded<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.problems.map(formatProblem).join("\n"));
}
