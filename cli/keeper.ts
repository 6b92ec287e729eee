/**
 * Keeps what a run finds: entries that the folder does not have yet are written, each at once, so that an interrupt
 * loses nothing.
 *
 * An entry that cannot be written does not end the run, whose other results stand; it is complained of at once, and the
 * mail form, which carries all that replays it, is printed in place of a file.
 */

import type { Entry } from "../corpus/entry.js";
import { formatCorpusProblem } from "../corpus/problems.js";
import type { CorpusStore } from "../corpus/store.js";
import { mailText } from "../report/mail.js";
import { showLine } from "./repeat.js";

export class Keeper {
  /** Whether an entry could not be written. */
  hasFailed = false;
  private readonly texts = new Map<string, string>();

  constructor(private readonly store: CorpusStore) {}

  keep(entry: Entry): void {
    const { id } = entry;
    if (this.texts.has(id)) return;
    const saved = this.save(entry);
    this.texts.set(
      id,
      saved ? `counterexample ${id}: ${showLine(id, this.store.folder)}` : `not kept:\n\n${mailText(entry)}`,
    );
  }

  /** How to see each, in the order in which they were found: the same whether a file is new or not. */
  lines(): string[] {
    return [...this.texts.values()];
  }

  private save(entry: Entry): boolean {
    const saved = this.store.save(entry);
    if (saved.ok) return true;
    this.hasFailed = true;
    for (const problem of saved.problems) process.stderr.write(`${formatCorpusProblem(problem)}\n`);
    return false;
  }
}
