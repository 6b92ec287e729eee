/** The committed counterexamples, and as many more as are wanted, made from them. */

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Entry } from "../corpus/entry.js";
import { entryId } from "../corpus/identity.js";
import { canonicalJson } from "../corpus/json.js";
import { CorpusStore } from "../corpus/store.js";
import { packageRoot } from "../rules/home.js";

export function committedEntries(): Entry[] {
  const { entries, problems } = new CorpusStore(path.join(packageRoot(), "corpus")).list();
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join("\n"));
  return entries;
}

/**
 * Writes `count` counterexamples into a folder, numbered from `first`: the committed ones in turn, each under another
 * name of its contract, which makes it one of its own.
 */
export function writeEntries(folder: string, first: number, count: number): void {
  const entries = committedEntries();
  mkdirSync(folder, { recursive: true });
  for (let number = first; number < first + count; number++) {
    const entry = entries[number % entries.length]!;
    const contract = { ...entry.contract, name: `${entry.contract.name}-${number}` };
    const id = entryId({ ...entry, contract });
    writeFileSync(path.join(folder, `${id}.json`), canonicalJson({ ...entry, contract, id }));
  }
}
