/**
 * Sequences of numbers, each kept once and known by a number: 0, 1, 2, ... in the order of first use.
 *
 * Open addressing over typed arrays, nothing allocated a sequence. States of a search have few different worlds, sets
 * and ledgers in many combinations, so a state is a few of these numbers.
 */

const EMPTY = -1;

export class Interner {
  count = 0;
  private numbers: Int32Array;
  private used = 0;
  /** Where each sequence begins in `numbers`; one more than there are sequences. */
  private starts: Int32Array;
  private hashes: Int32Array;
  private slots: Int32Array;

  constructor(room = 1024) {
    this.numbers = new Int32Array(room * 8);
    this.starts = new Int32Array(room + 1);
    this.hashes = new Int32Array(room);
    this.slots = new Int32Array(room * 2).fill(EMPTY);
  }

  /** The number of the first `length` numbers of `from`. */
  intern(from: Int32Array, length: number): number {
    const hash = hashOf(from, length);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (let id = this.slots[slot]!; id !== EMPTY; id = this.slots[slot]!) {
      if (this.hashes[id] === hash && this.equals(id, from, length)) return id;
      slot = (slot + 1) & mask;
    }
    return this.add(from, length, hash, slot);
  }

  private equals(id: number, from: Int32Array, length: number): boolean {
    const start = this.starts[id]!;
    if (this.starts[id + 1]! - start !== length) return false;
    for (let at = 0; at < length; at++) if (this.numbers[start + at] !== from[at]) return false;
    return true;
  }

  private add(from: Int32Array, length: number, hash: number, slot: number): number {
    const id = this.count++;
    if (this.used + length > this.numbers.length) this.numbers = grown(this.numbers, this.used + length);
    this.numbers.set(from.subarray(0, length), this.used);
    this.used += length;
    if (id + 2 > this.starts.length) this.starts = grown(this.starts, id + 2);
    this.starts[id + 1] = this.used;
    if (id + 1 > this.hashes.length) this.hashes = grown(this.hashes, id + 1);
    this.hashes[id] = hash;
    this.slots[slot] = id;
    if (this.count * 2 > this.slots.length) this.spread();
    return id;
  }

  private spread(): void {
    this.slots = spreadSlots(this.hashes, this.count, this.slots.length * 2);
  }

  lengthOf(id: number): number {
    return this.starts[id + 1]! - this.starts[id]!;
  }

  /** The sequence itself; of use until the next one is added. */
  at(id: number): Int32Array {
    return this.numbers.subarray(this.starts[id]!, this.starts[id + 1]!);
  }

  /** Position of a sequence in `raw`; for loops that compare many. */
  start(id: number): number {
    return this.starts[id]!;
  }
  get raw(): Int32Array {
    return this.numbers;
  }

  get bytes(): number {
    return 4 * (this.numbers.length + this.starts.length + this.hashes.length + this.slots.length);
  }

  /** All that is kept, for a checkpoint. */
  save(): Int32Array[] {
    return [this.starts.slice(0, this.count + 1), this.numbers.slice(0, this.used)];
  }

  /** Holds what `save` gave, and nothing else; the numbers of the sequences stay. */
  resume([starts, numbers]: readonly Int32Array[]): void {
    this.count = 0;
    this.used = 0;
    this.slots.fill(EMPTY);
    for (let id = 0; id + 1 < starts!.length; id++) {
      const part = numbers!.subarray(starts![id]!, starts![id + 1]!);
      this.intern(part, part.length);
    }
  }
}

/** An array twice as long, or `least`. */
export function grown(array: Int32Array, least: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(Math.max(array.length * 2, least));
  longer.set(array);
  return longer;
}

/** A table of `size` slots (a power of two) for entries 0 to `count` - 1 with these hashes. */
export function spreadSlots(hashes: Int32Array, count: number, size: number): Int32Array<ArrayBuffer> {
  const slots = new Int32Array(size).fill(EMPTY);
  const mask = size - 1;
  for (let id = 0; id < count; id++) {
    let slot = hashes[id]! & mask;
    while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
    slots[slot] = id;
  }
  return slots;
}

export function hashOf(from: Int32Array, length: number): number {
  let hash = length | 0;
  for (let at = 0; at < length; at++) {
    hash = Math.imul(hash ^ from[at]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
