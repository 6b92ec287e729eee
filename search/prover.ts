/**
 * A verdict on one cell: whether any sequence of a scope's moves breaks a property, and the shortest one that does.
 *
 * Requests are proved one by one (`slice.ts`), those that a renaming of the start state exchanges once. For each, a
 * short search by levels finds what fails soon. Where no depth is asked for, a search that takes the newest state first
 * then looks for the fixpoint, since it comes to large sets early; if it meets a violation, the search by levels goes on
 * to the shortest one. A violation counts when the full models show it in a run from the start; if they do not, all
 * requests are proved together.
 */

import { STRIDE } from "../commands/command.js";
import type { Geometry } from "../models/geometry.js";
import { type Progress, Proof, type ProofOptions } from "./prove.js";
import { representatives } from "./representatives.js";
import { type Failure, type RunCell, Runner } from "./runner.js";
import type { Scope } from "./scope.js";
import type { Request } from "./slice.js";

export interface ProverOptions {
  geometry: Geometry;
  scope: Scope;
  /** Most moves of a sequence; infinite for a fixpoint. */
  depth: number;
  /** Reductions that are switched off. */
  without?: readonly Reduction[];
}

export const REDUCTIONS = ["symmetry", "subsumption", "slicing"] as const;
export type Reduction = (typeof REDUCTIONS)[number];

export type Verdict =
  | { kind: "fixpoint" }
  | { kind: "depth"; depth: number }
  | { kind: "fails"; commands: Float64Array; failure: Failure; moves: number }
  /** A model has no room for what it should hold, so nothing is known beyond. */
  | { kind: "capacity" };

/** States that the search by levels expands before the one that takes the newest first has its turn. */
const SHALLOW = 500;

type Phase = "shallow" | "deepest" | "breadth";

export class Prover {
  verdict: Verdict | null = null;
  /** States, moves tried and proofs that are done, over all requests. */
  private doneStates = 0;
  private doneTransitions = 0;
  private requests: (Request | null)[];
  private at = 0;
  private phase: Phase;
  private breadth: Proof;
  private deepest: Proof | null = null;
  private expanded = 0;
  private isSliced: boolean;
  private best: (Verdict & { kind: "fails" }) | null = null;

  constructor(
    readonly cell: RunCell,
    readonly options: ProverOptions,
  ) {
    this.isSliced = !this.isWithout("slicing");
    this.requests = this.isSliced ? representatives(cell, options.geometry, options.scope) : [null];
    this.phase = this.firstPhase();
    this.breadth = this.begin("breadth");
  }

  private isWithout(reduction: Reduction): boolean {
    return this.options.without?.includes(reduction) ?? false;
  }

  private firstPhase(): Phase {
    // Without subsumption the order is worth nothing.
    return Number.isFinite(this.options.depth) || this.isWithout("subsumption") ? "breadth" : "shallow";
  }

  private begin(order: ProofOptions["order"]): Proof {
    const { geometry, scope, depth } = this.options;
    return new Proof(this.cell, {
      geometry,
      scope,
      depth: this.best === null ? depth : this.best.moves - 1,
      symmetry: !this.isWithout("symmetry"),
      subsumption: !this.isWithout("subsumption"),
      slicing: !this.isWithout("slicing"),
      request: this.requests[this.at]!,
      order,
    });
  }

  get states(): number {
    return this.doneStates + this.breadth.stateCount + (this.deepest?.stateCount ?? 0);
  }
  get transitions(): number {
    return this.doneTransitions + this.breadth.transitions + (this.deepest?.transitions ?? 0);
  }
  /** The search by levels of the request in hand. */
  get proof(): Proof {
    return this.breadth;
  }
  get moveCount(): number {
    return this.breadth.moves.length;
  }
  get bytes(): number {
    return this.breadth.bytes + (this.deepest?.bytes ?? 0);
  }
  /** Moves up to which the request in hand was searched by levels. */
  get depth(): number {
    return this.breadth.depth;
  }
  /** The request in hand, from 1, and how many there are. */
  get part(): readonly [number, number] {
    return [this.at + 1, this.requests.length];
  }

  /** Goes on by up to `portion` states; the verdict when there is one. */
  advance(portion: number): Verdict | null {
    if (this.verdict !== null) return this.verdict;
    const proof = this.phase === "deepest" ? this.deepest! : this.breadth;
    const room = this.phase === "shallow" ? Math.min(portion, SHALLOW - this.expanded) : portion;
    const progress = proof.advance(room);
    this.expanded += room;
    this.take(proof, progress);
    return this.verdict;
  }

  private take(proof: Proof, progress: Progress): void {
    switch (progress) {
      case "running":
        if (this.phase === "shallow" && this.expanded >= SHALLOW) {
          this.phase = "deepest";
          this.deepest = this.begin("deepest");
        }
        return;
      case "capacity":
        this.verdict = { kind: "capacity" };
        return;
      case "violation":
        this.broken(proof);
        return;
      case "depth":
      case "fixpoint":
        this.nextRequest(proof.stateCount);
        return;
      default:
        progress satisfies never;
    }
  }

  private broken(proof: Proof): void {
    const commands = proof.path();
    const failure = new Runner(this.cell, this.options.geometry).runCommands(commands);
    if (failure === null) {
      if (!this.isSliced) throw new Error("a violation was not met again by a run from the start");
      this.restartWhole();
      return;
    }
    if (this.phase === "deepest") {
      // There is a shorter one, perhaps: the search by levels goes on.
      this.deepest = null;
      this.phase = "breadth";
      return;
    }
    this.best = {
      kind: "fails",
      commands: commands.subarray(0, (failure.step + 1) * STRIDE),
      failure,
      moves: proof.depth + 1,
    };
    this.nextRequest(proof.stateCount);
  }

  /** The full models know better than a slice: all requests together, from the beginning. */
  private restartWhole(): void {
    this.isSliced = false;
    this.requests = [null];
    this.best = null;
    this.at = -1;
    this.doneStates = 0;
    this.nextRequest(0);
  }

  private nextRequest(states: number): void {
    this.doneStates += states;
    this.doneTransitions += this.breadth.transitions + (this.deepest?.transitions ?? 0);
    this.at++;
    this.deepest = null;
    this.expanded = 0;
    if (this.at < this.requests.length) {
      this.phase = this.best === null ? this.firstPhase() : "breadth";
      this.breadth = this.begin("breadth");
      return;
    }
    this.at--;
    this.doneStates -= this.breadth.stateCount;
    this.doneTransitions -= this.breadth.transitions;
    const { depth } = this.options;
    this.verdict = this.best ?? (Number.isFinite(depth) ? this.boundVerdict() : { kind: "fixpoint" });
  }

  private boundVerdict(): Verdict {
    return { kind: "depth", depth: this.options.depth };
  }
}
