/**
 * Replaces two writes together, by two writes to one entry.
 */

import { ENTRY, KIND, STRIDE, slots } from "../commands/command.js";
import { numbersOf } from "./renamings.js";
import { simplerStarts } from "./start.js";
import type { Trial } from "./trial.js";

const W = slots("write");
const ENTRIES = Object.values(ENTRY);
const LONGEST = 4;
const MOST_STARTS = 4;

/**
 * Many failures are one entry written twice: made and taken away, or turned from one class into another. Tries, for any
 * two writes to stage-1 entries, every entry with any two classes of what is written there; targets and permissions
 * stay. It does so under the simplest start states, then under the present one. The start state is simpler, or the
 * first write is. Bound: 2,000 tries for two writes and a start state, in the default geometry; sequences of up to 4.
 */
export function twins(trial: Trial): void {
  if (trial.count > LONGEST) return;
  const starts = simplerStarts(trial.best.start, trial.limits.contexts).slice(0, MOST_STARTS);
  const writes = writesOf(trial.commands);
  for (const start of [...starts, trial.best.start]) {
    for (const [at, first] of writes.entries()) {
      for (const second of writes.slice(at + 1)) if (replaceTwo(trial, first, second, start)) return;
    }
  }
}

/** Offsets of the writes. */
function writesOf(commands: Float64Array): number[] {
  const writes: number[] = [];
  for (let from = 0; from < commands.length; from += STRIDE) if (commands[from] === KIND.write) writes.push(from);
  return writes;
}

function replaceTwo(trial: Trial, first: number, second: number, start: ReadonlySet<number>): boolean {
  const { commands, limits } = trial;
  const pages = numbersOf("guest-page", commands, limits);
  const indexes = numbersOf("index", commands, limits);
  for (const entries of entryPairs()) {
    for (const page of pages) {
      for (const index of indexes) {
        const copy = commands.slice();
        for (const [from, entry] of [[first, entries[0]] as const, [second, entries[1]] as const]) {
          copy[from + W.vm] = commands[first + W.vm]!;
          copy[from + W.entry] = entry;
          copy[from + W.page] = page;
          copy[from + W.index] = index;
        }
        if (trial.attempt(copy, start)) return true;
      }
    }
  }
  return false;
}

/** Two classes of an entry, the simpler first class first; the same twice where only the permissions differ. */
function entryPairs(): (readonly [number, number])[] {
  return ENTRIES.flatMap((a) => ENTRIES.map((b) => [a, b] as const));
}
