/**
 * `nestfuzz report`: a whole run, on the terminal or as one page.
 *
 * A run that is not finished is told as far as its journal comes, and that it is not.
 */

import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { Counted } from "../nightly/counted.js";
import type { Header } from "../nightly/header.js";
import { readHeader, readJournal } from "../nightly/journal.js";
import { Known } from "../nightly/known.js";
import { PAGE_FILE, SUMMARY_FILE } from "../nightly/outputs.js";
import { summaryOf } from "../nightly/summary.js";
import { nightText } from "../report/night-text.js";
import { quotedWord } from "../report/shell.js";
import type { Summary } from "../report/summary.js";
import type { Cell } from "../rules/vocabulary.js";
import { allClaims, chooseCells } from "./cells.js";
import { orRefusal, print, refuse } from "./exit.js";
import { nightPage } from "./night-page.js";
import { cellsOf, readSummary } from "./nightly-open.js";
import { refsOf } from "./nightly-request.js";
import { committedStores, DEFAULT_CORPUS } from "./stores.js";
import { writeOut } from "./written.js";

interface ReportFlags {
  corpus: string;
  /** `true` where no file is named. */
  html?: string | true;
}

export function addReport(program: Command): void {
  program
    .command("report")
    .argument("[folder]", "what nestfuzz nightly --out or nightly merge --out wrote")
    .summary("tell of a whole run, on the terminal or as a page")
    .description(
      "Prints the verdicts of a run, what is new, what its silence is worth and how to repeat it. With --html writes " +
        "one page: verdicts with their history, counterexamples new, known and gone, coverage and rates as pictures.",
    )
    .option("--html [file]", `write the page, one file (default: ${PAGE_FILE}; - for standard output)`)
    .option("--corpus <folder>", "committed counterexamples: what was known", DEFAULT_CORPUS)
    .addHelpText(
      "after",
      "\nExamples:\n  nestfuzz report runs/\n  nestfuzz report runs/ --html\n" +
        "  nestfuzz report runs/ --html - > night.html\n\n" +
        "Exit code: 0 told, whatever the verdicts; 2 no run, or one that cannot be read.\n",
    )
    .action(report);
}

function report(given: string | undefined, flags: ReportFlags, command: Command): void {
  const { folder, file } = folderAndFile(given, flags) ?? command.error("error: missing required argument 'folder'");
  const { summary, cells, remark } = runIn(folder, flags.corpus);
  if (flags.html !== undefined) {
    const page = nightPage(summary, { out: folder, corpus: flags.corpus, cells }, remark);
    writeOut(page, file ?? PAGE_FILE, "--html");
    return;
  }
  if (remark !== undefined) print(`${remark}\n`);
  print(nightText(summary));
  if (summary.stopped) print(`go on with: nestfuzz nightly --resume --out ${quotedWord(folder)}`);
  if (summary.repeat.night !== "") print(`repeat with: ${summary.repeat.night}`);
}

/** In `report --html runs/` what stands behind the flag is the folder. */
function folderAndFile(
  folder: string | undefined,
  { html }: ReportFlags,
): { folder: string; file: string | undefined } | null {
  const file = typeof html === "string" ? html : undefined;
  if (folder !== undefined) return { folder, file };
  if (file !== undefined && existsSync(file) && statSync(file).isDirectory()) return { folder: file, file: undefined };
  return null;
}

interface Run {
  summary: Summary;
  cells: readonly Cell[];
  /** What is to be said before all else. */
  remark?: string;
}

function runIn(folder: string, corpus: string): Run {
  if (!existsSync(folder)) refuse(`${folder}: no such folder; ${KNOWN}`);
  if (!statSync(folder).isDirectory()) refuse(`${folder}: a file; ${KNOWN}`);
  const header = readHeader(folder);
  const file = path.join(folder, SUMMARY_FILE);
  if (header === null && !existsSync(file)) return refuseNoRun(folder);
  const summary = existsSync(file) ? readSummary(file) : null;
  if (header === null) return { summary: summary!, cells: builtIn(summary!) };
  const { slices, hasEnded } = progressOf(folder);
  const isTold = summary !== null && summary.night === header.night && summary.seed === header.seed;
  if (isTold && (hasEnded || summary.totals.slices === slices)) return { summary, cells: cellsNow(header, summary) };
  return untold(folder, header, corpus, hasEnded);
}

const KNOWN = "known: what nestfuzz nightly --out wrote; name its folder";

function progressOf(folder: string): { slices: number; hasEnded: boolean } {
  let slices = 0;
  let hasEnded = false;
  readJournal(folder, ({ kind }) => {
    if (kind === "slice") slices++;
    hasEnded ||= kind === "end";
  });
  return { slices, hasEnded };
}

/** A run whose summary was not written, or is of the night before: what its journal comes to. */
function untold(folder: string, header: Header, corpus: string, hasEnded: boolean): Run {
  const cells = cellsOf(header, folder);
  const counted = new Counted(cells);
  readJournal(folder, (line) => counted.add(line));
  const machine = {
    ...{ seconds: Math.round(counted.seconds * 10) / 10, workers: 0, replaced: [], platform: "", node: "" },
    memory: { start: 0, minute5: null, end: 0, peak: 0 },
  };
  const known = new Known(committedStores(corpus));
  const summary = summaryOf({ header, cells, counted, known, stopped: !hasEnded, machine });
  const remark = hasEnded
    ? `Its summary was not written; this is what the journal of ${summary.totals.slices} slices comes to.`
    : `Not finished: ${summary.totals.slices} slices are done; it still runs, or it was killed.`;
  return { summary, cells, remark };
}

/** What the cells are now, which may not be what they were: `shown.ts` tells them apart. */
function cellsNow({ request }: Header, summary: Summary): readonly Cell[] {
  const now = orRefusal(() => chooseCells(request.claims, refsOf(request)));
  return now.ok ? now.value : builtIn(summary);
}

function builtIn({ cells }: Summary): readonly Cell[] {
  const ids = new Set(cells.map(({ cell }) => cell));
  return allClaims().flatMap((claim) => claim.cells.filter(({ id }) => ids.has(id)));
}

function refuseNoRun(folder: string): never {
  const names = readdirSync(folder).sort();
  const isRun = (name: string): boolean =>
    [SUMMARY_FILE, "journal"].some((file) => existsSync(path.join(folder, name, file)));
  const runs = names.filter(isRun);
  if (runs.length > 0) {
    const listed = runs.slice(0, 8).map((name) => path.join(folder, name));
    const more = runs.length > 8 ? ` and ${runs.length - 8} more` : "";
    return refuse(
      `${folder}: no run, but folders of runs: ${listed.join(", ")}${more}; name one, or make one of shards with ` +
        "nestfuzz nightly merge",
    );
  }
  if (names.some((name) => /^nf-[0-9a-f]+\.json$/.test(name)))
    return refuse(
      `${folder}: counterexamples, and no run; known: what nestfuzz nightly --out wrote; ` +
        `nestfuzz corpus list --corpus ${quotedWord(folder)} lists them`,
    );
  return refuse(`${folder}: no run: neither ${SUMMARY_FILE} nor a journal is in it; ${KNOWN}`);
}
