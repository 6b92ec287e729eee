/**
 * Ways to a transition: short sequences from the start state whose last command is the change.
 *
 * They come from the ordinary generator, run over the world alone, which is fast; what is not needed for the change is
 * then taken out. A search behind a way meets the change in every run, however rare it is.
 */

import { beginSequence, type Palette, sampleGenes, temperOf } from "../commands/arbitrary.js";
import { KIND, STRIDE, slots } from "../commands/command.js";
import type { Geometry } from "../models/geometry.js";
import type { Machine } from "../models/machine.js";
import { loadArchitecture, loadContract } from "../rules/load.js";
import { DEFAULT_SHADOW, TRANSITIONS } from "../rules/vocabulary.js";
import { paletteOf } from "../search/palette.js";
import { Runner } from "../search/runner.js";
import { seedOf } from "../search/seed.js";
import { withoutCommands } from "../shrinkers/candidate.js";

/**
 * What sets ways apart: whether the change is felt by some request, and whether it is about a global entry. Ways kept
 * of each kind, sequences a batch, and commands after which what was not met is given up.
 */
const KINDS = [
  { isFelt: true, hasGlobal: false, kept: 5 },
  { isFelt: true, hasGlobal: true, kept: 2 },
  { isFelt: false, hasGlobal: false, kept: 2 },
] as const;
type Kind = (typeof KINDS)[number];
const FELT = 0;
const UNFELT = 2;
/** Commands that are put between a way and its last one. */
const MIXED = 12;
const BATCH = 300;
const ENOUGH = 80_000;
/** Batches in a row that bring nothing new, after which nothing new is looked for. */
const DRY = 4;

const W = slots("write");

const found = new Map<string, readonly Float64Array[][]>();

/**
 * By transition: encoded sequences, none for one that was not met. They depend on the geometry and the seed alone,
 * since nothing but the world is at work, and are found once.
 */
export function waysToTransitions(geometry: Geometry, seed: string): readonly Float64Array[][] {
  const key = `${geometry.text}/${seed}`;
  const ways = found.get(key) ?? search(geometry, seed);
  found.set(key, ways);
  return ways;
}

function search(geometry: Geometry, seed: string): Float64Array[][] {
  const [architecture, contract] = [loadArchitecture("tiny"), loadContract("never")];
  if (!architecture.ok || !contract.ok) throw new Error("built-in rules do not load");
  const rules = { architecture: architecture.value, contract: contract.value, shadow: DEFAULT_SHADOW };
  const runner = new Runner({ ...rules, strategies: [], properties: [] }, geometry);
  const collector = new Collector(runner.machine, paletteOf(geometry));
  let dry = 0;
  for (let batch = 0; dry < DRY && !collector.isFull && runner.commandCount < ENOUGH; batch++) {
    const before = collector.count;
    for (const genes of sampleGenes(seedOf(seed, "ways", batch), BATCH)) {
      runner.runGenes(genes);
      collector.take(runner.commands.slice(0, runner.length * STRIDE));
    }
    dry = collector.count === before ? dry + 1 : 0;
  }
  return collector.ways.map((kinds) => kinds.flat());
}

class Collector {
  /** By transition and kind. */
  readonly ways: Float64Array[][][] = TRANSITIONS.map(() => KINDS.map(() => []));
  private readonly before: Int32Array;

  constructor(
    private readonly machine: Machine,
    private readonly palette: Palette,
  ) {
    this.before = machine.oracle.value.slice();
  }

  get count(): number {
    return this.ways.reduce((sum, kinds) => sum + kinds.flat().length, 0);
  }

  get isFull(): boolean {
    return this.ways.every((kinds) => kinds.every((list, kind) => list.length >= KINDS[kind]!.kept));
  }

  /** Adds the ways that a sequence has to what is still wanted; one a transition and kind, so that they differ. */
  take(sequence: Float64Array): void {
    for (const { transition, kind, at } of this.changesIn(sequence))
      this.keep(sequence.slice(0, (at + 1) * STRIDE), transition, kind);
    for (const [transition, kinds] of this.ways.entries())
      if (kinds[FELT]!.length === 0) this.mix(sequence, transition);
  }

  private keep(whole: Float64Array, transition: number, kind: number): void {
    const known = this.ways[transition]![kind]!;
    if (known.length >= KINDS[kind]!.kept) return;
    const short = this.shortest(whole, transition, KINDS[kind]!);
    const way = KINDS[kind]!.hasGlobal ? this.alone(short, transition, KINDS[kind]!) : short;
    if (!known.some((other) => isSame(other, way))) known.push(way);
  }

  /** A change that nobody feels is felt by those who came to use the entry before: the sequence may be how. */
  private mix(sequence: Float64Array, transition: number): void {
    for (const way of this.ways[transition]![UNFELT]!) {
      const mixed = concat(way.subarray(0, -STRIDE), sequence.subarray(0, MIXED * STRIDE), way.subarray(-STRIDE));
      if (this.leadsTo(mixed, transition, KINDS[FELT]!)) this.keep(mixed, transition, FELT);
    }
  }

  /** The first of each transition and kind. */
  private changesIn(sequence: Float64Array): { transition: number; kind: number; at: number }[] {
    const { machine } = this;
    const met = new Map<string, { transition: number; kind: number; at: number }>();
    machine.reset();
    for (let at = 0; at * STRIDE < sequence.length; at++) {
      const isFelt = this.step(sequence, at);
      const { transition } = machine.note;
      if (transition < 0) continue;
      const hasGlobal = concernsGlobal(sequence, at);
      const kind = KINDS.findIndex((one) => one.isFelt === isFelt && one.hasGlobal === hasGlobal);
      const key = `${transition} ${kind}`;
      if (kind >= 0 && !met.has(key)) met.set(key, { transition, kind, at });
    }
    return [...met.values()];
  }

  /** Whether some request is translated otherwise after it. */
  private step(sequence: Float64Array, at: number): boolean {
    const { machine, before } = this;
    before.set(machine.oracle.value);
    machine.step(sequence, at);
    return !before.every((value, request) => value === machine.oracle.value[request]);
  }

  /** No command can be left out. */
  private shortest(way: Float64Array, transition: number, kind: Kind): Float64Array {
    let best = way;
    for (let at = best.length / STRIDE - 2; at >= 0; at--) {
      const shorter = withoutCommands(best, at, 1);
      if (this.leadsTo(shorter, transition, kind)) best = shorter;
    }
    return best;
  }

  /** Without the context that shares a domain: two that meet each other's global entries are never settled. */
  private alone(way: Float64Array, transition: number, kind: Kind): Float64Array {
    const { detached } = temperOf(0, this.palette);
    const detach = new Float64Array(STRIDE);
    if (!beginSequence({ globals: 1, orderly: true, detached }, detach)) return way;
    const alone = concat(detach, way);
    return this.leadsTo(alone, transition, kind) ? alone : way;
  }

  private leadsTo(way: Float64Array, transition: number, kind: Kind): boolean {
    const last = way.length / STRIDE - 1;
    if (concernsGlobal(way, last) !== kind.hasGlobal) return false;
    let isFelt = false;
    this.machine.reset();
    for (let at = 0; at <= last; at++) isFelt = this.step(way, at);
    return this.machine.note.transition === transition && isFelt === kind.isFelt;
  }
}

/**
 * Whether the command at `last` is about a global entry: it or an earlier one wrote the same stage-1 entry as global;
 * or, where it is no stage-1 entry, any.
 */
function concernsGlobal(sequence: Float64Array, last: number): boolean {
  const isWrite = (at: number): boolean => sequence[at * STRIDE] === KIND.write;
  const isSameEntry = (at: number): boolean =>
    [W.page, W.index].every((slot) => sequence[at * STRIDE + slot] === sequence[last * STRIDE + slot]);
  for (let at = 0; at <= last; at++)
    if (isWrite(at) && sequence[at * STRIDE + W.global] === 1 && (!isWrite(last) || isSameEntry(at))) return true;
  return false;
}

function concat(...parts: Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((slot, at) => slot === b[at]);
}
