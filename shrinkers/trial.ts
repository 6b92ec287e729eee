/**
 * The best candidate so far, and the one way to better it.
 *
 * Every pass works through `attempt`: it brings a proposal into canonical form, refuses what is not simpler by the sort
 * key or was judged before, asks whether it fails, and keeps it if so. Hence no pass can make things worse, go round in
 * circles or judge a candidate twice. When the bound on tries is reached every further attempt is refused; passes look
 * at `exhausted` to end early.
 */

import type { Limits } from "../commands/command.js";
import { type Candidate, commandCount, type Fails } from "./candidate.js";
import { makeCanonical } from "./canonical.js";
import { keyOf } from "./key.js";
import { compareCandidates } from "./order.js";

export class Trial {
  best: Candidate;
  /** Candidates judged, and how many of them were kept. */
  tries = 0;
  successes = 0;
  /** What was judged; at most `maxTries` and the first. */
  private readonly judged = new Set<string>();

  constructor(
    candidate: Candidate,
    private readonly fails: Fails,
    readonly limits: Limits,
    private readonly maxTries: number,
  ) {
    this.best = { commands: candidate.commands.slice(), start: candidate.start };
    makeCanonical(this.best.commands);
    this.judged.add(keyOf(this.best));
  }

  /** The bound on tries was reached. */
  get exhausted(): boolean {
    return this.tries >= this.maxTries;
  }

  get commands(): Float64Array {
    return this.best.commands;
  }

  get count(): number {
    return commandCount(this.best.commands);
  }

  /** Keeps the proposal if it is simpler than the best and fails; whether it did. Takes over `commands`. */
  attempt(commands: Float64Array, start: ReadonlySet<number> = this.best.start): boolean {
    if (this.exhausted) return false;
    makeCanonical(commands);
    const candidate = { commands, start };
    if (compareCandidates(candidate, this.best) >= 0) return false;
    const key = keyOf(candidate);
    if (this.judged.has(key)) return false;
    this.judged.add(key);
    this.tries++;
    if (!this.fails(candidate)) return false;
    this.successes++;
    this.best = candidate;
    return true;
  }
}
