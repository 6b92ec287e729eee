/**
 * Ids of counterexamples, and whether rules are the same: by content, whatever their sources and summaries.
 *
 * The id is `nf-` and the first 12 hexadecimal digits of the SHA-256 of what defines the failure, as canonical JSON:
 * architecture and contract, strategies and properties as sorted sets, shadow, geometry, start, commands, and the
 * failure with its outcomes as numbers. Not part of it: the claim, how the failure was found, what is known of its
 * minimality, and the texts that no model reads (`TEXTS`), so that an edited comment does not change an id. Names,
 * parameters and ids of rules are part of it, since a mail cites them.
 */

import { createHash } from "node:crypto";
import type { Entry, Setting } from "./entry.js";
import { canonicalJson } from "./json.js";

/** Keys whose values are for readers alone: no verdict depends on them. */
const TEXTS = new Set(["at", "source", "summary", "confidence", "manual", "fence"]);

export function entryId(entry: Setting & Pick<Entry, "failure" | "target">): string {
  const { failure, target } = entry;
  const identity = {
    architecture: withoutTexts(entry.architecture),
    contract: withoutTexts(entry.contract),
    strategies: [...entry.strategies].sort(),
    properties: [...entry.properties].sort(),
    shadow: entry.shadow,
    geometry: entry.geometry,
    start: entry.start,
    commands: entry.commands,
    failure: { ...failure, expected: failure.expected.outcome, actual: failure.actual.outcome },
    ...(target === undefined ? {} : { target: target.name, trouble: target.trouble !== null }),
  };
  const digest = createHash("sha256").update(canonicalJson(identity)).digest("hex");
  return `nf-${digest.slice(0, 12)}`;
}

/** Whether two architectures, or two contracts, say the same, whatever their sources and summaries. */
export function sameRules(a: unknown, b: unknown): boolean {
  return canonicalJson(withoutTexts(a)) === canonicalJson(withoutTexts(b));
}

/** Twelve hexadecimal digits that stand for what rules say, whatever their sources and summaries. */
export function rulesHash(rules: unknown): string {
  return createHash("sha256")
    .update(canonicalJson(withoutTexts(rules)))
    .digest("hex")
    .slice(0, 12);
}

/** Parameters are kept whole: a contract may have one that is called like a text. */
function withoutTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTexts);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !TEXTS.has(key));
  return Object.fromEntries(kept.map(([key, part]) => [key, key === "parameters" ? part : withoutTexts(part)]));
}
