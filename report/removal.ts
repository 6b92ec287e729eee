/**
 * Why an invalidation leaves a cached value where it is, in words.
 *
 * What a command removes is decided by the models alone: `removes` is asked again with one operand after the other
 * taken away, and the fewest whose absence would have removed the value are the reasons.
 */

import { ANY, type CommandOf, encodeAll, NO_DOMAIN } from "../commands/command.js";
import { manualName } from "../commands/manual.js";
import type { Machine } from "../models/machine.js";
import { type Pending, removes } from "../models/queue.js";
import { GLOBAL } from "../models/unit.js";
import { INVALIDATION_KINDS } from "../rules/vocabulary.js";
import { cacheWords, rangeText } from "./words.js";

type Invalidate = CommandOf<"invalidate">;

/** One operand less, if it says anything, and the words for it. */
interface Relaxation {
  words: string;
  relax(command: Invalidate): Invalidate;
  loosen?(pending: Pending): void;
}

/** Why `command` does not remove `value` from `set`; undefined if it does. */
export function whyNotRemoved(machine: Machine, command: Invalidate, set: number, value: number): string | undefined {
  const { unit, queue } = machine;
  const asks = (relaxed: Invalidate, loosened: readonly Relaxation[]): boolean => {
    const pending = { ...queue.preview(encodeAll([relaxed]), 0) };
    for (const one of loosened) one.loosen?.(pending);
    return removes(unit, pending, set, value);
  };
  if (asks(command, [])) return undefined;
  const cache = unit.setCache[set]!;
  const rule = unit.commands[command.invalidation]!;
  if (!rule.known) return "the architecture has no such command";
  const name = manualName(unit.architecture.commands, command);
  if (!rule.rules.some((row) => row.cache === cache)) return `${name} does not reach the ${cacheWords(machine, set)}`;
  const relaxations = relaxationsOf(machine, command, set);
  for (const chosen of subsetsBySize(relaxations)) {
    const relaxed = chosen.reduce((one, { relax }) => relax(one), command);
    if (asks(relaxed, chosen)) return chosen.map(({ words }) => words).join(", and ");
  }
  if (unit.setProcess[set] === GLOBAL) return "it leaves global entries";
  return `with these operands ${name} does not reach the ${cacheWords(machine, set)}`;
}

function relaxationsOf(machine: Machine, command: Invalidate, set: number): Relaxation[] {
  const { unit, queue } = machine;
  const pending = queue.preview(encodeAll([command]), 0);
  const same = (one: Invalidate): Invalidate => one;
  const list: Relaxation[] = [];
  if (command.domain !== ANY) {
    const own = unit.setDomain[set]!;
    const given = command.domain === NO_DOMAIN ? "d-" : `d${command.domain}`;
    const words = own < 0 ? `its domain tag ${given} differs` : `its domain tag is ${given}, not d${own}`;
    list.push({ words, relax: same, loosen: (one) => (one.domain = ANY) });
  }
  if (command.process !== ANY) {
    const own = unit.setProcess[set]!;
    const words =
      own < 0 ? `its process tag p${command.process} differs` : `its process tag is p${command.process}, not p${own}`;
    list.push({ words, relax: same, loosen: (one) => (one.process = ANY) });
  }
  if (command.requester !== ANY) {
    const words = `it is for c${command.requester}, not c${unit.setRequester[set]!}`;
    list.push({ words, relax: same, loosen: (one) => (one.requester = ANY) });
  }
  if (!pending.whole) {
    const letter = INVALIDATION_KINDS[command.invalidation] === "s2" ? "g" : "i";
    const range = rangeText(letter, pending.first, pending.last - pending.first + 1);
    list.push({ words: `its range is ${range} only`, relax: same, loosen: (one) => (one.whole = true) });
  }
  if (command.leaf === 1) list.push({ words: "it is for leaves only", relax: (one) => ({ ...one, leaf: 0 }) });
  if (command.level !== 0) {
    list.push({ words: `it is for level ${command.level} only`, relax: (one) => ({ ...one, level: 0 }) });
  }
  return list;
}

/** The subsets of a handful of items, small ones first, none empty. */
function subsetsBySize<T>(items: readonly T[]): T[][] {
  const all = Array.from({ length: 2 ** items.length - 1 }, (_, at) =>
    items.filter((_item, bit) => ((at + 1) & (1 << bit)) !== 0),
  );
  return all.sort((a, b) => a.length - b.length);
}
