/**
 * Merging the shards of a run: the same slices as one machine would have searched, so the same summary and findings.
 */

import { mergeFolder } from "../corpus/merge.js";
import type { Cell } from "../rules/vocabulary.js";
import { Counted } from "./counted.js";
import { type Header, isSameRun } from "./header.js";
import { readHeader, readJournal } from "./journal.js";
import { findingsFolder } from "./run.js";

export interface Shards {
  /** Of the whole. */
  header: Header;
  folders: readonly string[];
  missing: number[];
}

/** The shards in some folders, or what is wrong with them. */
export function shardsIn(folders: readonly string[]): Shards | string {
  const headers: Header[] = [];
  for (const folder of folders) {
    const header = readHeader(folder);
    if (header === null) return `${folder}: no journal of a run; name folders that nestfuzz nightly --out wrote`;
    if (headers.length > 0 && !isSameRun(headers[0]!, header))
      return (
        `${folder}: a run of another seed, budget, version, night or rules than that of ${folders[0]}; ` +
        "shards of one run are merged: start them with the same flags"
      );
    headers.push(header);
  }
  const first = headers[0]!;
  const of = first.shard?.of ?? 1;
  const other = headers.findIndex((header) => (header.shard?.of ?? 1) !== of);
  if (other >= 0) return `${folders[other]}: divided otherwise than ${folders[0]}; start shards with the same n`;
  const there = new Set(headers.map((header) => header.shard?.index ?? 0));
  const missing = Array.from({ length: of }, (_, index) => index).filter((index) => !there.has(index));
  const date = headers.map((header) => header.date).sort()[0]!;
  return { header: { ...first, shard: null, date }, folders, missing };
}

/** What their journals come to, and whether one of them was stopped. */
export function countShards({ folders }: Shards, cells: readonly Cell[]): { counted: Counted; stopped: boolean } {
  const counted = new Counted(cells);
  let stopped = false;
  for (const folder of folders) {
    let hasEnded = false;
    readJournal(folder, (line) => {
      hasEnded ||= line.kind === "end";
      counted.add(line);
    });
    stopped ||= !hasEnded;
  }
  return { counted, stopped };
}

/** Puts what the shards found into the folder of the whole. */
export function mergeFindings({ folders }: Pick<Shards, "folders">, out: string): void {
  for (const folder of folders) mergeFolder(findingsFolder(folder), findingsFolder(out));
}
