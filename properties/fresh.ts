/**
 * Whether a cached value is what a walk would put there now: context entries and pointers, which may be held with their
 * target already translated.
 */

import type { Machine } from "../models/machine.js";
import {
  CONTEXT_MASKS,
  contextClass,
  contextRoot,
  contextRootIsHost,
  contextVm,
  MEANING_MASK,
  PRESENT,
  valuePage,
} from "../models/values.js";

/** `entry` is the context entry in memory, `mask` the fields (and class) that the cache holds of one. */
export function sameContext(machine: Machine, value: number, entry: number, mask: number): boolean {
  if (contextClass(value) !== PRESENT) return contextClass(value) === contextClass(entry);
  if (contextRootIsHost(value) === 0) return (value & mask) === (entry & mask);
  const others = mask & ~CONTEXT_MASKS.root;
  const root = machine.world.translate(machine.state, contextVm(entry), contextRoot(entry));
  return (value & others) === (entry & others) && (root & 3) === PRESENT && valuePage(root) === contextRoot(value);
}

/** `fresh` is the pointer that the oracle reads under the context `entry`, or `UNREACHED`. */
export function samePointer(machine: Machine, entry: number, value: number, fresh: number): boolean {
  if (fresh < 0) return false;
  if ((value & 3) !== PRESENT || (fresh & 3) !== PRESENT) return (value & 3) !== PRESENT && (fresh & 3) !== PRESENT;
  if (value >>> 19 === 0) return (value & MEANING_MASK) === (fresh & MEANING_MASK);
  const table = machine.world.translate(machine.state, contextVm(entry), valuePage(fresh));
  // Permissions and global mark are the pointer's, the page is the table's host page.
  return (table & 3) === PRESENT && valuePage(table) === valuePage(value) && ((value ^ fresh) & 0b11100) === 0;
}
