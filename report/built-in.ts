/**
 * Which built-in rules a record is, by content: a mail names them instead of carrying them.
 */

import { rulesHash, sameRules } from "../corpus/identity.js";
import { architectureNames, contractNames, loadArchitecture, loadClaims, loadContract } from "../rules/load.js";
import type { Architecture, Contract } from "../rules/vocabulary.js";
import { cellKey, contractKey, rulesIndex } from "./rules-index.js";

/** The reference under which the same rules load now; null if they are no built-in ones, or have changed. */
export interface RuleNames {
  architecture: string | null;
  /** With its parameters: `vtd-legacy cm=1`. */
  contract: string | null;
  /** The cell of the built-in claims that has both, where one of them has no name of its own. */
  claim: string | null;
}

export function builtInNames(rules: { architecture: Architecture; contract: Contract }): RuleNames {
  const { architecture, contract } = rules;
  const names = {
    architecture: isBuiltInArchitecture(architecture) ? architecture.name : null,
    contract: isBuiltInContract(contract, architecture) ? contractRef(contract) : null,
  };
  const isNamed = names.architecture !== null && names.contract !== null;
  return { ...names, claim: isNamed ? null : cellWith(rules) };
}

let claimsLoaded: ReturnType<typeof loadClaims> | undefined;

/** The claims of the package, loaded once: its own files do not change while it runs. */
export function builtInClaims(): ReturnType<typeof loadClaims> {
  claimsLoaded ??= loadClaims();
  return claimsLoaded;
}

/** The sentence of the claim that has a cell of this id. */
export function sentenceOf(cell: string): string | undefined {
  const index = rulesIndex();
  if (index !== null) return Object.hasOwn(index.sentences, cell) ? index.sentences[cell] : undefined;
  const claims = builtInClaims();
  return claims.ok ? claims.value.find(({ cells }) => cells.some(({ id }) => id === cell))?.says : undefined;
}

/** A claim may change rows of a contract: then its cell is the name. */
function cellWith({ architecture, contract }: { architecture: Architecture; contract: Contract }): string | null {
  const index = rulesIndex();
  if (index !== null) return index.cells[cellKey({ architecture, contract })] ?? null;
  const claims = builtInClaims();
  if (!claims.ok) return null;
  const cells = claims.value.flatMap((claim) => claim.cells);
  // Names are part of the rules, and soon compared: the whole records are not.
  const found = cells.find(
    (cell) =>
      cell.architecture.name === architecture.name &&
      cell.contract.name === contract.name &&
      sameRules(cell.architecture, architecture) &&
      sameRules(cell.contract, contract),
  );
  return found?.id ?? null;
}

/**
 * What stands for rules that are not built in: their name, made one that no built-in rules have. A replay refuses it.
 */
export function ownName(name: string, builtIn: readonly string[]): string {
  return builtIn.includes(name) ? `changed-${name}` : name;
}

/** Name and parameters, as a header line has them. */
export function contractRef({ name, parameters }: Contract): string {
  const given = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return [name, ...given.map(([key, value]) => `${key}=${value}`)].join(" ");
}

function isBuiltInArchitecture(architecture: Architecture): boolean {
  const index = rulesIndex();
  if (index !== null) return index.architectures[architecture.name] === rulesHash(architecture);
  if (!architectureNames().includes(architecture.name)) return false;
  const loaded = loadArchitecture(architecture.name);
  return loaded.ok && sameRules(loaded.value, architecture);
}

function isBuiltInContract(contract: Contract, architecture: Architecture): boolean {
  const indexed = rulesIndex()?.contracts[contractKey(contractRef(contract), architecture)];
  if (indexed !== undefined) return indexed === rulesHash(contract);
  if (!contractNames().includes(contract.name)) return false;
  const loaded = loadContract(contract.name, contract.parameters, architecture);
  return loaded.ok && sameRules(loaded.value, contract);
}
