/**
 * From a failure that a search found and shrank to an entry.
 */

import { decodeAll, STRIDE } from "../commands/command.js";
import { printCommand } from "../commands/language.js";
import type { Geometry } from "../models/geometry.js";
import { ANY_FAULT, outcomeText, stageFault } from "../models/values.js";
import { CACHE_NAMES, PROPERTY_NAMES, STRATEGIES } from "../rules/vocabulary.js";
import type { Failure, RunCell } from "../search/runner.js";
import {
  ENTRY_SCHEMA,
  type Entry,
  type EntryFailure,
  type EntryTarget,
  entryId,
  type Found,
  type Minimal,
} from "./entry.js";
import { pageNumber, startText } from "./run.js";

export interface Ingredients {
  /** A cell with its id, or the rules of a sequence that belongs to no claim. */
  cell: RunCell & { id?: string };
  /** The runner's: a violation names pages by their position in it. */
  geometry: Geometry;
  start: ReadonlySet<number>;
  /** Encoded; commands behind the step of the failure are left out. */
  commands: Float64Array;
  failure: Failure;
  found: Found;
  minimal: Minimal | null;
  target?: EntryTarget;
}

export function makeEntry(ingredients: Ingredients): Entry {
  const { cell, geometry, start, commands, failure, found, minimal, target } = ingredients;
  const content = {
    architecture: cell.architecture,
    contract: cell.contract,
    strategies: STRATEGIES.filter((name) => cell.strategies.includes(name)),
    shadow: { ...cell.shadow },
    properties: PROPERTY_NAMES.filter((name) => cell.properties.includes(name)),
    geometry: geometry.text,
    start: startText(start),
    commands: decodeAll(commands.subarray(0, (failure.step + 1) * STRIDE)).map(printCommand),
    failure: entryFailure(failure, geometry),
    ...(target === undefined ? {} : { target }),
  };
  return { schema: ENTRY_SCHEMA, id: entryId(content), claim: cell.id ?? "", ...content, found, minimal };
}

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
