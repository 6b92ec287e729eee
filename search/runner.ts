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
    this.checker = new Checker(this.machine, cell.properties, cell.strategies);
    this.palette = paletteOf(this.machine.geometry);
    this.discharger = new Discharger(this.machine);
  }

  /** Runs genes from the start state; the first violation, or null. */
  runGenes(genes: readonly number[]): Failure | null {
    if (this.commands.length < genes.length * STRIDE) this.commands = new Float64Array(genes.length * STRIDE);
    const { machine, commands } = this;
    const command = new Float64Array(STRIDE);
    const lastEntry = new Float64Array(STRIDE);
    machine.reset();
    this.checker.restart();
    this.runCount++;
    this.length = 0;
    const temper = temperOf(genes[0] ?? 0, this.palette);
    for (const gene of genes) {
      const isBegun = this.length > 0 || !beginSequence(temper, command);
      if (isBegun) decodeGene(gene, this.palette, temper, this.discharger.next, lastEntry, command);
      if (command[0] === KIND.write || command[0] === KIND.stage2) lastEntry.set(command);
      commands.set(command, this.length * STRIDE);
      this.length++;
      const violation = this.stepAndCheck(commands, this.length - 1);
      if (machine.overflowed) {
        this.inconclusive++;
        return null;
      }
      if (violation !== null) return { step: this.length - 1, violation: { ...violation } };
    }
    return null;
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
