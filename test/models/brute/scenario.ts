/**
 * A machine driven by the sequence language, its answers as the words of a report: `h8`, `fault (stage 1, not
 * present)`.
 */

import { encodeAll } from "../../../commands/command.js";
import { parseCommands } from "../../../commands/language.js";
import { geometryOf, pagePosition } from "../../../models/geometry.js";
import { Machine } from "../../../models/machine.js";
import { parseStart } from "../../../models/start.js";
import { outcomeOf, outcomeText } from "../../../models/values.js";
import { loadContract } from "../../../rules/load.js";
import { type Architecture, type Contract, STRATEGIES, type StrategyName } from "../../../rules/vocabulary.js";
import { builtIn, envelopeOutcomes, NOTHING_OWED } from "./runs.js";

export interface ScenarioOptions {
  architecture?: Architecture;
  contract?: Contract;
  geometry?: string;
  strategies?: readonly StrategyName[];
  start?: string;
}

/** A built-in contract, read once. */
export function builtInContract(name: string): Contract {
  const known = contracts.get(name);
  if (known !== undefined) return known;
  const loaded = loadContract(name);
  if (!loaded.ok) throw new Error(`the built-in contract ${name} cannot be loaded`);
  contracts.set(name, loaded.value);
  return loaded.value;
}
const contracts = new Map<string, Contract>();

export class Scenario {
  readonly machine: Machine;

  constructor(options: ScenarioOptions = {}) {
    const geometry = geometryOf(options.geometry);
    const start = parseStart(options.start ?? "all", geometry);
    if (typeof start === "string") throw new Error(start);
    this.machine = new Machine({
      architecture: options.architecture ?? builtIn("tiny"),
      contract: options.contract ?? NOTHING_OWED,
      strategies: options.strategies ?? STRATEGIES,
      geometry,
      start,
    });
  }

  /** Commands, divided by `;`. */
  do(text: string): this {
    const parsed = parseCommands(text);
    if (!parsed.ok) throw new Error(parsed.errors.map(({ message }) => message).join("; "));
    const encoded = encodeAll(parsed.commands);
    parsed.commands.forEach((_, at) => {
      this.machine.step(encoded, at);
    });
    return this;
  }

  oracle(context: number, iova: number, access = 0): string {
    const { oracle, geometry } = this.machine;
    return outcomeText(outcomeOf(oracle.value[context * geometry.iova.count + this.position(iova)]!, access));
  }

  hardware(context: number, iova: number, access = 0): string {
    const value = this.machine.hardware!.translate(this.machine.state, context, this.position(iova));
    return outcomeText(outcomeOf(value, access));
  }

  shadow(context: number, iova: number, access = 0): string {
    const value = this.machine.shadow!.translate(this.machine.state, context, this.position(iova));
    return outcomeText(outcomeOf(value, access));
  }

  /** What a request may get: `h8`, `fault`, `h8 h12 fault`. */
  envelope(context: number, iova: number, access = 0): string {
    const outcomes = [...envelopeOutcomes(this.machine, context, this.position(iova), access)].sort((a, b) => a - b);
    const words = outcomes.filter((outcome) => outcome >= 0).map((outcome) => `h${outcome}`);
    return [...words, ...(outcomes.includes(-1) ? ["fault"] : [])].join(" ");
  }

  settled(context: number, iova: number): boolean {
    return !this.machine.ledger.isUnsettled(this.machine.state, context, this.position(iova));
  }

  private position(iova: number): number {
    return pagePosition(this.machine.geometry.iova, iova);
  }
}
