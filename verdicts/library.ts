/**
 * nestfuzz as a library: what `import "nestfuzz"` gives. `examples/strategy.ts` uses it.
 *
 * Rules are named as on the command line, by built-in name or by path. What is wrong with them is thrown as a
 * `RulesError`, with a line for each mistake.
 */

import type { Entry } from "../corpus/entry.js";
import { DEFAULT_GEOMETRY, type Geometry, parseGeometry } from "../models/geometry.js";
import { contractArchitecture, loadArchitecture, loadContract, parseContractRef } from "../rules/load.js";
import { formatProblem, type Loaded } from "../rules/problems.js";
import {
  type Architecture,
  type Contract,
  DEFAULT_SHADOW,
  type PropertyName,
  type StrategyName,
} from "../rules/vocabulary.js";
import { InProcessTarget, type Strategy, type Tables } from "../targets/in-process.js";
import { CHECK_DEFAULTS, type CheckResult, checkRows } from "./check.js";
import { runTargetCampaign } from "./target-campaign.js";

export type { Command } from "../commands/command.js";
export { printCommand } from "../commands/language.js";
export type { Entry } from "../corpus/entry.js";
export { mailText } from "../report/mail.js";
export type { ContextEntry, Permission, Strategy, Tables } from "../targets/in-process.js";
export type { CheckResult, RowVerdict, RowWord } from "./check.js";

export class RulesError extends Error {
  override name = "RulesError";
  constructor(readonly problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

export interface SearchOptions {
  /** Equal seeds give equal results. Default "1". */
  seed?: string;
  /** Commands a search. Default 20000. */
  commands?: number;
  /** `2x4`: levels x entries; the default. */
  geometry?: string;
}

export interface CheckContractOptions extends SearchOptions {
  /** Default: the first that the contract names, else `tiny`. */
  architecture?: string;
  /** Default: envelope. */
  strategies?: readonly StrategyName[];
  /** Default: agreement, cache-validity, isolation. */
  properties?: readonly PropertyName[];
  /** Leave out each scope of the rows that are needed, too. */
  scopes?: boolean;
}

/** A verdict for every row of a contract, as `nestfuzz check` gives: `checkContract("my-contract.yaml cm=1")`. */
export async function checkContract(contract: string, options: CheckContractOptions = {}): Promise<CheckResult> {
  const { seed, commands, strategies, properties, scopes = false } = { ...CHECK_DEFAULTS, ...options };
  const cell = { ...rulesFor(contract, options.architecture), strategies, properties, shadow: DEFAULT_SHADOW };
  return checkRows(cell, { seed, commands, scopes, geometry: geometryFor(options.geometry) });
}

export interface StrategyDefinition {
  name: string;
  version?: string;
  /** Called at the start of each sequence. */
  create(tables: Tables): Strategy;
}

/** The definition itself, with its types checked. */
export function defineStrategy(definition: StrategyDefinition): StrategyDefinition {
  return definition;
}

export interface CheckStrategyOptions extends SearchOptions {
  /** Its answers must lie in the envelope of this unit, and be right where nothing is owed any more. */
  contract: string;
  architecture?: string;
}

export interface StrategyResult {
  /** What was found, shrunk, each once; `mailText` makes a mail of one. */
  findings: Entry[];
  commands: number;
  translations: number;
  /** Answers that were stale while they may be; none: it caches nothing, or the search was idle. */
  stale: number;
}

/** Searches a strategy of one's own, as `nestfuzz fuzz --target` does a program. */
export async function checkStrategy(
  { name, version = "0", create }: StrategyDefinition,
  options: CheckStrategyOptions,
): Promise<StrategyResult> {
  const { seed, commands } = { ...CHECK_DEFAULTS, ...options };
  const rules = rulesFor(options.contract, options.architecture);
  const geometry = geometryFor(options.geometry);
  const info = { name, version, architecture: rules.architecture.name, geometry: geometry.text };
  const result = await runTargetCampaign(rules, new InProcessTarget(info, create), geometry, {
    seed,
    commands,
    shouldStop: () => false,
    onProgress: () => {},
    onEntry: () => {},
  });
  const { translations, stale, findings } = result;
  return { findings: findings.map(({ entry }) => entry), commands: result.commands, translations, stale };
}

function rulesFor(text: string, name: string | undefined): { architecture: Architecture; contract: Contract } {
  const { ref, parameters } = must(parseContractRef(text));
  const named = name === undefined ? must(contractArchitecture(ref)) : must(loadArchitecture(name));
  const architecture = named ?? must(loadArchitecture("tiny"));
  return { architecture, contract: must(loadContract(ref, parameters, architecture)) };
}

function geometryFor(text: string = DEFAULT_GEOMETRY): Geometry {
  const geometry = parseGeometry(text);
  if (typeof geometry === "string") throw new RulesError([`geometry: ${geometry}`]);
  return geometry;
}

function must<T>(result: Loaded<T>): T {
  if (result.ok) return result.value;
  throw new RulesError(result.problems.map(formatProblem));
}
