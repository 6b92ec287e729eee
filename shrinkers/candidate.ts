/**
 * What a shrinker works on, and the edits that passes make of it.
 *
 * A candidate is an encoded sequence with the contexts that the start state attaches. Edits return a copy: a candidate
 * that was judged is never written again. Positions count commands, offsets count numbers of the encoding.
 */

import { COMMANDS, type Operand, STRIDE } from "../commands/command.js";

export interface Candidate {
  /** Encoded commands, `STRIDE` numbers each. */
  commands: Float64Array;
  /** Contexts attached at the start. */
  start: ReadonlySet<number>;
}

/** Whether a candidate still shows the failure that is being shrunk. Deterministic. */
export type Fails = (candidate: Candidate) => boolean;

export function commandCount(commands: Float64Array): number {
  return commands.length / STRIDE;
}

/** The operands of the command at `position`; operand k stands at offset `position * STRIDE + 1 + k`. */
export function operandsAt(commands: Float64Array, position: number): readonly Operand[] {
  return COMMANDS[commands[position * STRIDE]!]!.operands;
}

/** A copy without the `count` commands from `position` on. */
export function withoutCommands(commands: Float64Array, position: number, count: number): Float64Array {
  const rest = new Float64Array(commands.length - count * STRIDE);
  rest.set(commands.subarray(0, position * STRIDE));
  rest.set(commands.subarray((position + count) * STRIDE), position * STRIDE);
  return rest;
}

/** A copy without two commands, `first` before `second`. */
export function withoutTwo(commands: Float64Array, first: number, second: number): Float64Array {
  return withoutCommands(withoutCommands(commands, second, 1), first, 1);
}

/** A copy with one number replaced. */
export function withOperand(commands: Float64Array, offset: number, value: number): Float64Array {
  const copy = commands.slice();
  copy[offset] = value;
  return copy;
}

/** A copy with the command at `position` replaced by an encoded one. */
export function withCommand(commands: Float64Array, position: number, command: Float64Array): Float64Array {
  const copy = commands.slice();
  copy.set(command, position * STRIDE);
  return copy;
}

/** A copy with the commands at `position` and the one after it exchanged. */
export function withSwap(commands: Float64Array, position: number): Float64Array {
  const copy = commands.slice();
  const from = position * STRIDE;
  copy.set(commands.subarray(from + STRIDE, from + 2 * STRIDE), from);
  copy.set(commands.subarray(from, from + STRIDE), from + STRIDE);
  return copy;
}
