/**
 * Refinement: hardware is inside its envelope, settled or not; a shadow alone is inside the envelope of its
 * architecture.
 *
 * Each answer of a concrete strategy must be one of the envelope's for the same request and access. Witness: a concrete
 * answer that was stale, so the envelope was asked for more than the current tables.
 */

import { outcomeOf } from "../models/values.js";
import type { StrategyName } from "../rules/vocabulary.js";
import type { Property } from "./property.js";
import { sameMeaning, type View } from "./view.js";

/** A cell about the shadow alone: then the envelope is the one that the shadow must lie in. */
export function isShadowAlone(strategies: readonly StrategyName[]): boolean {
  return strategies.length === 1 && strategies[0] === "shadow";
}

/** `strategies`: those of the cell. Beside hardware a shadow is not held against the envelope, which is hardware's. */
export function refinement(strategies: readonly StrategyName[]): Property {
  const hardware = strategies.includes("hardware");
  const shadow = isShadowAlone(strategies);
  return {
    name: "refinement",
    sentence: "every concrete answer is one that the envelope allows",
    witness: "a concrete strategy gave a stale answer",
    seen: 0,
    check(view) {
      if (view.machine.envelope === null || !(view.concreteChanged || view.setsChanged)) return false;
      for (let context = 0; context < view.contexts; context++) {
        for (let page = 0; page < view.pages; page++) {
          const at = context * view.pages + page;
          if (view.isFresh[at] === 1 || !view.isAsked(context, page)) continue;
          const expected = view.oracle(context, page);
          // A fresh answer is always allowed: the envelope holds what a walk gives now.
          const hardwareStale = hardware && !sameMeaning(expected, view.hardware[at]!);
          const shadowStale = shadow && !sameMeaning(expected, view.shadow[at]!);
          if (!hardwareStale && !shadowStale) continue;
          this.seen++;
          if (hardwareStale && isOutside(view, "hardware", context, page, view.hardware[at]!)) return true;
          if (shadowStale && isOutside(view, "shadow", context, page, view.shadow[at]!)) return true;
        }
      }
      return false;
    },
  };
}

function isOutside(view: View, strategy: StrategyName, context: number, page: number, actual: number): boolean {
  const request = context * view.pages + page;
  for (const access of [0, 1] as const) {
    const outcome = outcomeOf(actual, access);
    if (outcome < 0 && view.mayFault(context, page)) continue;
    let allowed = false;
    for (let at = view.answerFrom[request]!; at < view.answerTo[request]! && !allowed; at++) {
      const possible = outcomeOf(view.answers[at]!, access);
      allowed = possible === outcome || (possible < 0 && outcome < 0);
    }
    if (allowed) continue;
    const expected = outcomeOf(view.oracle(context, page), access);
    return view.report("refinement", strategy, context, page, access, expected, outcome);
  }
  return false;
}
