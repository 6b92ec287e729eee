/**
 * Runs sequences of one cell: a machine, the properties in force, and what a run leaves behind.
 *
 * One runner serves any number of runs; nothing is allocated a command. Genes are decoded as they are run, since what
 * serves an open duty depends on the state; the commands they became are kept in `commands`. A run ends at the first
 * violation, or when a capacity was reached (then it says nothing).
 */

import { beginSequence, decodeGene, type Palette, temperOf } from "../commands/arbitrary.js";
import { KIND, STRIDE } from "../commands/command.js";
import type { Geometry } from "../models/geometry.js";
import { Machine } from "../models/machine.js";
import { Checker } from "../properties/all.js";
import { isShadowAlone } from "../properties/refinement.js";
import type { Violation } from "../properties/violation.js";
import { CACHE_NAMES, type Cell, TRANSITIONS } from "../rules/vocabulary.js";
import { Discharger } from "./discharge.js";
import { paletteOf } from "./palette.js";

export interface Failure {
  /** Step (from 0) after which the property was broken. */
  step: number;
  violation: Violation;
}

/** Which transitions occurred, and which caches were stale after them. */
export interface Coverage {
  /** By transition. */
  transitions: Float64Array;
  /** By `transition * caches + cache`. */
  stale: Float64Array;
}

export function emptyCoverage(): Coverage {
  return {
    transitions: new Float64Array(TRANSITIONS.length),
    stale: new Float64Array(TRANSITIONS.length * CACHE_NAMES.length),
  };
}

/** What a run behind a way serves before it goes on: nothing, what was owed before the change, or what it owes too. */
export const SERVED = ["nothing", "before", "all"] as const;
export type Served = (typeof SERVED)[number];

/** Commands of one service at most: two contexts of a long contract. */
const LONGEST_SERVICE = 48;

export type RunCell = Pick<Cell, "architecture" | "contract" | "strategies" | "shadow" | "properties">;

export class Runner {
  readonly machine: Machine;
  readonly checker: Checker;
  readonly coverage = emptyCoverage();
  /** The commands of the last run of genes; the first `length` of them. */
  commands = new Float64Array(64 * STRIDE);
  length = 0;
  /** Commands run so far, runs cut short by a capacity, runs that ended without. */
  commandCount = 0;
  inconclusive = 0;
  runCount = 0;
  /** Requests that became settled again after a change. */
  discharged = 0;
  private readonly command = new Float64Array(STRIDE);
  private readonly lastEntry = new Float64Array(STRIDE);
  private readonly palette: Palette;
  private readonly discharger: Discharger;

  constructor(
    readonly cell: RunCell,
    geometry?: Geometry,
    start?: ReadonlySet<number>,
  ) {
    this.machine = new Machine({
      architecture: cell.architecture,
      contract: cell.contract,
      // Refinement is against the envelope, whichever strategy is under test.
      strategies: cell.properties.includes("refinement")
        ? [...new Set([...cell.strategies, "envelope" as const])]
        : cell.strategies,
      shadow: cell.shadow,
      guestEnvelope: isShadowAlone(cell.strategies),
      ...(geometry === undefined ? {} : { geometry }),
      ...(start === undefined ? {} : { start }),
    });
    this.machine.isLate = true;
    this.checker = new Checker(this.machine, cell.properties, cell.strategies);
    this.palette = paletteOf(this.machine.geometry);
    this.discharger = new Discharger(this.machine);
  }

  /** Runs genes from the start state; the first violation, or null. */
  runGenes(genes: readonly number[]): Failure | null {
    this.begin(genes.length);
    const temper = temperOf(genes[0] ?? 0, this.palette);
    for (const gene of genes) {
      if (this.length > 0 || !beginSequence(temper, this.command))
        decodeGene(gene, this.palette, temper, this.discharger.next, this.lastEntry, this.command);
      const failure = this.take();
      if (failure !== null || this.machine.overflowed) return failure;
    }
    return null;
  }

  /**
   * Runs the commands of `way`, then genes. What the commands before its last one owe is served before that one if
   * `served` says so, and then what that one owes: a change that meets nothing owed, and what comes when it is done.
   */
  runBehind(way: Float64Array, served: Served, genes: readonly number[]): Failure | null {
    this.begin(way.length / STRIDE + 2 * LONGEST_SERVICE + genes.length);
    const temper = temperOf(genes[0] ?? 0, this.palette);
    const last = way.length / STRIDE - 1;
    let failure: Failure | null = null;
    for (let at = 0; at <= last; at++) {
      if (at === last && served !== "nothing") failure ??= this.serve(genes);
      if (failure !== null || this.machine.overflowed) return failure;
      this.command.set(way.subarray(at * STRIDE, (at + 1) * STRIDE));
      failure = this.take();
    }
    if (served === "all") failure ??= this.serve(genes);
    for (const gene of genes) {
      if (failure !== null || this.machine.overflowed) return failure;
      decodeGene(gene, this.palette, temper, this.discharger.next, this.lastEntry, this.command);
      failure = this.take();
    }
    return failure;
  }

  /** Serves what is owed, in the ways that genes choose. */
  private serve(genes: readonly number[]): Failure | null {
    for (let count = 0; count < LONGEST_SERVICE; count++) {
      const choice = (genes[count % genes.length]! >>> 8) + count;
      if (!this.discharger.next(choice, this.command)) return null;
      const failure = this.take();
      if (failure !== null || this.machine.overflowed) return failure;
    }
    return null;
  }

  private begin(most: number): void {
    if (this.commands.length < most * STRIDE) this.commands = new Float64Array(most * STRIDE);
    this.machine.reset();
    this.checker.restart();
    this.lastEntry.fill(0);
    this.runCount++;
    this.length = 0;
  }

  /** One step, with `command`. */
  private take(): Failure | null {
    const { machine, command, commands } = this;
    if (command[0] === KIND.write || command[0] === KIND.stage2) this.lastEntry.set(command);
    commands.set(command, this.length * STRIDE);
    this.length++;
    const violation = this.stepAndCheck(commands, this.length - 1);
    if (machine.overflowed) {
      this.inconclusive++;
      return null;
    }
    return violation === null ? null : { step: this.length - 1, violation: { ...violation } };
  }

  /** Runs encoded commands from the start state; the first violation, or null. */
  runCommands(sequence: Float64Array, count = sequence.length / STRIDE): Failure | null {
    const { machine } = this;
    machine.reset();
    this.checker.restart();
    for (let at = 0; at < count; at++) {
      const violation = this.stepAndCheck(sequence, at);
      if (machine.overflowed) return null;
      if (violation !== null) return { step: at, violation: { ...violation } };
    }
    return null;
  }

  private stepAndCheck(sequence: Float64Array, at: number): Violation | null {
    const { machine, checker, coverage } = this;
    machine.step(sequence, at);
    this.commandCount++;
    const violation = checker.check();
    const { transition } = machine.note;
    if (transition >= 0) {
      coverage.transitions[transition]!++;
      const { staleCaches } = checker;
      for (let cache = 0; cache < CACHE_NAMES.length; cache++) {
        if ((staleCaches & (1 << cache)) !== 0) coverage.stale[transition * CACHE_NAMES.length + cache]!++;
      }
    }
    this.discharged += machine.ledger.closedDuties;
    return violation;
  }
}
