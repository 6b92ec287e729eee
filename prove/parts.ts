/**
 * A flat state as a few numbers: its world, queue, ledger, sets and concrete caches, each kept once.
 *
 * Parts are groups of the layout's regions. What means the same is the same number: bags are sorted, derived regions
 * left out. `pack` and `unpack` are inverses but for the order of records in bags, which means nothing.
 */

import type { Layout, Region } from "../models/layout.js";
import { Interner } from "./intern.js";

/** The parts, in the order of a key. */
export const PART = { world: 0, queue: 1, ledger: 2, sets: 3, concrete: 4 } as const;
export const PARTS = 5;
export const ALL_PARTS = (1 << PARTS) - 1;

/** Which part a region belongs to, by its name. The marks that the ledger keeps of the world follow from the world. */
function partOf(name: string): number {
  if (name.startsWith("world.") || name === "ledger.conflicts" || name === "ledger.globals") return PART.world;
  if (name === "queue") return PART.queue;
  if (name.startsWith("ledger.") || name === "reach") return PART.ledger;
  if (name.startsWith("envelope.")) return PART.sets;
  return PART.concrete;
}

export class Parts {
  readonly interners: Interner[] = Array.from({ length: PARTS }, () => new Interner());
  private readonly regions: Region[][];
  private scratch = new Int32Array(1 << 12);
  private order = new Int32Array(1 << 10);

  constructor(readonly layout: Layout) {
    const kept = layout.regions.filter(({ kind }) => kind !== "derived");
    this.regions = Array.from({ length: PARTS }, (_, part) => kept.filter(({ name }) => partOf(name) === part));
  }

  /** Writes the numbers of the parts in `which` (a bit each) into `key`. */
  pack(state: Int32Array, key: Int32Array, which = ALL_PARTS): void {
    for (let part = 0; part < PARTS; part++) {
      if ((which & (1 << part)) === 0) continue;
      let length = 0;
      for (const region of this.regions[part]!) length = this.write(state, region, length);
      key[part] = this.interners[part]!.intern(this.scratch, length);
    }
  }

  private write(state: Int32Array, region: Region, from: number): number {
    const { offset, length } = region;
    if (region.kind === "bag") return this.writeBag(state, region, from);
    this.makeRoom(from + length);
    for (let at = 0; at < length; at++) this.scratch[from + at] = state[offset + at]!;
    return from + length;
  }

  /** The records in ascending order, number by number. */
  private writeBag(state: Int32Array, region: Region, from: number): number {
    const { offset, record, meaning } = region;
    const count = state[offset]!;
    this.makeRoom(from + 1 + count * meaning);
    if (count > this.order.length) this.order = new Int32Array(count * 2);
    const { order, scratch } = this;
    // Nearly sorted, since a state that was unpacked is and a step adds few: insertion is the fastest.
    for (let number = 0; number < count; number++) {
      const at = offset + 1 + number * record;
      let to = number;
      while (to > 0 && isBefore(state, at, order[to - 1]!, meaning)) {
        order[to] = order[to - 1]!;
        to--;
      }
      order[to] = at;
    }
    scratch[from] = count;
    let to = from + 1;
    for (let number = 0; number < count; number++) {
      const at = order[number]!;
      for (let field = 0; field < meaning; field++) scratch[to++] = state[at + field]!;
    }
    return to;
  }

  private makeRoom(length: number): void {
    if (length <= this.scratch.length) return;
    const longer = new Int32Array(length * 2);
    longer.set(this.scratch);
    this.scratch = longer;
  }

  /** Writes the state that `key` stands for; derived regions are left as they are. */
  unpack(key: Int32Array, keyAt: number, state: Int32Array, which = ALL_PARTS): void {
    for (let part = 0; part < PARTS; part++) {
      if ((which & (1 << part)) === 0) continue;
      const kept = this.interners[part]!;
      let from = kept.start(key[keyAt + part]!);
      for (const region of this.regions[part]!) from = read(kept.raw, from, region, state);
    }
  }

  get bytes(): number {
    return this.interners.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}

function isBefore(state: Int32Array, a: number, b: number, meaning: number): boolean {
  for (let field = 0; field < meaning; field++) {
    const left = state[a + field]!;
    const right = state[b + field]!;
    if (left !== right) return left < right;
  }
  return false;
}

function read(kept: Int32Array, from: number, region: Region, state: Int32Array): number {
  const { offset, length, record, meaning } = region;
  if (region.kind !== "bag") {
    for (let at = 0; at < length; at++) state[offset + at] = kept[from + at]!;
    return from + length;
  }
  const count = kept[from]!;
  state[offset] = count;
  let at = from + 1;
  for (let number = 0; number < count; number++) {
    for (let field = 0; field < meaning; field++) state[offset + 1 + number * record + field] = kept[at++]!;
  }
  return at;
}
