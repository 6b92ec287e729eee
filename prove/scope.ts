/**
 * Which commands a proof is about: all that can matter in a geometry, or those that a scope leaves.
 *
 * A scope is words: `tables=g0 targets=g1-g2 remap=g1-g2 hosts=h1-h3 entries=-,r,rw contexts=no ranges=no moves=no
 * at-once queue=1`. A word leaves something out; without any nothing is. A proof over a scope says nothing of sequences
 * with other commands; the verdict repeats the words.
 */

import { READ, WRITE } from "../commands/command.js";
import type { Geometry } from "../models/geometry.js";
import { QUEUE_DEPTH } from "../models/queue.js";

/** Two IOVA pages, two guest pages, a spare host page, one context: as small as a nested unit gets. */
export const SMALLEST_GEOMETRY = "1x2 contexts=1 vms=1 domains=1 processes=1 host=4";

/** How an entry may be written; `none` is present and permits nothing. */
export const ENTRY_WORDS = ["-", "none", "r", "w", "rw", "bad", "global", "table", "super"] as const;
export type EntryWord = (typeof ENTRY_WORDS)[number];

export interface Scope {
  /** The words in force, in one order; empty for everything. */
  text: string;
  /** Guest pages that the guest writes entries into. */
  tables: readonly number[];
  /** Guest pages that stage-1 entries name. */
  targets: readonly number[];
  /** Guest pages whose stage-2 entries the host writes. */
  remap: readonly number[];
  /** Host pages that stage-2 entries name. */
  hosts: readonly number[];
  entries: readonly EntryWord[];
  /** Whether context entries are written. */
  contexts: boolean;
  /** Whether an invalidation may name a run of pages, beside one page and all of them. */
  ranges: boolean;
  /** Whether the host moves pages with their content. */
  moves: boolean;
  /** Whether a change of stage 2 is followed by everything that the host may owe for it, as one step. */
  atOnce: boolean;
  /** Most invalidations that are pending at a time. */
  queue: number;
}

const KNOWN =
  "known: tables=, targets=, remap= (guest pages, e.g. g0,g2-g3 or none), hosts= (host pages), " +
  `entries= (${ENTRY_WORDS.join(",")}), contexts=no, ranges=no, moves=no, at-once, queue=1 to queue=${QUEUE_DEPTH}`;

/** The scope that `text` describes, or a sentence that says what is wrong with it. */
export function parseScope(text: string, geometry: Geometry): Scope | string {
  const guests = numbersTo(geometry.guestPages);
  let scope: Scope = {
    text: "",
    tables: guests,
    targets: guests,
    remap: guests,
    hosts: numbersTo(geometry.hostPages),
    entries: ENTRY_WORDS,
    contexts: true,
    ranges: true,
    moves: true,
    atOnce: false,
    queue: QUEUE_DEPTH,
  };
  const words = text.split(/\s+/).filter((word) => word !== "");
  for (const word of words) {
    const changed = withWord(word, geometry);
    if (typeof changed === "string") return changed;
    scope = { ...scope, ...changed };
  }
  return { ...scope, text: [...words].sort().join(" ") };
}

function withWord(word: string, geometry: Geometry): Partial<Scope> | string {
  if (word === "at-once") return { atOnce: true };
  const [, key, value] = /^([a-z]+)=(.+)$/.exec(word) ?? [];
  switch (key) {
    case "tables":
    case "targets":
    case "remap": {
      const pages = pagesFrom(value!, "g", geometry.guestPages);
      return typeof pages === "string" ? `scope: ${word}: ${pages}` : { [key]: pages };
    }
    case "hosts": {
      const pages = pagesFrom(value!, "h", geometry.hostPages);
      return typeof pages === "string" ? `scope: ${word}: ${pages}` : { hosts: pages };
    }
    case "entries": {
      const entries = value!.split(",");
      const bad = entries.find((entry) => !ENTRY_WORDS.includes(entry as EntryWord));
      if (bad !== undefined) return `scope: ${word}: unknown entry "${bad}"; known: ${ENTRY_WORDS.join(", ")}`;
      return { entries: ENTRY_WORDS.filter((entry) => entries.includes(entry)) };
    }
    case "contexts":
    case "ranges":
    case "moves":
      if (value !== "no" && value !== "yes") return `scope: ${word} is not known; known: ${key}=yes, ${key}=no`;
      return { [key]: value === "yes" };
    case "queue": {
      const queue = Number(value);
      return Number.isInteger(queue) && queue >= 1 && queue <= QUEUE_DEPTH
        ? { queue }
        : `scope: ${word} is out of range; known: queue=1 to queue=${QUEUE_DEPTH}`;
    }
    default:
      return `scope: "${word}" is not known; ${KNOWN}`;
  }
}

/** `g0,g2-g4`, or `none`. */
function pagesFrom(text: string, letter: "g" | "h", limit: number): number[] | string {
  if (text === "none") return [];
  const pages = new Set<number>();
  for (const part of text.split(",")) {
    const range = new RegExp(`^${letter}([0-9]+)(?:-${letter}([0-9]+))?$`).exec(part);
    const from = Number(range?.[1]);
    const to = Number(range?.[2] ?? range?.[1]);
    if (range === null || from > to || to >= limit)
      return `"${part}" names no pages; known: ${letter}0 to ${letter}${limit - 1}, ranges like ${letter}0-${letter}1`;
    for (let page = from; page <= to; page++) pages.add(page);
  }
  return [...pages].sort((a, b) => a - b);
}

function numbersTo(limit: number): number[] {
  return Array.from({ length: limit }, (_, number) => number);
}

/** The permissions with which leaves and pointers are written. */
export function permissionsOf({ entries }: Scope): number[] {
  const permissions = { none: 0, r: READ, w: WRITE, rw: READ | WRITE } as const;
  return (["none", "r", "w", "rw"] as const).filter((word) => entries.includes(word)).map((word) => permissions[word]);
}
