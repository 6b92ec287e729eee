/** What serves an open duty next: an invalidation that covers a scope, or the fence. */

import { INVALIDATION_KINDS } from "../../rules/vocabulary.js";
import type { Duty } from "./ledger.js";
import type { Model } from "./model.js";
import type { Invalidation } from "./records.js";

export function nextFor(model: Model, choice: number): Invalidation | "fence" | null {
  const { duties } = model.ledger;
  const duty = duties[choice % duties.length];
  if (duty === undefined) return null;
  const scopes = model.ledger.scopes(duty);
  const at = duty.open.findIndex((units) => units.size > 0);
  const scope = scopes[at];
  if (scope === undefined) return "fence";
  const unit = [...duty.open[at]!][0]!;
  const fitting = forms(duty, [...duty.open[at]!]).filter((form) => model.ledger.covers(duty, scope, form, unit));
  return fitting[Math.floor(choice / duties.length) % fitting.length] ?? null;
}

/** Narrow and wide, by address or not, with or without the process. */
function forms(duty: Duty, units: readonly number[]): Invalidation[] {
  const base = Math.min(...units);
  const size = Math.max(...units) + 1 - base;
  const tags = { domain: duty.domain, requester: duty.context, requesterMask: 0, host: duty.rule.by === "host" };
  return INVALIDATION_KINDS.flatMap((kind) =>
    [duty.process, null].flatMap((process) =>
      [true, false].flatMap((leaf): Invalidation[] => [
        { kind, ...tags, process, leaf, form: "count", base, size },
        { kind, ...tags, process, leaf, form: "all", base: 0, size: 0 },
      ]),
    ),
  );
}
