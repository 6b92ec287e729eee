/**
 * The corpora a command looks in: the folder that was named, then the one that comes with the program.
 */

import { existsSync } from "node:fs";
import path from "node:path";
import type { Entry } from "../corpus/entry.js";
import type { CorpusProblem } from "../corpus/problems.js";
import { CorpusStore } from "../corpus/store.js";
import { packageRoot } from "../rules/home.js";

export function corpusAt(folder: string): CorpusStore {
  return new CorpusStore(folder);
}

export function builtInCorpus(): CorpusStore {
  return new CorpusStore(path.join(packageRoot(), "corpus"));
}

/** The named folder, if it is there, and the built-in one; each once. */
export function allStores(folder: string): CorpusStore[] {
  const builtIn = builtInCorpus();
  const isSame = path.resolve(folder) === path.resolve(builtIn.folder);
  return isSame || !existsSync(folder) ? [builtIn] : [new CorpusStore(folder), builtIn];
}

/** Ids that need no file any more. */
export function knownEntries(store: CorpusStore): ReadonlySet<string> {
  return new Set(allStores(store.folder).flatMap((one) => one.list().entries.map(({ id }) => id)));
}

export function findEntry(
  folder: string,
  ref: string,
): { ok: true; value: Entry } | { ok: false; problems: CorpusProblem[] } {
  const stores = allStores(folder);
  let last: { ok: false; problems: CorpusProblem[] } | undefined;
  for (const store of stores) {
    const found = store.load(ref);
    if (found.ok) return found;
    last = found;
  }
  return last!;
}
