/**
 * Lowers equal operands together.
 */

import { COMMANDS, type CommandKind, KIND, type Limits, STRIDE, slots } from "../commands/command.js";
import { eachMember, FAMILIES, type Family, familyAt, familyLimit, renamed, valuesOf } from "./families.js";
import { bisect, lowerValues } from "./lower.js";
import type { Trial } from "./trial.js";

const W = slots("write");
const LOW_NUMBERS = 16;
const MOST_PLACES = 8;

/**
 * Lowers operands that name one thing together: for each number that a family uses, each smaller number in its place,
 * wherever it stands; then at any two of its places, for two things may have come to bear one number. Then entry
 * indexes with the IOVA pages that are reached through them: index k becomes k', in the writes to one table or to all,
 * while at one level or at all every IOVA page whose digit is k there gets the digit k'. At last equal permissions, and
 * flags of one name. The first operand that changes is lowered, so the result is simpler. Bound: some 16 tries a number
 * in use and as many a pair of its places (of up to 8), a few more for each linked index.
 */
export function lowerEqual(trial: Trial): void {
  for (const family of FAMILIES) {
    for (const value of valuesOf(trial.commands, family)) lowerFamily(trial, family, value);
    for (const value of valuesOf(trial.commands, family)) lowerTwo(trial, family, value);
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

/** Two places of a number that has three or more. */
function lowerTwo(trial: Trial, family: Family, value: number): void {
  const places: number[] = [];
  eachMember(trial.commands, (other, number, offset) => {
    if (other === family && number === value) places.push(offset);
  });
  if (places.length < 3 || places.length > MOST_PLACES) return;
  for (const lower of lowerNumbers(family, value, trial.limits)) {
    for (const [at, first] of places.entries()) {
      for (const second of places.slice(at + 1)) {
        const copy = trial.commands.slice();
        copy[first] = lower;
        copy[second] = lower;
        if (trial.attempt(copy)) return;
      }
    }
  }
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
  const tables = [ALL_TABLES, ...tablesWith(trial.commands, index), NO_TABLE];
  for (let lower = 0; lower < Math.min(index, LOW_NUMBERS); lower++) {
    for (const table of tables) {
      for (let digits = 2 ** depths - 1; digits >= 0; digits--) {
        if (trial.attempt(withIndex(trial.commands, limits, { index, lower, table, digits }))) return;
      }
    }
  }
}

/** A change of one index: in the writes to one table or all, and in the IOVA digits (bit d: weight entries ** d). */
interface IndexChange {
  index: number;
  lower: number;
  table: number;
  digits: number;
}
const ALL_TABLES = -1;
const NO_TABLE = -2;

/** Guest pages that are written at `index`. */
function tablesWith(commands: Float64Array, index: number): number[] {
  const tables = new Set<number>();
  for (let from = 0; from < commands.length; from += STRIDE) {
    if (commands[from] === KIND.write && commands[from + W.index] === index) tables.add(commands[from + W.page]!);
  }
  return tables.size > 1 ? [...tables] : [];
}

function withIndex(commands: Float64Array, limits: Limits, change: IndexChange): Float64Array {
  const { index, lower, table, digits } = change;
  const copy = commands.slice();
  eachMember(commands, (family, value, offset, position) => {
    if (family === "index") {
      const isThere = table === ALL_TABLES || table === commands[position * STRIDE + W.page];
      if (value === index && isThere) copy[offset] = lower;
    } else if (family === "iova") {
      copy[offset] = digitsOf(value, limits).reduce((page, digit, depth) => {
        const moves = digit === index && Math.floor(digits / 2 ** depth) % 2 === 1;
        return page + (moves ? lower : digit) * limits.entries ** depth;
      }, 0);
    }
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
