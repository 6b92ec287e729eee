/** A counterexample as the page of a night shows it: what it is, how it stands, and what replays it. */

import type { Entry } from "../corpus/entry.js";
import { entryTitle, mailText, oneLineText } from "./mail.js";
import type { SummaryFinding } from "./summary.js";

/** New against what was committed; known and still failing; committed once, and no longer failing. */
export const STATES = ["new", "known", "gone"] as const;
export type ShownState = (typeof STATES)[number];

export interface Shown {
  id: string;
  state: ShownState;
  /** A line: property, strategy, severity. */
  title: string;
  cells: readonly string[];
  /** What is to be said of it tonight, a sentence each. */
  notes: readonly string[];
  /** The command that replays it without any file; where no line can tell its rules, one that names the folder. */
  replay: string;
  mail: string;
}

/** `FOLDER` stands for the folder of the night: its page is the same wherever that lies. */
export const FOLDER = "FOLDER";

export function shownEntry(entry: Entry, state: ShownState, of: Pick<Shown, "cells" | "notes">, says?: string): Shown {
  const { line, untold } = oneLineText(entry);
  return {
    ...of,
    id: entry.id,
    state,
    title: entryTitle(entry).slice(entry.id.length + 2),
    replay: `nestfuzz replay ${untold.length === 0 ? line : `${entry.id} --corpus ${FOLDER}/corpus`}`,
    mail: mailText(entry, says === undefined ? {} : { says }),
  };
}

/** A finding whose file is not there any more, by what the summary says of it. */
export function shownFinding({ id, isNew, cells, ...finding }: SummaryFinding, notes: readonly string[]): Shown {
  const title = `${finding.property} fails for ${finding.strategy} (${finding.severity})`;
  return { id, state: isNew ? "new" : "known", title, cells, notes, replay: `nestfuzz replay ${id}`, mail: "" };
}

/** Which row owed too little, in which slices it was seen. */
export function findingNote({ row, at, transition, cache, contract, times }: SummaryFinding): string {
  const cause =
    row === "" ? `No row of ${contract} is to blame` : `Row ${row} of ${contract} (${at}), for ${transition}`;
  return `${cause}; ${cache}. Seen in ${times} ${times === 1 ? "slice" : "slices"} tonight.`;
}
