/** The project's machine and the baseline side by side: one sequence, compared after every command. */

import {
  Dma,
  Evict,
  Fence,
  type FieldName,
  Invalidate,
  MovePage,
  Prefetch,
  WriteContext,
  WriteContextField,
  WriteEntry,
  WriteStage2,
} from "../../bench/baseline/commands.js";
import { type Model, type Rules, type Strategies, setUp } from "../../bench/baseline/model.js";
import { Broken, checkAll } from "../../bench/baseline/properties.js";
import {
  ACCESSES,
  CONTEXTS,
  type ContextEntry,
  type Entry,
  IOVA_PAGES,
  NO_ENTRY,
  outcome,
} from "../../bench/baseline/records.js";
import { ANY, CONTEXT_STATE, type Command, decode, ENTRY, RANGE, STRIDE } from "../../commands/command.js";
import { printCommand } from "../../commands/language-print.js";
import { Machine } from "../../models/machine.js";
import { outcomeOf } from "../../models/values.js";
import { CONTEXT_FIELDS, INVALIDATION_KINDS } from "../../rules/vocabulary.js";

const ENTRY_KINDS = ["absent", "leaf", "super", "table", "malformed"] as const;
const STATES = ["absent", "present", "malformed"] as const;
const FORMS = ["all", "count", "mask"] as const;

/** What the baseline makes of a command; null for what it leaves out (walks that other commands split, `execute`). */
export function toBaseline(command: Command): { apply(model: Model, real: Strategies): void } | null {
  switch (command.kind) {
    case "write":
      return new WriteEntry(command.vm, command.page, command.index, entryOf({ ...command }));
    case "stage2":
      return new WriteStage2(command.vm, command.page, entryOf({ ...command, global: 0 }));
    case "move":
      return new MovePage(command.vm, command.page, command.target);
    case "context":
      return new WriteContext(command.context, contextOf({ ...command }));
    case "context-field":
      return new WriteContextField(command.context, CONTEXT_FIELDS[command.field]! as FieldName, command.value);
    case "invalidate":
      return new Invalidate({
        kind: INVALIDATION_KINDS[command.invalidation]!,
        host: command.host === 1,
        domain: given(command.domain),
        process: given(command.process),
        requester: given(command.requester),
        requesterMask: command.requesterMask,
        form: FORMS[command.form]!,
        base: command.form === RANGE.all ? 0 : command.base,
        size: command.form === RANGE.all ? 0 : command.size,
        leaf: command.leaf === 1,
      });
    case "fence":
      return new Fence();
    case "dma":
      return new Dma(command.context, command.iova, command.access === 1 ? "write" : "read");
    case "prefetch":
      return new Prefetch(command.context, command.iova);
    case "evict":
      return new Evict(command.context, command.iova);
    case "walk-start":
    case "walk-end":
    case "execute":
      return null;
  }
}

function given(operand: number): number | null {
  return operand === ANY ? null : operand;
}

function entryOf(written: { entry: number; target: number; permission: number; global: number }): Entry {
  const { entry, target, permission, global } = written;
  const kind = ENTRY_KINDS[entry]!;
  if (entry === ENTRY.absent || entry === ENTRY.malformed) return { ...NO_ENTRY, kind };
  return { kind, target, permission, global: global === 1 };
}

function contextOf(written: {
  state: number;
  vm: number;
  domain: number;
  process: number;
  root: number;
}): ContextEntry {
  const { state, vm, domain, process, root } = written;
  const none = { vm: 0, domain: 0, process: 0, root: 0 };
  return { state: STATES[state]!, ...(state === CONTEXT_STATE.present ? { vm, domain, process, root } : none) };
}

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
