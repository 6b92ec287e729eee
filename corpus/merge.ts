/**
 * Merging counterexamples: the union of folders, one file an id.
 *
 * Where two files of one id differ (another finder, another seed) the one whose text is less by code unit is kept, so
 * that it does not matter in which order, how often, or on how many machines folders were merged. Files that are no
 * entries are reported and left where they are.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Entry } from "./entry.js";
import { canonicalJson } from "./json.js";
import { type CorpusProblem, misnamed, refuse } from "./problems.js";
import { readEntry } from "./read.js";
import { writing } from "./unwritable.js";
import { writeWhole } from "./whole-file.js";

/** `added`: there was none of this id; `replaced`: the one that was there gave way; `kept`: nothing was written. */
export type Merged = "added" | "replaced" | "kept";

/** Puts an entry into a folder, which is made if need be; an `Unwritable` is thrown where the system refuses. */
export function mergeEntry(folder: string, entry: Entry): Merged {
  const file = path.join(folder, `${entry.id}.json`);
  const text = canonicalJson(entry);
  const isThere = existsSync(file);
  if (isThere) {
    const there = readFileSync(file, "utf8");
    if (there <= text) return "kept";
    // A file that is broken or another's is never overwritten.
    const read = readEntry(there, file);
    if (!read.ok || read.value.id !== entry.id) return "kept";
  }
  writing(file, () => {
    mkdirSync(folder, { recursive: true });
    writeWhole(file, text);
  });
  return isThere ? "replaced" : "added";
}

export interface FolderMerged {
  counts: Record<Merged, number>;
  /** Files that are no entries, or another's. */
  problems: CorpusProblem[];
}

/** Puts the entries of a folder into another; one that is not there has none. */
export function mergeFolder(from: string, into: string): FolderMerged {
  const merged: FolderMerged = { counts: { added: 0, replaced: 0, kept: 0 }, problems: [] };
  for (const name of existsSync(from) ? entryNames(from) : []) {
    const file = path.join(from, name);
    const read = readEntry(readFileSync(file, "utf8"), file);
    if (!read.ok) merged.problems.push(...read.problems);
    else if (name !== `${read.value.id}.json`) merged.problems.push(refuse(file, misnamed(name, read.value.id)));
    else merged.counts[mergeEntry(into, read.value)]++;
  }
  return merged;
}

function entryNames(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^nf-.*\.json$/.test(name))
    .sort();
}
