/**
 * Which transition a change of an entry is: the row of the contract that applies.
 *
 * Follows the design page, section 4 (Duty). Classes are those of the place where the entry stands: the same word may
 * be a leaf in one table and malformed in another. A change from leaf to leaf is a retarget if target or global mark
 * differ, a loss if a permission is taken (even if another is given), else a gain. Changes that no walk can tell apart
 * (malformed to malformed) are no transition.
 */

import { type ContextChange, type EntryChange, type Level, TRANSITIONS } from "../rules/vocabulary.js";
import {
  ABSENT,
  contextClass,
  contextDomain,
  contextVm,
  entryGlobal,
  entryPermission,
  entryTarget,
  MALFORMED,
  PRESENT,
  ROLE,
} from "./values.js";

/** Not a transition. */
export const NO_TRANSITION = -1;

const indexOf = new Map(TRANSITIONS.map((row, at) => [`${row.stage} ${row.level} ${row.change}`, at]));

function index(stage: 0 | 1 | 2, level: Level, change: EntryChange | ContextChange): number {
  return indexOf.get(`${stage} ${level} ${change}`)!;
}

/** All entry transitions, looked up once: `[stage][level is table][change]`. */
const ENTRY_INDEX = ([1, 2] as const).map((stage) =>
  (["leaf", "table"] as const).map((level) => {
    const of = (change: EntryChange): number => indexOf.get(`${stage} ${level} ${change}`) ?? NO_TRANSITION;
    return {
      map: of("np->p"),
      unmap: of("p->np"),
      retarget: of("retarget"),
      loss: of("loss"),
      gain: of("gain"),
      split: of("split"),
      collapse: of("collapse"),
      mend: of("malformed->p"),
      spoil: of("p->malformed"),
      spoilAbsent: of("np->malformed"),
      clearMalformed: of("malformed->np"),
    };
  }),
);

/** The transition of a table entry; roles are those of `entryRole` at its place. */
export function entryTransition(stage: 1 | 2, oldRole: number, newRole: number, old: number, now: number): number {
  const isTable = oldRole === ROLE.table || newRole === ROLE.table;
  const table = ENTRY_INDEX[stage - 1]![isTable ? 1 : 0]!;
  const wasPresent = oldRole === ROLE.leaf || oldRole === ROLE.table;
  const isPresent = newRole === ROLE.leaf || newRole === ROLE.table;
  if (!wasPresent && !isPresent) {
    if (oldRole === newRole) return NO_TRANSITION;
    return newRole === ROLE.malformed ? table.spoilAbsent : table.clearMalformed;
  }
  if (!wasPresent) return oldRole === ROLE.absent ? table.map : table.mend;
  if (!isPresent) return newRole === ROLE.absent ? table.unmap : table.spoil;
  if (oldRole !== newRole) return newRole === ROLE.table ? table.split : table.collapse;
  if (entryTarget(old) !== entryTarget(now) || entryGlobal(old) !== entryGlobal(now)) return table.retarget;
  return (entryPermission(old) & ~entryPermission(now)) !== 0 ? table.loss : table.gain;
}

const CONTEXT_INDEX = {
  map: index(0, "context", "np->p"),
  unmap: index(0, "context", "p->np"),
  domain: index(0, "context", "domain"),
  process: index(0, "context", "process"),
  mend: index(0, "context", "malformed->p"),
  spoil: index(0, "context", "p->malformed"),
  spoilAbsent: index(0, "context", "np->malformed"),
  clearMalformed: index(0, "context", "malformed->np"),
};

/** The transition of a context entry. */
export function contextTransition(old: number, now: number): number {
  const was = contextClass(old);
  const is = contextClass(now);
  if (was === PRESENT && is === PRESENT) {
    const moved = contextVm(old) !== contextVm(now) || contextDomain(old) !== contextDomain(now);
    return moved ? CONTEXT_INDEX.domain : CONTEXT_INDEX.process;
  }
  if (was === PRESENT) return is === ABSENT ? CONTEXT_INDEX.unmap : CONTEXT_INDEX.spoil;
  if (is === PRESENT) return was === ABSENT ? CONTEXT_INDEX.map : CONTEXT_INDEX.mend;
  if (was === is) return NO_TRANSITION;
  return is === MALFORMED ? CONTEXT_INDEX.spoilAbsent : CONTEXT_INDEX.clearMalformed;
}
