/**
 * One run: the world, the ledger and the strategies in force, and one step of them all.
 *
 * Follows the design page, sections 3 and 4. `step` applies one encoded command to everything, in the one order that
 * keeps them consistent: plan the change, open the duties it brings, write it, walk again, then let the caches take in
 * what can be derived now. Submitting to a full queue fences first, as a driver would. The whole state is one array;
 * `snapshot` and `restore` copy it and compute what is derived from it again.
 */

import { COMMANDS, type CommandKind, STRIDE, slots } from "../commands/command.js";
import {
  type Architecture,
  type Contract,
  DEFAULT_SHADOW,
  type ShadowOptions,
  type StrategyName,
} from "../rules/vocabulary.js";
import { Envelope } from "./envelope.js";
import { type Geometry, geometryOf, pagePosition } from "./geometry.js";
import { Hardware } from "./hardware.js";
import { Kept } from "./kept.js";
import { copyUsed, hashState, Layout, sameState } from "./layout.js";
import { Ledger } from "./ledger.js";
import { Oracle } from "./oracle.js";
import { QUEUE_DEPTH, Queue } from "./queue.js";
import { Shadow } from "./shadow.js";
import { allContexts, writeStart } from "./start.js";
import { NO_TRANSITION } from "./transition.js";
import { Unit } from "./unit.js";
import { contextClass, PRESENT } from "./values.js";
import { type PlannedKind, World } from "./world.js";

export interface MachineOptions {
  architecture: Architecture;
  contract: Contract;
  strategies: readonly StrategyName[];
  shadow?: ShadowOptions;
  /** The envelope hears the guest's commands alone: the one that a shadow is held against. */
  guestEnvelope?: boolean;
  geometry?: Geometry;
  /** Contexts attached at the start; all by default. */
  start?: ReadonlySet<number>;
}

const D = slots("dma");
const N = slots("prefetch");
const X = slots("execute");
const KINDS: readonly CommandKind[] = COMMANDS.map((row) => row.kind);

/** What the last step did, for coverage and reports. */
export interface StepNote {
  /** Transition of the entry that was written (see `TRANSITIONS`), or -1. */
  transition: number;
  /** Memory or a context entry changed. */
  wrote: boolean;
  fenced: boolean;
  /** The concrete caches may have changed (requests, noise). */
  noise: boolean;
}

export class Machine {
  readonly geometry: Geometry;
  readonly layout = new Layout();
  readonly unit: Unit;
  readonly world: World;
  readonly oracle: Oracle;
  readonly queue: Queue;
  readonly ledger: Ledger;
  readonly envelope: Envelope | null;
  readonly hardware: Hardware | null;
  readonly shadow: Shadow | null;
  readonly note: StepNote = { transition: NO_TRANSITION, wrote: false, fenced: false, noise: false };
  state: Int32Array;
  /**
   * The envelope may hear of invalidations as late as at the next write or fence: for who looks at its sets after these
   * alone, as the properties do.
   */
  isLate = false;
  private readonly startContexts: ReadonlySet<number>;
  private readonly startState: Int32Array;
  private atStart = new Kept([]);

  constructor(readonly options: MachineOptions) {
    this.geometry = options.geometry ?? geometryOf();
    const { geometry, layout } = this;
    const uses = (name: StrategyName): boolean => options.strategies.includes(name);
    this.unit = new Unit(options.architecture, geometry);
    this.world = new World(layout, geometry);
    this.oracle = new Oracle(geometry, this.world);
    this.queue = new Queue(layout, this.unit);
    this.ledger = new Ledger(layout, geometry, this.unit, options.contract, this.world, this.oracle);
    this.hardware = uses("hardware") ? new Hardware(layout, geometry, this.unit, this.world, this.queue) : null;
    this.shadow = uses("shadow")
      ? new Shadow(layout, geometry, this.unit, this.world, this.queue, options.shadow ?? DEFAULT_SHADOW)
      : null;
    this.envelope = uses("envelope")
      ? new Envelope(layout, geometry, this.unit, this.world, this.queue, options.guestEnvelope ?? false)
      : null;
    this.state = new Int32Array(layout.size);
    this.startContexts = options.start ?? allContexts(geometry);
    this.startState = this.firstReset();
  }

  private firstReset(): Int32Array {
    const { state } = this;
    writeStart(state, this.world, this.geometry, this.startContexts);
    this.queue.reset(state);
    this.oracle.refresh(state);
    this.ledger.reset(state);
    this.envelope?.reset(state);
    this.hardware?.reset(state);
    this.shadow?.reset(state);
    this.hardware?.refresh(state);
    this.hardware?.keepStart();
    this.envelope?.keepStart();
    this.atStart = new Kept([
      ...this.oracle.derived,
      this.ledger.reach.mapped,
      ...(this.envelope?.derived ?? []),
      ...(this.hardware === null ? [] : [this.hardware.answers]),
    ]);
    return state.slice();
  }

  /** Back to the start state. */
  reset(): void {
    const { state } = this;
    copyUsed(this.layout, this.startState, state);
    this.queue.reload(state);
    this.atStart.recall();
    this.ledger.restart();
    this.envelope?.restart();
    this.hardware?.restart();
  }

  snapshot(): Int32Array {
    return this.state.slice();
  }

  /** Replaces the state and computes again what is derived from it. */
  restore(snapshot: Int32Array): void {
    this.state.set(snapshot);
    this.queue.reload(this.state);
    this.oracle.refresh(this.state);
    this.ledger.reload(this.state);
    this.envelope?.reload(this.state);
    this.hardware?.forget();
  }

  /**
   * For searches that go back to a state again and again: as `restore`, but it copies only what is in use, and leaves
   * out the envelope's answers, which the next step computes anyway. `hasWritten`: memory or a context entry may have
   * changed since the state was there.
   */
  rewind(snapshot: Int32Array, hasWritten: boolean): void {
    const { state } = this;
    copyUsed(this.layout, snapshot, state);
    this.queue.rewound(state);
    if (hasWritten) this.oracle.refresh(state);
    this.ledger.rewound(state, hasWritten);
    this.envelope?.rewound(state);
    this.hardware?.forget();
  }

  /** Computes all that is derived, but the envelope's answers, from the regions that are not, after those were set. */
  derive(): void {
    const { state } = this;
    this.world.refreshStage2(state);
    this.queue.reload(state);
    this.oracle.refresh(state);
    this.ledger.reload(state);
    this.envelope?.relink(state);
    this.hardware?.forget();
  }

  hash(): string {
    return hashState(this.layout, this.state);
  }

  equals(snapshot: Int32Array): boolean {
    return sameState(this.layout, this.state, snapshot);
  }

  /** A capacity was reached: what follows says nothing. */
  get overflowed(): boolean {
    return this.ledger.overflowed || (this.envelope?.overflowed ?? false);
  }

  /** Applies the command at position `at` of an encoded sequence. */
  step(sequence: Float64Array, at: number): void {
    const from = at * STRIDE;
    const kind = KINDS[sequence[from]!]!;
    const { note } = this;
    note.transition = NO_TRANSITION;
    note.wrote = false;
    note.fenced = false;
    note.noise = false;
    this.ledger.closedDuties = 0;
    switch (kind) {
      case "write":
      case "context":
      case "context-field":
      case "stage2":
      case "move":
        this.write(kind, sequence, from);
        return;
      case "invalidate":
        this.invalidate(sequence, from);
        return;
      case "fence":
        this.fence();
        return;
      case "dma":
        this.dma(sequence, from);
        return;
      case "prefetch":
      case "evict":
      case "walk-start":
      case "walk-end":
        this.noise(kind, sequence[from + N.context]!, sequence[from + N.iova]!);
        return;
      case "execute":
        this.hardware?.execute(this.state, sequence[from + X.slot]!);
        note.noise = true;
        return;
    }
    kind satisfies never;
  }

  private write(kind: PlannedKind, sequence: Float64Array, from: number): void {
    const { state, world, ledger, oracle } = this;
    const change = world.plan(state, kind, sequence, from);
    if (change.kind === "none") return;
    ledger.open(state, change);
    this.envelope?.complete(state);
    world.apply(state);
    if (change.kind === "context") oracle.refreshContext(state, change.at);
    else oracle.refreshMarked(state, ledger.passes, ledger.words);
    ledger.opened(state, change);
    this.note.transition = ledger.lastTransition;
    this.note.wrote = true;
    this.hardware?.written(change);
    if (change.vm >= 0) this.shadow?.stage2Written(state, change);
    this.envelope?.written(state, change);
  }

  private invalidate(sequence: Float64Array, from: number): void {
    const { state, queue } = this;
    if (queue.count(state) === QUEUE_DEPTH) this.fence();
    const pending = queue.submit(state, sequence, from);
    this.ledger.submit(state, pending);
    if (!this.isLate) this.envelope?.complete(state);
  }

  private fence(): void {
    const { state } = this;
    this.envelope?.fenced(state);
    this.hardware?.fenced(state);
    this.shadow?.fenced(state);
    this.queue.empty(state);
    this.envelope?.emptied(state);
    this.ledger.fence(state);
    this.note.fenced = true;
  }

  private dma(sequence: Float64Array, from: number): void {
    const context = sequence[from + D.context]!;
    const page = this.position(context, sequence[from + D.iova]!);
    if (page < 0) return;
    this.hardware?.access(this.state, context, page);
    this.note.noise = true;
    if (sequence[from + D.access] !== 1) return;
    const value = this.oracle.value[context * this.geometry.iova.count + page]!;
    const writable = value >= 0 && (value & 3) === PRESENT && ((value >> 2) & 2) !== 0;
    if (writable) this.world.mark(this.state, this.oracle.hostPage(context, page), context);
  }

  private noise(kind: "prefetch" | "evict" | "walk-start" | "walk-end", context: number, iova: number): void {
    const page = this.position(context, iova);
    if (page < 0) return;
    const { hardware, state } = this;
    this.note.noise = true;
    switch (kind) {
      case "prefetch":
        hardware?.access(state, context, page);
        return;
      case "evict":
        hardware?.evict(state, context, page);
        this.shadow?.evict(state, context, page);
        return;
      case "walk-start":
        hardware?.startWalk(state, context, page);
        return;
      case "walk-end":
        hardware?.endWalk(state, context, page);
        return;
    }
  }

  /** Position of a page in play, or -1 if the context or the page does not exist. */
  private position(context: number, iova: number): number {
    return context < this.geometry.contexts ? pagePosition(this.geometry.iova, iova) : -1;
  }

  /** Whether a context entry is present, in memory, now. */
  isAttached(context: number): boolean {
    return contextClass(this.state[this.world.contexts + context]!) === PRESENT;
  }
}
