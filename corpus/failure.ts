/**
 * Failures and answers in the words of an entry.
 *
 * Apart from `make.ts`, which hashes ids: reports need these words in a browser too, where there is no `node:crypto`.
 */

import type { Geometry } from "../models/geometry.js";
import { ANY_FAULT, outcomeText, stageFault } from "../models/values.js";
import { CACHE_NAMES } from "../rules/vocabulary.js";
import type { Failure } from "../search/runner.js";
import type { EntryFailure } from "./entry.js";
import { pageNumber } from "./run.js";

/** An answer of a target as an entry keeps it: `h8`, `fault`, `fault stage 1`, or `-` for none to be compared. */
export function answerText(outcome: number | null): string {
  if (outcome === null) return "-";
  return outcome >= 0 ? `h${outcome}` : outcomeText(outcome).replace(/[()]/g, "");
}

/** The outcome of an answer that an entry keeps. */
export function answerOf(text: string): number | null {
  if (text === "-") return null;
  if (text.startsWith("h")) return Number(text.slice(1));
  const stage = (["fault context", "fault stage 1", "fault stage 2"] as const).indexOf(text as "fault context");
  return stage < 0 ? ANY_FAULT : stageFault(stage as 0 | 1 | 2);
}

/** A runner's failure in the words of an entry. */
export function entryFailure({ step, violation }: Failure, geometry: Geometry): EntryFailure {
  const { property, strategy, context, page, access, expected, actual, severity, cache } = violation;
  return {
    property,
    strategy,
    step: step + 1,
    request: { context, iova: pageNumber(geometry, page), access: access === 1 ? "w" : "r" },
    expected: { outcome: expected, text: outcomeText(expected) },
    actual: { outcome: actual, text: outcomeText(actual) },
    severity,
    cache: cache < 0 ? null : CACHE_NAMES[cache]!,
  };
}
