/**
 * The key of a candidate: what is judged once is known again by it.
 *
 * A number is one unit of a string, so that a key is made at the speed of memory; printed as decimals, the keys of long
 * sequences took more time than anything else in the shrinker. Sentinels are small and negative; a number that one unit
 * cannot hold stands behind a mark with all its bits.
 */

import { ANY, NO_DOMAIN } from "../commands/command.js";
import type { Candidate } from "./candidate.js";
import { sorted } from "./order.js";

const LEAST = Math.min(ANY, NO_DOMAIN);
const MARK = 0xffff;
/** The mark and the bits of a number. */
const WIDEST = 5;

const whole = new Float64Array(1);
const bits = new Uint16Array(whole.buffer);
let units = new Uint16Array(1024);

/** Equal for equal candidates in canonical form, and for no others. */
export function keyOf({ commands, start }: Candidate): string {
  const contexts = sorted(start);
  const most = 1 + contexts.length + WIDEST * commands.length;
  if (units.length < most) units = new Uint16Array(2 * most);
  let length = 0;
  units[length++] = contexts.length;
  for (const context of contexts) units[length++] = context;
  for (let at = 0; at < commands.length; at++) {
    const unit = commands[at]! - LEAST;
    if (unit < MARK) {
      units[length++] = unit;
      continue;
    }
    units[length++] = MARK;
    whole[0] = commands[at]!;
    units.set(bits, length);
    length += bits.length;
  }
  return Buffer.from(units.buffer, 0, 2 * length).toString("utf16le");
}
