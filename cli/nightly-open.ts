/**
 * The folder of a night, before it begins: who writes there, what is to be gone on with, what the last night knew.
 */

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { writing } from "../corpus/unwritable.js";
import type { Counted } from "../nightly/counted.js";
import { beforeOf, cellHash, type Header, headerCell } from "../nightly/header.js";
import { journalFile, readHeader, readJournal } from "../nightly/journal.js";
import { Lock } from "../nightly/lock.js";
import { removeLeftovers, SUMMARY_FILE } from "../nightly/outputs.js";
import { findingsFolder } from "../nightly/run.js";
import { SUMMARY_SCHEMA, type Summary, summarySchema } from "../report/summary.js";
import type { Cell } from "../rules/vocabulary.js";
import { today } from "../verdicts/clock.js";
import { version } from "../verdicts/version.js";
import { chooseCells, geometryFrom } from "./cells.js";
import { refuse } from "./exit.js";
import { contradictions, type NightFlags, refsOf, requestFrom, shardFrom, withDefaults } from "./nightly-request.js";

export interface Opened {
  header: Header;
  cells: Cell[];
  isNew: boolean;
  lock: Lock;
  /** How far it is. */
  totalText(counted: Counted): string;
}

export function openNight(claims: readonly string[], flags: NightFlags): Opened {
  const request = requestFrom(claims, flags);
  if (request.geometry !== null) geometryFrom(request.geometry);
  const shard = shardFrom(flags.shard);
  const { out } = flags;
  writing(out, () => mkdirSync(out, { recursive: true }));
  const lock = Lock.take(out, flags.resume === true);
  if (typeof lock === "string") return refuse(`${out}: ${lock}; known: one run a folder; name another with --out`);
  try {
    for (const folder of [out, findingsFolder(out)]) removeLeftovers(folder);
    const found = readHeader(out);
    const resumed = flags.resume === true && found !== null;
    if (flags.resume !== true) refuseUnfinished(out, found);
    const header = resumed ? found : newHeader({ ...flags, claims }, shard);
    if (resumed) refuseOther(header, request, flags.shard === undefined ? header.shard : shard, out);
    const cells = cellsOf(header, out);
    return { header, cells, isNew: !resumed, lock, totalText: (counted) => totalText(header, counted) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The cells of a run, which must be what they were when it began. */
export function cellsOf({ request, cells }: Header, out: string): Cell[] {
  const now = chooseCells(request.claims, refsOf(request));
  const isSame = now.length === cells.length && now.every((cell, at) => cellHash(cell) === cells[at]!.rules);
  if (isSame) return now;
  return refuse(
    `${out}: the rules have changed since this run began, so that its parts would not fit together; ` +
      "begin a new one in another --out",
  );
}

function newHeader(flags: NightFlags & { claims: readonly string[] }, shard: Header["shard"]): Header {
  const request = withDefaults(requestFrom(flags.claims, flags));
  const before = summaryBefore(flags, shard !== null);
  const night = (before?.night ?? 0) + 1;
  const cells = chooseCells(request.claims, refsOf(request)).map((cell) => {
    const row = before?.cells.find((one) => one.cell === cell.id);
    const known = row === undefined ? null : beforeOf(row, before?.machine.since[row.cell] ?? null);
    return headerCell(cell, known, before === null);
  });
  return { version: version(), request, seed: request.seed ?? `night-${night}`, night, shard, cells, date: today() };
}

/** Shards on many machines must know the same: what lies in a folder of one of them does not count. */
function summaryBefore({ since, out }: NightFlags, isShard: boolean): Summary | null {
  if (since !== undefined) return readSummary(since);
  const file = path.join(out, SUMMARY_FILE);
  return !isShard && existsSync(file) ? readSummary(file) : null;
}

export function readSummary(file: string): Summary {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return refuse(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code}); name the summary of a night`);
  }
  const read = summarySchema.safeParse(parsed(text));
  return read.success ? read.data : refuse(`${file}: ${whyNoSummary(parsed(text))}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function whyNoSummary(json: unknown): string {
  const said = (json ?? {}) as { schema?: unknown; version?: unknown };
  const known = `known: files of schema ${SUMMARY_SCHEMA}`;
  if (typeof said.schema !== "string" || said.schema === SUMMARY_SCHEMA)
    return `no summary of a night; ${known}; remove or mend it`;
  const of = typeof said.version === "string" ? ` (version ${said.version})` : "";
  return `a summary of schema ${said.schema}; ${known}; use the nestfuzz that wrote it${of}, or run the night again`;
}

function refuseUnfinished(out: string, header: Header | null): void {
  if (header === null) return;
  let hasEnded = false;
  let slices = 0;
  readJournal(out, (line) => {
    hasEnded ||= line.kind === "end";
    if (line.kind === "slice") slices++;
  });
  if (!hasEnded)
    refuse(
      `${out}: a run with seed ${header.seed} was not finished (${slices} slices are done); go on with it by ` +
        `--resume, name another --out, or remove ${journalFile(out)} to give it up`,
    );
}

function refuseOther(header: Header, request: Header["request"], shard: Header["shard"], out: string): void {
  const others = contradictions(request, header.request);
  if (JSON.stringify(shard) !== JSON.stringify(header.shard)) others.push("--shard");
  if (header.version !== version()) others.push(`version ${header.version}`);
  if (others.length > 0)
    refuse(
      `${out}: the run that is to be gone on with has other: ${others.join(", ")}; ` +
        "leave that out, or name another --out",
    );
}

function totalText({ request }: Header, { tally, seconds }: Counted): string {
  const commands = tally.cells.reduce((sum, cell) => sum + cell.commands, 0);
  if (request.hours !== null) return `${commands} commands, ${Math.round(seconds / 60)} minutes`;
  return `${commands} of ${request.commands} commands`;
}
