/**
 * The sets of an envelope: for each cache and key the values that some legal unit might hold now, each with a mask over
 * the subsets of the pending commands.
 *
 * They stand in the state as records of one pool, with a list for each set. A value enters with the subsets that it was
 * derived in, closed under the commands that it outlives. Beside the subsets a mask says whether the value is fresh.
 */

import type { Due } from "./due.js";
import type { Layout } from "./layout.js";
import { type Pending, QUEUE_DEPTH, type Queue, removes } from "./queue.js";
import { CACHE, type Unit } from "./unit.js";

/**
 * A record of the pool: set, value, mask, then derived: next record of the set, commands that let it live, and which
 * node last found it fresh, in which pass.
 */
const RECORD = 7;
const CAPACITY = 6000;
/**
 * Beside the subsets of a mask: what the mask is about follows from memory as it is, through no stale value. It holds
 * in every subset then, whatever is submitted, and a walk in flight for it may start again behind any fence.
 */
export const FRESH = 1 << 16;
export const SUBSETS = FRESH - 1;
/** `WITHOUT[k]`: the subsets that do not hold command k, as a mask of subset bits. */
const WITHOUT = [0x5555, 0x3333, 0x0f0f, 0x00ff];

export class Sets {
  private readonly pool: number;
  private readonly heads: number;
  overflowed = false;
  /** No value is a walk in flight. */
  readonly allPresent: boolean;

  constructor(
    layout: Layout,
    private readonly unit: Unit,
    private readonly queue: Queue,
    private readonly due: Due,
    /** Commands of the host remove nothing: the envelope of what a guest sees. */
    private readonly guestOnly: boolean,
  ) {
    this.pool = layout.bag("envelope.values", CAPACITY, RECORD, 3);
    this.heads = layout.derived("envelope.heads", unit.setCount);
    this.allPresent = unit.caches.every((cache) => cache.present);
  }

  clear(state: Int32Array): void {
    state[this.pool] = 0;
    state.fill(-1, this.heads, this.heads + this.unit.setCount);
    this.overflowed = false;
  }

  // --- looking ----------------------------------------------------------------------------------------------------

  count(state: Int32Array): number {
    return state[this.pool]!;
  }
  setOf(state: Int32Array, record: number): number {
    return state[this.pool + 1 + record * RECORD]!;
  }
  valueOf(state: Int32Array, record: number): number {
    return state[this.pool + 2 + record * RECORD]!;
  }
  maskOf(state: Int32Array, record: number): number {
    return state[this.pool + 3 + record * RECORD]!;
  }
  /** First record of a set, -1 if it is empty. */
  first(state: Int32Array, set: number): number {
    return state[this.heads + set]!;
  }
  next(state: Int32Array, record: number): number {
    return state[this.pool + 4 + record * RECORD]!;
  }

  /** First record of a set that is read in a pass. */
  read(state: Int32Array, set: number): number {
    this.due.reads(set);
    return state[this.heads + set]!;
  }

  /**
   * The mask of a record, and whether it was found fresh in this pass: what another context's walks found may cease to
   * be so without this one's being derived again.
   */
  flowOf(state: Int32Array, record: number): number {
    const at = this.pool + 1 + record * RECORD;
    return state[at + 6] === this.due.pass ? state[at + 2]! | FRESH : state[at + 2]!;
  }

  private isFresh(state: Int32Array, at: number): boolean {
    const pass = state[at + 6]!;
    return pass > 0 && this.due.nodePass[state[at + 5]!] === pass;
  }

  // --- filling ----------------------------------------------------------------------------------------------------

  /** A value is derived in the subsets of `flow`, and fresh if that says so. */
  insert(state: Int32Array, set: number, value: number, flow: number): void {
    const mask = flow & SUBSETS;
    if (mask === 0) return;
    const pendingCount = this.queue.count(state);
    for (let record = state[this.heads + set]!; record >= 0; record = this.next(state, record)) {
      const at = this.pool + 1 + record * RECORD;
      if (state[at + 1] !== value) continue;
      if (flow !== mask) this.stamp(state, at);
      const old = state[at + 2]!;
      if ((mask & ~old) === 0) return;
      state[at + 2] = this.close(old | mask, state[at + 4]!, 0, pendingCount);
      this.due.grew(set);
      return;
    }
    const record = state[this.pool]!;
    if (record >= CAPACITY) {
      this.overflowed = true;
      return;
    }
    const lives = this.outlived(set, value, pendingCount);
    const at = this.pool + 1 + record * RECORD;
    state[at] = set;
    state[at + 1] = value;
    state[at + 2] = this.close(mask, lives, 0, pendingCount);
    state[at + 3] = state[this.heads + set]!;
    state[at + 4] = lives;
    state[at + 6] = -1;
    if (flow !== mask) this.stamp(state, at);
    state[this.heads + set] = record;
    state[this.pool] = record + 1;
    this.due.grew(set);
  }

  private stamp(state: Int32Array, at: number): void {
    state[at + 5] = this.due.node;
    state[at + 6] = this.due.pass;
  }

  // --- commands ---------------------------------------------------------------------------------------------------

  /** The subsets that can have executed: all of them, or in an ordered queue the prefixes. */
  allSubsets(pendingCount: number): number {
    if (!this.unit.ordered) return pendingCount === QUEUE_DEPTH ? 0xffff : (1 << (1 << pendingCount)) - 1;
    let mask = 0;
    for (let executed = 0; executed <= pendingCount; executed++) mask |= 1 << ((1 << executed) - 1);
    return mask;
  }

  /** Adds the subsets of `mask` closed under the commands `from` to `to` (exclusive) that let the value live. */
  close(mask: number, lives: number, from: number, to: number): number {
    let closed = mask;
    for (let slot = from; slot < to; slot++) {
      if ((lives & (1 << slot)) === 0) continue;
      if (this.unit.ordered) {
        if ((closed >>> ((1 << slot) - 1)) & 1) closed |= 1 << ((1 << (slot + 1)) - 1);
      } else closed |= (closed & WITHOUT[slot]!) << (1 << slot);
    }
    return closed;
  }

  /** The pending commands that do not remove a value, a bit each. */
  private outlived(set: number, value: number, pendingCount: number): number {
    let lives = 0;
    for (let slot = 0; slot < pendingCount; slot++) {
      if (!this.removes(this.queue.pending[slot]!, set, value)) lives |= 1 << slot;
    }
    return lives;
  }

  private removes(command: Pending, set: number, value: number): boolean {
    return !(this.guestOnly && command.host) && removes(this.unit, command, set, value);
  }

  /** The pending commands from `heard` on are new: what they do not match lives on beyond them. */
  hear(state: Int32Array, heard: number): void {
    const { queue } = this;
    const pendingCount = queue.count(state);
    const everywhere = this.allSubsets(pendingCount);
    const count = state[this.pool]!;
    for (let record = 0; record < count; record++) {
      const at = this.pool + 1 + record * RECORD;
      const set = state[at]!;
      const cache = this.unit.setCache[set]!;
      let lives = state[at + 4]!;
      let isRemoved = false;
      for (let slot = heard; slot < pendingCount; slot++) {
        const command = queue.pending[slot]!;
        if (command.rules[cache]!.length > 0 && this.removes(command, set, state[at + 1]!)) isRemoved = true;
        else lives |= 1 << slot;
      }
      state[at + 4] = lives;
      if (isRemoved && this.isFresh(state, at)) {
        state[at + 2] = everywhere;
        continue;
      }
      if (isRemoved) this.lost(set);
      state[at + 2] = this.close(state[at + 2]!, lives, heard, pendingCount);
    }
  }

  /** A value of `set` does not outlive a command: whoever derives from it, or derives it again, is to do so. */
  private lost(set: number): void {
    // A stage-2 superpage is kept for pages beside the one it was read for.
    if (this.unit.setCache[set] === CACHE.stage2) this.due.markAll();
    else this.due.markReaders(set);
  }

  /** All pending commands have executed: what is held in their subset `full` stays, and what is fresh in flight. */
  keepFull(state: Int32Array, full: number): void {
    const count = state[this.pool]!;
    let kept = 0;
    for (let record = 0; record < count; record++) {
      const at = this.pool + 1 + record * RECORD;
      const set = state[at]!;
      state[this.heads + set] = -1;
      if (this.unit.caches[this.unit.setCache[set]!]!.present) {
        if (((state[at + 2]! >>> full) & 1) === 0) continue;
      } else if (!this.isFresh(state, at)) {
        this.lost(set);
        continue;
      }
      const to = this.pool + 1 + kept * RECORD;
      state[to] = set;
      state[to + 1] = state[at + 1]!;
      state[to + 2] = 1;
      state[to + 4] = 0;
      state[to + 5] = state[at + 5]!;
      state[to + 6] = state[at + 6]!;
      kept++;
    }
    for (let record = 0; record < kept; record++) {
      const at = this.pool + 1 + record * RECORD;
      state[at + 3] = state[this.heads + state[at]!]!;
      state[this.heads + state[at]!] = record;
    }
    state[this.pool] = kept;
  }

  // --- for searches -----------------------------------------------------------------------------------------------

  /** The sets as lists again, and which pending commands each value outlives: from the records alone. */
  relink(state: Int32Array): void {
    const pendingCount = this.queue.count(state);
    state.fill(-1, this.heads, this.heads + this.unit.setCount);
    for (let record = 0; record < state[this.pool]!; record++) {
      const at = this.pool + 1 + record * RECORD;
      const set = state[at]!;
      state[at + 3] = state[this.heads + set]!;
      state[at + 4] = this.outlived(set, state[at + 1]!, pendingCount);
      state[this.heads + set] = record;
    }
    this.forgetFresh(state);
  }

  /** The state may be another machine's: what was found fresh there says nothing here. */
  forgetFresh(state: Int32Array): void {
    for (let record = 0; record < state[this.pool]!; record++) state[this.pool + 7 + record * RECORD] = -1;
  }

  /**
   * Leaves of the records those that `keep` gives a mask other than 0 (by set), with the bits of their value that are
   * in it; values that become one are one. The lists are not kept up: the state is to be packed.
   */
  reduce(state: Int32Array, keep: Int32Array): void {
    const count = state[this.pool]!;
    let kept = 0;
    for (let record = 0; record < count; record++) {
      const at = this.pool + 1 + record * RECORD;
      const set = state[at]!;
      if (keep[set] === 0) continue;
      const value = state[at + 1]! & keep[set]!;
      const mask = state[at + 2]!;
      let to = this.pool + 1;
      const end = to + kept * RECORD;
      if (keep[set] === -1) to = end;
      else while (to < end && (state[to] !== set || state[to + 1] !== value)) to += RECORD;
      if (to < end) {
        state[to + 2]! |= mask;
        continue;
      }
      state[to] = set;
      state[to + 1] = value;
      state[to + 2] = mask;
      kept++;
    }
    state[this.pool] = kept;
  }
}
