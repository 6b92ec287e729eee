/**
 * Everything that a concrete unit can hold, by searching over all histories of the pending commands.
 *
 * `apart` keeps histories apart: this is what some schedule can do. `merged` is the rule of section 4 of the design page,
 * read literally: whatever may be held after exactly the commands in D may be combined, even where the one value needs
 * the commands in D to have executed early and the other late. It is never less than `apart`, and sometimes more.
 *
 * A history says which pending commands have executed and when, between the external commands. The unit of this search
 * may hold any number of values under one key. Holding more never hinders a step, and evicting never helps one, so for
 * each history the largest content is reachable and holds all the others: one state a history is enough. Histories with
 * the same executed commands whose content lies within another's are dropped for the same reason. (`literal.ts` is the
 * search without this reduction: one value a key, evictions and all.)
 */

import type { Unit } from "../../../models/unit.js";
import { isRemoved, type Submitted } from "./matching.js";
import type { Steps } from "./steps.js";

export const QUEUE_LENGTH = 4;

interface Content {
  /** Commands that have executed, as bits. */
  done: number;
  /** Values by set number. */
  held: number[][];
  count: number;
}

/** Fault possible, by `context * pages + page`. */
export type Faults = Uint8Array;

export class Histories {
  contents: Content[];
  pending: Submitted[] = [];
  readonly faults: Faults;
  /** What a request may be answered from, by `context * pages + page`. */
  readonly answers: Set<number>[];
  private readonly inFlight: number[];

  constructor(
    private readonly unit: Unit,
    private readonly steps: Steps,
    private readonly mode: "apart" | "merged",
  ) {
    const { contexts, iova } = unit.geometry;
    this.faults = new Uint8Array(contexts * iova.count);
    this.answers = Array.from(this.faults, () => new Set<number>());
    this.inFlight = Array.from({ length: unit.setCount }, (_, set) => set).filter(
      (set) => !unit.caches[unit.setCache[set]!]!.present,
    );
    this.contents = [];
    this.reset();
  }

  reset(): void {
    this.pending = [];
    this.contents = [{ done: 0, held: Array.from({ length: this.unit.setCount }, () => []), count: 0 }];
    this.settle();
  }

  /** After memory was written. */
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
    this.contents = this.contents.filter((content) => content.done === all);
    for (const content of this.contents) {
      content.done = 0;
      for (const set of this.inFlight) {
        content.count -= content.held[set]!.length;
        content.held[set] = [];
      }
    }
    this.pending = [];
    this.settle();
  }

  /** By set and value: the subsets of executed commands after which some content has it, as a mask. */
  union(): Map<number, number>[] {
    const result = Array.from({ length: this.unit.setCount }, () => new Map<number, number>());
    for (const { done, held } of this.contents) {
      held.forEach((values, set) => {
        for (const value of values) result[set]!.set(value, (result[set]!.get(value) ?? 0) | (1 << done));
      });
    }
    return result;
  }

  /** Fills every content with what can be derived, and lets pending commands execute, until nothing is new. */
  private settle(): void {
    this.faults.fill(0);
    for (const values of this.answers) values.clear();
    if (this.mode === "merged") this.settleMerged();
    else this.settleApart();
  }

  /** Contents after the same commands are one content: what any of them holds. */
  private settleMerged(): void {
    const after = new Map(this.contents.map((content) => [content.done, content]));
    // A larger subset is a larger number, so each content is complete when its turn comes.
    for (let done = 0; done < 2 ** this.pending.length; done++) {
      const content = after.get(done);
      if (content === undefined) continue;
      this.derive(content);
      for (const next of this.executable(done)) {
        const executed = this.execute(content, next);
        const known = after.get(executed.done);
        if (known === undefined) after.set(executed.done, executed);
        else merge(known, executed);
      }
    }
    this.contents = [...after.values()];
  }

  private settleApart(): void {
    const kept: Content[] = [];
    const open = this.contents;
    for (let content = open.pop(); content !== undefined; content = open.pop()) {
      this.derive(content);
      if (isWithin(content, kept)) continue;
      kept.push(content);
      for (const next of this.executable(content.done)) open.push(this.execute(content, next));
    }
    this.contents = kept.filter(
      (content) =>
        !isWithin(
          content,
          kept.filter((other) => other !== content),
        ),
    );
  }

  private executable(done: number): number[] {
    const left = this.pending.map((_, at) => at).filter((at) => (done & (1 << at)) === 0);
    return this.unit.ordered ? left.slice(0, 1) : left;
  }

  private execute(content: Content, at: number): Content {
    const command = this.pending[at]!;
    let count = 0;
    const held = content.held.map((values, set) => {
      const left = values.length === 0 ? [] : values.filter((value) => !isRemoved(this.unit, command, set, value));
      count += left.length;
      return left;
    });
    return { done: content.done | (1 << at), held, count };
  }

  private derive(content: Content): void {
    const { faults, answers } = this;
    const pages = this.unit.geometry.iova.count;
    let changed = true;
    const sink = {
      emit(set: number, value: number): void {
        const values = content.held[set]!;
        if (values.includes(value)) return;
        values.push(value);
        content.count++;
        changed = true;
      },
      fault(context: number, page: number): void {
        faults[context * pages + page] = 1;
      },
      answer(context: number, page: number, value: number): void {
        answers[context * pages + page]!.add(value);
      },
    };
    while (changed) {
      changed = false;
      this.steps.each(content.held, sink);
    }
  }
}

function merge(into: Content, from: Content): void {
  from.held.forEach((values, set) => {
    for (const value of values) {
      if (into.held[set]!.includes(value)) continue;
      into.held[set]!.push(value);
      into.count++;
    }
  });
}

/** Whether another content with the same commands executed holds all of it. */
function isWithin(content: Content, others: readonly Content[]): boolean {
  return others.some(
    (other) =>
      other.done === content.done &&
      other.count >= content.count &&
      content.held.every((values, set) => values.every((value) => other.held[set]!.includes(value))),
  );
}
