/**
 * Which cells a run is about: those of the claims that were named, or one made from the command line.
 *
 * A designer's own files come in here: `--contract` and `--architecture` take a name or a file. With claims they replace
 * what the claims' cells have; without, they make one cell of their own, expected to stand.
 */

import { contractArchitecture, loadArchitecture, loadClaims, loadContract, parseContractRef } from "../rules/load.js";
import { suggest } from "../rules/suggest.js";
import {
  type Architecture,
  type Cell,
  type Claim,
  type Contract,
  DEFAULT_SHADOW,
  PROPERTY_NAMES,
  type PropertyName,
  STRATEGIES,
  type StrategyName,
} from "../rules/vocabulary.js";
import { must, refuse } from "./exit.js";

/** The rules of a sequence or run that belongs to no claim, as text: names or files. */
export interface RuleRefs {
  architecture?: string;
  contract?: string;
  strategies?: string;
  properties?: string;
}

export const DEFAULT_ARCHITECTURE = "tiny";
export const DEFAULT_CONTRACT = "tiny";
export const DEFAULT_STRATEGIES: readonly StrategyName[] = ["hardware", "envelope"];

export function allClaims(): Claim[] {
  return must(loadClaims());
}

/** Architecture, contract, strategies and properties from their texts, with the stated defaults. */
export function rulesFrom(refs: RuleRefs): Omit<Cell, "id" | "expected" | "why" | "shadow"> {
  const architecture = architectureFor(refs);
  const contract = contractFor(refs, architecture);
  return {
    architecture,
    contract,
    strategies: refs.strategies === undefined ? DEFAULT_STRATEGIES : namesFrom(refs.strategies, STRATEGIES, "strategy"),
    properties:
      refs.properties === undefined
        ? PROPERTY_NAMES
        : namesFrom<PropertyName>(refs.properties, PROPERTY_NAMES, "property"),
  };
}

/** The one named, or the one that the contract is for, or the default. */
function architectureFor(refs: RuleRefs): Architecture {
  if (refs.architecture !== undefined) return must(loadArchitecture(refs.architecture));
  if (refs.contract === undefined) return must(loadArchitecture(DEFAULT_ARCHITECTURE));
  const named = must(contractArchitecture(must(parseContractRef(refs.contract)).ref));
  return named ?? must(loadArchitecture(DEFAULT_ARCHITECTURE));
}

/** The one named; else the contract that has the architecture's name, or that of the architecture it is a kind of. */
function contractFor(refs: RuleRefs, architecture: Architecture): Contract {
  const text =
    refs.contract ?? (refs.architecture === undefined ? DEFAULT_CONTRACT : contractNameFor(architecture.name));
  const { ref, parameters } = must(parseContractRef(text));
  return must(loadContract(ref, parameters, architecture));
}

function contractNameFor(name: string): string {
  let prefix = name;
  while (prefix !== "") {
    if (loadContract(prefix).ok) return prefix;
    prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf("-")));
  }
  return "always";
}

export function namesFrom<T extends string>(text: string, known: readonly T[], what: string): T[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  if (words.length === 0) refuse(`no ${what} is named; known: ${known.join(", ")}`);
  return words.map((word) => known.find((name) => name === word) ?? unknownName(word, known, what));
}

function unknownName(word: string, known: readonly string[], what: string): never {
  const near = suggest(word, known);
  return refuse(
    `unknown ${what} "${word}"; known: ${known.join(", ")}${near === undefined ? "" : `; did you mean ${near}?`}`,
  );
}

/** The cells of a run. */
export function chooseCells(claims: readonly string[], refs: RuleRefs): Cell[] {
  const isOwn = refs.architecture !== undefined || refs.contract !== undefined;
  if (claims.length === 0 && isOwn) {
    return [
      {
        id: "own",
        ...rulesFrom(refs),
        shadow: DEFAULT_SHADOW,
        expected: "unrefuted",
        why: "the rules on the command line",
      },
    ];
  }
  const cells = pickCells(claims);
  if (!isOwn && refs.strategies === undefined && refs.properties === undefined) return cells;
  return cells.map((cell) => override(cell, refs));
}

/** One cell by its id (or a claim's that has one cell), with what the texts put in place of its rules. */
export function cellWith(id: string, refs: RuleRefs): Cell {
  const cells = pickCells([id]);
  if (cells.length > 1)
    refuse(`claim ${id} has several cells; known: ${cells.map((cell) => cell.id).join(", ")}; name one`);
  return override(cells[0]!, refs);
}

function pickCells(names: readonly string[]): Cell[] {
  const all = allClaims();
  if (names.length === 0) return all.flatMap((claim) => claim.cells);
  const known = [...all.map((claim) => claim.id), ...all.flatMap((claim) => claim.cells.map((cell) => cell.id))];
  const picked = names.flatMap((name) => {
    const found = all.flatMap((claim) =>
      claim.id === name ? claim.cells : claim.cells.filter((cell) => cell.id === name),
    );
    return found.length > 0 ? found : unknownName(name, [...new Set(known)], "claim");
  });
  return [...new Set(picked)];
}

function override(cell: Cell, refs: RuleRefs): Cell {
  const architecture = refs.architecture === undefined ? cell.architecture : must(loadArchitecture(refs.architecture));
  return {
    ...cell,
    architecture,
    contract: refs.contract === undefined ? cell.contract : contractFor(refs, architecture),
    strategies: refs.strategies === undefined ? cell.strategies : namesFrom(refs.strategies, STRATEGIES, "strategy"),
    properties:
      refs.properties === undefined ? cell.properties : namesFrom(refs.properties, PROPERTY_NAMES, "property"),
  };
}
