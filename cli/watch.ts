/**
 * `nestfuzz check --watch`: the verdicts again at each change of a rule file, until Ctrl-C.
 *
 * Rows that the change touches come first, and what was known of the others is tried by replay before it is searched
 * for. A change in the middle of a search ends it. What cannot be read is told, and what stood before stands.
 */

import { watch as watchFiles } from "chokidar";
import type { Entry } from "../corpus/entry.js";
import { sameRules } from "../corpus/identity.js";
import { mailText } from "../report/mail.js";
import { filesOf, parseContractRef } from "../rules/load.js";
import type { RunCell } from "../search/runner.js";
import { type CheckOptions, type CheckResult, checkRows, type RowVerdict } from "../verdicts/check.js";
import { rowsOf } from "../verdicts/rows.js";
import { summaryLine, verdictLines } from "./check-report.js";
import { Ended, must, print } from "./exit.js";

export interface Watched {
  contract: string;
  architecture: string | undefined;
  /** Loads the rules; ends with what is wrong with them printed. */
  load: () => RunCell;
  options: CheckOptions;
  /** Keeps a counterexample to the contract itself. */
  keep: (entry: Entry) => void;
  isInterrupted: () => boolean;
}

/** Milliseconds without a change: an editor may write a file in several goes. */
const PAUSE = 60;

/** Returns the last whole result, or null where there never was one. */
export async function watchContract(watched: Watched): Promise<CheckResult | null> {
  const { ref } = must(parseContractRef(watched.contract));
  // A name that is no file's never changes.
  if (filesOf("contract", ref).length === 0) watched.load();
  const changes = new Changes();
  let last: { cell: RunCell; result: CheckResult } | null = null;
  try {
    while (!watched.isInterrupted()) {
      changes.begin([
        ...filesOf("contract", ref),
        ...(watched.architecture === undefined ? [] : filesOf("architecture", watched.architecture)),
      ]);
      const cell = loaded(watched);
      if (cell !== null) {
        const result = await again(watched, cell, last, changes);
        if (result !== null) last = { cell, result };
      } else if (last !== null) print("what was said before stands");
      if (!watched.isInterrupted()) await changes.wait(watched.isInterrupted);
    }
  } finally {
    await changes.close();
  }
  return last?.result ?? null;
}

function loaded({ load }: Watched): RunCell | null {
  try {
    return load();
  } catch (error) {
    if (error instanceof Ended) return null;
    throw error;
  }
}

/** The verdicts of the rules as they are; null where a change or an interrupt came before all were there. */
async function again(
  { contract, options, keep, isInterrupted }: Watched,
  cell: RunCell,
  last: { cell: RunCell; result: CheckResult } | null,
  changes: Changes,
): Promise<CheckResult | null> {
  const first = last === null ? new Set<string>() : touched(last.cell, cell);
  const before = new Map((last?.result.verdicts ?? []).map((verdict) => [verdict.row.id, verdict]));
  if (last !== null) print(`\n${contract} has changed${first.size === 0 ? "" : `: ${[...first].join(", ")}`}`);
  const result = await checkRows(cell, {
    ...options,
    whole: options.commands,
    before: [...before.values()],
    first,
    shouldStop: () => changes.isWaiting || isInterrupted(),
    onVerdict: (verdict) => {
      if (verdict.word === "wrong") keep(verdict.witness!);
      if (!isSame(before.get(verdict.row.id), verdict)) print(shown(verdict));
    },
  });
  if (result.stopped) return null;
  if (result.unexplained !== null) {
    keep(result.unexplained);
    print(`no single row accounts for this:\n\n${mailText(result.unexplained)}`);
  }
  print(`${summaryLine(result)}; waiting for a change, Ctrl-C ends`);
  return result;
}

function shown(verdict: RowVerdict): string {
  const lines = verdictLines(verdict).join("\n");
  return verdict.word === "wrong" ? `${lines}\n\n${mailText(verdict.witness!)}` : lines;
}

/** Rows that owe something else than before, or are new; all of them where the unit has changed. */
function touched(before: RunCell, now: RunCell): Set<string> {
  if (!sameRules(before.architecture, now.architecture)) return new Set();
  const old = new Map(rowsOf(before.contract).map((row) => [row.id, row]));
  const same = (id: string): boolean => {
    const rows = [old.get(id), rowsOf(now.contract).find((row) => row.id === id)];
    const [was, is] = rows.map((row) => JSON.stringify([row?.stages, row?.transitions, row?.by]));
    return was === is;
  };
  return new Set(rowsOf(now.contract).flatMap(({ id }) => (same(id) ? [] : [id])));
}

function isSame(before: RowVerdict | undefined, { word, witness }: RowVerdict): boolean {
  return before?.word === word && before.witness?.commands.join() === witness?.commands.join();
}

/** Whether one of the files has changed since `begin`. */
class Changes {
  isWaiting = false;
  private readonly watcher = watchFiles([], { ignoreInitial: true, atomic: true });
  private readonly files = new Set<string>();
  private wake: (() => void) | null = null;

  constructor() {
    this.watcher.on("all", () => {
      this.isWaiting = true;
      this.wake?.();
    });
  }

  begin(files: readonly string[]): void {
    this.isWaiting = false;
    const others = files.filter((file) => !this.files.has(file));
    for (const file of others) this.files.add(file);
    if (others.length > 0) this.watcher.add(others);
  }

  async wait(isInterrupted: () => boolean): Promise<void> {
    while (!this.isWaiting && !isInterrupted()) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        setTimeout(resolve, 100);
      });
    }
    for (let quiet = false; !quiet && !isInterrupted(); ) {
      this.isWaiting = false;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      quiet = !this.isWaiting;
    }
  }

  close(): Promise<void> {
    return this.watcher.close();
  }
}
