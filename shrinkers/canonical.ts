/**
 * The canonical form of a sequence: operands that say nothing hold their simplest value.
 *
 * A command often has operands that its others make void: an entry that is absent or malformed has no target, a context
 * that is not present no tags, an invalidation without address no base. Two sequences that differ there alone are one
 * sequence to every model and to the printer, so they must be one to the shrinker, which knows repeats by this form.
 */

import { ANY, COMMANDS, CONTEXT_STATE, ENTRY, KIND, RANGE, STRIDE, slots } from "../commands/command.js";
import { CONTEXT_FIELDS } from "../rules/vocabulary.js";

const W = slots("write");
const C = slots("context");
const F = slots("context-field");
const I = slots("invalidate");
const T = slots("stage2");

const VALID = CONTEXT_FIELDS.indexOf("valid");

/** Whether the operand in slot `slot` of the command at offset `from` says nothing, given the others. */
export function saysNothing(commands: Float64Array, from: number, slot: number): boolean {
  switch (commands[from]) {
    case KIND.write:
      return slot >= W.target && !pointsSomewhere(commands[from + W.entry]!);
    case KIND.stage2:
      return slot >= T.target && !pointsSomewhere(commands[from + T.entry]!);
    case KIND.context:
      return slot >= C.vm && commands[from + C.state] !== CONTEXT_STATE.present;
    case KIND.invalidate:
      if (slot === I.requesterMask) return commands[from + I.requester] === ANY;
      return (slot === I.base || slot === I.size) && commands[from + I.form] === RANGE.all;
    default:
      return false;
  }
}

const pointsSomewhere = (entry: number): boolean => entry !== ENTRY.absent && entry !== ENTRY.malformed;

/** A copy of `commands` in canonical form. */
export function canonical(commands: Float64Array): Float64Array {
  const copy = commands.slice();
  makeCanonical(copy);
  return copy;
}

/** Brings `commands` into canonical form in place. */
export function makeCanonical(commands: Float64Array): void {
  for (let from = 0; from < commands.length; from += STRIDE) {
    const { operands } = COMMANDS[commands[from]!]!;
    for (let slot = 1; slot <= operands.length; slot++) {
      if (saysNothing(commands, from, slot)) commands[from + slot] = operands[slot - 1]!.simplest;
    }
    commands.fill(0, from + operands.length + 1, from + STRIDE);
    // Any number but 0 makes a context entry valid.
    if (commands[from] === KIND["context-field"] && commands[from + F.field] === VALID)
      commands[from + F.value] = Math.min(commands[from + F.value]!, 1);
  }
}
