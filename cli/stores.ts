/**
 * The corpora a command looks in: the folder that was named, then the one that comes with the program.
 */

import { existsSync } from "node:fs";
import path from "node:path";
import type { Entry } from "../corpus/entry.js";
import {
  type CorpusResult,
  folderUnreadable,
  formatCorpusProblem,
  refuse as problemIn,
  unknownId,
} from "../corpus/problems.js";
import { CorpusStore } from "../corpus/store.js";
import { packageRoot } from "../rules/home.js";
import { refuse } from "./exit.js";

/** May be missing: nothing was kept yet. */
export const DEFAULT_CORPUS = "corpus";

export function corpusAt(folder: string): CorpusStore {
  return new CorpusStore(folder);
}

/** The named folder, and the built-in one; those that are there, each once. */
function storesAt(folder: string): CorpusStore[] {
  const builtIn = path.join(packageRoot(), "corpus");
  const folders = path.resolve(folder) === path.resolve(builtIn) ? [folder] : [folder, builtIn];
  return folders.filter((one) => existsSync(one)).map(corpusAt);
}

/** What is committed: the named folder alone, which may be missing; where none is named, the built-in one too. */
export function committedStores(folder: string): CorpusStore[] {
  return folder === DEFAULT_CORPUS ? storesAt(folder) : existsSync(folder) ? [corpusAt(folder)] : [];
}

/** The same, for reading: a folder that is missing is a mistake, unless it is the default. */
export function allStores(folder: string): CorpusStore[] {
  if (folder !== DEFAULT_CORPUS && !existsSync(folder))
    refuse(formatCorpusProblem(problemIn(folder, folderUnreadable("ENOENT"))));
  return storesAt(folder);
}

/** The entry that `ref` names, in the first corpus that has it; an unknown id is told the ids of all of them. */
export function findEntry(folder: string, ref: string): CorpusResult<Entry> {
  const stores = allStores(folder);
  if (ref.includes("/") || ref.endsWith(".json")) return corpusAt(folder).load(ref);
  for (const store of stores) {
    const found = store.load(ref);
    if (found.ok || found.problems.some(({ code }) => code !== "NF312")) return found;
  }
  // Those of the named folder first: a message has room for a few.
  const ids = [...new Set(stores.flatMap((store) => store.list().entries.map(({ id }) => id)))];
  return { ok: false, problems: [problemIn(folder, unknownId(ref, ids))] };
}
