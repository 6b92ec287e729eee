/**
 * The counterexamples of a night: what is new, what was known and still fails, what was known and is gone.
 *
 * What is committed for a cell of the night is replayed under the rules that the cell had then: where nothing fails any
 * more it is gone, be it that the rules were mended or the program. A finding is shown by its own file, or, where its
 * cause was known and so it was not kept, by the committed one.
 */

import type { Entry } from "../corpus/entry.js";
import { replayEntry } from "../corpus/replay.js";
import type { CorpusStore } from "../corpus/store.js";
import { findingNote, type Shown, type ShownState, STATES, shownEntry, shownFinding } from "../report/night-shown.js";
import type { Summary, SummaryFinding } from "../report/summary.js";
import type { Cell } from "../rules/vocabulary.js";
import { causeOf } from "./cause.js";
import { cellHash } from "./header.js";

export interface ShownFrom {
  summary: Pick<Summary, "cells" | "findings">;
  /** Of the run; an entry whose cell has other rules by now, or is not there, is replayed under its own. */
  cells: readonly Cell[];
  /** What the night has found, then what is committed; those that are there. */
  stores: readonly CorpusStore[];
  /** The sentence of the claim that a cell belongs to. */
  says: (cell: string) => string | undefined;
}

export function shownOf({ summary, cells, stores, says }: ShownFrom): Shown[] {
  const entries = entriesIn(stores);
  const rules = new Map(summary.cells.map((row) => [row.cell, row.rules]));
  const current = cells.filter((cell) => rules.get(cell.id) === cellHash(cell));
  const taken = new Set<string>();
  const show = (entry: Entry, state: ShownState, of: Pick<Shown, "cells" | "notes">): Shown => {
    taken.add(entry.id);
    return shownEntry(entry, state, of, says(entry.claim));
  };
  const found = summary.findings.map((finding) => {
    const entry = entryOf(finding, entries);
    const notes = [findingNote(finding)];
    if (entry === undefined || taken.has(entry.id)) return shownFinding(finding, [...notes, "Its file is not there."]);
    if (entry.id !== finding.id) notes.push(`Tonight's simplest is ${finding.id}; shown is what is kept of its cause.`);
    return show(entry, finding.isNew ? "new" : "known", { cells: finding.cells, notes });
  });
  const rest = [...entries.values()].filter(({ id, claim, target }) => {
    return target === undefined && rules.has(claim) && !taken.has(id);
  });
  const others = rest.map((entry) => {
    const gone = whyGone(entry, current);
    if (gone !== null) return show(entry, "gone", { cells: [entry.claim], notes: [`Replayed now: ${gone}.`] });
    return show(entry, "known", { cells: [entry.claim], notes: ["Not met tonight; it still fails when replayed."] });
  });
  const order = (one: Shown): string => `${STATES.indexOf(one.state)} ${one.id}`;
  return [...found, ...others].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** By id, the first store that has it. */
function entriesIn(stores: readonly CorpusStore[]): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const entry of stores.flatMap((store) => store.list().entries))
    if (!entries.has(entry.id)) entries.set(entry.id, entry);
  return entries;
}

function entryOf(finding: SummaryFinding, entries: ReadonlyMap<string, Entry>): Entry | undefined {
  for (const id of [finding.id, ...finding.ids]) {
    const entry = entries.get(id);
    if (entry !== undefined) return entry;
  }
  return [...entries.values()].find((entry) => entry.target === undefined && isCause(finding, entry));
}

function isCause(finding: SummaryFinding, entry: Entry): boolean {
  const cause = causeOf(entry);
  return (["architecture", "contract", "row", "cache"] as const).every((name) => cause[name] === finding[name]);
}

function whyGone(entry: Entry, cells: readonly Cell[]): string | null {
  const cell = cells.find(({ id }) => id === entry.claim);
  const { verdict, details } = replayEntry(entry, cell ?? entry);
  return verdict === "same" ? null : details.join(", ");
}
