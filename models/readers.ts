/**
 * Who read what: for each item (a word of memory, a line, a set) the requests whose answer was derived from it, a bit
 * each, by `context * pages + page`.
 *
 * A model that keeps answers notes here what it reads for them; when an item changes, only its readers are asked again.
 * Bits may stay where a request no longer reads the item: that costs a derivation, never a right answer.
 */

import type { Geometry } from "./geometry.js";
import { entryTarget } from "./values.js";
import type { Change } from "./world.js";

export class Readers {
  /** Words of a mask over requests. */
  readonly words: number;
  private readonly bits: Int32Array;
  /** The readers at the start state, which a run may come back to at any time. */
  private readonly always: Int32Array;

  constructor(items: number, requests: number) {
    this.words = (requests + 31) >> 5;
    this.bits = new Int32Array(items * this.words);
    this.always = new Int32Array(items * this.words);
  }

  /** From now on those that read now count as readers for good. */
  keep(): void {
    this.always.set(this.bits);
  }

  /** Requests `from` to `to` (exclusive) read `item`. */
  mark(item: number, from: number, to: number): void {
    const { bits } = this;
    const base = item * this.words;
    if (to - from === 1) {
      bits[base + (from >> 5)]! |= 1 << (from & 31);
      return;
    }
    for (let at = from; at < to; ) {
      const word = at >> 5;
      const end = Math.min(to, (word + 1) << 5);
      bits[base + word]! |= bitsBetween(at & 31, end - (word << 5));
      at = end;
    }
  }

  /** Adds the readers of `item` to the mask `into`. */
  addTo(item: number, into: Int32Array): void {
    const base = item * this.words;
    for (let word = 0; word < this.words; word++) into[word]! |= this.bits[base + word]!;
  }

  /** As `addTo`, but for those in `except`. */
  addOthersTo(item: number, into: Int32Array, except: Int32Array): void {
    const base = item * this.words;
    for (let word = 0; word < this.words; word++) into[word]! |= this.bits[base + word]! & ~except[word]!;
  }

  /** As `addTo`, but for requests `from` to `to` (exclusive). */
  addOutside(item: number, into: Int32Array, from: number, to: number): void {
    const base = item * this.words;
    for (let word = 0; word < this.words; word++) {
      const first = Math.max(from - (word << 5), 0);
      const last = Math.min(to - (word << 5), 32);
      const inside = first < last ? bitsBetween(first, last) : 0;
      into[word]! |= this.bits[base + word]! & ~inside;
    }
  }

  /** As `addTo`; whoever is asked again notes anew what it reads. */
  take(item: number, into: Int32Array): void {
    const base = item * this.words;
    for (let word = 0; word < this.words; word++) {
      into[word]! |= this.bits[base + word]!;
      this.bits[base + word] = this.always[base + word]!;
    }
  }
}

/** Bits `from` to `to` (exclusive, at most 32) of a word. */
function bitsBetween(from: number, to: number): number {
  const below = to >= 32 ? -1 : (1 << to) - 1;
  return below & (-1 << from);
}

/** Adds requests `from` to `to` (exclusive) to a mask. */
export function addRange(mask: Int32Array, from: number, to: number): void {
  for (let at = from; at < to; ) {
    const word = at >> 5;
    const end = Math.min(to, (word + 1) << 5);
    mask[word]! |= bitsBetween(at & 31, end - (word << 5));
    at = end;
  }
}

/** Takes into `into` the requests that read what a change writes: words of memory, or their own context's entry. */
export function takeReaders(change: Change, geometry: Geometry, words: Readers, into: Int32Array): void {
  const { iova, pageEntries } = geometry;
  if (change.kind === "context") {
    addRange(into, change.at * iova.count, (change.at + 1) * iova.count);
    return;
  }
  words.take(change.at, into);
  if (change.copyFrom < 0) return;
  const copied = entryTarget(change.new) * pageEntries;
  for (let word = copied; word < copied + pageEntries; word++) words.take(word, into);
}
