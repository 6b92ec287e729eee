/**
 * The threads of a proof: which request's search goes on, and the wait for the one that has its turn.
 *
 * As many search at a time as there are cores. The one that the prover waits for goes first, then those of the lowest
 * level, then those of the lowest number; none goes further than to the end of the level after the one in hand. When
 * all states together are more than the memory that is allowed, only the one that is waited for goes on: it comes to
 * the limit by itself, or makes room.
 */

import type { RequestSearch } from "./request-search.js";

export interface CrewOptions {
  /** Threads that search at a time. */
  threads: number;
  /** Most bytes of states, with those that are ahead. */
  bytes: number;
}

/** Threads that are there, for each that may search at a time: some thirty megabytes each. */
const MOST_A_CORE = 2;

export class Crew {
  private readonly members: RequestSearch[] = [];
  private readonly leaving: Promise<void>[] = [];
  private wanted: RequestSearch | null = null;
  private wake: () => void = () => {};
  private isPaused = false;

  /** `portion`: states of a step, the same as without threads. */
  constructor(
    private readonly options: CrewOptions,
    private readonly portion: number,
  ) {}

  /** Gives a search a thread of its own, in the order of requests; those beyond what is useful stay where they are. */
  add(search: RequestSearch): void {
    if (this.members.length === MOST_A_CORE * this.options.threads) return;
    this.members.push(search);
    search.moveOut(
      () => this.goOn(),
      () => this.wake(),
    );
  }

  /** It is over, or not asked for any more. */
  dismiss(search: RequestSearch): void {
    const at = this.members.indexOf(search);
    if (at < 0) return;
    this.members.splice(at, 1);
    this.leaving.push(search.close());
  }

  /** Nothing can be done until this one has come further. */
  want(search: RequestSearch): void {
    this.wanted = search;
    this.goOn();
  }

  /** Waits until the one that is wanted has come further; throws where a thread is lost. */
  async ready(): Promise<void> {
    for (;;) {
      const lost = this.members.find((search) => search.lost !== null);
      if (lost !== undefined) throw lost.lost;
      if (this.wanted === null || this.wanted.isAhead) break;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    this.wanted = null;
  }

  /** Nobody goes on while `act` looks at them. */
  async paused<T>(act: () => Promise<T>): Promise<T> {
    this.isPaused = true;
    const result = await act();
    this.isPaused = false;
    this.goOn();
    return result;
  }

  async close(): Promise<void> {
    this.isPaused = true;
    for (const search of [...this.members]) this.dismiss(search);
    await Promise.all(this.leaving);
  }

  private goOn(): void {
    if (!this.isPaused) {
      let free = this.options.threads - this.members.filter(({ isBusy }) => isBusy).length;
      for (const search of this.inOrder()) {
        if (free-- <= 0) break;
        search.searchAhead(this.portion);
      }
    }
    this.wake();
  }

  /** Those that may go on now, the most urgent first. */
  private inOrder(): RequestSearch[] {
    const { members, wanted } = this;
    const isFull = members.reduce((sum, { latest }) => sum + latest.bytes, 0) > this.options.bytes;
    const level = Math.min(...members.map(({ figures }) => figures.depth));
    return members
      .filter((search) => !search.isBusy && !search.isOver)
      .filter((search) => search === wanted || (!isFull && search.latest.depth <= level + 1))
      .sort((a, b) => Number(b === wanted) - Number(a === wanted) || a.latest.depth - b.latest.depth);
  }
}
