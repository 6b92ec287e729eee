/**
 * A verdict on one cell: whether any sequence of a scope's moves breaks a property, and the shortest one that does.
 *
 * Requests are proved one by one (`slice.ts`), of those that a renaming of the start state exchanges one; first with
 * strangers in the place of the others, where that can be; if that meets a violation, without. Requests are searched by
 * levels, side by side, so that what fails soon is found soon. Where no depth is asked for, after a while each is
 * searched with the newest state first, which comes to large sets early and so to a fixpoint; if that meets a
 * violation, the search by levels goes on to the shortest one. A violation counts when the full models show it in a run
 * from the start; if they do not, all is searched anew without slices.
 */

import { STRIDE } from "../commands/command.js";
import type { Geometry } from "../models/geometry.js";
import { TRANSITIONS } from "../rules/vocabulary.js";
import { type Failure, type RunCell, Runner } from "../search/runner.js";
import type { Move } from "./alphabet.js";
import type { Saved } from "./checkpoint.js";
import { Proof, type ProofOptions } from "./proof.js";
import { representatives } from "./representatives.js";
import type { Scope } from "./scope.js";
import { mayHaveStrangers, type Request, type Slicing } from "./slice.js";

export interface ProverOptions {
  geometry: Geometry;
  scope: Scope;
  /** Most moves of a sequence; infinite for a fixpoint. */
  depth: number;
  /** Reductions that are switched off. */
  without?: readonly Reduction[];
}

export const REDUCTIONS = ["symmetry", "subsumption", "slicing", "serving"] as const;
export type Reduction = (typeof REDUCTIONS)[number];

export type Verdict =
  | { kind: "fixpoint" }
  | { kind: "depth"; depth: number }
  | { kind: "fails"; commands: Float64Array; failure: Failure; moves: number }
  /** A model has no room for what it should hold, so nothing is known beyond. */
  | { kind: "capacity" };

/** States that the search by levels expands, a request, before the one that takes the newest first has its turn. */
const SHALLOW = 100;

/** What a checkpoint holds of a prover beside its arrays; of each proof how many arrays it has. */
interface Scalars {
  slicing: Slicing;
  requests: (Request | null)[];
  expanded: number;
  doneStates: number;
  doneTransitions: number;
  at: number;
  mayDeepen: boolean;
  met: number[];
  best: { commands: number[]; moves: number } | null;
  proofs: ({ scalars: unknown; arrays: number } | null)[];
}

type Failing = Verdict & { kind: "fails" };

export class Prover {
  verdict: Verdict | null = null;
  /** By transition: 1 for those that occurred in the search. */
  readonly met = new Uint8Array(TRANSITIONS.length);
  /** Expanded so far by levels; the states and moves of searches that are over. */
  private expanded = 0;
  private doneStates = 0;
  private doneTransitions = 0;
  private requests: (Request | null)[] = [];
  /** By request: the search by levels, null when it has nothing more to find. */
  private breadths: (Proof | null)[] = [];
  /** The search for a fixpoint of request `at`; none while levels are searched. */
  private deepest: Proof | null = null;
  private at = -1;
  private mayDeepen = false;
  private slicing: Slicing = "none";
  private best: Failing | null = null;

  constructor(
    readonly cell: RunCell,
    readonly options: ProverOptions,
  ) {
    if (this.isWithout("slicing")) this.start("none", [null]);
    else this.start("exact", representatives(cell, options.geometry, options.scope));
    const { machine } = this.running[0]!;
    if (this.slicing === "exact" && mayHaveStrangers(machine, options.scope)) this.start("strangers", this.requests);
  }

  /** Searches anew, with these slices. */
  private start(slicing: Slicing, requests: (Request | null)[]): void {
    this.slicing = slicing;
    this.requests = requests;
    this.expanded = 0;
    this.doneStates = 0;
    this.best = null;
    this.deepest = null;
    this.at = -1;
    // Without subsumption the order is worth nothing.
    this.mayDeepen = !Number.isFinite(this.options.depth) && !this.isWithout("subsumption");
    this.breadths = requests.map((request) => this.begin(request, "breadth"));
  }

  /** All that the search has come to, for a checkpoint. */
  save(): Saved {
    const { slicing, requests, expanded, doneStates, doneTransitions, at, mayDeepen, best } = this;
    const parts = [...this.breadths, this.deepest].map((proof) => proof?.save() ?? null);
    const scalars: Scalars = {
      ...{ slicing, requests, expanded, doneStates, doneTransitions, at, mayDeepen },
      met: Array.from(this.met),
      best: best === null ? null : { commands: Array.from(best.commands), moves: best.moves },
      proofs: parts.map((part) => part && { scalars: part.scalars, arrays: part.arrays.length }),
    };
    return { scalars, arrays: parts.flatMap((part) => part?.arrays ?? []) };
  }

  /** Goes on with what `save` gave, of the same cell and options. */
  resume(saved: Saved): void {
    const { proofs, best, met, ...rest } = saved.scalars as Scalars;
    this.start(rest.slicing, rest.requests);
    this.met.set(met);
    Object.assign(this, rest);
    if (best !== null) {
      const commands = Float64Array.from(best.commands);
      const failure = new Runner(this.cell, this.options.geometry).runCommands(commands);
      if (failure === null) throw new Error("a counterexample of a checkpoint does not fail");
      this.best = { kind: "fails", commands, failure, moves: best.moves };
    }
    let from = 0;
    for (const [number, part] of proofs.entries()) {
      const isDeepest = number === proofs.length - 1;
      if (part === null && !isDeepest) this.breadths[number] = null;
      if (part === null) continue;
      if (isDeepest) this.deepest = this.begin(this.requests[this.at]!, "deepest");
      const proof = isDeepest ? this.deepest! : this.breadths[number]!;
      proof.resume({ scalars: part.scalars, arrays: saved.arrays.slice(from, from + part.arrays) });
      from += part.arrays;
    }
  }

  private isWithout(reduction: Reduction): boolean {
    return this.options.without?.includes(reduction) ?? false;
  }

  private begin(request: Request | null, order: ProofOptions["order"]): Proof {
    const { geometry, scope, depth } = this.options;
    return new Proof(this.cell, {
      geometry,
      scope,
      depth,
      symmetry: !this.isWithout("symmetry"),
      subsumption: !this.isWithout("subsumption"),
      serving: !this.isWithout("serving"),
      slicing: this.slicing,
      request,
      order,
      met: this.met,
    });
  }

  private get shallow(): number {
    return SHALLOW * this.requests.length;
  }
  private get running(): Proof[] {
    const proofs = this.breadths.filter((proof) => proof !== null);
    return this.deepest === null ? proofs : [...proofs, this.deepest];
  }
  get states(): number {
    return this.running.reduce((sum, { stateCount }) => sum + stateCount, this.doneStates);
  }
  get transitions(): number {
    return this.running.reduce((sum, { transitions }) => sum + transitions, this.doneTransitions);
  }
  get bytes(): number {
    return this.running.reduce((sum, { bytes }) => sum + bytes, 0);
  }
  /** Moves up to which every request was searched by levels. */
  get depth(): number {
    return Math.min(...this.running.filter((proof) => proof !== this.deepest).map(({ depth }) => depth));
  }
  /** The moves of a step, and those of one request's search. */
  get moves(): readonly Move[] {
    return this.running[0]?.moves ?? [];
  }

  /** Goes on by up to `portion` states; the verdict when there is one. */
  advance(portion: number): Verdict | null {
    if (this.verdict !== null) return this.verdict;
    if (this.deepest !== null) this.goDeeper(this.deepest, portion);
    else if (this.mayDeepen && this.expanded >= this.shallow) this.deepen();
    else this.goByLevels(portion);
    return this.verdict;
  }

  /** The request that is behind the others, up to the end of its level. */
  private goByLevels(portion: number): void {
    let behind = -1;
    for (const [at, proof] of this.breadths.entries()) {
      if (proof === null || (this.best !== null && proof.depth >= this.best.moves - 1)) continue;
      if (behind < 0 || proof.depth < this.breadths[behind]!.depth) behind = at;
    }
    if (behind < 0) {
      this.decide();
      return;
    }
    const proof = this.breadths[behind]!;
    const before = proof.expansions;
    // When the other search has its turn must not depend on the portions.
    const room = this.mayDeepen ? Math.min(portion, this.shallow - this.expanded) : portion;
    const progress = proof.advance(room);
    this.expanded += proof.expansions - before;
    if (progress === "capacity") this.verdict = { kind: "capacity" };
    else if (progress === "violation") this.broken(proof, behind);
    else if (progress !== "running") this.finish(behind);
  }

  private decide(): void {
    const { depth } = this.options;
    this.verdict = this.best ?? (Number.isFinite(depth) ? { kind: "depth", depth } : { kind: "fixpoint" });
  }

  /** A request's search by levels is over. */
  private finish(at: number): void {
    const proof = this.breadths[at]!;
    this.doneStates += proof.stateCount;
    this.doneTransitions += proof.transitions;
    this.breadths[at] = null;
  }

  private broken(proof: Proof, at: number): void {
    if (this.slicing === "strangers") {
      this.start("exact", this.requests);
      return;
    }
    const commands = proof.path();
    const failure = this.confirmed(commands);
    if (failure === null) return;
    // The others are searched for a shorter one alone.
    this.mayDeepen = false;
    this.best = {
      kind: "fails",
      commands: commands.subarray(0, (failure.step + 1) * STRIDE),
      failure,
      moves: proof.depth + 1,
    };
    this.finish(at);
  }

  /** The failure of the full models; if there is none the slices are given up. */
  private confirmed(commands: Float64Array): Failure | null {
    const failure = new Runner(this.cell, this.options.geometry).runCommands(commands);
    if (failure === null && this.slicing === "none")
      throw new Error("a violation was not met again by a run from the start");
    if (failure === null) this.start("none", [null]);
    return failure;
  }

  /** The next request's search for a fixpoint; those that are through have no more to find by levels either. */
  private deepen(): void {
    this.at = this.breadths.findIndex((proof) => proof !== null);
    if (this.at < 0) this.decide();
    else this.deepest = this.begin(this.requests[this.at]!, "deepest");
  }

  private goDeeper(proof: Proof, portion: number): void {
    const progress = proof.advance(portion);
    if (progress === "running") return;
    this.deepest = null;
    this.doneTransitions += proof.transitions;
    if (progress === "capacity") this.verdict = { kind: "capacity" };
    else if (progress === "violation" && this.slicing === "strangers") this.start("exact", this.requests);
    else if (progress === "violation") {
      // There may be a shorter one: the search by levels goes on.
      if (this.confirmed(proof.path()) !== null) this.mayDeepen = false;
    } else {
      this.doneTransitions += this.breadths[this.at]!.transitions;
      this.doneStates += proof.stateCount;
      this.breadths[this.at] = null;
    }
  }
}
