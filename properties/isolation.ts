/**
 * Isolation: no request reaches a host page that its VM's stage 2 never mapped while the request was unsettled, and no
 * settled request gets another context's translation.
 *
 * Late is legal, foreign is not: a stale answer may name a page that the VM had at some time since its context last was
 * without open duties, nothing else. Witness: an answer that names a page the VM does not map any more.
 */

import { outcomeOf, PRESENT, valuePage } from "../models/values.js";
import type { StrategyName } from "../rules/vocabulary.js";
import type { Property } from "./property.js";
import { sameMeaning, type View } from "./view.js";

export function isolation(): Property {
  return {
    name: "isolation",
    sentence: "no request reaches a host page that its VM did not map since the request was settled",
    witness: "an unsettled request reached, or could reach, a page that its VM no longer maps",
    seen: 0,
    check(view) {
      const { machine } = view;
      if (!view.concreteChanged && !view.setsChanged) return false;
      for (let context = 0; context < view.contexts; context++) {
        for (let page = 0; page < view.pages; page++) {
          const at = context * view.pages + page;
          if (view.isFresh[at] === 1 || !view.isAsked(context, page)) continue;
          if (machine.hardware !== null && leaks(this, view, "hardware", context, page, view.hardware[at]!))
            return true;
          if (machine.shadow !== null && leaks(this, view, "shadow", context, page, view.shadow[at]!)) return true;
          if (view.judged === null) continue;
          for (let answer = view.answerFrom[at]!; answer < view.answerTo[at]!; answer++) {
            if (leaks(this, view, "envelope", context, page, view.answers[answer]!)) return true;
          }
        }
      }
      return false;
    },
  };
}

function leaks(
  property: Property,
  view: View,
  strategy: StrategyName,
  context: number,
  page: number,
  value: number,
): boolean {
  if (value < 0 || (value & 3) !== PRESENT || ((value >> 2) & 3) === 0) return false;
  const expected = view.oracle(context, page);
  if (sameMeaning(expected, value)) return false;
  const host = valuePage(value);
  const access = outcomeOf(value, 0) >= 0 ? 0 : 1;
  const { ledger, state } = view.machine;
  const isOutOfReach = !ledger.reach.couldReach(state, context, host);
  if (isOutOfReach || (view.isSettled(context, page) && isOthers(view, context, page, value))) {
    view.report("isolation", strategy, context, page, access, outcomeOf(expected, access), host);
    view.violation.severity = "stale-access";
    return true;
  }
  if (!view.isMapped(context, host)) property.seen++;
  return false;
}

/** Whether another context's walk gives this translation for the same page. */
function isOthers(view: View, context: number, page: number, value: number): boolean {
  for (let other = 0; other < view.contexts; other++) {
    if (other !== context && sameMeaning(view.oracle(other, page), value)) return true;
  }
  return false;
}
