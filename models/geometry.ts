/**
 * The shape of a run: levels and entries of both stages, how many contexts, VMs, tags and pages there are.
 *
 * Follows the design page, sections 4 and 9. A walk visits depth 0 (the root) to depth `levels - 1` (the last level); a
 * leaf at a smaller depth is a superpage. Models speak of IOVA pages by their position in `pages`, the pages in play:
 * all of them where there are at most 64, else a window (digits 0, 1 and the last one at each level, plus the pages
 * that a sequence names). A prefix is one non-leaf entry on the way to a page in play; its number indexes the `prefix*`
 * tables. The same tables exist for guest pages, of which there are few.
 */

import type { Limits } from "../commands/command.js";
import { startPlans } from "./start.js";

/** One stage's tables: 1-4 levels of 2-512 entries. */
export interface StageShape {
  levels: number;
  entries: number;
}

/** The pages of one stage that are in play, and the table entries that lead to them. */
export interface Paths {
  levels: number;
  entries: number;
  /** Page numbers, ascending. */
  pages: Float64Array;
  count: number;
  /** `index[page * levels + depth]`: the entry to read at that depth. */
  index: Int32Array;
  /** `prefix[page * levels + depth]`: number of the non-leaf entry at that depth (depth < levels - 1), else -1. */
  prefix: Int32Array;
  prefixCount: number;
  prefixDepth: Int32Array;
  /** The entry to read in the table of the prefix's depth. */
  prefixIndex: Int32Array;
  /** The prefix one level up, or -1 below the root. */
  prefixParent: Int32Array;
  /** First page and number of pages below the entry. */
  prefixBase: Float64Array;
  prefixPages: Float64Array;
  /**
   * Positions in `pages` of the first page of a prefix and one past its last; pages are ascending, so they are a run.
   */
  prefixFrom: Int32Array;
  prefixTo: Int32Array;
  /** `spanPages[s]`: pages of a leaf at depth `levels - 1 - s`. */
  spanPages: Float64Array;
}

export interface Geometry {
  text: string;
  stage1: StageShape;
  stage2: StageShape;
  contexts: number;
  vms: number;
  domains: number;
  processes: number;
  guestPages: number;
  hostPages: number;
  /** Entries a host page has room for. */
  pageEntries: number;
  iova: Paths;
  guest: Paths;
  /** Host pages of each VM's stage-2 tables: first page; the root comes first, then depth by depth. */
  tableBase: Int32Array;
  limits: Limits;
}

const WINDOW = 64;
/** Guest pages of the start state. */
const START_PAGES = 16;
const SPARE_HOST_PAGES = 6;
const MAX = { contexts: 8, vms: 4, domains: 15, processes: 15, guest: 256, host: 4000 };
export const DEFAULT_GEOMETRY = "2x4";

/**
 * The geometry that `text` describes, or a sentence that says what is wrong with it. `named`: pages a sequence names.
 */
export function parseGeometry(text: string, named: readonly number[] = []): Geometry | string {
  const help = 'a geometry is LxE or L1xE1/L2xE2 with 1-4 levels of 2-512 entries, e.g. "2x4", "3x8/2x16 contexts=1"';
  const words = text.trim().split(/[\s,]+/);
  const shapes = /^([0-9]+)x([0-9]+)(?:\/([0-9]+)x([0-9]+))?$/.exec(words[0] ?? "");
  if (shapes === null) return `geometry "${text}" cannot be read; ${help}`;
  const numbers = shapes.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  const stage1 = { levels: numbers[0]!, entries: numbers[1]! };
  const stage2 = { levels: numbers[2] ?? stage1.levels, entries: numbers[3] ?? stage1.entries };
  for (const shape of [stage1, stage2]) {
    if (shape.levels < 1 || shape.levels > 4) return `geometry "${text}" has ${shape.levels} levels; ${help}`;
    if (shape.entries < 2 || shape.entries > 512) return `geometry "${text}" has ${shape.entries} entries; ${help}`;
  }
  const counts: Record<string, number> = {};
  for (const word of words.slice(1)) {
    const option = /^(contexts|vms|domains|processes|guest|host)=([0-9]+)$/.exec(word);
    if (option === null)
      return `geometry "${text}": "${word}" is not known; known: contexts=, vms=, domains=, processes=, guest=, host=`;
    const name = option[1] as keyof typeof MAX;
    const value = Number(option[2]);
    if (value < 1 || value > MAX[name])
      return `geometry "${text}": ${word} is out of range; known: ${name}=1 to ${name}=${MAX[name]}`;
    counts[name] = value;
  }
  return buildGeometry(text.trim(), stage1, stage2, counts, named);
}

/** The default geometry, or the one that `text` (known to be good) describes. */
export function geometryOf(text: string = DEFAULT_GEOMETRY, named: readonly number[] = []): Geometry {
  const geometry = parseGeometry(text, named);
  if (typeof geometry === "string") throw new Error(geometry);
  return geometry;
}

function buildGeometry(
  text: string,
  stage1: StageShape,
  stage2: StageShape,
  counts: Record<string, number>,
  named: readonly number[],
): Geometry {
  const contexts = counts.contexts ?? 3;
  const vms = counts.vms ?? 2;
  const guestSpace = stage2.entries ** stage2.levels;
  const guestPages = Math.min(guestSpace, counts.guest ?? START_PAGES);
  const guest = buildPaths(
    stage2,
    Float64Array.from({ length: guestPages }, (_, page) => page),
  );
  const tablePages = 1 + guest.prefixCount;
  const dataPages = vms * guestPages;
  const smallest = dataPages + vms * tablePages;
  const hostPages = Math.max(counts.host ?? smallest + SPARE_HOST_PAGES, smallest);
  const iova = buildPaths(stage1, windowOf(stage1, named));
  const domains = counts.domains ?? Math.max(4, vms);
  const processes = counts.processes ?? 4;
  const geometry: Geometry = {
    text,
    stage1,
    stage2,
    contexts,
    vms,
    domains,
    processes,
    guestPages,
    hostPages,
    pageEntries: Math.max(stage1.entries, stage2.entries),
    iova,
    guest,
    tableBase: Int32Array.from({ length: vms }, (_, vm) => dataPages + vm * tablePages),
    limits: {
      vms,
      contexts,
      domains,
      processes,
      guestPages,
      hostPages,
      entries: stage1.entries,
      iovaPages: stage1.entries ** stage1.levels,
      levels: Math.max(stage1.levels, stage2.levels),
    },
  };
  return { ...geometry, limits: { ...geometry.limits, homes: startPlans(geometry) } };
}

/** The pages in play: all of a small space; else digits 0, 1 and last at each level, and the pages named. */
function windowOf(shape: StageShape, named: readonly number[]): Float64Array {
  const space = shape.entries ** shape.levels;
  if (space <= WINDOW) return Float64Array.from({ length: space }, (_, page) => page);
  const digits = shape.entries === 2 ? [0, 1] : [0, 1, shape.entries - 1];
  let pages: number[] = [0];
  for (let depth = 0; depth < shape.levels; depth++) {
    pages = pages.flatMap((page) => digits.map((digit) => page * shape.entries + digit));
  }
  // Four levels of three digits are 81 pages; every second one of the tail keeps all digits at all depths in play.
  const kept = pages.length <= WINDOW ? pages : pages.filter((_, at) => at < 27 || at % 2 === 0);
  const all = new Set([...kept, ...named.filter((page) => page < space)]);
  return Float64Array.from([...all].sort((a, b) => a - b));
}

function buildPaths(shape: StageShape, pages: Float64Array): Paths {
  const { levels, entries } = shape;
  const count = pages.length;
  const index = new Int32Array(count * levels);
  const prefix = new Int32Array(count * levels).fill(-1);
  const rows: {
    depth: number;
    index: number;
    parent: number;
    base: number;
    pages: number;
    from: number;
    to: number;
  }[] = [];
  const known = new Map<string, number>();
  for (let depth = 0; depth < levels; depth++) {
    const below = entries ** (levels - 1 - depth);
    for (let at = 0; at < count; at++) {
      const upper = Math.floor(pages[at]! / below);
      index[at * levels + depth] = upper % entries;
      if (depth === levels - 1) continue;
      const name = `${depth}:${upper}`;
      let number = known.get(name);
      if (number === undefined) {
        number = rows.length;
        known.set(name, number);
        const parent = depth === 0 ? -1 : prefix[at * levels + depth - 1]!;
        rows.push({ depth, index: upper % entries, parent, base: upper * below, pages: below, from: at, to: at });
      }
      rows[number]!.to = at + 1;
      prefix[at * levels + depth] = number;
    }
  }
  return {
    levels,
    entries,
    pages,
    count,
    index,
    prefix,
    prefixCount: rows.length,
    prefixDepth: Int32Array.from(rows, (row) => row.depth),
    prefixIndex: Int32Array.from(rows, (row) => row.index),
    prefixParent: Int32Array.from(rows, (row) => row.parent),
    prefixBase: Float64Array.from(rows, (row) => row.base),
    prefixPages: Float64Array.from(rows, (row) => row.pages),
    prefixFrom: Int32Array.from(rows, (row) => row.from),
    prefixTo: Int32Array.from(rows, (row) => row.to),
    spanPages: Float64Array.from({ length: levels }, (_, span) => entries ** span),
  };
}

/** Position of an IOVA page among the pages in play, or -1. */
export function pagePosition(paths: Paths, page: number): number {
  let low = 0;
  let high = paths.count - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = paths.pages[middle]!;
    if (found === page) return middle;
    if (found < page) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
