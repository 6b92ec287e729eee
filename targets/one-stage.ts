/**
 * What a unit with one stage and no global mark can be told: the guest's tables, contexts, and the invalidations that
 * it knows.
 */

import { KIND, STRIDE, slots } from "../commands/command.js";

const W = slots("write");

/** `isKnown`: whether the unit has an encoding for the invalidation encoded at `from`. */
export function acceptsOneStage(
  isKnown: (sequence: Float64Array, from: number) => boolean,
): (sequence: Float64Array, at: number) => boolean {
  return (sequence, at) => {
    const from = at * STRIDE;
    switch (sequence[from]!) {
      case KIND.write:
        return sequence[from + W.global] !== 1;
      case KIND.stage2:
      case KIND.move:
        return false;
      case KIND.invalidate:
        return isKnown(sequence, from);
      default:
        return true;
    }
  };
}
