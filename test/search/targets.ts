/**
 * A target inside this process: a unit with an IOTLB made of the project's own models, and what can be wrong with it.
 */

import { KIND, STRIDE, slots } from "../../commands/command.js";
import { geometryOf } from "../../models/geometry.js";
import type { Machine } from "../../models/machine.js";
import { outcomeOf } from "../../models/values.js";
import { loadArchitecture, loadContract } from "../../rules/load.js";
import type { TargetCell } from "../../search/target-runner.js";
import type { Answers, Target, TargetRun } from "../../targets/target.js";

const D = slots("dma");
export const geometry = geometryOf("2x4");

export function tinyCell(contractName = "tiny"): TargetCell {
  const architecture = loadArchitecture("tiny");
  if (!architecture.ok) throw new Error("tiny does not load");
  const contract = loadContract(contractName, {}, architecture.value);
  if (!contract.ok) throw new Error(`${contractName} does not load`);
  return { architecture: architecture.value, contract: contract.value };
}

/**
 * Answers as the oracle does (`fresh`), or keeps each first answer until a fence behind an invalidation (`keeps`), or
 * for ever (`forgets-nothing`).
 */
export class FakeTarget implements Target {
  readonly info = { name: "fake", version: "1", architecture: "tiny", geometry: "2x4" };
  /** What was called, in order. */
  readonly calls: string[] = [];
  private runs = 0;

  constructor(
    private readonly behaviour: "fresh" | "keeps" | "forgets-nothing",
    private readonly refuses: (sequence: Float64Array, at: number) => boolean = () => false,
  ) {}

  accepts(sequence: Float64Array, at: number): boolean {
    return !this.refuses(sequence, at);
  }

  begin(machine: Machine): TargetRun {
    const number = ++this.runs;
    const kept = new Map<string, number>();
    const outcomes: number[] = [];
    let invalidated = false;
    return {
      step: (sequence, at) => {
        const from = at * STRIDE;
        if (sequence[from] === KIND.invalidate) invalidated = true;
        if (sequence[from] === KIND.fence && invalidated && this.behaviour === "keeps") kept.clear();
        if (sequence[from] !== KIND.dma) return;
        const [context, page, access] = [
          sequence[from + D.context]!,
          sequence[from + D.iova]!,
          sequence[from + D.access]!,
        ];
        const now = outcomeOf(machine.oracle.value[context * geometry.iova.count + page]!, access);
        const key = `${context} ${page} ${access}`;
        const before = this.behaviour === "fresh" ? undefined : kept.get(key);
        if (before === undefined && now >= 0) kept.set(key, now);
        outcomes.push(before ?? now);
      },
      send: () => this.calls.push(`send ${number}`),
      finish: (): Answers => {
        this.calls.push(`finish ${number}`);
        return { outcomes, trouble: null, stderr: [] };
      },
    };
  }

  restart(): void {
    this.calls.push("restart");
  }

  close(): void {}
}
