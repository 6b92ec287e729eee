/**
 * The unreduced search: every content that a unit with one value a key can have, one internal move at a time.
 *
 * A move fills one key by one derivation step (replacing what the key held), evicts one key, or executes one pending
 * command. All contents that moves can reach are kept. Only keys in `focus` are ever filled: they are chosen so that
 * what they may hold depends on no other key. Walks in flight (caches that the unit lacks) are as many as one likes, so
 * those sets hold any number of values. Exponential in the keys; for the smallest configurations, where it shows that
 * the reduction in `histories.ts` loses nothing and adds nothing.
 */

import type { Unit } from "../../../models/unit.js";
import { QUEUE_LENGTH } from "./histories.js";
import { isRemoved, type Submitted } from "./matching.js";
import type { Steps } from "./steps.js";

interface Content {
  done: number;
  held: readonly (readonly number[])[];
}

export class Literal {
  private contents = new Map<string, Content>();
  private pending: Submitted[] = [];

  constructor(
    private readonly unit: Unit,
    private readonly steps: Steps,
    private readonly focus: ReadonlySet<number>,
  ) {
    this.add({ done: 0, held: Array.from({ length: unit.setCount }, () => []) }, []);
    this.settle();
  }

  get size(): number {
    return this.contents.size;
  }

  written(): void {
    this.settle();
  }

  submitted(command: Submitted): void {
    if (this.pending.length === QUEUE_LENGTH) this.fenced();
    this.pending.push(command);
    this.settle();
  }

  fenced(): void {
    const all = 2 ** this.pending.length - 1;
    const kept = [...this.contents.values()].filter((content) => content.done === all);
    this.contents.clear();
    for (const { held } of kept) {
      this.add({ done: 0, held: held.map((values, set) => (this.isPresent(set) ? values : [])) }, []);
    }
    this.pending = [];
    this.settle();
  }

  /** By set in focus and value: the subsets of executed commands after which some content has it. */
  union(): Map<number, number>[] {
    const result = Array.from({ length: this.unit.setCount }, () => new Map<number, number>());
    for (const { done, held } of this.contents.values()) {
      for (const set of this.focus) {
        for (const value of held[set]!) result[set]!.set(value, (result[set]!.get(value) ?? 0) | (1 << done));
      }
    }
    return result;
  }

  private isPresent(set: number): boolean {
    return this.unit.caches[this.unit.setCache[set]!]!.present;
  }

  private add(content: Content, open: Content[]): void {
    const key = `${content.done}|${content.held.map((values) => [...values].sort((a, b) => a - b).join(",")).join(";")}`;
    if (this.contents.has(key)) return;
    this.contents.set(key, content);
    open.push(content);
  }

  private settle(): void {
    const open = [...this.contents.values()];
    for (let content = open.pop(); content !== undefined; content = open.pop()) this.moves(content, open);
  }

  private moves(content: Content, open: Content[]): void {
    const { done, held } = content;
    const put = (set: number, values: readonly number[]): void => {
      this.add({ done, held: held.with(set, values) }, open);
    };
    this.steps.each(held, {
      emit: (set, value) => {
        if (held[set]!.includes(value)) return;
        if (!this.isPresent(set)) put(set, [...held[set]!, value]);
        else if (this.focus.has(set)) put(set, [value]);
      },
      fault: () => {},
      answer: () => {},
    });
    for (const set of this.focus) if (held[set]!.length > 0) put(set, []);
    for (const at of this.executable(done)) {
      const command = this.pending[at]!;
      const left = held.map((values, set) => values.filter((value) => !isRemoved(this.unit, command, set, value)));
      this.add({ done: done | (1 << at), held: left }, open);
    }
  }

  private executable(done: number): number[] {
    const left = this.pending.map((_, at) => at).filter((at) => (done & (1 << at)) === 0);
    return this.unit.ordered ? left.slice(0, 1) : left;
  }
}
