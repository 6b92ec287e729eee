/**
 * A verdict on one cell: whether any sequence of a scope's moves breaks a property, and the shortest one that does.
 *
 * Requests are proved one by one (`slice.ts`), of those that a renaming of the start state exchanges one; first with
 * strangers in the place of the others, where that can be; if that meets a violation, without. Requests are searched by
 * levels, side by side, so that what fails soon is found soon. Where no depth is asked for, after a while each is
 * searched with the newest state first, which comes to large sets early and so to a fixpoint; if that meets a
 * violation, the search by levels goes on to the shortest one. A violation counts when the full models show it in a run
 * from the start; if they do not, all is searched anew without slices.
 *
 * With threads, requests go to threads of their own once they are large (`crew.ts`). All here stays as it is: what a
 * thread has searched ahead counts when its request has its turn.
 */

import { STRIDE } from "../commands/command.js";
import type { Geometry } from "../models/geometry.js";
import { TRANSITIONS } from "../rules/vocabulary.js";
import { type Failure, type RunCell, Runner } from "../search/runner.js";
import type { Move } from "./alphabet.js";
import type { Saved } from "./checkpoint.js";
import { Crew, type CrewOptions } from "./crew.js";
import { Proof, type ProofOptions } from "./proof.js";
import { representatives } from "./representatives.js";
import { RequestSearch } from "./request-search.js";
import type { Scope } from "./scope.js";
import { mayHaveStrangers, type Request, type Slicing } from "./slice.js";

export interface ProverOptions {
  geometry: Geometry;
  scope: Scope;
  /** Most moves of a sequence; infinite for a fixpoint. */
  depth: number;
  /** Reductions that are switched off. */
  without?: readonly Reduction[];
  /** Requests are searched side by side, by a caller that waits for `ready` and ends with `close`; else one by one. */
  crew?: CrewOptions;
  /** Others than `AFTER`, for tests. */
  after?: typeof AFTER;
}

export const REDUCTIONS = ["symmetry", "subsumption", "slicing", "serving"] as const;
export type Reduction = (typeof REDUCTIONS)[number];

export type Verdict =
  | { kind: "fixpoint" }
  | { kind: "depth"; depth: number }
  | { kind: "fails"; commands: Float64Array; failure: Failure; moves: number }
  /** A model has no room for what it should hold, so nothing is known beyond. */
  | { kind: "capacity" };

/**
 * States that are expanded, a request, before the search that takes the newest first has its turn, and before threads
 * are started: until a thread runs at full speed it takes as long as for so many states.
 */
const AFTER = { deepest: 100, threads: 3000 };

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
  private breadths: (RequestSearch | null)[] = [];
  /** The search for a fixpoint of request `at`; none while levels are searched. */
  private deepest: RequestSearch | null = null;
  private at = -1;
  private mayDeepen = false;
  private slicing: Slicing = "none";
  private best: Failing | null = null;
  /** The threads; none before there is much to search. */
  private crew: Crew | null = null;
  /** By request: searches for a fixpoint that have begun in threads before their turn. */
  private begun: (RequestSearch | undefined)[] = [];
  private readonly formerCrews: Promise<void>[] = [];

  constructor(
    readonly cell: RunCell,
    readonly options: ProverOptions,
  ) {
    if (this.isWithout("slicing")) this.start("none", [null]);
    else this.start("exact", representatives(cell, options.geometry, options.scope));
    const { machine } = new Runner(cell, options.geometry);
    if (this.slicing === "exact" && mayHaveStrangers(machine, options.scope)) this.start("strangers", this.requests);
  }

  /** Searches anew, with these slices. */
  private start(slicing: Slicing, requests: (Request | null)[]): void {
    this.leaveCrew();
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
  async save(): Promise<Saved> {
    const { slicing, requests, expanded, doneStates, doneTransitions, at, mayDeepen, best } = this;
    const all = (): Promise<(Saved | null)[]> =>
      Promise.all([...this.breadths, this.deepest].map((search) => search?.save() ?? null));
    const parts = await (this.crew === null ? all() : this.crew.paused(all));
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
      const search = isDeepest ? this.deepest! : this.breadths[number]!;
      search.resume({ scalars: part.scalars, arrays: saved.arrays.slice(from, from + part.arrays) });
      from += part.arrays;
    }
  }

  private isWithout(reduction: Reduction): boolean {
    return this.options.without?.includes(reduction) ?? false;
  }

  private begin(request: Request | null, order: ProofOptions["order"]): RequestSearch {
    const { geometry, scope, depth } = this.options;
    const proof = new Proof(this.cell, {
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
    return new RequestSearch(proof, this.met);
  }

  private get after(): typeof AFTER {
    return this.options.after ?? AFTER;
  }
  private get shallow(): number {
    return this.after.deepest * this.requests.length;
  }
  private get running(): RequestSearch[] {
    const searches = this.breadths.filter((search) => search !== null);
    return this.deepest === null ? searches : [...searches, this.deepest];
  }
  get states(): number {
    return this.running.reduce((sum, { figures }) => sum + figures.stateCount, this.doneStates);
  }
  get transitions(): number {
    return this.running.reduce((sum, { figures }) => sum + figures.transitions, this.doneTransitions);
  }
  get bytes(): number {
    return this.running.reduce((sum, { figures }) => sum + figures.bytes, 0);
  }
  /** Moves up to which every request was searched by levels. */
  get depth(): number {
    return Math.min(...this.running.filter((search) => search !== this.deepest).map(({ figures }) => figures.depth));
  }
  /** The moves of a step, and those of one request's search. */
  get moves(): readonly Move[] {
    return this.running[0]?.moves ?? [];
  }

  /** Goes on by up to `portion` states, always the same number; the verdict when there is one. */
  advance(portion: number): Verdict | null {
    if (this.verdict !== null) return this.verdict;
    if (this.deepest !== null) this.goDeeper(this.deepest, portion);
    else if (this.mayDeepen && this.expanded >= this.shallow) this.deepen();
    else this.goByLevels(portion);
    return this.verdict;
  }

  /** Until `advance` has something to go on with; throws where a thread is lost. */
  async ready(): Promise<void> {
    await this.crew?.ready();
  }

  /** Ends all threads. */
  async close(): Promise<void> {
    await Promise.all([...this.formerCrews, this.crew?.close()]);
  }

  /** The request that is behind the others, up to the end of its level. */
  private goByLevels(portion: number): void {
    let behind = -1;
    for (const [at, search] of this.breadths.entries()) {
      if (search === null || (this.best !== null && search.figures.depth >= this.best.moves - 1)) continue;
      if (behind < 0 || search.figures.depth < this.breadths[behind]!.figures.depth) behind = at;
    }
    if (behind < 0) {
      this.decide();
      return;
    }
    if (this.isLarge(this.expanded / this.requests.length)) this.moveOut(this.running, portion);
    const search = this.breadths[behind]!;
    const before = search.figures.expansions;
    // When the other search has its turn must not depend on the portions.
    const room = this.mayDeepen ? Math.min(portion, this.shallow - this.expanded) : portion;
    const progress = search.advance(room);
    this.expanded += search.figures.expansions - before;
    if (progress === "waiting") this.crew!.want(search);
    else if (progress === "capacity") this.verdict = { kind: "capacity" };
    else if (progress === "violation") this.broken(search, behind);
    else if (progress !== "running") this.finish(behind);
  }

  /** Whether threads are worth their start, when so many states were expanded a request. */
  private isLarge(expanded: number): boolean {
    const { crew } = this.options;
    const hasCores = this.crew === null && crew !== undefined && crew.threads > 1;
    return hasCores && !(this.mayDeepen && this.deepest === null) && this.open > 1 && expanded >= this.after.threads;
  }

  /** Requests that are not through. */
  private get open(): number {
    return this.breadths.filter((search) => search !== null).length;
  }

  private moveOut(searches: readonly RequestSearch[], portion: number): void {
    this.crew = new Crew(this.options.crew!, portion);
    for (const search of searches) this.crew.add(search);
  }

  private leaveCrew(): void {
    if (this.crew !== null) this.formerCrews.push(this.crew.close());
    this.crew = null;
    this.begun = [];
  }

  private decide(): void {
    const { depth } = this.options;
    this.verdict = this.best ?? (Number.isFinite(depth) ? { kind: "depth", depth } : { kind: "fixpoint" });
  }

  /** A request's search by levels is over. */
  private finish(at: number): void {
    const search = this.breadths[at]!;
    this.doneStates += search.figures.stateCount;
    this.doneTransitions += search.figures.transitions;
    this.breadths[at] = null;
    this.crew?.dismiss(search);
  }

  private broken(search: RequestSearch, at: number): void {
    if (this.slicing === "strangers") {
      this.start("exact", this.requests);
      return;
    }
    const commands = Float64Array.from(search.path!);
    const failure = this.confirmed(commands);
    if (failure === null) return;
    // The others are searched for a shorter one alone.
    this.mayDeepen = false;
    this.best = {
      kind: "fails",
      commands: commands.subarray(0, (failure.step + 1) * STRIDE),
      failure,
      moves: search.figures.depth + 1,
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
    this.at = this.breadths.findIndex((search) => search !== null);
    if (this.at < 0) this.decide();
    else this.deepest = this.begun[this.at] ?? this.begin(this.requests[this.at]!, "deepest");
  }

  /** The search in hand goes on in a thread, and those of the requests behind it begin in threads of their own. */
  private deepenAhead(search: RequestSearch, portion: number): void {
    this.begun = this.breadths.map((breadth, at) => {
      if (at === this.at) return search;
      return breadth === null ? undefined : this.begin(this.requests[at]!, "deepest");
    });
    this.moveOut(
      this.begun.filter((one) => one !== undefined),
      portion,
    );
  }

  private goDeeper(search: RequestSearch, portion: number): void {
    if (this.isLarge(search.figures.expansions)) this.deepenAhead(search, portion);
    const progress = search.advance(portion);
    if (progress === "waiting") this.crew!.want(search);
    if (progress === "running" || progress === "waiting") return;
    this.deepest = null;
    this.doneTransitions += search.figures.transitions;
    this.crew?.dismiss(search);
    if (progress === "capacity") this.verdict = { kind: "capacity" };
    else if (progress === "violation" && this.slicing === "strangers") this.start("exact", this.requests);
    else if (progress === "violation") {
      // There may be a shorter one: the search by levels goes on.
      if (this.confirmed(Float64Array.from(search.path!)) === null) return;
      this.mayDeepen = false;
      this.leaveCrew();
    } else {
      this.doneTransitions += this.breadths[this.at]!.figures.transitions;
      this.doneStates += search.figures.stateCount;
      this.breadths[this.at] = null;
    }
  }
}
