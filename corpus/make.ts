/**
 * From a failure that a search found and shrank to an entry.
 */

import { decodeAll, STRIDE } from "../commands/command.js";
import { printCommand } from "../commands/language.js";
import type { Geometry } from "../models/geometry.js";
import { PROPERTY_NAMES, STRATEGIES } from "../rules/vocabulary.js";
import type { Failure, RunCell } from "../search/runner.js";
import { ENTRY_SCHEMA, type Entry, type EntryTarget, type Found, type Minimal } from "./entry.js";
import { entryFailure } from "./failure.js";
import { entryId } from "./identity.js";
import { startText } from "./run.js";

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
