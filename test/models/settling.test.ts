/**
 * What counts as settled is: under the contract that asks for everything, whatever is written and in whatever order the
 * duties are discharged, a settled request may get the oracle's outcome and no other. And what the ledger lists as open
 * is what is open: commands that cover it, and fences, settle everything.
 */

import { describe, expect, it } from "vitest";
import { ANY, type Command, encodeAll, RANGE } from "../../commands/command.js";
import { printCommand } from "../../commands/language.js";
import { geometryOf } from "../../models/geometry.js";
import { Machine } from "../../models/machine.js";
import { outcomeOf } from "../../models/values.js";
import { type Architecture, INVALIDATION_KINDS } from "../../rules/vocabulary.js";
import { effort } from "../effort.js";
import { Draw, draughtOf, drawCommand, MIX } from "./brute/commands.js";
import { builtIn, envelopeOutcomes } from "./brute/runs.js";
import { builtInContract } from "./brute/scenario.js";

const RUNS = 12;
const LENGTH = 30;
/** Commands that discharging everything takes at the most. */
const MOST = 400;
const FENCE: Command = { kind: "fence" };

const ARCHITECTURES: readonly Architecture[] = [
  builtIn("tiny"),
  builtIn("vtd-scalable-ats"),
  builtIn("vtd-legacy-cm"),
  builtIn("riscv-ats"),
  builtIn("amd-nested"),
  builtIn("smmuv3-nested"),
];

class Run {
  readonly lines: string[] = [];

  constructor(
    readonly machine: Machine,
    private readonly draw: Draw,
  ) {
    machine.reset();
  }

  step(command: Command): void {
    const { machine } = this;
    const { ledger } = machine;
    const duties = ledger.dutyCount(machine.state);
    this.lines.push(printCommand(command));
    machine.step(encodeAll([command]), 0);
    if (command.kind === "fence") {
      expect(ledger.closedDuties, this.text()).toBe(duties - ledger.dutyCount(machine.state));
    }
    if (!machine.overflowed) this.expectSettledAreFresh();
  }

  private expectSettledAreFresh(): void {
    const { ledger, state, geometry, oracle } = this.machine;
    const pages = geometry.iova.count;
    for (let context = 0; context < geometry.contexts; context++) {
      for (let page = 0; page < pages; page++) {
        if (ledger.isUnsettled(state, context, page)) continue;
        for (const access of [0, 1]) {
          const now = Math.max(-1, outcomeOf(oracle.value[context * pages + page]!, access));
          const possible = [...envelopeOutcomes(this.machine, context, page, access)];
          if (possible.every((outcome) => outcome === now)) continue;
          expect.fail(`c${context} i${page} access ${access}: ${possible}, not ${now}, after\n${this.text()}`);
        }
      }
    }
  }

  /** Open duties that can be discharged now. */
  open(): number[] {
    const { ledger, state } = this.machine;
    return Array.from({ length: ledger.dutyCount(state) }, (_, number) => number).filter(
      (number) => !ledger.isHeldBack(state, number),
    );
  }

  /** A command that covers the first open scope of some duty, perhaps the widest; a fence if none is open. */
  discharge(isWide = false): Command {
    const { ledger, state, queue } = this.machine;
    const waiting = this.open().filter((number) => ledger.openScope(state, number) >= 0);
    if (waiting.length === 0) return FENCE;
    const number = this.draw.from(waiting);
    const scope = ledger.openScope(state, number);
    const [first, last] = ledger.openUnits(state, number, scope);
    const host = ledger.byHost(state, number) ? 1 : 0;
    const covering = commandsFor(host, first, last).filter((command) =>
      ledger.wouldCover(state, number, scope, queue.preview(encodeAll([command]), 0)),
    );
    expect(covering.length, `${ledger.describe(state, number)}, after\n${this.text()}`).toBeGreaterThan(0);
    return isWide ? covering[0]! : this.draw.from(covering);
  }

  /** Discharges all that can be, and shows that nothing else is left. */
  finish(): void {
    const { ledger, state, geometry } = this.machine;
    for (let count = 0; this.open().length > 0; count++) {
      if (this.machine.overflowed) return;
      expect(count, this.text()).toBeLessThan(MOST);
      const [superfluous, before] = [ledger.superfluous, this.machine.snapshot()];
      this.step(this.discharge(true));
      expect(ledger.superfluous, this.text()).toBe(superfluous);
      if (!this.machine.equals(before)) continue;
      // The rest waits for contexts that are still in conflict.
      expect(this.open().length, this.text()).toBeLessThan(ledger.dutyCount(state));
      return;
    }
    if (ledger.dutyCount(state) > 0) return;
    for (let context = 0; context < geometry.contexts; context++) {
      expect(ledger.unsettledWord(state, context, 0), this.text()).toBe(0);
    }
  }

  text(): string {
    return `${this.machine.options.architecture.name}: ${this.lines.join("; ")}`;
  }
}

/** Invalidations of every kind, of everything and of a range, with tags and without. */
function commandsFor(host: number, first: number, last: number): Command[] {
  const ranges = [
    { form: RANGE.all, size: 0, base: 0 },
    { form: RANGE.count, size: last - first + 1, base: first },
  ];
  const tags = [ANY, 0, 1];
  return INVALIDATION_KINDS.flatMap((_, invalidation) =>
    ranges.flatMap((range) =>
      tags.flatMap((domain) =>
        tags.flatMap((process) =>
          [ANY, 0, 1, 2].map((requester) => ({
            kind: "invalidate" as const,
            invalidation,
            host,
            domain,
            process,
            requester,
            requesterMask: 0,
            leaf: 0,
            level: 0,
            ...range,
          })),
        ),
      ),
    ),
  );
}

describe("what is settled", () => {
  it.each(ARCHITECTURES.map((architecture) => [architecture.name, architecture] as const))(
    "is fresh on %s, and everything can be settled",
    (name, architecture) => {
      const machine = new Machine({
        architecture,
        contract: builtInContract("always"),
        strategies: ["envelope"],
        geometry: geometryOf("2x2/2x4 contexts=3 vms=2"),
      });
      const draught = draughtOf(architecture, machine.geometry, MIX);
      for (let at = 0; at < effort(RUNS); at++) {
        const draw = new Draw(`settling ${name} ${at}`);
        const run = new Run(machine, draw);
        for (let step = 0; step < LENGTH && !machine.overflowed; step++) {
          run.step(draw.chance(0.6) ? run.discharge() : drawCommand(draw, draught));
        }
        run.finish();
      }
    },
  );
});
