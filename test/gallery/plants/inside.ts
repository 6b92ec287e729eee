/**
 * The private members that plants reach, by one cast each, and the two moments that all plants may hook.
 *
 * A plant is a bug in code that has no door for bugs, so that it goes in by the window: methods of one machine's models
 * are replaced on the object. The models know nothing of it, and other machines are untouched.
 */

import { COMMANDS, type CommandKind, STRIDE } from "../../../commands/command.js";
import type { Machine } from "../../../models/machine.js";
import type { Pending } from "../../../models/queue.js";
import type { ShadowOptions } from "../../../rules/vocabulary.js";

/** Puts a bug into a machine that was just made. */
export type Plant = (machine: Machine) => void;

export interface MachineInside {
  ledger: Machine["ledger"];
  startState: Int32Array;
  firstReset(): Int32Array;
}

export interface QueueInside {
  /** Offset of the count of pending commands. */
  at: number;
}

export interface SetsInside {
  /** Offset of the records: a count, then set, value, mask, next, lives and two of freshness of each. */
  pool: number;
  /** Adds the subsets that follow by the commands `from` to `to` (exclusive) that let the value live. */
  close(mask: number, lives: number, from: number, to: number): number;
}

export interface HardwareInside {
  /** Offset of the walks in flight. */
  flights: number;
  abandons(state: Int32Array, command: Pending, flight: number): boolean;
  combine(state: Int32Array, context: number, entry: number, page: number, leaf: number): number;
  lookTagged(state: Int32Array, cache: number, address: number): number;
  requestThrough(state: Int32Array, context: number, entry: number, page: number): number;
  stage2(state: Int32Array, domain: number, vm: number, guestPage: number): number;
}

export interface ShadowInside {
  /** Offsets: attached entries by context, the guest's leaves by `context * pages + page`. */
  entries: number;
  leaves: number;
  options: ShadowOptions;
  attach(state: Int32Array, context: number): void;
  names(state: Int32Array, command: Pending, context: number, entry: number, page: number, leaf: number): boolean;
  obey(state: Int32Array, command: Pending, context: number): void;
  walk(state: Int32Array, entry: number, page: number, first: number, last: number): number;
}

/** One record holds the model and its private members, since TypeScript's `private` forbids an intersection. */
export const insideMachine = (machine: Machine): MachineInside => machine as unknown as MachineInside;
export const insideQueue = (machine: Machine): QueueInside => machine.queue as unknown as QueueInside;
export const insideSets = (machine: Machine): SetsInside | null =>
  (machine.envelope as unknown as { sets: SetsInside } | null)?.sets ?? null;

export function insideHardware(machine: Machine): HardwareInside {
  if (machine.hardware === null) throw new Error("the plant is for a cell with the strategy hardware");
  return machine.hardware as unknown as HardwareInside;
}

export function insideShadow(machine: Machine): ShadowInside {
  if (machine.shadow === null) throw new Error("the plant is for a cell with the strategy shadow");
  return machine.shadow as unknown as ShadowInside;
}

/**
 * The models keep no answer longer than a command: a plant may change what answers depend on in ways that they do not
 * know. Comes before the plants.
 */
export function keepNothing(machine: Machine): void {
  machine.isLate = false;
  beforeStep(machine, () => {
    machine.hardware?.forget();
    machine.envelope?.forget();
  });
}

/** Calls `forget` at the start of every run: what a plant remembers must not outlive one. */
export function onReset(machine: Machine, forget: () => void): void {
  const reset = machine.reset.bind(machine);
  machine.reset = () => {
    reset();
    forget();
  };
}

/** Calls `look` after every command, with its kind and where it stands. */
export function onStep(
  machine: Machine,
  look: (kind: CommandKind, sequence: Float64Array, from: number) => void,
): void {
  const step = machine.step.bind(machine);
  machine.step = (sequence, at) => {
    step(sequence, at);
    look(COMMANDS[sequence[at * STRIDE]!]!.kind, sequence, at * STRIDE);
  };
}

/** Calls `act` before every command, with its kind. */
export function beforeStep(machine: Machine, act: (kind: CommandKind) => void): void {
  const step = machine.step.bind(machine);
  machine.step = (sequence, at) => {
    act(COMMANDS[sequence[at * STRIDE]!]!.kind);
    step(sequence, at);
  };
}
