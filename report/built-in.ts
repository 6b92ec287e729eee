/**
 * Which built-in rules a record is, by content: a mail names them instead of carrying them.
 */

import { sameRules } from "../corpus/entry.js";
import { architectureNames, contractNames, loadArchitecture, loadContract } from "../rules/load.js";
import type { Architecture, Contract } from "../rules/vocabulary.js";

/** The reference under which the same rules load now; null if they are no built-in ones, or have changed. */
export interface RuleNames {
  architecture: string | null;
  /** With its parameters: `vtd-legacy cm=1`. */
  contract: string | null;
}

export function builtInNames({
  architecture,
  contract,
}: {
  architecture: Architecture;
  contract: Contract;
}): RuleNames {
  return {
    architecture: isBuiltInArchitecture(architecture) ? architecture.name : null,
    contract: isBuiltInContract(contract, architecture) ? contractRef(contract) : null,
  };
}

/** Name and parameters, as a header line has them. */
export function contractRef({ name, parameters }: Contract): string {
  const given = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return [name, ...given.map(([key, value]) => `${key}=${value}`)].join(" ");
}

function isBuiltInArchitecture(architecture: Architecture): boolean {
  if (!architectureNames().includes(architecture.name)) return false;
  const loaded = loadArchitecture(architecture.name);
  return loaded.ok && sameRules(loaded.value, architecture);
}

function isBuiltInContract(contract: Contract, architecture: Architecture): boolean {
  if (!contractNames().includes(contract.name)) return false;
  const loaded = loadContract(contract.name, contract.parameters, architecture);
  return loaded.ok && sameRules(loaded.value, contract);
}
