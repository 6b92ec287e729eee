/**
 * An unfinished search as a file: what it is of, a few scalars, and its arrays as they are.
 *
 * First a line of JSON, with version, parameters and the lengths of the arrays, then the arrays, 4 bytes a number,
 * lowest first, then their checksum. It goes on with what made it alone: another version, other rules, another geometry
 * or scope are refused, since states would mean something else.
 */

import { createHash } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";

export const CHECKPOINT_SCHEMA = "nestfuzz/checkpoint/2";

/** What a search is of; each is compared as text. */
export type Identity = Readonly<Record<string, string>>;

/** A search taken apart. */
export interface Saved {
  /** Anything that JSON can hold. */
  scalars: unknown;
  arrays: readonly Int32Array[];
}

interface Head {
  schema: string;
  identity: Identity;
  scalars: unknown;
  lengths: number[];
}

export function writeCheckpoint(file: string, identity: Identity, { scalars, arrays }: Saved): void {
  const head: Head = { schema: CHECKPOINT_SCHEMA, identity, scalars, lengths: arrays.map(({ length }) => length) };
  const hash = createHash("sha256");
  // Beside the file first: a search that ends while it writes leaves the older checkpoint.
  const beside = `${file}.new`;
  const open = openSync(beside, "w");
  const put = (bytes: Uint8Array): void => {
    hash.update(bytes);
    for (let at = 0; at < bytes.length; ) at += writeSync(open, bytes, at);
  };
  put(Buffer.from(`${JSON.stringify(head)}\n`));
  for (const array of arrays) put(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  writeSync(open, hash.digest());
  fsyncSync(open);
  closeSync(open);
  renameSync(beside, file);
}

const CHECKSUM = 32;

/** The search in a file; null where there is none; or a sentence that says why it cannot go on. */
export function readCheckpoint(file: string, identity: Identity): Saved | string | null {
  if (!existsSync(file)) return null;
  const bytes = readFileSync(file);
  const line = bytes.indexOf("\n");
  const head = headFrom(bytes.subarray(0, Math.max(0, line)).toString("utf8"));
  if (head === null) return "this is no checkpoint; delete it or name another file";
  const differing = Object.keys(identity).find((name) => head.identity[name] !== identity[name]);
  if (differing !== undefined) return differenceOf(differing, head.identity[differing], identity[differing]!);
  const body = bytes.subarray(0, bytes.length - CHECKSUM);
  if (!createHash("sha256").update(body).digest().equals(bytes.subarray(body.length)))
    return "the checkpoint is damaged: its checksum is another; delete it";
  const arrays: Int32Array[] = [];
  let at = line + 1;
  for (const length of head.lengths) {
    // A copy: numbers in the file need not lie at multiples of four.
    arrays.push(new Int32Array(bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + at + 4 * length)));
    at += 4 * length;
  }
  return { scalars: head.scalars, arrays };
}

function headFrom(text: string): Head | null {
  try {
    const head = JSON.parse(text) as Partial<Head> | null;
    const isHead = head !== null && head.schema === CHECKPOINT_SCHEMA && Array.isArray(head.lengths);
    return isHead && typeof head.identity === "object" ? (head as Head) : null;
  } catch {
    return null;
  }
}

function differenceOf(name: string, seen: string | undefined, wanted: string): string {
  const isShort = (seen ?? "").length + wanted.length < 160;
  const told = isShort ? `: ${JSON.stringify(seen ?? "")} there, ${JSON.stringify(wanted)} here` : "";
  return `the checkpoint is of another ${name}${told}; go on with the same, delete it, or name another file`;
}
