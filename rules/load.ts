/**
 * The loaders: from a reference to complete, checked records.
 *
 * Follows the design page, section 3. This is the only module of `rules/` that other folders need, besides the words in
 * `vocabulary.ts` and the problems in `problems.ts`. Nothing is kept between calls: a file may have changed.
 */

import { mergeArchitecture } from "./architecture.js";
import { readChain } from "./chain.js";
import { type ClaimContext, settleClaims } from "./claims.js";
import { allChoices, type ContractFamily, choose, instantiate, mergeContract } from "./contract.js";
import { builtInNames, claimsPlace, type Place, placeOf } from "./home.js";
import * as say from "./messages.js";
import { type Loaded, loaded, type Problem, problemAt, type Spot } from "./problems.js";
import { Reader } from "./reader.js";
import type { ArchitectureFile, ContractFile, RuleRow } from "./rows.js";
import { type FileKind, RULE_KINDS } from "./schema.js";
import { readArchitectureFile } from "./schema-architecture.js";
import { readClaimsFile } from "./schema-claims.js";
import { readContractFile } from "./schema-contract.js";
import { suggest } from "./suggest.js";
import { type Architecture, type Claim, type Contract, TRANSITIONS, unreachable } from "./vocabulary.js";
import { readYaml } from "./yaml.js";

export interface ContractRef {
  ref: string;
  parameters: Record<string, string>;
}

/** What `checkFile` found; `kind` is undefined where it could not be told. */
export interface Checked {
  kind: FileKind | undefined;
  problems: Problem[];
  /** One line on what the file holds; empty if there are problems. */
  summary: string;
}

export function architectureNames(): string[] {
  return builtInNames("architecture");
}

export function contractNames(): string[] {
  return builtInNames("contract");
}

/** `ref` is a built-in name, or a path (it has a slash or ends in .yaml or .yml). */
export function loadArchitecture(ref: string): Loaded<Architecture> {
  const problems: Problem[] = [];
  const place = findPlace("architecture", ref, undefined, startOf(ref), problems);
  return loaded(place === undefined ? undefined : readArchitecture(place, problems), problems);
}

/** `vtd-legacy cm=1`: the words NAME=VALUE at the end are parameters, the rest is the reference. */
export function parseContractRef(text: string): Loaded<ContractRef> {
  const words = text.trim().split(/\s+/);
  const parameters = new Map<string, string>();
  const problems: Problem[] = [];
  for (let last = words.at(-1); words.length > 1 && last !== undefined; last = words.at(-1)) {
    const [, name, value] = /^([a-z][a-z0-9-]*)=(\S*)$/.exec(last) ?? [];
    if (name === undefined || value === undefined) break;
    if (parameters.has(name)) problems.push(problemAt(startOf(text), say.repeated("the reference", name)));
    parameters.set(name, value);
    words.pop();
  }
  const given = Object.fromEntries([...parameters].reverse());
  return loaded({ ref: words.join(" "), parameters: given }, problems);
}

/**
 * The contract under the given parameters (defaults for the others). With an architecture, its recipes are cut to the
 * caches that there are and checked against its commands. `patch` rows override rules by id, or are put before them.
 */
export function loadContract(
  ref: string,
  parameters: Readonly<Record<string, string>> = {},
  architecture?: Architecture,
  patch: readonly RuleRow[] = [],
): Loaded<Contract> {
  const problems: Problem[] = [];
  const given = new Map(Object.entries(parameters));
  const place = findPlace("contract", ref, undefined, startOf(ref), problems);
  const family = place === undefined ? undefined : readFamily(place, patch, problems);
  if (family === undefined) return loaded<Contract>(undefined, problems);
  const choice = choose(family, given, startOf(ref), problems);
  return loaded(instantiate(family, choice, architecture, problems), problems);
}

/** The architectures that a contract says it is for, and every choice of its parameters. */
export interface ContractUses {
  architectures: Architecture[];
  choices: Record<string, string>[];
}

/** The files that a rule file is made of, as far as they can be read: its parents, architectures it names. */
export function filesOf(kind: "architecture" | "contract", ref: string): string[] {
  const unread: Problem[] = [];
  const place = findPlace(kind, ref, undefined, startOf(ref), unread);
  if (place === undefined) return [];
  const files = new Set([place.path]);
  if (kind === "architecture") {
    const known = new Map<string, ArchitectureFile>();
    readArchitecture(place, unread, known);
    for (const file of known.keys()) files.add(file);
    return [...files];
  }
  const known = new Map<string, ContractFile>();
  readChain("contract", place, readContractFile, unread, known);
  for (const [file, { architectures = [] }] of known) {
    files.add(file);
    for (const { value, spot } of architectures) {
      const found = findPlace("architecture", value, { path: file, shown: file }, spot, unread);
      if (found !== undefined) for (const one of filesOf("architecture", found.path)) files.add(one);
    }
  }
  return [...files];
}

export function contractUses(ref: string): Loaded<ContractUses> {
  const problems: Problem[] = [];
  const place = findPlace("contract", ref, undefined, startOf(ref), problems);
  const family = place === undefined ? undefined : readFamily(place, [], problems);
  if (place === undefined || family === undefined) return loaded<ContractUses>(undefined, problems);
  const known = new Map<string, ArchitectureFile>();
  const architectures = family.architectures.flatMap(({ value, spot }) => {
    const found = findPlace("architecture", value, place, spot, problems);
    const architecture = found === undefined ? undefined : readArchitecture(found, problems, known);
    return architecture === undefined ? [] : [architecture];
  });
  const choices = (allChoices(family.parameters) ?? []).map((choice) => Object.fromEntries(choice));
  return loaded({ architectures, choices }, problems);
}

/** The first architecture that a contract says it is for, loaded; null where it names none. */
export function contractArchitecture(ref: string): Loaded<Architecture | null> {
  const uses = contractUses(ref);
  return uses.ok ? { ok: true, value: uses.value.architectures[0] ?? null } : uses;
}

/** The claims of a file, `rules/claims.yaml` by default, with everything that their cells name. */
export function loadClaims(ref?: string): Loaded<Claim[]> {
  const problems: Problem[] = [];
  return loaded(readClaims(claimsPlace(ref), problems), problems);
}

/** Loads a file by its `kind:`; a contract under every choice of parameters, against the architectures it names. */
export function checkFile(path: string): Checked {
  const place = { path, shown: path };
  const yaml = readYaml(place);
  if (!yaml.ok) return { kind: undefined, problems: yaml.problems, summary: "" };
  const reader = new Reader(yaml.value);
  const kind = detectKind(reader);
  const problems = [...reader.problems];
  const summary = kind === undefined || problems.length > 0 ? "" : checkKindOf(kind, place, problems);
  const result = loaded(summary, problems);
  return result.ok ? { kind, problems: [], summary } : { kind, problems: result.problems, summary: "" };
}

/** The kind that a file states, under a key that may be misspelt: the loader of that kind then reports it. */
function detectKind(reader: Reader): FileKind | undefined {
  const fields = reader.mapping(reader.root(), "a rule file");
  if (fields === undefined) return undefined;
  const field = fields.get("kind") ?? [...fields.values()].find((near) => suggest(near.key, ["kind"]) !== undefined);
  if (field !== undefined) return reader.word(field.value, "kind", RULE_KINDS);
  const mend = "begin it with kind: architecture, contract or claims";
  const known = `known: ${RULE_KINDS.join(", ")}`;
  return reader.report(reader.root().offset, say.missingKey("the file", "kind", known, mend));
}

function checkKindOf(kind: FileKind, place: Place, problems: Problem[]): string {
  switch (kind) {
    case "architecture": {
      const architecture = readArchitecture(place, problems);
      if (architecture === undefined) return "";
      const { name, caches, commands, queue } = architecture;
      return `architecture ${name}: ${count(caches, "cache")}, ${count(commands, "command")}, queue ${queue}`;
    }
    case "contract":
      return checkContract(place, problems);
    case "claims": {
      const claims = readClaims(place, problems) ?? [];
      return `claims: ${count(claims, "claim")}, ${count(
        claims.flatMap((claim) => claim.cells),
        "cell",
      )}`;
    }
    default:
      return unreachable(kind);
  }
}

function checkContract(place: Place, problems: Problem[]): string {
  const family = readFamily(place, [], problems);
  const choices = family === undefined ? undefined : allChoices(family.parameters);
  if (family === undefined || choices === undefined) return "";
  const names: string[] = [];
  const known = new Map<string, ArchitectureFile>();
  for (const reference of family.architectures) {
    const found = findPlace("architecture", reference.value, place, reference.spot, problems);
    const architecture = found === undefined ? undefined : readArchitecture(found, problems, known);
    if (architecture === undefined) continue;
    names.push(architecture.name);
    for (const choice of choices) instantiate(family, choice, architecture, problems);
  }
  const against = names.length === 0 ? "against no architecture" : `against ${names.join(", ")}`;
  const rules = count(family.tiers.flat(), "rule");
  const held = `${rules} for ${TRANSITIONS.length} transitions, ${count(choices, "choice")} of parameters`;
  return `contract ${family.name}: ${held}, ${against}`;
}

function count(items: readonly unknown[], noun: string): string {
  return `${items.length} ${noun}${items.length === 1 ? "" : "s"}`;
}

/** The first line of a reference that is no file: an argument, or a word in a mail. */
function startOf(ref: string): Spot {
  return { file: ref, line: 1, column: 1 };
}

function findPlace(
  kind: "architecture" | "contract",
  ref: string,
  from: Place | undefined,
  spot: Spot,
  problems: Problem[],
): Place | undefined {
  const place = placeOf(kind, ref, from);
  if (place === undefined) problems.push(problemAt(spot, say.unknownReference(kind, ref, builtInNames(kind))));
  return place;
}

function readArchitecture(
  place: Place,
  problems: Problem[],
  known?: Map<string, ArchitectureFile>,
): Architecture | undefined {
  const chain = readChain("architecture", place, readArchitectureFile, problems, known);
  return chain === undefined ? undefined : mergeArchitecture(chain, problems);
}

function readFamily(place: Place, patch: readonly RuleRow[], problems: Problem[]): ContractFamily | undefined {
  const chain = readChain("contract", place, readContractFile, problems);
  return chain === undefined ? undefined : mergeContract(chain, patch, problems);
}

function readClaims(place: Place, problems: Problem[]): Claim[] | undefined {
  const yaml = readYaml(place);
  if (!yaml.ok) {
    for (const problem of yaml.problems) problems.push(problem);
    return undefined;
  }
  const reader = new Reader(yaml.value);
  const file = readClaimsFile(reader);
  for (const problem of reader.problems) problems.push(problem);
  return file === undefined ? undefined : settleClaims(file, claimContext(place, problems));
}

/** Looks up what cells name, relative to the claims file; each contract file is read once, for all its cells. */
function claimContext(place: Place, problems: Problem[]): ClaimContext {
  const chains = new Map<string, ContractFile[] | undefined>();
  const architectures = new Map<string, ArchitectureFile>();
  const contracts = new Map<string, ContractFile>();
  const chainOf = (found: Place) => {
    if (!chains.has(found.path))
      chains.set(found.path, readChain("contract", found, readContractFile, problems, contracts));
    return chains.get(found.path);
  };
  return {
    problems,
    architecture: (ref, spot) => {
      const found = findPlace("architecture", ref, place, spot, problems);
      return found === undefined ? undefined : readArchitecture(found, problems, architectures);
    },
    family: (ref, spot, patch) => {
      const found = findPlace("contract", ref, place, spot, problems);
      const chain = found === undefined ? undefined : chainOf(found);
      return chain === undefined ? undefined : mergeContract(chain, patch, problems);
    },
    parse: parseContractRef,
  };
}
