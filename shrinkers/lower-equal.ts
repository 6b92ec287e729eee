/**
 * Lowers equal operands together.
 */

import { COMMANDS, type CommandKind, KIND, type Limits, STRIDE } from "../commands/command.js";
import { bisect, lowerValues } from "./lower.js";
import { eachMember, familyAt, FAMILIES, type Family, familyLimit, renamed, valuesOf } from "./families.js";
import type { Trial } from "./trial.js";

const LOW_NUMBERS = 16;

/**
 * Lowers all operands that name one thing together: for each number that a family uses, each smaller number in its
 * place, wherever it stands. Then entry indexes with the IOVA pages that are reached through them: index k becomes k'
 * while, at one level or at all, every IOVA page whose digit is k there gets the digit k'. At last equal permissions, and
 * flags of one name. The first operand that changes is lowered, so the result is simpler. Bound: some 16 tries a
 * number in use, a few more for each linked index.
 */
export function lowerEqual(trial: Trial): void {
  for (const family of FAMILIES) {
    for (const value of valuesOf(trial.commands, family)) lowerFamily(trial, family, value);
  }
  for (const index of linkedIndexes(trial.commands, trial.limits)) lowerLinked(trial, index);
  for (const row of COMMANDS) {
    for (let slot = 1; slot <= row.operands.length; slot++) lowerColumn(trial, row.kind, slot);
  }
}

function lowerFamily(trial: Trial, family: Family, value: number): void {
  const test = (lower: number): boolean =>
    trial.attempt(renamed(trial.commands, family, (other) => (other === value ? lower : other)));
  const numbers = lowerNumbers(family, value, trial.limits);
  for (const lower of numbers) if (test(lower)) return;
  bisect(numbers.at(-1) ?? value, value, test);
}

/** Numbers of a family below `value`; of a wide one the first alone. */
export function lowerNumbers(family: Family, value: number, limits: Limits): number[] {
  return Array.from({ length: Math.min(value, LOW_NUMBERS, familyLimit(family, limits)) }, (_, lower) => lower);
}

/** Indexes in use, as entry numbers or as digits of IOVA pages. */
function linkedIndexes(commands: Float64Array, limits: Limits): number[] {
  const indexes = new Set(valuesOf(commands, "index"));
  for (const page of valuesOf(commands, "iova")) for (const digit of digitsOf(page, limits)) indexes.add(digit);
  return [...indexes];
}

function lowerLinked(trial: Trial, index: number): void {
  const { limits } = trial;
  const depths = digitsOf(limits.iovaPages - 1, limits).length;
  // Bit d of a choice: the digit of weight entries ** d moves along; the last bit: the entry numbers do.
  const all = 2 ** (depths + 1) - 1;
  for (let lower = 0; lower < Math.min(index, LOW_NUMBERS); lower++) {
    for (let choice = all; choice > 0; choice--) {
      if (trial.attempt(withDigits(trial.commands, limits, index, lower, choice, depths))) return;
    }
  }
}

function withDigits(
  commands: Float64Array,
  limits: Limits,
  index: number,
  lower: number,
  choice: number,
  depths: number,
): Float64Array {
  const copy = commands.slice();
  eachMember(commands, (family, value, offset) => {
    if (family === "index" && value === index && choice >= 2 ** depths) copy[offset] = lower;
    if (family !== "iova") return;
    copy[offset] = digitsOf(value, limits).reduce((page, digit, depth) => {
      const moves = digit === index && Math.floor(choice / 2 ** depth) % 2 === 1;
      return page + (moves ? lower : digit) * limits.entries ** depth;
    }, 0);
  });
  return copy;
}

/** Digits of an IOVA page, the last level's first; as many as the page needs, at least one. */
function digitsOf(page: number, limits: Limits): number[] {
  const digits: number[] = [];
  for (let rest = page; rest > 0 || digits.length === 0; rest = Math.floor(rest / limits.entries))
    digits.push(rest % limits.entries);
  return digits;
}

/** Lowers operands of one name that belong to no family (permissions, flags), all of them that are equal. */
function lowerColumn(trial: Trial, kind: CommandKind, slot: number): void {
  const values = new Set<number>();
  eachInColumn(trial.commands, kind, slot, (offset) => values.add(trial.commands[offset]!));
  for (const value of values) {
    const operand = COMMANDS[KIND[kind]]!.operands[slot - 1]!;
    lowerValues(operand, value, trial.limits).some((lower) => {
      const copy = trial.commands.slice();
      eachInColumn(trial.commands, kind, slot, (offset) => {
        if (copy[offset] === value) copy[offset] = lower;
      });
      return trial.attempt(copy);
    });
  }
}

function eachInColumn(commands: Float64Array, kind: CommandKind, slot: number, visit: (offset: number) => void): void {
  for (let position = 0; position < commands.length / STRIDE; position++) {
    if (commands[position * STRIDE] !== KIND[kind] || familyAt(commands, position, slot) !== null) continue;
    visit(position * STRIDE + slot);
  }
}
