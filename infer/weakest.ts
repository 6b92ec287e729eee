/**
 * The weakest contract that holds: for every transition a recipe of which nothing can be left out.
 *
 * It begins with a contract that a long search finds nothing against; a row that the search refutes owes what `always`
 * does. Then one transition after another owes less, down the order of recipes (`recipes.ts`), as long as a search
 * behind that change finds nothing; what it finds is kept, and refutes every weaker recipe too. At last the contract as
 * it came out is searched again, long; where something is found, the transition that can prevent it takes back what it
 * owed, and goes down another way. The end is a contract in which every recipe stands, and every recipe next below one
 * of them is refuted by a sequence. There may be several such contracts: transitions from entries that were not
 * present come first, so these owe the least, and the others what is then due.
 */

import { sampleGenes } from "../commands/arbitrary.js";
import { STRIDE } from "../commands/command.js";
import { makeEntry } from "../corpus/make.js";
import { type Geometry, geometryOf } from "../models/geometry.js";
import { allContexts } from "../models/start.js";
import { loadContract } from "../rules/load.js";
import { CACHE_NAMES, type CacheName, type Contract, TRANSITIONS, transitionName } from "../rules/vocabulary.js";
import { type Coverage, emptyCoverage, type Failure, type RunCell, Runner, SERVED } from "../search/runner.js";
import { seedOf } from "../search/seed.js";
import { withoutCommands } from "../shrinkers/candidate.js";
import { culprit } from "../verdicts/check.js";
import { version } from "../verdicts/version.js";
import { isWeaker, NOTHING, type Recipe, Recipes, recipeKey } from "./recipes.js";
import { waysToTransitions } from "./ways.js";

/** What the command line infers by where nothing else is said. */
export const INFER_DEFAULTS = { commands: 2_000, wholeFactor: 25 } as const;

export interface InferOptions {
  seed: string;
  /** Commands of a search behind one change, and of the search of the whole contract. */
  commands: number;
  whole: number;
  geometry?: Geometry;
  shouldStop?: () => boolean;
  onProgress?: (what: string) => void;
}

/** A recipe next below the one that holds, and the sequence that fails under it; null: none was found. */
export interface Refutation {
  owes: Recipe;
  commands: Float64Array | null;
}

export interface Inferred {
  /** Position in `TRANSITIONS`. */
  transition: number;
  owes: Recipe;
  refuted: readonly Refutation[];
  /** Whether there is a way to the change at all; where there is none it owes what it owed before. */
  isReached: boolean;
  /** How often the change was in the last search of the whole contract. */
  changes: number;
  /** Caches that held what was stale behind one of them. */
  stale: readonly CacheName[];
}

export interface Weakest {
  contract: Contract;
  /** By transition. */
  rows: Inferred[];
  /** Commands for which the whole contract was searched as it is, without finding anything. */
  whole: number;
  /** Sequences that no recipe of the transitions in them prevents: nothing that can be owed here is enough. */
  beyond: Float64Array[];
  /** Rows of the contract that it began with which were too weak, and the sequences that showed it. */
  raised: { transition: number; commands: Float64Array }[];
  stopped: boolean;
}

/**
 * Transitions from what was not there come first, and owe more only where no other can: that these owe little is what
 * contracts are about.
 */
const FIRST = ["np->p", "np->malformed", "malformed->np", "malformed->p", "gain"];

export function weakestContract(cell: RunCell, options: InferOptions): Weakest {
  return new Inference(cell, options).run();
}

/** Sequences a batch of a search. */
const BATCH = 100;
/** Genes behind a way. */
const BEHIND = 24;
/** Times that all transitions go down and the whole is searched; what is not settled then is said to be so. */
const ROUNDS = 24;
const MOST_EFFORT = 16;
/** The first searches of the whole are of this share: what is much too weak shows soon. */
const FIRST_WHOLE = 1 / 8;

class Inference {
  private readonly geometry: Geometry;
  private readonly recipes: readonly [other: Recipes, stage2: Recipes];
  private readonly ways: readonly Float64Array[][];
  /** By transition: what it owed, the first and strongest first; the last is what it owes now. */
  private readonly owed: Recipe[][];
  /** By transition: recipes that failed, and the sequences that showed it. */
  private readonly refuted: Recipe[][] = TRANSITIONS.map(() => []);
  private readonly witnesses: Float64Array[][] = TRANSITIONS.map(() => []);
  /** By transition: how many times as long it is searched behind; doubled when a search has let too much pass. */
  private readonly effort: number[] = TRANSITIONS.map(() => 1);
  private readonly beyond: Float64Array[] = [];
  private readonly raised: Weakest["raised"] = [];
  private hasBegun = false;
  /** Commands since the whole contract last changed. */
  private clean = 0;
  private coverage: Coverage = emptyCoverage();

  constructor(
    private readonly cell: RunCell,
    private readonly options: InferOptions,
  ) {
    const { architecture, contract } = cell;
    this.geometry = options.geometry ?? geometryOf();
    this.recipes = [new Recipes(architecture, false), new Recipes(architecture, true)];
    const always = loadContract("always", {}, architecture);
    if (!always.ok) throw new Error("the contract `always` is not for every unit");
    this.owed = TRANSITIONS.map((_, at) => {
      const [most, base] = [always.value, contract].map(({ rules }) =>
        this.recipesOf(at).canonical(rules[at]!.stages),
      ) as [Recipe, Recipe];
      return recipeKey(most) === recipeKey(base) ? [most] : [most, base];
    });
    this.ways = waysToTransitions(this.geometry, options.seed);
  }

  run(): Weakest {
    // What everyone owes everything is not in doubt; another contract may be too weak.
    this.validate(0, this.owed.every((owed) => owed.length === 1) ? FIRST_WHOLE : 1);
    this.hasBegun = true;
    let share = FIRST_WHOLE;
    for (let round = 1; round < ROUNDS && !this.isStopped(); round++) {
      for (const at of inOrder()) this.descend(at);
      const isSame = this.validate(round, share);
      if (!isSame || this.reopen() > 0) continue;
      if (share === 1) break;
      share = Math.min(1, 2 * share);
    }
    // What could not be prevented then may have been since, by what was raised for another reason.
    const runner = this.runnerNow();
    const beyond = this.beyond.filter((sequence) => runner.runCommands(sequence) !== null);
    if (beyond.length > 0) this.unsearched();
    const rows = TRANSITIONS.map((_, at) => this.row(at));
    const { raised, clean } = this;
    return { contract: this.contractNow(), rows, whole: clean, beyond, raised, stopped: this.isStopped() };
  }

  private row(transition: number): Inferred {
    const owes = this.owes(transition);
    const refuted = this.recipesOf(transition)
      .below(owes)
      .map((weaker) => ({ owes: weaker, commands: this.witnessAgainst(transition, weaker) }));
    const { transitions, stale } = this.coverage;
    const isReached = this.ways[transition]!.length > 0;
    return {
      transition,
      owes,
      refuted: isReached ? refuted : [],
      isReached,
      changes: transitions[transition]!,
      stale: CACHE_NAMES.filter((_, cache) => stale[transition * CACHE_NAMES.length + cache]! > 0),
    };
  }

  /** Lets those be tried again that nothing refutes as things stand now; how many. */
  private reopen(): number {
    let count = 0;
    for (const at of inOrder()) {
      const open = this.recipesOf(at)
        .below(this.owes(at))
        .filter((weaker) => this.witnessAgainst(at, weaker) === null);
      if (open.length === 0 || this.ways[at]!.length === 0) continue;
      this.refuted[at] = this.refuted[at]!.filter((failed) => !open.some((weaker) => isWeaker(weaker, failed)));
      count++;
    }
    return count;
  }

  private isStopped(): boolean {
    return this.options.shouldStop?.() === true;
  }

  private owes(transition: number): Recipe {
    return this.owed[transition]!.at(-1)!;
  }

  private recipesOf(transition: number): Recipes {
    return this.recipes[TRANSITIONS[transition]!.stage === 2 ? 1 : 0];
  }

  private contractNow(): Contract {
    const { contract } = this.cell;
    const rules = contract.rules.map((rule, at) => ({ ...rule, id: ruleId(at), stages: this.owes(at) }));
    return { ...contract, name: `inferred-${this.cell.architecture.name}`, parameters: {}, rules };
  }

  private runnerWith(transition: number, owes: Recipe): Runner {
    const contract = contractOwing(this.contractNow(), transition, owes);
    return new Runner({ ...this.cell, contract }, this.geometry);
  }

  private runnerNow(): Runner {
    return new Runner({ ...this.cell, contract: this.contractNow() }, this.geometry);
  }

  /** Owes less and less, until every recipe next below is refuted. */
  private descend(at: number): void {
    if (this.ways[at]!.length === 0) return;
    let next = this.next(at);
    while (next !== null && !this.isStopped()) {
      this.options.onProgress?.(transitionName(TRANSITIONS[at]!));
      if (this.stands(at, next)) {
        this.owed[at]!.push(next);
        this.unsearched();
      }
      next = this.next(at);
    }
  }

  /** The next recipe to try: far down first, and what others owe; null when all next below are refuted. */
  private next(at: number): Recipe | null {
    const current = this.owes(at);
    const recipes = this.recipesOf(at);
    const isStage2 = TRANSITIONS[at]!.stage === 2;
    const others = TRANSITIONS.flatMap(({ stage }, other) => ((stage === 2) === isStage2 ? [this.owes(other)] : []));
    const known = new Map(others.map((recipe) => [recipeKey(recipe), recipe]));
    const far = [NOTHING, ...[...known.values()].sort((a, b) => recipeKey(a).length - recipeKey(b).length)];
    const leaps = jumps(current)
      .map((jump) => recipes.canonical(jump))
      .filter((jump) => jump !== null);
    const tries = [...far, ...leaps, ...recipes.below(current)];
    const isBelow = (recipe: Recipe): boolean => isWeaker(recipe, current) && !isWeaker(current, recipe);
    return tries.find((recipe) => isBelow(recipe) && !this.isRefuted(at, recipe)) ?? null;
  }

  private isRefuted(at: number, recipe: Recipe): boolean {
    return this.refuted[at]!.some((failed) => isWeaker(recipe, failed));
  }

  /** Whether nothing is found against a recipe; what is found and breaks the contract without it too is prevented. */
  private stands(at: number, recipe: Recipe): boolean {
    const runner = this.runnerWith(at, recipe);
    const known = this.witnesses[at]!.find((witness) => runner.runCommands(witness) !== null);
    const behind = known === undefined ? this.searchBehind(at, recipe, runner) : null;
    const found = known ?? (behind === null ? null : shortened(runner, behind));
    if (found === null) return true;
    if (this.runnerNow().runCommands(found) !== null && this.prevent(found)) return false;
    if (known === undefined) this.witnesses[at]!.push(found);
    this.refuted[at]!.push(recipe);
    return false;
  }

  private searchBehind(at: number, recipe: Recipe, runner: Runner): Float64Array | null {
    const ways = this.ways[at]!;
    const name = `${transitionName(TRANSITIONS[at]!)}: ${recipeKey(recipe)}`;
    const commands = this.effort[at]! * this.options.commands;
    for (let batch = 0; runner.commandCount < commands; batch++) {
      for (const [number, genes] of sampleGenes(seedOf(this.options.seed, name, batch), BATCH).entries()) {
        const failure = runBehind(runner, ways, number, genes);
        if (failure !== null) return runner.commands.slice(0, runner.length * STRIDE);
        if (runner.commandCount >= commands) break;
      }
    }
    return null;
  }

  /** A sequence that fails if one transition owes this; found before, for it or for a stronger one. */
  private witnessAgainst(at: number, recipe: Recipe): Float64Array | null {
    const runner = this.runnerWith(at, recipe);
    for (const witness of this.witnesses[at]!) {
      const failure = runner.runCommands(witness);
      if (failure !== null) return witness.slice(0, (failure.step + 1) * STRIDE);
    }
    return null;
  }

  /**
   * Searches the contract as it is now, half of it behind changes, each as often; what is found is prevented by one
   * transition that owes more. Whether nothing was found.
   */
  private validate(round: number, share: number): boolean {
    const { seed } = this.options;
    const whole = share * this.options.whole;
    const ways = this.ways.flat();
    let isSame = this.preventKnown();
    let runner = this.runnerNow();
    let before = 0;
    for (let batch = 0; runner.commandCount < whole && !this.isStopped(); batch++) {
      this.options.onProgress?.("the whole contract");
      for (const [number, genes] of sampleGenes(seedOf(seed, `whole ${round}`, batch), BATCH).entries()) {
        const run = batch * BATCH + number;
        const failure = run % 2 === 0 ? runner.runGenes(genes) : runBehind(runner, ways, (run - 1) / 2, genes);
        if (failure === null) continue;
        const sequence = shortened(runner, runner.commands.slice(0, runner.length * STRIDE));
        isSame = false;
        if (!this.prevent(sequence)) {
          this.unsearched();
          return false;
        }
        before = runner.commandCount;
        runner = this.runnerNow();
        runner.commandCount = before;
      }
    }
    this.coverage = runner.coverage;
    this.clean = runner.commandCount - before;
    return isSame;
  }

  /** What was searched is not what stands now. */
  private unsearched(): void {
    this.clean = 0;
    this.coverage = emptyCoverage();
  }

  /** What was found before, against one recipe or another, must not break the contract. Whether it did not. */
  private preventKnown(): boolean {
    let isSame = true;
    let runner = this.runnerNow();
    for (const witness of this.witnesses.flat()) {
      if (runner.runCommands(witness) === null) continue;
      isSame = false;
      if (!this.prevent(witness)) continue;
      runner = this.runnerNow();
    }
    return isSame;
  }

  /**
   * Raises one transition of the sequence to what it owed before and what prevents it. Those of `FIRST` come last; of
   * the others that of the change that made the value stale comes first, then the latest. False: none can.
   */
  private prevent(sequence: Float64Array): boolean {
    const runner = this.runnerNow();
    const met = transitionsIn(runner, sequence).reverse();
    const blamed = this.culprit(runner, sequence);
    const inTurn = [...blamed, ...met].sort((a, b) => rank(b) - rank(a));
    for (const at of new Set(inTurn)) {
      const owed = this.owed[at]!;
      for (let last = owed.length - 2; last >= 0; last--) {
        if (this.runnerWith(at, owed[last]!).runCommands(sequence) !== null) continue;
        if (!this.hasBegun) this.raised.push({ transition: at, commands: sequence });
        owed.length = last + 1;
        this.effort[at] = Math.min(MOST_EFFORT, 2 * this.effort[at]!);
        this.witnesses[at]!.push(sequence);
        // Where this one owes more, what was refuted of the others may hold.
        for (const failed of this.refuted) failed.length = 0;
        return true;
      }
    }
    this.beyond.push(sequence);
    return false;
  }

  /** The transition of the change that made the value stale, if it is known. */
  private culprit(runner: Runner, sequence: Float64Array): number[] {
    const failure = runner.runCommands(sequence);
    if (failure === null) return [];
    const found = { seed: this.options.seed, run: 0, version: version(), lengthBefore: 0 };
    const start = allContexts(this.geometry);
    const { cell } = runner;
    const entry = makeEntry({
      cell,
      geometry: this.geometry,
      start,
      commands: sequence,
      failure,
      found,
      minimal: null,
    });
    const id = culprit(entry);
    return TRANSITIONS.flatMap((_, at) => (ruleId(at) === id ? [at] : []));
  }
}

/** In the order in which they first occur. */
function transitionsIn({ machine }: Runner, sequence: Float64Array): number[] {
  const met = new Set<number>();
  machine.reset();
  for (let at = 0; at * STRIDE < sequence.length; at++) {
    machine.step(sequence, at);
    if (machine.note.transition >= 0) met.add(machine.note.transition);
  }
  return [...met];
}

/** The contract with one transition owing this. */
export function contractOwing(contract: Contract, transition: number, stages: Recipe): Contract {
  return { ...contract, rules: contract.rules.with(transition, { ...contract.rules[transition]!, stages }) };
}

/** `s1-leaf-np-p`: an id that says the transition. */
export function ruleId(at: number): string {
  return transitionName(TRANSITIONS[at]!).replace("stage ", "s").replaceAll(/ |->/g, "-");
}

/** Every way with every service in turn. */
function runBehind(
  runner: Runner,
  ways: readonly Float64Array[],
  run: number,
  genes: readonly number[],
): Failure | null {
  const served = SERVED[Math.floor(run / ways.length) % SERVED.length]!;
  return runner.runBehind(ways[run % ways.length]!, served, genes.slice(0, BEHIND));
}

/** Place among those that owe as little as can be; behind all of them for the others. */
function rank(at: number): number {
  const place = FIRST.indexOf(TRANSITIONS[at]!.change);
  return place < 0 ? FIRST.length : place;
}

function inOrder(): number[] {
  return TRANSITIONS.map((_, at) => at).sort((a, b) => rank(a) - rank(b));
}

/** Far steps down: all words at their narrowest, a stage fewer. */
function jumps(recipe: Recipe): Recipe[] {
  const narrow = recipe.map((stage) =>
    stage.map((scope) => ({ ...scope, range: "affected", process: "own", global: "if-global" }) as const),
  );
  return [narrow, ...recipe.map((_, at) => recipe.toSpliced(at, 1))];
}

/** What fails, with no command that can be left out. */
function shortened(runner: Runner, sequence: Float64Array): Float64Array {
  let best = sequence;
  for (let at = best.length / STRIDE - 1; at >= 0; at--) {
    const shorter = withoutCommands(best, at, 1);
    const failure: Failure | null = runner.runCommands(shorter);
    if (failure !== null) best = shorter.slice(0, (failure.step + 1) * STRIDE);
    at = Math.min(at, best.length / STRIDE);
  }
  return best;
}
