/**
 * Lowers operands one at a time.
 */

import {
  ANY,
  KIND,
  type Limits,
  NO_DOMAIN,
  type Operand,
  operandLimit,
  RANGE,
  STRIDE,
  slots,
} from "../commands/command.js";
import { operandsAt, withOperand } from "./candidate.js";
import { rank } from "./order.js";
import type { Trial } from "./trial.js";

const I = slots("invalidate");
/** Numbers of a wide operand that are tried from below before the rest is bisected. */
const LOW_NUMBERS = 16;

/**
 * Lowers each operand by itself: its simplest value, then each value upwards that is simpler than what it has; the
 * first that still fails is kept. Operands of more than 16 values are bisected above that. A range of pages also loses
 * its first ones. The commands before stay, and the operand has a lower rank, so the result is simpler. Bound: some 16
 * tries an operand, plus the bisection.
 */
export function lower(trial: Trial): void {
  for (let position = 0; position < trial.count && !trial.exhausted; position++) {
    const slotCount = operandsAt(trial.commands, position).length;
    for (let slot = 1; slot <= slotCount; slot++) lowerOperand(trial, position, slot);
    trimRange(trial, position);
  }
}

/** A range of pages without its first ones: base and size change together. At most so many lengths are tried. */
const TRIMMED = 16;

function trimRange(trial: Trial, position: number): void {
  const from = position * STRIDE;
  const { commands } = trial;
  if (commands[from] !== KIND.invalidate || commands[from + I.form] !== RANGE.count) return;
  const size = commands[from + I.size]!;
  for (let left = 1; left < Math.min(size, TRIMMED); left++) {
    const trimmed = withOperand(commands, from + I.size, left);
    trimmed[from + I.base] = commands[from + I.base]! + size - left;
    if (trial.attempt(trimmed)) return;
  }
}

function lowerOperand(trial: Trial, position: number, slot: number): void {
  const offset = position * STRIDE + slot;
  const operand = operandsAt(trial.commands, position)[slot - 1]!;
  const current = trial.commands[offset]!;
  const values = lowerValues(operand, current, trial.limits);
  for (const value of values) if (trial.attempt(withOperand(trial.commands, offset, value))) return;
  bisect(values.at(-1) ?? current, current, (value) => trial.attempt(withOperand(trial.commands, offset, value)));
}

/** Values simpler than `current`, simplest first; of a wide operand the first `most` numbers alone. */
export function lowerValues(operand: Operand, current: number, limits: Limits, most = LOW_NUMBERS): number[] {
  const sentinels = operand.simplest !== ANY ? [] : operand.type === "domain" ? [ANY, NO_DOMAIN] : [ANY];
  const count = Math.min(most, operandLimit(operand.type, limits));
  const values = [operand.simplest, ...sentinels, ...Array.from({ length: count }, (_, number) => number)];
  const simpler = [...new Set(values)].filter((value) => rank(operand, value) < rank(operand, current));
  return simpler.sort((a, b) => rank(operand, a) - rank(operand, b));
}

/** Bisects between a number that was refused and one that fails, by a test that keeps what fails. */
export function bisect(refused: number, failing: number, test: (value: number) => boolean): void {
  let [low, high] = [Math.max(refused, 0), failing];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (test(middle)) high = middle;
    else low = middle;
  }
}
