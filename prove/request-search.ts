/**
 * The search of one request, in this thread or in one of its own.
 *
 * A thread may be ahead: it has searched portions that nobody has asked for yet. What is seen from outside is as of the
 * last one that was asked for, whichever thread searches; so threads change nothing of what a prover comes to.
 */

import type { Move } from "./alphabet.js";
import type { Saved } from "./checkpoint.js";
import type { Progress, Proof } from "./proof.js";
import { type Figures, figuresOf, type Step, stepOf } from "./step.js";
import { Thread } from "./thread.js";

/** What a checkpoint holds of a search beside its arrays: its portions ahead go with the states that they led to. */
interface Scalars {
  proof: unknown;
  figures: Figures;
  ahead: Step[];
}

export class RequestSearch {
  readonly moves: readonly Move[];
  /** As of the last portion that was asked for. */
  figures: Figures;
  /** The commands that lead to a violation, when there is one. */
  path: number[] | null = null;
  /** Portions that were searched before they were asked for. */
  private ahead: Step[] = [];
  /** None where a thread has it. */
  private proof: Proof | null;
  private thread: Thread | null = null;

  constructor(
    proof: Proof,
    private readonly met: Uint8Array,
  ) {
    this.proof = proof;
    this.moves = proof.moves;
    this.figures = figuresOf(proof);
  }

  /** Goes on by a portion; `waiting` where its thread has not come so far. */
  advance(portion: number): Progress | "waiting" {
    const step = this.ahead.shift() ?? (this.proof === null ? null : stepOf(this.proof, portion));
    if (step === null) return "waiting";
    const { progress, path, met, ...figures } = step;
    this.figures = figures;
    this.path = path;
    for (const transition of met) this.met[transition] = 1;
    return progress;
  }

  // --- in a thread ------------------------------------------------------------------------------------------------

  /** Goes on in a thread of its own. */
  moveOut(onStep: () => void, onLost: () => void): void {
    const { cell, options } = this.proof!;
    const { architecture, contract, strategies, shadow, properties } = cell;
    const { geometry, scope, met: _, ...rest } = options;
    this.thread = new Thread(
      {
        cell: { architecture, contract, strategies, shadow, properties },
        geometry: geometry.text,
        scope: scope.text,
        options: rest,
        saved: this.proof!.save(),
      },
      (step) => {
        this.ahead.push(step);
        onStep();
      },
      onLost,
    );
    this.proof = null;
  }

  searchAhead(portion: number): void {
    this.thread!.advance(portion);
  }

  get isAhead(): boolean {
    return this.ahead.length > 0;
  }
  /** As of the last portion that was searched. */
  get latest(): Figures {
    return this.ahead.at(-1) ?? this.figures;
  }
  /** Whether a portion is being searched, or nothing is left to search. */
  get isBusy(): boolean {
    return this.thread?.isBusy === true;
  }
  get isOver(): boolean {
    return this.isAhead && this.ahead.at(-1)!.progress !== "running";
  }
  get lost(): Thread["lost"] {
    return this.thread?.lost ?? null;
  }

  async close(): Promise<void> {
    await this.thread?.close();
  }

  // --- checkpoints ------------------------------------------------------------------------------------------------

  async save(): Promise<Saved> {
    const { scalars, arrays } = this.proof === null ? await this.thread!.save() : this.proof.save();
    const { figures, ahead } = this;
    const whole: Scalars = { proof: scalars, figures, ahead: [...ahead] };
    return { scalars: whole, arrays };
  }

  /** Goes on with what `save` gave, in this thread. */
  resume({ scalars, arrays }: Saved): void {
    const { proof, figures, ahead } = scalars as Scalars;
    this.proof!.resume({ scalars: proof, arrays });
    this.figures = figures;
    this.ahead = [...ahead];
  }
}
