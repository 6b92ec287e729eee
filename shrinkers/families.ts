/**
 * Operands that name the same thing, wherever they stand.
 *
 * A page written in one command, pointed to by another and unmapped by a third is one page: the three numbers only
 * change together. A family is everything such a number can be written as. Some operands belong to a family by their
 * neighbours: the address of `inv s2` is a guest page, that of the others an IOVA page; the value of a one-field
 * context write is what its field says. Sentinels and operands that say nothing belong to none.
 */

import { type Limits, type Operand, operandLimit, STRIDE, slots } from "../commands/command.js";
import { CONTEXT_FIELDS, INVALIDATION_KINDS } from "../rules/vocabulary.js";
import { commandCount, operandsAt } from "./candidate.js";
import { saysNothing } from "./canonical.js";

export const FAMILIES = ["context", "domain", "process", "vm", "guest-page", "host-page", "index", "iova"] as const;
export type Family = (typeof FAMILIES)[number];

const F = slots("context-field");
const I = slots("invalidate");
const STAGE2 = INVALIDATION_KINDS.indexOf("s2");

/** The family of the operand in slot `slot` of the command at `position`, or null. */
export function familyAt(commands: Float64Array, position: number, slot: number): Family | null {
  const from = position * STRIDE;
  if (commands[from + slot]! < 0 || saysNothing(commands, from, slot)) return null;
  return familyOf(operandsAt(commands, position)[slot - 1]!, commands, from);
}

function familyOf(operand: Operand, commands: Float64Array, from: number): Family | null {
  switch (operand.type) {
    case "context":
    case "domain":
    case "process":
    case "vm":
    case "index":
    case "iova":
      return operand.type;
    case "gpa":
      return "guest-page";
    case "hpa":
      return "host-page";
    case "page":
      return commands[from + I.invalidation] === STAGE2 ? "guest-page" : "iova";
    case "value":
      return fieldFamily(commands[from + F.field]!);
    default:
      return null;
  }
}

function fieldFamily(field: number): Family | null {
  const name = CONTEXT_FIELDS[field]!;
  if (name === "valid") return null;
  return name === "root" ? "guest-page" : name;
}

/** One more than the largest number of a family. */
export function familyLimit(family: Family, limits: Limits): number {
  switch (family) {
    case "guest-page":
      return operandLimit("gpa", limits);
    case "host-page":
      return operandLimit("hpa", limits);
    default:
      return operandLimit(family, limits);
  }
}

/** Calls `visit` for each operand that belongs to a family, in the order of the sequence. */
export function eachMember(
  commands: Float64Array,
  visit: (family: Family, value: number, offset: number, position: number) => void,
): void {
  for (let position = 0; position < commandCount(commands); position++) {
    const from = position * STRIDE;
    const count = operandsAt(commands, position).length;
    for (let slot = 1; slot <= count; slot++) {
      const family = familyAt(commands, position, slot);
      if (family !== null) visit(family, commands[from + slot]!, from + slot, position);
    }
  }
}

/** The numbers that a sequence uses of a family, in order of first use. */
export function valuesOf(commands: Float64Array, family: Family): number[] {
  const values = new Set<number>();
  eachMember(commands, (other, value) => {
    if (other === family) values.add(value);
  });
  return [...values];
}

/** A copy in which every number of `family` is what `change` makes of it. */
export function renamed(
  commands: Float64Array,
  family: Family,
  change: (value: number, position: number) => number,
): Float64Array {
  const copy = commands.slice();
  eachMember(commands, (other, value, offset, position) => {
    if (other === family) copy[offset] = change(value, position);
  });
  return copy;
}

/**
 * What each command names, as family and number. An index and an IOVA page of that number count as the same; VMs do not
 * count, since most commands name one.
 */
export function namesOf(commands: Float64Array): Set<string>[] {
  const names = Array.from({ length: commandCount(commands) }, () => new Set<string>());
  eachMember(commands, (family, value, _, position) => {
    if (family !== "vm") names[position]!.add(`${family === "index" ? ("iova" satisfies Family) : family} ${value}`);
  });
  return names;
}
