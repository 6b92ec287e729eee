/** The project's machine and the baseline side by side: one sequence, compared after every command. */

import { toBaseline } from "../../bench/baseline/encoded.js";
import { type Model, type Rules, type Strategies, setUp } from "../../bench/baseline/model.js";
import { Broken, checkAll } from "../../bench/baseline/properties.js";
import { ACCESSES, CONTEXTS, IOVA_PAGES, outcome } from "../../bench/baseline/records.js";
import { decode, STRIDE } from "../../commands/command.js";
import { printCommand } from "../../commands/language-print.js";
import { Machine } from "../../models/machine.js";
import { outcomeOf } from "../../models/values.js";

export class Pair {
  readonly machine: Machine;
  readonly model: Model;
  readonly real: Strategies;
  readonly steps: string[] = [];
  private readonly answers = new Int32Array(4096);

  constructor(rules: Rules) {
    const { architecture, contract } = rules;
    this.machine = new Machine({ architecture, contract, strategies: [...rules.strategies] });
    const { model, real } = setUp(rules);
    this.model = model;
    this.real = real;
  }

  step(sequence: Float64Array, at: number): void {
    const command = decode(sequence, at);
    const other = toBaseline(command);
    if (other === null) return;
    this.steps.push(printCommand(command));
    this.machine.step(sequence.subarray(at * STRIDE, (at + 1) * STRIDE), 0);
    other.apply(this.model, this.real);
  }

  /** What differs now, or null: oracle outcomes, unsettled requests, envelope outcomes. */
  difference(): string | null {
    for (const context of CONTEXTS) {
      for (const page of IOVA_PAGES) {
        const differs =
          this.compare(
            "oracle",
            context,
            page,
            this.machineOracle(context, page),
            this.baselineOracle(context, page),
          ) ??
          this.compare("unsettled", context, page, this.machineSettled(context, page), this.settled(context, page)) ??
          this.compare("envelope", context, page, this.machineSet(context, page), this.baselineSet(context, page));
        if (differs !== null) return differs;
      }
    }
    return null;
  }

  /** The property that the baseline finds broken, or null. */
  verdict(): string | null {
    try {
      checkAll(this.model, this.real);
      return null;
    } catch (error) {
      if (error instanceof Broken) return error.message;
      throw error;
    }
  }

  private compare(what: string, context: number, page: number, machine: string, baseline: string): string | null {
    return machine === baseline ? null : `${what} c${context} i${page}: machine ${machine}, baseline ${baseline}`;
  }

  private machineOracle(context: number, page: number): string {
    const value = this.machine.oracle.value[context * IOVA_PAGES.length + page]!;
    return [0, 1].map((access) => outcomeText(outcomeOf(value, access))).join(" ");
  }

  private baselineOracle(context: number, page: number): string {
    const { result } = this.model.walk(context, page);
    return ACCESSES.map((access) => outcome(result, access)).join(" ");
  }

  private machineSettled(context: number, page: number): string {
    return String(this.machine.ledger.isUnsettled(this.machine.state, context, page));
  }

  private settled(context: number, page: number): string {
    return String(!this.model.ledger.isSettled(context, page));
  }

  private machineSet(context: number, page: number): string {
    const { envelope, state } = this.machine;
    if (envelope === null) return "";
    const end = envelope.answers(state, context, page, this.answers);
    const mayFault = envelope.faultMask[context * IOVA_PAGES.length + page] !== 0;
    return setText((access) => {
      const outcomes = [...this.answers.subarray(0, end)].map((value) => outcomeText(outcomeOf(value, access)));
      return mayFault ? [...outcomes, "fault"] : outcomes;
    });
  }

  private baselineSet(context: number, page: number): string {
    const { envelope } = this.real;
    if (envelope === null) return "";
    const answers = envelope.answers(context, page);
    return setText((access) => {
      const outcomes = answers.map((answer) => outcome(answer, ACCESSES[access]!));
      return envelope.mayFault(context, page) ? [...outcomes, "fault"] : outcomes;
    });
  }
}

function setText(outcomes: (access: 0 | 1) => string[]): string {
  return ([0, 1] as const).map((access) => [...new Set(outcomes(access))].sort().join("+")).join(" ");
}

function outcomeText(code: number): string {
  return code >= 0 ? `h${code}` : "fault";
}
