/**
 * A known bug as a variant: the right cell and, beside it, the one with the bug in it.
 *
 * A bug lies in a contract (less is owed than the unit needs), in a unit (it does less than its manual says), in what
 * software believes of a unit (its commands do more than they do), or in code (a plant). The first three are YAML texts
 * that extend a built-in file, and go through the project's own loaders; a mistake in one is told with line and column
 * of the file that was written for it. A unit that differs from its manual takes two architectures: caches and commands
 * follow the one, the ledger and the driver in it the other.
 */

import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DEFAULT_GEOMETRY, type Geometry, parseGeometry } from "../../models/geometry.js";
import type { Machine } from "../../models/machine.js";
import type { Severity } from "../../properties/violation.js";
import { loadArchitecture, loadContract, parseContractRef } from "../../rules/load.js";
import { formatProblem, type Loaded } from "../../rules/problems.js";
import {
  type Architecture,
  type Cell,
  type Contract,
  DEFAULT_SHADOW,
  PROPERTY_NAMES,
  type PropertyName,
  type StrategyName,
} from "../../rules/vocabulary.js";
import { keepNothing } from "./plants/inside.js";
import { byManual, type Plant } from "./plants.js";

export const CLASSES = [
  "context",
  "device-tlb",
  "encoding",
  "fence",
  "leaf-hint",
  "missing",
  "negative",
  "order",
  "permission",
  "range",
  "shadow",
  "size",
  "stage2",
  "table",
  "tag",
  "tag-reuse",
  "visibility",
] as const;
export type BugClass = (typeof CLASSES)[number];

/** Where the bug lies; more than one where it takes both a wrong belief and code that acts on it. */
export interface Mutation {
  /** Rows of a contract, as under `rules:`, over those of the right one: what the wrong driver thinks is owed. */
  contract?: string;
  /** Keys of an architecture (`caches:`, `commands:`, `queue:`): what the wrong unit is like. */
  architecture?: string;
  /** The same: what software takes the unit for. */
  believed?: string;
  /** Code put into the machine; the usual kinds are in `plants.ts`. */
  plant?: Plant;
}

export interface Bug {
  id: string;
  class: BugClass;
  /** What is wrong, in one sentence. */
  what: string;
  source: string;
  severity: Severity;
  /** Built-in names; the contract with its parameters, `vtd-legacy cm=1`. */
  architecture: string;
  contract: string;
  /** `hardware envelope` if left out. */
  strategies?: readonly StrategyName[];
  /** All if left out; of a shadow alone all but refinement. */
  properties?: readonly PropertyName[];
  /** As in the header of a sequence, `3x4`; the default one if left out. */
  geometry?: string;
  /**
   * What the driver does of its own accord in the right cell and in the wrong one: a harmless habit that the bug needs,
   * where the generator does not draw it.
   */
  driver?: Plant;
  mutate: Mutation;
  /** A sequence that shows the bug. */
  given: string;
  /** Where `given` does not show it, or not with its severity: why not, and a sequence that does. */
  shows?: Showing;
}

export interface Showing {
  why: string;
  /** Left out where `given` shows the bug with another severity. */
  sequence?: string;
  severity?: Severity;
}

/** A cell, where it runs, and what is to be planted into its machine. */
export interface Variant {
  cell: Cell;
  geometry: Geometry;
  plant: Plant;
}

const planted =
  (plants: readonly (Plant | undefined)[]): Plant =>
  (machine: Machine) => {
    keepNothing(machine);
    for (const plant of plants) plant?.(machine);
  };

/** The right cell of a bug; bugs that share all of it have the same id. */
export function rightVariant(bug: Bug): Variant {
  return once(rights, bug, makeRight);
}

/** The cell with the bug in it. */
export function wrongVariant(bug: Bug): Variant {
  return once(wrongs, bug, makeWrong);
}

const rights = new WeakMap<Bug, Variant>();
const wrongs = new WeakMap<Bug, Variant>();

/** Rules are read once a bug. */
function once(made: WeakMap<Bug, Variant>, bug: Bug, make: (bug: Bug) => Variant): Variant {
  const variant = made.get(bug) ?? make(bug);
  made.set(bug, variant);
  return variant;
}

function makeRight(bug: Bug): Variant {
  const architecture = must(loadArchitecture(bug.architecture));
  const contract = contractFor(bug.contract, architecture);
  const own = [...(bug.driver === undefined ? [] : [bug.id]), ...(bug.geometry === undefined ? [] : [bug.geometry])];
  const id = ["right", ...own, bug.architecture, bug.contract, ...strategiesOf(bug), ...propertiesOf(bug)].join(" ");
  return { cell: cellOf(bug, id, architecture, contract), geometry: geometryFor(bug), plant: planted([bug.driver]) };
}

function makeWrong(bug: Bug): Variant {
  const { contract, architecture, believed, plant } = bug.mutate;
  const unit = architectureFor(bug, "unit", architecture);
  const manual = architectureFor(bug, "manual", believed);
  const rules = contractFor(contract === undefined ? bug.contract : contractFile(bug, contract), manual);
  const beliefs = unit === manual ? undefined : byManual(manual);
  const plants = planted([beliefs, bug.driver, plant]);
  return { cell: cellOf(bug, bug.id, unit, rules), geometry: geometryFor(bug), plant: plants };
}

function geometryFor({ id, geometry = DEFAULT_GEOMETRY }: Bug): Geometry {
  const parsed = parseGeometry(geometry);
  if (typeof parsed === "string") throw new Error(`${id}: ${parsed}`);
  return parsed;
}

function cellOf(bug: Bug, id: string, architecture: Architecture, contract: Contract): Cell {
  return {
    id,
    architecture,
    contract,
    strategies: strategiesOf(bug),
    shadow: DEFAULT_SHADOW,
    properties: propertiesOf(bug),
    expected: "unrefuted",
    why: bug.what,
  };
}

const strategiesOf = (bug: Bug): readonly StrategyName[] => bug.strategies ?? ["hardware", "envelope"];
/** A shadow alone is held against an envelope that hears the guest's commands alone; that is a question of its own. */
const propertiesOf = ({ properties, strategies }: Bug): readonly PropertyName[] =>
  properties ?? PROPERTY_NAMES.filter((name) => name !== "refinement" || strategies?.join() !== "shadow");

/** One record for one text, so that unit and manual can be told apart by identity. */
function architectureFor(bug: Bug, role: string, text: string | undefined): Architecture {
  const ref = text === undefined ? bug.architecture : written(bug, role, headOf(bug, "architecture") + dedent(text));
  const known = architectures.get(ref) ?? must(loadArchitecture(ref));
  architectures.set(ref, known);
  return known;
}
const architectures = new Map<string, Architecture>();

function contractFor(text: string, architecture: Architecture): Contract {
  const { ref, parameters } = must(parseContractRef(text));
  return must(loadContract(ref, parameters, architecture));
}

/** The reference of a contract that is the right one but for `rows`. */
function contractFile(bug: Bug, rows: string): string {
  const { ref, parameters } = must(parseContractRef(bug.contract));
  const file = written(bug, "contract", `${headOf(bug, "contract", ref)}rules:\n${indent(dedent(rows))}`);
  return [file, ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`)].join(" ");
}

function headOf(bug: Bug, kind: "architecture" | "contract", base = bug.architecture): string {
  const name = `${base}-${bug.id.toLowerCase()}`;
  return `kind: ${kind}\nname: ${name}\nsummary: with the bug ${bug.id}\nextends: ${base}\n`;
}

let folder: string | undefined;

/** Writes a text where the loaders find it; the folder is made once a process. */
function written(bug: Bug, role: string, text: string): string {
  folder ??= mkdtempSync(path.join(tmpdir(), "nestfuzz-gallery-"));
  const file = path.join(folder, bug.id, `${role}.yaml`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** Takes the indentation of the first line from all lines. */
function dedent(text: string): string {
  const lines = text.replace(/^\n/, "").trimEnd().split("\n");
  const margin = /^ */.exec(lines[0]!)![0].length;
  return `${lines.map((line) => line.slice(Math.min(margin, line.search(/\S|$/)))).join("\n")}\n`;
}

const indent = (text: string): string => text.replace(/^(?=.)/gm, "  ");

function must<T>(result: Loaded<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.problems.map(formatProblem).join("\n"));
}
