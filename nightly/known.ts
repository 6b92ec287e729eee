/**
 * What is known before a night: the committed counterexamples, by id, by cause, and by the rules they refute.
 *
 * A finding is known if its id is there, or if one with the same cause under the same rules is; anything else is new,
 * and turns the run red until it was accepted (`nestfuzz corpus accept`).
 */

import type { Entry } from "../corpus/entry.js";
import { formatCorpusProblem } from "../corpus/problems.js";
import { replayEntry } from "../corpus/replay.js";
import type { CorpusStore } from "../corpus/store.js";
import type { Cell } from "../rules/vocabulary.js";
import { type Cause, causeKey, causeOf } from "./cause.js";
import { cellHash } from "./header.js";

export class Known {
  private readonly ids = new Set<string>();
  private readonly causes = new Set<string>();
  private readonly byRules = new Map<string, Entry[]>();
  /** Files of the corpora that are no entries, a sentence each. */
  readonly problems: string[] = [];

  constructor(stores: readonly CorpusStore[]) {
    for (const { entries, problems } of stores.map((store) => store.list())) {
      this.problems.push(...problems.map(formatCorpusProblem));
      for (const entry of entries) this.add(entry);
    }
  }

  private add(entry: Entry): void {
    // What a unit outside answered says nothing of the models' cells.
    if (entry.target !== undefined || this.ids.has(entry.id)) return;
    this.ids.add(entry.id);
    this.causes.add(causeKey(causeOf(entry)));
    const rules = cellHash(entry);
    this.byRules.set(rules, [...(this.byRules.get(rules) ?? []), entry]);
  }

  hasFinding(ids: Iterable<string>, cause: Cause): boolean {
    return this.causes.has(causeKey(cause)) || [...ids].some((id) => this.ids.has(id));
  }

  /** The simplest committed counterexample under a cell's rules that still does what it says; null if there is none. */
  refuting(cell: Cell): string | null {
    const entries = [...(this.byRules.get(cellHash(cell)) ?? [])];
    entries.sort((a, b) => a.commands.length - b.commands.length || (a.id < b.id ? -1 : 1));
    return entries.find((entry) => replayEntry(entry).verdict === "same")?.id ?? null;
  }
}
