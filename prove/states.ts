/**
 * The states that a search has met: a key of a few numbers each, and the way it came there.
 *
 * One table with open addressing, nothing allocated a state. States are numbered in the order in which they were met,
 * so those of one level stand together.
 */

import { grown, hashOf, spreadSlots } from "./intern.js";
import { PARTS } from "./parts.js";

const EMPTY = -1;

export class States {
  count = 0;
  /** The keys, one after another. */
  keys = new Int32Array(PARTS << 10);
  /** The state that a state was reached from, and the move that led there; -1 for the first. */
  parents = new Int32Array(1 << 10);
  moves = new Int32Array(1 << 10);
  private hashes = new Int32Array(1 << 10);
  private slots: Int32Array = new Int32Array(1 << 11).fill(EMPTY);

  /** The number of a state, or -1 - its place in the table where it is new; then `add` takes that. */
  find(key: Int32Array): number {
    const hash = hashOf(key, PARTS);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (let state = this.slots[slot]!; state !== EMPTY; state = this.slots[slot]!) {
      if (this.hashes[state] === hash && this.equals(state, key)) return state;
      slot = (slot + 1) & mask;
    }
    return -1 - slot;
  }

  private equals(state: number, key: Int32Array): boolean {
    for (let part = 0, at = state * PARTS; part < PARTS; part++, at++) if (this.keys[at] !== key[part]) return false;
    return true;
  }

  /** Adds a state that `find` did not find; `place` is what it gave. */
  add(key: Int32Array, place: number, parent: number, move: number): number {
    const state = this.count++;
    if (this.count > this.parents.length) this.grow();
    for (let part = 0; part < PARTS; part++) this.keys[state * PARTS + part] = key[part]!;
    this.parents[state] = parent;
    this.moves[state] = move;
    this.hashes[state] = hashOf(key, PARTS);
    this.slots[-1 - place] = state;
    if (this.count * 2 > this.slots.length) this.slots = spreadSlots(this.hashes, this.count, this.slots.length * 2);
    return state;
  }

  private grow(): void {
    this.keys = grown(this.keys, 0);
    this.parents = grown(this.parents, 0);
    this.moves = grown(this.moves, 0);
    this.hashes = grown(this.hashes, 0);
  }

  get bytes(): number {
    return 4 * (this.keys.length + this.parents.length * 3 + this.slots.length);
  }

  /** All that is kept, for a checkpoint. */
  save(): Int32Array[] {
    return [this.keys.slice(0, this.count * PARTS), this.parents.slice(0, this.count), this.moves.slice(0, this.count)];
  }

  /** Holds what `save` gave, and nothing else. */
  resume([keys, parents, moves]: readonly Int32Array[]): void {
    this.count = 0;
    this.slots.fill(EMPTY);
    for (let state = 0; state < parents!.length; state++) {
      const key = keys!.subarray(state * PARTS, (state + 1) * PARTS);
      this.add(key, this.find(key), parents![state]!, moves![state]!);
    }
  }
}
