/**
 * What a broken property looks like, and how bad it is.
 *
 * Follows the design page, section 5 (Severity). Severity is of what a device could do with the wrong answer: memory
 * that it must not have is worst, then a wrong page that its VM does have, then a permission, then a fault that should
 * not be.
 */

import type { Answerer, PropertyName, TargetProperty } from "../rules/vocabulary.js";

export const SEVERITIES = ["stale-access", "wrong-page", "stale-permission", "spurious-fault"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A request (context, position of the IOVA page, 0 read or 1 write) and what it got instead of what it should. */
export interface Violation {
  property: PropertyName | TargetProperty;
  strategy: Answerer;
  context: number;
  page: number;
  access: 0 | 1;
  /** Outcomes: host pages, or fault codes below 0. */
  expected: number;
  actual: number;
  severity: Severity;
  /** Cache validity: the cache that holds the wrong value, else -1. */
  cache: number;
}

export function emptyViolation(): Violation {
  return {
    property: "agreement",
    strategy: "envelope",
    context: 0,
    page: 0,
    access: 0,
    expected: 0,
    actual: 0,
    severity: "wrong-page",
    cache: -1,
  };
}
