/**
 * The wire between software and unit: the ledger credits a command as it was sent, the caches obey what arrives.
 *
 * On the way an invalidation may change its operands, be lost, or come a fence too late. What was sent is decoded by
 * the manual, which is the unit's own architecture unless `byManual` says otherwise.
 */

import { type CommandOf, decode, encode, STRIDE } from "../../../commands/command.js";
import { Layout } from "../../../models/layout.js";
import { Ledger } from "../../../models/ledger.js";
import type { Machine } from "../../../models/machine.js";
import { type Pending, QUEUE_DEPTH, Queue } from "../../../models/queue.js";
import { Unit } from "../../../models/unit.js";
import type { Architecture } from "../../../rules/vocabulary.js";
import { insideMachine, insideQueue, onReset, type Plant } from "./inside.js";

/** An invalidation under way; its operands may be changed. */
export type Sent = CommandOf<"invalidate">;
/** What becomes of it, beside its operands: nothing, or it is lost, or executes at the fence after its own. */
export type Fate = "arrives" | "lost" | "late";

class Wire {
  readonly fates: ((sent: Sent, machine: Machine) => Fate)[] = [];
  /** Called when a command is in the queue and was credited. */
  readonly arrivals: ((pending: Pending) => void)[] = [];
  private readonly late: Pending[] = [];

  constructor(
    private readonly machine: Machine,
    manual: Unit,
  ) {
    const { queue, ledger } = machine;
    const reader = new Queue(new Layout(), manual);
    const submit = queue.submit.bind(queue);
    const empty = queue.empty.bind(queue);
    const credit = ledger.submit.bind(ledger);
    const arriving = new Float64Array(STRIDE);
    let sent: Pending;
    queue.preview = reader.preview.bind(reader);
    queue.submit = (state, sequence, from) => {
      sent = reader.preview(sequence, from);
      const command = decode(sequence.subarray(from, from + STRIDE), 0) as Sent;
      const fate = this.fateOf(command);
      encode(command, arriving, 0);
      const pending = submit(state, arriving, 0);
      if (fate === "late") this.late.push({ ...pending, rules: pending.rules.map((rules) => [...rules]) });
      if (fate !== "arrives") lose(pending);
      return pending;
    };
    ledger.submit = (state, pending) => {
      credit(state, sent);
      for (const arrival of this.arrivals) arrival(pending);
    };
    queue.empty = (state) => {
      empty(state);
      this.bringLate(state);
    };
    onReset(machine, () => {
      this.late.length = 0;
    });
  }

  private fateOf(command: Sent): Fate {
    for (const fate of this.fates) {
      const decided = fate(command, this.machine);
      // One place of the queue is left for the next command.
      if (decided === "late" && this.late.length === QUEUE_DEPTH - 1) continue;
      if (decided !== "arrives") return decided;
    }
    return "arrives";
  }

  /** Late commands take their places in the emptied queue, and wait for the next fence. */
  private bringLate(state: Int32Array): void {
    const { queue, envelope } = this.machine;
    for (const [slot, late] of this.late.entries()) {
      state[insideQueue(this.machine).at] = slot + 1;
      Object.assign(queue.pending[slot]!, late);
      envelope?.complete(state);
    }
    this.late.length = 0;
  }
}

const wires = new WeakMap<Machine, Wire>();

export function wireOf(machine: Machine, manual = machine.unit): Wire {
  const wire = wires.get(machine) ?? new Wire(machine, manual);
  wires.set(machine, wire);
  return wire;
}

/** The command removes nothing any more. */
export function lose(pending: Pending): void {
  pending.rules = pending.rules.map(() => []);
}

/**
 * Software goes by a manual that is not the unit's: duties are covered by what commands do there. Must be the first
 * plant of a machine, since the ledger is made anew.
 */
export const byManual =
  (manual: Architecture): Plant =>
  (machine) => {
    const { layout, geometry, world, oracle, options } = machine;
    const inside = insideMachine(machine);
    const unit = new Unit(manual, geometry);
    inside.ledger = new Ledger(layout, geometry, unit, options.contract, world, oracle);
    // The layout has grown by the second ledger.
    machine.state = new Int32Array(layout.size);
    inside.startState = inside.firstReset();
    wireOf(machine, unit);
  };
