/**
 * The reasons of a violation as sentences, for every form of report.
 */

import type { EntryFailure } from "../corpus/entry.js";
import { makeProperty } from "../properties/all.js";
import {
  type Answerer,
  PROPERTY_NAMES,
  type PropertyName,
  type TargetProperty,
  unreachable,
} from "../rules/vocabulary.js";
import type { HeldValue, RuleUse, Survival, Why } from "./why.js";
import { CACHE_WORDS, confidenceText, requestText } from "./words.js";

/** What the strategy does with a value. */
function holds(strategy: Answerer): string {
  switch (strategy) {
    case "envelope":
    case "target":
      return "may hold";
    case "hardware":
      return "holds";
    case "shadow":
      return "keeps";
    default:
      return unreachable(strategy);
  }
}

const cacheText = (cache: HeldValue["cache"]): string => (cache === "shadow" ? "shadow" : CACHE_WORDS[cache]);

/** What was wrong, in a sentence: `agreement: the envelope may give h8 for the read of c0 i0, the oracle gives h9`. */
export function failureSentence({ property, strategy, request, expected, actual, cache }: EntryFailure): string {
  if (property === "cache-validity" && cache !== null) {
    const verb = strategy === "envelope" ? "may hold" : "holds";
    return `the ${CACHE_WORDS[cache]} (${strategy}) ${verb} what no walk gives now, for the ${requestText(request)}`;
  }
  const verb = strategy === "envelope" ? "may give" : "gives";
  const answer = `the ${strategy} ${verb} ${actual.text} for the ${requestText(request)}`;
  const forbidden = property === "refinement" ? ", which its envelope does not allow" : "";
  return `${answer}${forbidden}, the oracle gives ${expected.text}`;
}

/** The property's own sentence. */
export function propertySentence(name: PropertyName | TargetProperty): string {
  if (name === "response") return "the target answers every question, once, in time and in form";
  return makeProperty(PROPERTY_NAMES.find((known) => known === name)!, []).sentence;
}

/** Why: the value that answered, what it outlived, and where it came from; a sentence an item. */
export function whySentences(why: Why, strategy: Answerer): string[] {
  const [answer] = why.held;
  const root = why.held.at(-1);
  if (answer === undefined || root === undefined) return ["No cached value explains it."];
  const sentences = [heldSentence(answer, strategy), ...survivalSentences(answer.survived)];
  if (root !== answer) {
    const between = why.held.slice(1, -1).map(({ cache }) => cacheText(cache));
    const way = between.length === 0 ? "" : `, by way of the ${between.join(" and the ")}`;
    sentences.push(`It came from the ${cacheText(root.cache)}${way}.`);
    sentences.push(heldSentence(root, strategy), ...survivalSentences(root.survived));
  }
  if (answer.survived.length === 0 && root.survived.length === 0) sentences.push(nothingSent(root, why.failed));
  return sentences;
}

function heldSentence(held: HeldValue, strategy: Answerer): string {
  const stale = held.staleSince > held.since ? `, stale since step ${held.staleSince}` : "";
  const holder = held.inFlight
    ? `A walk in flight (the unit has no ${cacheText(held.cache)}) may have`
    : `The ${cacheText(held.cache)} ${holds(strategy)}`;
  return `${holder} ${held.value} for ${held.key}: ${held.origin}${stale}.`;
}

/** Invalidations that are listed for one value; a sequence that was not shrunk may have hundreds. */
const LISTED = 8;

function survivalSentences(survived: readonly Survival[]): string[] {
  const left = survived.length - LISTED;
  const sentences = survived
    .slice(0, LISTED)
    .map(({ step, command, removes, reason }) =>
      removes
        ? `Step ${step} (${command}) removes it, but ${reason}.`
        : `Step ${step} (${command}) leaves it: ${reason}.`,
    );
  return left > 0 ? [...sentences, `And ${left} more did not help.`] : sentences;
}

function nothingSent(root: HeldValue, failed: RuleUse | null): string {
  if (failed !== null && failed.owes === "none") return `No invalidation followed: rule ${failed.id} owes none.`;
  return `No invalidation followed step ${root.staleSince}.`;
}

/**
 * The rule and where it stands: `nothing (rules/contracts/never.yaml:22), for stage 1 leaf loss in step 1: owes
 * none`.
 */
export function ruleSentence({ id, at, owes, transition, step, by }: RuleUse): string {
  const debt = owes === "none" ? "owes none" : `the ${by} owes ${owes}`;
  return `${id} (${at}), for ${transition} in step ${step}: ${debt}`;
}

/** Where the rule is from, and how sure that is. */
export function sourceSentence({ source, confidence }: Pick<RuleUse, "source" | "confidence">): string {
  return `${source}${confidenceText(confidence)}`;
}
