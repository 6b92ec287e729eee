/**
 * A target: a translation unit outside this process, that is given the same commands and asked for translations.
 *
 * A sequence is run as a whole: `begin` puts the target into the start state, `step` is called after each step of the
 * machine, and `finish` collects what the target answered to the `dma` commands, in their order. Between `send` and
 * `finish` the caller may go on with the next sequence. What the target does not know is not sent: `accepts` says so,
 * and such commands are left out for the models too.
 */

import { KIND, STRIDE } from "../commands/command.js";
import type { Machine } from "../models/machine.js";
import type { Received } from "./child.js";

export interface TargetInfo {
  /** As it is named on the command line: `qemu:riscv-nested`, or what the program calls itself. */
  name: string;
  version: string;
  /** Name of the architecture whose envelope its answers must lie in. */
  architecture: string;
  geometry: string;
}

/** A target that crashed, fell silent or answered what is no answer. */
export interface Trouble {
  /** The command (from 0) that it was about; -1: the reset before the first. */
  step: number;
  /** What happened, after "the target ". */
  what: string;
}

/**
 * What a target answered: an outcome for each `dma` of the sequence, a host page or a fault code below 0; null where
 * the target cannot stand for what the models did.
 */
export interface Answers {
  outcomes: readonly (number | null)[];
  trouble: Trouble | null;
  /** The last lines of its stderr, where there was trouble. */
  stderr: readonly string[];
}

/** One sequence under way. */
export interface TargetRun {
  /** The command at position `at`, which the machine has just taken. */
  step(sequence: Float64Array, at: number): void;
  /** Hands over what was collected; does not wait. */
  send(): void;
  /** Waits for the answers. Runs are finished in the order in which they were sent. */
  finish(): Answers;
}

export interface Target {
  readonly info: TargetInfo;
  /** Whether the command means something to the target. */
  accepts(sequence: Float64Array, at: number): boolean;
  /** The machine is in its start state, with these contexts attached. */
  begin(machine: Machine, start: ReadonlySet<number>): TargetRun;
  /** Ends the process; the next `begin` starts another. */
  restart(): void;
  close(): void;
}

const NOISE = new Set([KIND.prefetch, KIND.evict, KIND["walk-start"], KIND["walk-end"], KIND.execute]);

/** Whether the command is about the caches of the model's own hardware: no target is sent it. */
export function isNoise(sequence: Float64Array, at: number): boolean {
  return NOISE.has(sequence[at * STRIDE]!);
}

/** Why the lines that were asked for did not come, after "the target ". */
export function whatHappened({ state, how }: Received): string {
  return state === "ended" ? (how ?? "ended") : "did not answer in time";
}
