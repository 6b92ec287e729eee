/**
 * The journal of a run: a line for its plan, then one for each slice that is done.
 *
 * It is what a killed run goes on from and what merged runs are made of. A line is appended whole and flushed before
 * the next slice counts; it begins with a check over the rest. A line that is torn or damaged is left out, and its
 * slice runs again, which gives the same answer. When a line cannot be written in full, the file is cut back to the
 * line before.
 */

import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readSync, statSync, writeSync } from "node:fs";
import path from "node:path";
import { writing } from "../corpus/unwritable.js";
import { writeWhole } from "../corpus/whole-file.js";
import type { CanaryResult } from "./canary.js";
import type { Header } from "./header.js";
import type { SliceResult } from "./slice.js";

export interface SliceLine {
  kind: "slice";
  cell: number;
  number: number;
  budget: number;
  result: SliceResult;
  seconds: number;
  /** Seconds that it took its worker, and resident bytes of all processes at its end; older journals tell neither. */
  took?: number;
  memory?: number;
}

export type Line =
  | { kind: "run"; header: Header }
  | { kind: "canary"; result: CanaryResult; seconds: number }
  | SliceLine
  /** A slice that ended two workers: it is tried again when the run is gone on with. */
  | { kind: "trouble"; cell: number; number: number; budget: number; what: string; seconds: number }
  /** All slices that the budget allows are done. */
  | { kind: "end"; seconds: number };

const NAME = "journal";
const CHECK_DIGITS = 12;
/** In place of a last line without its end; no check fits it. */
const TORN = "torn";

export function journalFile(folder: string): string {
  return path.join(folder, NAME);
}

/** Every whole line in turn, without holding the file in memory; how many were damaged. */
export function readJournal(folder: string, onLine: (line: Line) => void): { damaged: number } {
  let damaged = 0;
  for (const text of textLines(journalFile(folder))) {
    const line = parse(text);
    if (line === null) damaged++;
    else onLine(line);
  }
  return { damaged };
}

/** The plan that a folder's journal begins with; null where there is none. */
export function readHeader(folder: string): Header | null {
  if (!existsSync(journalFile(folder))) return null;
  for (const text of textLines(journalFile(folder))) {
    const line = parse(text);
    return line?.kind === "run" ? line.header : null;
  }
  return null;
}

function parse(text: string): Line | null {
  const json = text.slice(CHECK_DIGITS + 1);
  if (text.slice(0, CHECK_DIGITS) !== checkOf(json)) return null;
  return JSON.parse(json) as Line;
}

function* textLines(file: string): Generator<string> {
  const descriptor = openSync(file, "r");
  try {
    const chunk = Buffer.alloc(1 << 16);
    let rest = Buffer.alloc(0);
    for (;;) {
      const count = readSync(descriptor, chunk, 0, chunk.length, null);
      if (count === 0) break;
      rest = Buffer.concat([rest, chunk.subarray(0, count)]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        yield rest.subarray(0, end).toString("utf8");
        rest = rest.subarray(end + 1);
      }
    }
    // A line without its end was torn, also where only the end is missing: the next one would stand behind it.
    if (rest.length > 0) yield TORN;
  } finally {
    closeSync(descriptor);
  }
}

function lineText(line: Line): string {
  const json = JSON.stringify(line);
  return `${checkOf(json)} ${json}\n`;
}

function checkOf(json: string): string {
  return createHash("sha256").update(json).digest("hex").slice(0, CHECK_DIGITS);
}

/** Troubles are tried again, and what ended goes on. */
function isKept({ kind }: Line): boolean {
  return kind !== "trouble" && kind !== "end";
}

function keptText(folder: string): string {
  const texts: string[] = [];
  for (const text of textLines(journalFile(folder))) {
    const line = parse(text);
    if (line !== null && isKept(line)) texts.push(`${text}\n`);
  }
  return texts.join("");
}

export class Journal {
  private constructor(
    private readonly file: string,
    private readonly descriptor: number,
    private length: number,
  ) {}

  /** Begins one anew. */
  static begin(folder: string, header: Header): Journal {
    return Journal.write(folder, lineText({ kind: "run", header }));
  }

  /** Goes on with one, whose lines `onLine` is told; one that is damaged or had come to an end is first mended. */
  static goOn(folder: string, onLine: (line: Line) => void): Journal {
    let isWhole = true;
    const { damaged } = readJournal(folder, (line) => {
      if (isKept(line)) onLine(line);
      else isWhole = false;
    });
    if (!isWhole || damaged > 0) return Journal.write(folder, keptText(folder));
    return Journal.open(journalFile(folder), statSync(journalFile(folder)).size);
  }

  private static write(folder: string, text: string): Journal {
    const file = journalFile(folder);
    writing(file, () => writeWhole(file, text));
    return Journal.open(file, Buffer.byteLength(text));
  }

  private static open(file: string, length: number): Journal {
    return new Journal(
      file,
      writing(file, () => openSync(file, "a")),
      length,
    );
  }

  append(line: Line): void {
    const bytes = Buffer.from(lineText(line));
    writing(this.file, () => {
      try {
        let done = 0;
        while (done < bytes.length) done += writeSync(this.descriptor, bytes, done);
        fsyncSync(this.descriptor);
        this.length += bytes.length;
      } catch (error) {
        ftruncateSync(this.descriptor, this.length);
        throw error;
      }
    });
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
