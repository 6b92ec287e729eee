/** Which entries a walk reads, and which guest pages it translates: word by word, from memory as it is. */

import { contextClass, contextRoot, contextVm, PRESENT } from "../../../models/values.js";
import type { Memory } from "./memory.js";

export interface Leaf {
  guestPage: number;
  permission: number;
  global: number;
  /** Levels above the last one. */
  span: number;
}

export interface Passage {
  /** By depth: the word of stage 1 that was read. */
  stage1: number[];
  /** The words of stage 2. */
  stage2: number[];
  /** Guest pages of the tables, then that of the leaf. */
  tables: number[];
  guests: number[];
  leaf: Leaf | undefined;
}

/** The walk for a page through a context entry. */
export function passageOf(memory: Memory, entry: number, iovaPage: number): Passage {
  const passage: Passage = { stage1: [], stage2: [], tables: [], guests: [], leaf: undefined };
  if (contextClass(entry) !== PRESENT) return passage;
  const { levels, entries } = memory.geometry.stage1;
  const translate = (guestPage: number): number => {
    passage.guests.push(guestPage);
    const words = stage2Words(memory, contextVm(entry), guestPage);
    passage.stage2.push(...words);
    return stage2Page(memory, guestPage, words);
  };
  let guestPage = contextRoot(entry);
  let [permission, global] = [3, 0];
  for (let depth = 0; depth < levels; depth++) {
    passage.tables.push(guestPage);
    const table = translate(guestPage);
    if (table < 0) return passage;
    const span = levels - 1 - depth;
    const size = entries ** span;
    const index = Math.floor(iovaPage / size) % entries;
    passage.stage1.push(table * memory.geometry.pageEntries + index);
    const { what, target, ...given } = memory.stage1(table, index, depth);
    permission &= given.permission;
    global |= given.global;
    if (what === "leaf") {
      passage.leaf = { guestPage: target + (iovaPage % size), permission, global, span };
      translate(passage.leaf.guestPage);
    }
    if (what !== "table") return passage;
    guestPage = target;
  }
  return passage;
}

export interface Stage2Change {
  word: number;
  vm: number;
  depth: number;
  /** First and last guest page below the entry. */
  guest: readonly [number, number];
}

/** The stage-2 entry that a command changed, which memory before and after shows. */
export function stage2Change(before: Memory, after: Memory, vm: number, page: number): Stage2Change {
  const { guestPages, stage2 } = before.geometry;
  const words = stage2Words(before, vm, page);
  const depth = words.findIndex((word) => before.word(word) !== after.word(word));
  const size = stage2.entries ** (stage2.levels - 1 - depth);
  const first = Math.floor(page / size) * size;
  return { word: words[depth]!, vm, depth, guest: [first, Math.min(first + size, guestPages) - 1] };
}

/** The words of stage 2 that lead to a guest page, by depth, as far as there are tables. */
export function stage2Words(memory: Memory, vm: number, guestPage: number): number[] {
  const { levels, entries } = memory.geometry.stage2;
  const words: number[] = [];
  let table = memory.geometry.tableBase[vm]!;
  for (let depth = 0; depth < levels; depth++) {
    const index = Math.floor(guestPage / entries ** (levels - 1 - depth)) % entries;
    words.push(table * memory.geometry.pageEntries + index);
    const { what, target } = memory.stage2(table, index, depth);
    if (what !== "table") break;
    table = target;
  }
  return words;
}

/** The host page at the end of these words if it is mapped and may be read, else -1. */
function stage2Page(memory: Memory, guestPage: number, words: readonly number[]): number {
  const { pageEntries, stage2 } = memory.geometry;
  const meanings = words.map((word, depth) => memory.stage2(Math.floor(word / pageEntries), word % pageEntries, depth));
  const last = meanings.at(-1)!;
  const size = stage2.entries ** (stage2.levels - words.length);
  const isReadable = meanings.every(({ permission }) => (permission & 1) === 1);
  return last.what === "leaf" && isReadable ? last.target + (guestPage % size) : -1;
}
