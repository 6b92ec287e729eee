/**
 * The record of a duty: its fields and flags, as the ledger keeps them and others read them.
 */

import { TRANSITIONS } from "../rules/vocabulary.js";

/** The rule number of the duty that follows a conflict of tags. */
export const CONFLICT = TRANSITIONS.length;

/**
 * Bits of a duty's flags: global entries exist; the old entry was not present; taken over from another context; the
 * part of a context entry that changed.
 */
export const FLAG = { global: 1, negative: 2, shared: 16, upper: 32, lower: 64 } as const;
/** Above every value of the flags. */
export const FLAG_LIMIT = 128;
/** The span of the old leaf, two bits of the flags. */
export const SPAN_SHIFT = 2;

/** Fields of a duty. */
export const DUTY = {
  rule: 0,
  context: 1,
  vm: 2,
  domain: 3,
  process: 4,
  /** `FLAG` bits and the span of the old leaf. */
  flags: 5,
  stage: 6,
  /** Guest pages of a stage-2 change, else -1. */
  firstGuestPage: 7,
  lastGuestPage: 8,
  /** Affected pages, then the units left of each scope. */
  pages: 9,
} as const;

/** Levels above the last one at which the old entry was a leaf. */
export const oldSpan = (flags: number): number => (flags >> SPAN_SHIFT) & 3;

/** The open duties, as far as others need them. */
export interface Duties {
  dutyCount(state: Int32Array): number;
  /** Field of a duty, see `DUTY`. */
  duty(state: Int32Array, number: number, field: number): number;
}
