/**
 * Agreement: for every settled request each strategy translates as the oracle does.
 *
 * The envelope must leave a settled request exactly one outcome, the oracle's: each cached answer and each fault that
 * some schedule allows counts. Witness: an unsettled request whose answer could differ, so stale values do occur.
 */

import { outcomeOf, PRESENT } from "../models/values.js";
import type { StrategyName } from "../rules/vocabulary.js";
import type { Property } from "./property.js";
import { differingAccess, sameMeaning, type View } from "./view.js";

export function agreement(): Property {
  return {
    name: "agreement",
    sentence: "every settled request is translated as the oracle does",
    witness: "an unsettled request got, or could get, a stale answer",
    seen: 0,
    check(view) {
      if (!view.concreteChanged && !view.setsChanged) return false;
      // One stale request a check is witness enough.
      let isWitnessed = false;
      for (let context = 0; context < view.contexts; context++) {
        for (let page = 0; page < view.pages; page++) {
          if (view.isFresh[context * view.pages + page] === 1) continue;
          if (view.isSettled(context, page)) {
            if (disagrees(view, context, page)) return true;
          } else if (!isWitnessed && isStale(view, context, page)) {
            isWitnessed = true;
            this.seen++;
          }
        }
      }
      return false;
    },
  };
}

function disagrees(view: View, context: number, page: number): boolean {
  const { machine } = view;
  const expected = view.oracle(context, page);
  const at = context * view.pages + page;
  if (machine.hardware !== null && concrete(view, "hardware", context, page, expected, view.hardware[at]!)) return true;
  if (machine.shadow !== null && concrete(view, "shadow", context, page, expected, view.shadow[at]!)) return true;
  return view.judged !== null && envelopeDisagrees(view, context, page, expected);
}

function concrete(
  view: View,
  strategy: StrategyName,
  context: number,
  page: number,
  expected: number,
  actual: number,
): boolean {
  if (sameMeaning(expected, actual)) return false;
  const access = differingAccess(expected, actual);
  if (access < 0) return false;
  return view.report(
    "agreement",
    strategy,
    context,
    page,
    access as 0 | 1,
    outcomeOf(expected, access),
    outcomeOf(actual, access),
  );
}

function envelopeDisagrees(view: View, context: number, page: number, expected: number): boolean {
  const request = context * view.pages + page;
  for (let at = view.answerFrom[request]!; at < view.answerTo[request]!; at++)
    if (concrete(view, "envelope", context, page, expected, view.answers[at]!)) return true;
  if (!view.mayFault(context, page) || expected < 0 || (expected & 3) !== PRESENT) return false;
  const access = outcomeOf(expected, 0) >= 0 ? 0 : 1;
  if (outcomeOf(expected, access) < 0) return false;
  const fault = view.possibleFault(context, page);
  return view.report("agreement", "envelope", context, page, access, outcomeOf(expected, access), fault);
}

function isStale(view: View, context: number, page: number): boolean {
  const { machine } = view;
  const expected = view.oracle(context, page);
  const at = context * view.pages + page;
  if (machine.hardware !== null && !sameMeaning(expected, view.hardware[at]!)) return true;
  if (machine.shadow !== null && !sameMeaning(expected, view.shadow[at]!)) return true;
  if (view.judged === null) return false;
  for (let answer = view.answerFrom[at]!; answer < view.answerTo[at]!; answer++)
    if (!sameMeaning(expected, view.answers[answer]!)) return true;
  return false;
}
