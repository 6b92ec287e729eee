/**
 * Reachability over the flat state: every sequence of a proof's moves, breadth first, so that the first violation is
 * at the end of a shortest one.
 *
 * Follows the design page, section 6. A state is expanded by every move, and checked behind each. Three reductions can
 * be switched off: states that differ by a renaming are one (`symmetry.ts`), a state that another makes needless is not
 * expanded (`dominance.ts`), and what no property asks for is left out (`slice.ts`). The search goes on in portions, so
 * that its caller hears an interrupt.
 */

import type { Geometry } from "../models/geometry.js";
import type { Machine } from "../models/machine.js";
import { QUEUE_DEPTH } from "../models/queue.js";
import { type RunCell, Runner } from "../search/runner.js";
import { alphabetOf, type Move } from "./alphabet.js";
import type { Saved } from "./checkpoint.js";
import { Dominance } from "./dominance.js";
import { Interner } from "./intern.js";
import { Names } from "./names.js";
import { Outlived } from "./outlived.js";
import { ALL_PARTS, PART, PARTS, Parts } from "./parts.js";
import type { Scope } from "./scope.js";
import { canServe, Serving } from "./serving.js";
import { type Request, Slice, type Slicing } from "./slice.js";
import { movesOfRequest } from "./slice-moves.js";
import { States } from "./states.js";
import { Symmetry } from "./symmetry.js";

export interface ProofOptions {
  geometry: Geometry;
  scope: Scope;
  /** Most moves of a sequence; infinite for a fixpoint. */
  depth: number;
  symmetry: boolean;
  subsumption: boolean;
  /** Whether invalidations that serve nothing are left out. */
  serving: boolean;
  /** The one request that is looked at, and what only others depend on is left out; null for all of them. */
  request: Request | null;
  /** How what no property asks for is left out. */
  slicing: Slicing;
  order: "breadth" | "deepest";
  /** By transition: set to 1 for those that occurred. */
  met: Uint8Array;
  start?: ReadonlySet<number>;
}

/** `running` until all is searched, or the depth is reached, or something is broken, or a model has no room. */
export type Progress = "running" | "fixpoint" | "depth" | "violation" | "capacity";

const LEDGER_AND_QUEUE = (1 << PART.ledger) | (1 << PART.queue) | (1 << PART.sets);
/** States that are not expanded, since another makes them needless. */
const NEEDLESS = 1;

export class Proof {
  readonly machine: Machine;
  readonly moves: readonly Move[];
  readonly parts: Parts;
  readonly states = new States();
  /** Moves that every sequence up to here has been tried with. */
  depth = 0;
  /** The state to be expanded next, and the end of the level that it is in. */
  next = 0;
  levelEnd = 1;
  transitions = 0;
  needless = 0;
  /** States expanded so far. */
  expansions = 0;
  /** The state whose move broke a property, and that move. */
  broken: { state: number; move: number } | null = null;
  marks: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 10);
  readonly runner: Runner;
  readonly symmetry: Symmetry | null;
  private readonly slice: Slice | null;
  private readonly dominance: Dominance | null;
  private readonly serving: Serving | null;
  /** By world, queue and concrete caches: the states that no other makes needless, as a list. */
  private readonly groups = new Interner();
  private heads = new Int32Array(1 << 10).fill(-1);
  private nextInGroup = new Int32Array(1 << 10);
  private readonly groupKey = new Int32Array(3);
  private readonly base: Int32Array;
  private readonly key = new Int32Array(PARTS);

  constructor(
    readonly cell: RunCell,
    readonly options: ProofOptions,
  ) {
    this.runner = new Runner(cell, options.geometry, options.start);
    // Every state is compared, those behind an invalidation too.
    this.runner.machine.isLate = false;
    const { machine } = this.runner;
    this.machine = machine;
    const moves = alphabetOf(options.geometry, machine.unit, {
      scope: options.scope,
      strategies: cell.strategies,
      shadowEvicts: cell.shadow.evicts,
    });
    const hasStrangers = options.slicing === "strangers";
    this.moves =
      options.slicing !== "none" && options.request !== null
        ? movesOfRequest(moves, machine, options.request, options.scope, hasStrangers)
        : moves;
    this.parts = new Parts(machine.layout);
    const { request } = options;
    const isSliced = options.slicing !== "none";
    this.symmetry = options.symmetry ? Symmetry.of(machine, options.scope, request, isSliced) : null;
    this.slice = isSliced
      ? new Slice(machine, request, hasStrangers, cell.properties.includes("isolation"), options.scope)
      : null;
    if (request !== null) this.runner.checker.view.only = request.context * machine.geometry.iova.count + request.page;
    this.serving =
      options.serving && canServe(machine, options.scope)
        ? new Serving(machine, this.moves, this.slice?.keep ?? null)
        : null;
    const isConcrete = machine.hardware !== null || machine.shadow !== null;
    const { ledger } = machine;
    this.dominance = options.subsumption
      ? new Dominance(
          this.parts.interners[PART.ledger]!,
          this.parts.interners[PART.sets]!,
          this.slice?.outlived ?? new Outlived(machine),
          ledger.record,
          isConcrete && cell.properties.includes("refinement"),
        )
      : null;
    this.base = new Int32Array(machine.layout.size);
    this.restart();
    this.add(-1, -1);
  }

  /** Packs the start state, which strangers have read already. */
  private restart(): void {
    const { machine } = this;
    machine.reset();
    // What a machine goes back to by itself is as it was made: before there were strangers.
    machine.restore(machine.snapshot());
    this.pack(ALL_PARTS);
  }

  /** Expands up to `portion` states, and no further than to the end of a level. */
  advance(portion: number): Progress {
    if (this.broken !== null) return "violation";
    if (this.options.order === "deepest") return this.advanceDeepest(portion);
    for (let expanded = 0; expanded < portion; ) {
      if (this.next === this.levelEnd) {
        this.depth++;
        if (this.levelEnd === this.states.count) return "fixpoint";
        this.levelEnd = this.states.count;
        if (this.depth < this.options.depth) return "running";
      }
      if (this.depth >= this.options.depth) return "depth";
      if (this.marks[this.next] !== NEEDLESS) {
        const ended = this.expand(this.next);
        if (ended !== "running") return ended;
        expanded++;
      }
      this.next++;
    }
    return "running";
  }

  /** The newest state first: its sets are large, so that it makes many others needless before they are expanded. */
  private advanceDeepest(portion: number): Progress {
    for (let expanded = 0; expanded < portion; ) {
      const state = this.open.pop();
      if (state === undefined) return "fixpoint";
      if (this.marks[state] === NEEDLESS) continue;
      const ended = this.expand(state);
      if (ended !== "running") return ended;
      expanded++;
    }
    return "running";
  }
  private readonly open: number[] = [];

  /** States that were expanded or will be. */
  get stateCount(): number {
    return this.states.count - this.needless;
  }

  get bytes(): number {
    return (
      this.states.bytes + this.parts.bytes + this.groups.bytes + this.marks.length + 4 * this.nextInGroup.length * 2
    );
  }

  /** Brings the machine to a state that was met. */
  load(state: number): void {
    const { machine, parts, states } = this;
    parts.unpack(states.keys, state * PARTS, machine.state);
    machine.derive();
    // What settles while that is derived may add to what is in reach.
    parts.unpack(states.keys, state * PARTS, machine.state, 1 << PART.ledger);
  }

  private expand(state: number): Progress {
    this.expansions++;
    const { machine, moves, base } = this;
    this.load(state);
    base.set(machine.state);
    this.serving?.judge();
    const pending = machine.queue.count(base);
    const { queue } = this.options.scope;
    for (let number = 0; number < moves.length; number++) {
      const move = moves[number]!;
      // To a full queue of the unit's own size one more may be submitted: that fences first.
      if (move.submits && pending >= queue && queue < QUEUE_DEPTH) continue;
      if (this.serving !== null && this.serving.isIdle[number] === 1) continue;
      const ended = this.tryMove(state, number, move);
      if (ended !== "running") return ended;
    }
    return "running";
  }

  private tryMove(state: number, number: number, move: Move): Progress {
    const { machine } = this;
    this.transitions++;
    let hasWritten = false;
    let hasChanged = move.submits;
    for (let at = 0; at < move.count; at++) {
      machine.step(move.commands, at);
      const { note } = machine;
      if (note.transition >= 0) this.options.met[note.transition] = 1;
      hasWritten ||= note.wrote;
      hasChanged ||= note.wrote || note.fenced || note.noise;
      // A macro is a sequence like any other: what breaks in its midst is broken.
      if (at === 0 && !hasChanged) return "running";
      if (at + 1 < move.count && this.runner.checker.checkAll() !== null) return this.breakAt(state, number);
    }
    // The check comes first: packing leaves out what only other requests depend on.
    const isMoved = hasWritten || machine.note.fenced || machine.note.noise;
    if (isMoved && this.runner.checker.checkAll() !== null && !machine.overflowed) return this.breakAt(state, number);
    if (machine.overflowed) return "capacity";
    // Without a write the world is the parent's; but a renaming of all may have to be found again.
    const isAllNew = hasWritten || this.symmetry !== null || machine.note.noise || move.count > 1;
    if (isAllNew) this.pack(ALL_PARTS);
    else {
      for (let part = 0; part < PARTS; part++) this.key[part] = this.states.keys[state * PARTS + part]!;
      this.pack(LEDGER_AND_QUEUE | (machine.note.fenced ? 1 << PART.concrete : 0));
    }
    const place = this.states.find(this.key);
    if (place < 0) this.place(place, state, number, this.isNeedless());
    machine.rewind(this.base, hasWritten);
    return "running";
  }

  private breakAt(state: number, move: number): Progress {
    this.broken = { state, move };
    return "violation";
  }

  private pack(which: number): void {
    const { machine, symmetry, slice } = this;
    slice?.reduce();
    this.parts.pack(symmetry === null ? machine.state : symmetry.canonical(machine.state), this.key, which);
  }

  private add(parent: number, move: number): void {
    this.place(this.states.find(this.key), parent, move, false);
  }

  private place(place: number, parent: number, move: number, isNeedless: boolean): void {
    const state = this.states.add(this.key, place, parent, move);
    this.makeRoom(state);
    if (isNeedless) {
      this.marks[state] = NEEDLESS;
      this.needless++;
      return;
    }
    if (this.options.order === "deepest") this.open.push(state);
    if (this.dominance !== null) this.join(state);
  }

  private makeRoom(state: number): void {
    if (state < this.marks.length) return;
    // As many as if there had been one state after the other: what is gone on with takes as much as it took.
    let length = this.marks.length;
    while (length <= state) length *= 2;
    const marks = new Uint8Array(length);
    marks.set(this.marks);
    this.marks = marks;
    const nextInGroup = new Int32Array(marks.length);
    nextInGroup.set(this.nextInGroup);
    this.nextInGroup = nextInGroup;
  }

  // --- what makes a state needless --------------------------------------------------------------------------------

  private groupOf(): number {
    this.groupKey[0] = this.key[PART.world]!;
    this.groupKey[1] = this.key[PART.queue]!;
    this.groupKey[2] = this.key[PART.concrete]!;
    return this.groups.intern(this.groupKey, 3);
  }

  /** Whether a state that was met makes the one in `key` needless. */
  private isNeedless(): boolean {
    const { dominance, states, key } = this;
    if (dominance === null) return false;
    const group = this.groupOf();
    for (let other = this.head(group); other >= 0; other = this.nextInGroup[other]!) {
      const at = other * PARTS;
      const { keys } = states;
      if (dominance.covers(keys[at + PART.ledger]!, keys[at + PART.sets]!, key[PART.ledger]!, key[PART.sets]!))
        return true;
    }
    return false;
  }

  private head(group: number): number {
    if (group >= this.heads.length) {
      const heads = new Int32Array(Math.max(this.heads.length * 2, group + 1)).fill(-1);
      heads.set(this.heads);
      this.heads = heads;
    }
    return this.heads[group]!;
  }

  /**
   * Adds a new state to its group and takes out those that it makes needless. One that waits to be expanded in the
   * same level is not expanded any more; one of the level before is, since what it leads to is a command shorter.
   */
  private join(state: number): void {
    const { dominance, key, states } = this;
    const group = this.groupOf();
    let last = -1;
    let head = this.head(group);
    for (let other = head; other >= 0; other = this.nextInGroup[other]!) {
      const at = other * PARTS;
      const { keys } = states;
      if (dominance!.covers(key[PART.ledger]!, key[PART.sets]!, keys[at + PART.ledger]!, keys[at + PART.sets]!)) {
        if (last < 0) head = this.nextInGroup[other]!;
        else this.nextInGroup[last] = this.nextInGroup[other]!;
        if (this.options.order === "deepest" || other >= this.levelEnd) {
          this.marks[other] = NEEDLESS;
          this.needless++;
        }
      } else last = other;
    }
    this.nextInGroup[state] = head;
    this.heads[group] = state;
  }

  // --- checkpoints ------------------------------------------------------------------------------------------------

  /** All that the search has come to, but what is broken: that ends it. */
  save(): Saved {
    const { depth, next, levelEnd, transitions, needless, expansions, states } = this;
    return {
      scalars: { depth, next, levelEnd, transitions, needless, expansions },
      arrays: [
        ...states.save(),
        ...this.groups.save(),
        ...this.parts.interners.flatMap((interner) => interner.save()),
        this.heads.slice(0, this.groups.count),
        this.nextInGroup.slice(0, states.count),
        Int32Array.from(this.marks.subarray(0, states.count)),
        Int32Array.from(this.open),
      ],
    };
  }

  /** Goes on with what `save` gave. */
  resume({ scalars, arrays }: Saved): void {
    Object.assign(this, scalars);
    this.states.resume(arrays.slice(0, 3));
    this.groups.resume(arrays.slice(3, 5));
    for (let part = 0; part < PARTS; part++)
      this.parts.interners[part]!.resume(arrays.slice(5 + 2 * part, 7 + 2 * part));
    const [heads, nextInGroup, marks, open] = arrays.slice(5 + 2 * PARTS);
    this.makeRoom(this.states.count);
    this.head(this.groups.count);
    this.heads.set(heads!);
    this.nextInGroup.set(nextInGroup!);
    this.marks.set(marks!);
    this.open.length = 0;
    for (const state of open!) this.open.push(state);
  }

  // --- the way to a state -----------------------------------------------------------------------------------------

  /** The commands that lead from the start to what is broken, encoded. */
  path(): Float64Array {
    const { states, machine } = this;
    const chain = [this.broken!];
    for (let { state } = this.broken!; state > 0; state = states.parents[state]!)
      chain.unshift({ state: states.parents[state]!, move: states.moves[state]! });
    const names = new Names(this.symmetry);
    this.restart();
    names.follow();
    const steps = chain.map(({ state, move }) => {
      const { commands, count } = this.moves[move]!;
      const step = names.original(commands, count);
      this.load(state);
      for (let at = 0; at < count; at++) machine.step(commands, at);
      this.pack(ALL_PARTS);
      names.follow();
      return step;
    });
    const path = new Float64Array(steps.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const step of steps) {
      path.set(step, at);
      at += step.length;
    }
    return path;
  }
}
