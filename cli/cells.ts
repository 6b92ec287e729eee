/**
 * Which cells a run is about: those of the claims that were named, or one made from the command line.
 *
 * A designer's own files come in here: `--contract` and `--architecture` take a name or a file. With claims they
 * replace what the claims' cells have; without, they make one cell of their own, expected to stand.
 */

import { type Geometry, parseGeometry } from "../models/geometry.js";
import { builtInClaims } from "../report/built-in.js";
import { contractArchitecture, loadArchitecture, loadContract, parseContractRef } from "../rules/load.js";
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
import { must, refuse, type Said } from "./exit.js";
import { fitted } from "./fitted.js";

/** The rules of a sequence or run that belongs to no claim, as text: names or files. */
export interface RuleRefs {
  architecture?: string;
  contract?: string;
  strategies?: string;
  properties?: string;
}

/** Where the text of one of the references stands, for messages: the flag, or a place in a file. */
export type PlaceOf = (name: keyof RuleRefs | "claim") => string;

const flagOf: PlaceOf = (name) => `--${name}`;

export const DEFAULT_ARCHITECTURE = "tiny";
export const DEFAULT_CONTRACT = "tiny";
export const DEFAULT_STRATEGIES: readonly StrategyName[] = ["hardware", "envelope"];

export function allClaims(): Claim[] {
  return must(builtInClaims());
}

/** What a text says otherwise than the rules that it names. */
export interface RuleChanges {
  architecture(base: Architecture): Architecture;
  contract(base: Contract): Contract;
}
const UNCHANGED: RuleChanges = { architecture: (base) => base, contract: (base) => base };

/** Architecture, contract, strategies and properties from their texts, with the stated defaults. */
export function rulesFrom(
  refs: RuleRefs,
  placeOf: PlaceOf = flagOf,
  changes = UNCHANGED,
): Omit<Cell, "id" | "expected" | "why" | "shadow"> {
  const architecture = changes.architecture(architectureFor(refs, placeOf));
  return {
    architecture,
    contract: changes.contract(contractFor(refs, architecture, placeOf)),
    strategies: strategiesFrom(refs, placeOf) ?? DEFAULT_STRATEGIES,
    properties: propertiesFrom(refs, placeOf) ?? PROPERTY_NAMES,
  };
}

function saidOf(ref: string, name: keyof RuleRefs, placeOf: PlaceOf): Said {
  return { ref, place: placeOf(name) };
}

/** The one named, or the one that the contract is for, or the default. */
function architectureFor(refs: RuleRefs, placeOf: PlaceOf): Architecture {
  if (refs.architecture !== undefined)
    return must(loadArchitecture(refs.architecture), saidOf(refs.architecture, "architecture", placeOf));
  if (refs.contract === undefined) return must(loadArchitecture(DEFAULT_ARCHITECTURE));
  const said = saidOf(refs.contract, "contract", placeOf);
  const named = must(contractArchitecture(must(parseContractRef(refs.contract), said).ref), said);
  return named ?? must(loadArchitecture(DEFAULT_ARCHITECTURE));
}

/** The one named; else the contract that has the architecture's name, or that of the architecture it is a kind of. */
function contractFor(refs: RuleRefs, architecture: Architecture, placeOf: PlaceOf): Contract {
  const text =
    refs.contract ?? (refs.architecture === undefined ? DEFAULT_CONTRACT : contractNameFor(architecture.name));
  const said = saidOf(text, "contract", placeOf);
  const { ref, parameters } = must(parseContractRef(text), said);
  return must(loadContract(ref, parameters, architecture), said);
}

function contractNameFor(name: string): string {
  let prefix = name;
  while (prefix !== "") {
    if (loadContract(prefix).ok) return prefix;
    prefix = prefix.slice(0, Math.max(0, prefix.lastIndexOf("-")));
  }
  return "always";
}

function strategiesFrom({ strategies }: RuleRefs, placeOf: PlaceOf): StrategyName[] | undefined {
  return strategies === undefined ? undefined : namesFrom(strategies, STRATEGIES, "strategy", placeOf("strategies"));
}

function propertiesFrom({ properties }: RuleRefs, placeOf: PlaceOf): PropertyName[] | undefined {
  return properties === undefined
    ? undefined
    : namesFrom(properties, PROPERTY_NAMES, "property", placeOf("properties"));
}

/** The names in a text, each once. */
function namesFrom<T extends string>(text: string, known: readonly T[], what: string, place: string): T[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  if (words.length === 0) refuse(`${place}: no ${what} is named; known: ${known.join(", ")}; name one of them`);
  return [...new Set(words.map((word) => known.find((name) => name === word) ?? unknown(word, known, what, place)))];
}

function unknown(word: string, known: readonly string[], what: string, place: string): never {
  const near = suggest(word, known);
  const mend = near === undefined ? "name one of them" : `did you mean ${near}?`;
  return refuse(`${place}: unknown ${what} "${word}"; known: ${known.join(", ")}; ${mend}`);
}

/** The cells of a run. */
export function chooseCells(claims: readonly string[], refs: RuleRefs): Cell[] {
  const isOwn = refs.architecture !== undefined || refs.contract !== undefined;
  if (claims.length === 0 && isOwn) {
    const why = "the rules on the command line";
    return [{ id: "own", ...rulesFrom(refs), shadow: DEFAULT_SHADOW, expected: "unrefuted", why }];
  }
  return pickCells(claims).map((cell) => override(cell, refs));
}

/** One cell by its id (or a claim's that has one cell), with what the texts put in place of its rules. */
export function cellWith(id: string, refs: RuleRefs, placeOf: PlaceOf = flagOf): Cell {
  const cells = pickCells([id], `${placeOf("claim")}: `);
  if (cells.length > 1)
    refuse(
      `${placeOf("claim")}: claim ${id} has several cells; known: ${cells.map((cell) => cell.id).join(", ")}; name one`,
    );
  return override(cells[0]!, refs, placeOf);
}

function pickCells(names: readonly string[], lead = ""): Cell[] {
  const all = allClaims();
  if (names.length === 0) return all.flatMap((claim) => claim.cells);
  const picked = names.flatMap((name) => {
    const found = all.flatMap((claim) =>
      claim.id === name ? claim.cells : claim.cells.filter((cell) => cell.id === name),
    );
    return found.length > 0 ? found : unknownClaim(name, all, lead);
  });
  return [...new Set(picked)];
}

/** Cells are too many to be listed: the claim's own, where the word begins with one, else the claims. */
function unknownClaim(word: string, all: readonly Claim[], lead: string): never {
  const ids = all.map(({ id }) => id);
  const cells = all.flatMap((claim) => claim.cells.map(({ id }) => id));
  const own = cells.filter((id) => id.startsWith(`${word.split(".")[0]}.`));
  const near = suggest(word, [...new Set([...ids, ...cells])]);
  const mend = near === undefined ? "nestfuzz claims lists them with their cells" : `did you mean ${near}?`;
  const known = word.includes(".") && own.length > 0 ? own : ids;
  return refuse(`${lead}unknown claim "${word}"; known: ${known.join(", ")}; ${mend}`);
}

/** The cell with what the texts put in place of its rules. */
export function override<T extends Omit<Cell, "expected" | "why">>(
  cell: T,
  refs: RuleRefs,
  placeOf: PlaceOf = flagOf,
): T {
  const architecture =
    refs.architecture === undefined ? cell.architecture : architectureFor({ architecture: refs.architecture }, placeOf);
  return {
    ...cell,
    architecture,
    contract: refs.contract === undefined ? fitted(cell, architecture) : contractFor(refs, architecture, placeOf),
    strategies: strategiesFrom(refs, placeOf) ?? cell.strategies,
    properties: propertiesFrom(refs, placeOf) ?? cell.properties,
  };
}

/** The geometry that `--geometry` names. */
export function geometryFrom(text: string): Geometry {
  const geometry = parseGeometry(text);
  return typeof geometry === "string" ? refuse(`--geometry: ${geometry}`) : geometry;
}
