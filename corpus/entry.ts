/**
 * A counterexample as it is kept: one JSON file, schema version 1.
 *
 * Follows the design page, section 7. The rules in force are stored by content, so that an entry replays after the YAML
 * has changed. Its id is a hash of what defines the failure; see `identity.ts`.
 */

import type { Severity } from "../properties/violation.js";
import type { Answerer, CacheName, PropertyName, TargetProperty } from "../rules/vocabulary.js";
import type { RunCell } from "../search/runner.js";

export const ENTRY_SCHEMA = "nestfuzz/counterexample/1";

/** A request: the context, the IOVA page by its number, read or write. */
export interface EntryRequest {
  context: number;
  iova: number;
  access: "r" | "w";
}

/** A host page, or a fault code below 0; and its text. */
export interface EntryOutcome {
  outcome: number;
  text: string;
}

export interface EntryFailure {
  property: PropertyName | TargetProperty;
  strategy: Answerer;
  /** The command after which the property was broken, from 1. */
  step: number;
  request: EntryRequest;
  expected: EntryOutcome;
  actual: EntryOutcome;
  severity: Severity;
  /** The cache that holds the wrong value, for cache validity. */
  cache: CacheName | null;
}

/** How it was found; the first finder's is kept. */
export interface Found {
  seed: string;
  run: number;
  version: string;
  lengthBefore: number;
}

/**
 * What was established: no command can be removed, no operand made simpler; and, where an exhaustive search has shown
 * it, over which commands no shorter sequence fails in this geometry from this start (`all`, or a scope's words).
 */
export interface Minimal {
  removable: false;
  lowerable: false;
  shortest?: string;
}

/** What a target outside this process answered, where one was found wrong. */
export interface EntryTarget {
  /** `qemu:NAME`, or what the program calls itself. */
  name: string;
  version: string;
  /** By `dma` of the sequence: `h8`, `fault`, or `-` where the answer could not be compared. */
  answers: readonly string[];
  /** What it did in place of an answer, after "the target "; null where it answered. */
  trouble: string | null;
  /** The last lines of its stderr, where there was trouble. */
  stderr: readonly string[];
  /** Times that the sequence was run again, and that it failed again. */
  repeats: { runs: number; failed: number };
}

/** All that a run needs. */
export interface Setting extends RunCell {
  geometry: string;
  /** Contexts attached at the start: `c0 c1 c2`, or `none`. */
  start: string;
  /** In the sequence language, one a line. */
  commands: readonly string[];
}

export interface Entry extends Setting {
  schema: typeof ENTRY_SCHEMA;
  id: string;
  /** Id of the cell that the failure refutes, or empty. */
  claim: string;
  failure: EntryFailure;
  found: Found;
  minimal: Minimal | null;
  /** Only where a target failed. */
  target?: EntryTarget | undefined;
}
