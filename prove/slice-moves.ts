/**
 * The moves that can matter to one request: writes and invalidations that are of other pages alone, and those that
 * another one of the same length makes needless, are left out.
 *
 * See docs/decisions/009-slices.md. For units whose stage 1 has one level and one context whose entry stays: there an
 * invalidation of another page removes nothing that the request needs and discharges nothing, unless some rule of stage
 * 1 owes more pages than its own. With strangers, one of the request's page does to its sets what one of all pages
 * does, which discharges no less, where both have the same rules.
 */

import { KIND, RANGE, STRIDE, slots } from "../commands/command.js";
import type { Machine } from "../models/machine.js";
import { CACHE } from "../models/unit.js";
import { INVALIDATION_KINDS, TRANSITIONS } from "../rules/vocabulary.js";
import type { Move } from "./alphabet.js";
import { offPathWrites } from "./off-path.js";
import type { Scope } from "./scope.js";
import type { Request } from "./slice.js";

const I = slots("invalidate");
const W = slots("write");
/** Caches whose entries are of one IOVA page each; those of walks are empty where stage 1 has one level. */
const OF_PAGES: readonly number[] = [CACHE.walk, CACHE.stage1, CACHE.iotlb, CACHE["device-tlb"]];
const STAGE2_KIND = INVALIDATION_KINDS.indexOf("s2");

export function movesOfRequest(
  moves: readonly Move[],
  machine: Machine,
  request: Request,
  scope: Scope,
  hasStrangers: boolean,
): Move[] {
  const offPath = hasStrangers ? offPathWrites(machine, request, scope) : [];
  const isOther = ({ commands }: Move): boolean =>
    hasStrangers && commands[0] === KIND.write && offPath[commands[W.page]!]!.includes(commands[W.index]!);
  const some = moves.filter((move) => !isOther(move));
  const { geometry } = machine;
  const isSimple = geometry.stage1.levels === 1 && geometry.contexts === 1 && !scope.contexts;
  if (!isSimple || machine.hardware !== null || machine.shadow !== null || owesOtherPages(machine)) return some;
  return some.filter((move) => !move.submits || !isNeedless(move, moves, machine, request, hasStrangers));
}

/** Whether some rule of stage 1 owes pages that its change does not affect. */
function owesOtherPages(machine: Machine): boolean {
  return machine.ledger.recipes.some(
    (recipe, rule) => TRANSITIONS[rule]?.stage === 1 && recipe.some((stage) => stage.some(({ all }) => all)),
  );
}

function isNeedless(
  move: Move,
  moves: readonly Move[],
  machine: Machine,
  request: Request,
  hasStrangers: boolean,
): boolean {
  const { commands } = move;
  if (commands[I.form] === RANGE.all || commands[I.invalidation] === STAGE2_KIND) return false;
  const pending = machine.queue.preview(commands, 0);
  const rules = pending.rules.flat();
  if (rules.some(({ cache, address, guestAddress }) => !address || guestAddress || !OF_PAGES.includes(cache)))
    return false;
  const page = machine.geometry.iova.pages[request.page]!;
  if (page < pending.first || page > pending.last) return true;
  if (!hasStrangers) return false;
  const whole = moves.find((other) => other.submits && isWholeOf(other.commands, commands));
  if (whole === undefined) return false;
  const all = machine.queue.preview(whole.commands, 0);
  const others = all.rules.flat();
  return all.whole && rules.length === others.length && rules.every((rule, at) => rule === others[at]);
}

/** Whether `other` is the same invalidation of all pages. */
function isWholeOf(other: Float64Array, one: Float64Array): boolean {
  for (let slot = 0; slot < STRIDE; slot++) {
    if (slot === I.form || slot === I.base || slot === I.size) continue;
    if (other[slot] !== one[slot]) return false;
  }
  return other[I.form] === RANGE.all;
}
