/**
 * Whether a candidate is in the shortest form that shrinking promises, checked without the passes.
 *
 * Follows the design page, section 7: no command can be removed, alone or with its pair; no operand is simpler, alone
 * or with its equals. Every removal and every value is tried, so a candidate that was shortened by hand, or by an older
 * version of the passes, is judged by the same measure. That no shorter sequence exists at all is not shown here.
 */

import { type Limits, STRIDE } from "../commands/command.js";
import {
  type Candidate,
  commandCount,
  type Fails,
  operandsAt,
  withOperand,
  withoutCommands,
  withoutTwo,
} from "./candidate.js";
import { canonical } from "./canonical.js";
import { FAMILIES, renamed, valuesOf } from "./families.js";
import { lowerValues } from "./lower.js";
import { compareCommands } from "./order.js";

export interface Minimality {
  /** Some command, or two together, can be removed. */
  removable: boolean;
  /** Some operand can be made simpler, alone or with all its equals. */
  lowerable: boolean;
}

/** Values of one operand that are tried; wider ones are tried up to here. */
const MOST_VALUES = 4096;

export function minimality(candidate: Candidate, fails: Fails, limits: Limits): Minimality {
  const commands = canonical(candidate.commands);
  const stillFails = (other: Float64Array): boolean => fails({ commands: other, start: candidate.start });
  return {
    removable: some(shorter(commands), stillFails),
    lowerable: some(simpler(commands, limits), stillFails),
  };
}

function* shorter(commands: Float64Array): Generator<Float64Array> {
  const count = commandCount(commands);
  for (let position = 0; position < count; position++) yield withoutCommands(commands, position, 1);
  for (let second = 1; second < count; second++) {
    for (let first = 0; first < second; first++) yield withoutTwo(commands, first, second);
  }
}

function* simpler(commands: Float64Array, limits: Limits): Generator<Float64Array> {
  for (const changed of lowered(commands, limits)) {
    const copy = canonical(changed);
    if (compareCommands(copy, commands) < 0) yield copy;
  }
}

function* lowered(commands: Float64Array, limits: Limits): Generator<Float64Array> {
  for (let position = 0; position < commandCount(commands); position++) {
    for (const [at, operand] of operandsAt(commands, position).entries()) {
      const offset = position * STRIDE + 1 + at;
      const values = lowerValues(operand, commands[offset]!, limits, MOST_VALUES);
      for (const value of values) yield withOperand(commands, offset, value);
    }
  }
  for (const family of FAMILIES) {
    for (const value of valuesOf(commands, family)) {
      for (let lower = 0; lower < Math.min(value, MOST_VALUES); lower++) {
        yield renamed(commands, family, (other) => (other === value ? lower : other));
      }
    }
  }
}

function some(proposals: Iterable<Float64Array>, test: (commands: Float64Array) => boolean): boolean {
  for (const proposal of proposals) if (test(proposal)) return true;
  return false;
}
