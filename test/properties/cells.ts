/** Cells for the properties' tests, and a run of a text on one. */

import { encodeAll } from "../../commands/command.js";
import { parseCommands } from "../../commands/language.js";
import { loadArchitecture, loadContract } from "../../rules/load.js";
import { DEFAULT_SHADOW, type PropertyName, type StrategyName } from "../../rules/vocabulary.js";
import { type Failure, type RunCell, Runner } from "../../search/runner.js";

export function cell(
  contract: string,
  properties: readonly PropertyName[],
  strategies: readonly StrategyName[] = ["hardware", "envelope"],
  architecture = "tiny",
): RunCell {
  const unit = loadArchitecture(architecture);
  if (!unit.ok) throw new Error(architecture);
  const rules = loadContract(contract, {}, unit.value);
  if (!rules.ok) throw new Error(contract);
  return { architecture: unit.value, contract: rules.value, strategies, shadow: DEFAULT_SHADOW, properties };
}

export function sequence(text: string): Float64Array {
  const parsed = parseCommands(text);
  if (!parsed.ok) throw new Error(parsed.errors[0]!.message);
  return encodeAll(parsed.commands);
}

/** Runs a text on a cell; `plant` may put a bug into the machine first. */
export function runText(
  rules: RunCell,
  text: string,
  plant: (runner: Runner) => void = () => {},
): { failure: Failure | null; runner: Runner } {
  const runner = new Runner(rules);
  plant(runner);
  return { failure: runner.runCommands(sequence(text)), runner };
}
