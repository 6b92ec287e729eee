/**
 * Moves a failure from one context of the start state to another, with everything that is the context's own.
 */

import { ENTRY, type Home, KIND, type Limits, STRIDE, slots } from "../commands/command.js";
import { type Family, renamed } from "./families.js";
import type { Trial } from "./trial.js";

const W = slots("write");
const C = slots("context");
const LONGEST = 8;
const FEW = 4;

/**
 * A context has tags and tables of its own: what it shows the first context shows too, once all of these are exchanged
 * together, and perhaps an entry stands elsewhere in the tables, since the first context's are fuller, a write comes
 * first, or a context is given another root. Tries these in all combinations, for each two contexts and for none, in
 * sequences of up to eight commands. Bound: some 600 tries for a write and a context entry.
 */
export function rehome(trial: Trial): void {
  const homes = trial.limits.homes ?? [];
  if (trial.count > LONGEST || homes.length === 0) return;
  for (const [commands, start, home] of exchanged(trial, homes)) {
    for (const ordered of withWriteFirst(commands)) {
      for (const placed of withEntryMoved(ordered, home, trial.limits)) {
        for (const rooted of withOtherRoot(placed)) if (trial.attempt(rooted, start)) return;
      }
    }
  }
}

/** The sequence as it is, all in one VM, then with each two contexts exchanged; with the context that it is about. */
function* exchanged(
  { commands, best }: Trial,
  homes: readonly Home[],
): Generator<[Float64Array, ReadonlySet<number>, Home]> {
  for (const a of homes) {
    yield [commands, best.start, a];
    yield [renamed(commands, "vm", () => a.vm), best.start, a];
    for (const b of homes) {
      if (b.context >= a.context) continue;
      const swap = (x: number, y: number) => (value: number) => (value === x ? y : value === y ? x : value);
      const swaps: [Family, number, number][] = [
        ["context", a.context, b.context],
        ["domain", a.domain, b.domain],
        ["process", a.process, b.process],
        ["vm", a.vm, b.vm],
        ...a.tables.map((page, depth): [Family, number, number] => ["guest-page", page, b.tables[depth]!]),
      ];
      const renamedAll = swaps.reduce((one, [family, x, y]) => renamed(one, family, swap(x, y)), commands);
      yield [renamedAll, new Set([...best.start].map(swap(a.context, b.context))), b];
    }
  }
}

function* withWriteFirst(commands: Float64Array): Generator<Float64Array> {
  yield commands;
  for (let from = STRIDE; from < commands.length; from += STRIDE) {
    if (commands[from] !== KIND.write) continue;
    const copy = commands.slice();
    copy.set(commands.subarray(from, from + STRIDE), 0);
    copy.set(commands.subarray(0, from), STRIDE);
    yield copy;
  }
}

/** Each write in turn at every entry of the context's tables, of large tables at the first few. */
function* withEntryMoved(commands: Float64Array, { tables }: Home, limits: Limits): Generator<Float64Array> {
  yield commands;
  for (let from = 0; from < commands.length; from += STRIDE) {
    if (commands[from] !== KIND.write) continue;
    for (const page of tables) {
      for (let index = 0; index < Math.min(FEW, limits.entries); index++) {
        const copy = commands.slice();
        copy[from + W.page] = page;
        copy[from + W.index] = index;
        // A leaf is written so on the last level, and as a superpage above.
        const isLeaf = copy[from + W.entry] === ENTRY.leaf || copy[from + W.entry] === ENTRY.super;
        if (isLeaf) copy[from + W.entry] = page === tables.at(-1) ? ENTRY.leaf : ENTRY.super;
        yield copy;
      }
    }
  }
}

/** Each whole context entry in turn with one of the first pages as its root. */
function* withOtherRoot(commands: Float64Array): Generator<Float64Array> {
  yield commands;
  for (let from = 0; from < commands.length; from += STRIDE) {
    if (commands[from] !== KIND.context) continue;
    for (const root of [0, 1]) {
      const copy = commands.slice();
      copy[from + C.root] = root;
      yield copy;
    }
  }
}
