/**
 * The oracle once more, as plainly as can be said: a recursive walk over objects, nothing kept between calls.
 *
 * Raw words come through `Memory`; permissions are the AND along the path, global marks the OR; a stage-1 table must be
 * readable in stage 2 (section 10 of the design page). A fault carries stage and reason.
 */

import type { Geometry } from "../../../models/geometry.js";
import type { Machine } from "../../../models/machine.js";
import {
  ABSENT,
  contextClass,
  contextRoot,
  contextVm,
  faultCode,
  outcomeOf,
  PRESENT,
  REASON,
  valueGlobal,
  valueSecond,
} from "../../../models/values.js";
import type { Meaning, Memory } from "./memory.js";

interface Fault {
  stage: number;
  reason: number;
}
interface Page {
  page: number;
  permission: number;
  global: number;
  /** The guest page that the access came through. */
  guestPage: number;
}
type Result = Page | Fault;

export const isFault = (result: Result): result is Fault => "stage" in result;

export function plainWalk(memory: Memory, context: number, iovaPage: number): Result {
  const entry = memory.contextEntry(context);
  const kind = contextClass(entry);
  if (kind !== PRESENT) return { stage: 0, reason: kind === ABSENT ? REASON.absent : REASON.malformed };
  return stage1(memory, contextVm(entry), contextRoot(entry), 0, iovaPage, 3, 0);
}

function stage1(
  memory: Memory,
  vm: number,
  table: number,
  depth: number,
  iovaPage: number,
  permission: number,
  global: number,
): Result {
  const { levels, entries } = memory.geometry.stage1;
  const host = plainStage2(memory, vm, table);
  if (isFault(host)) return host;
  if ((host.permission & 1) === 0) return { stage: 2, reason: REASON.permission };
  const below = entries ** (levels - 1 - depth);
  const entry = memory.stage1(host.page, Math.floor(iovaPage / below) % entries, depth);
  if (entry.what === "absent" || entry.what === "malformed") return fault(1, entry);
  const allowed = permission & entry.permission;
  const marked = global | entry.global;
  if (entry.what === "table") return stage1(memory, vm, entry.target, depth + 1, iovaPage, allowed, marked);
  const guestPage = entry.target + (iovaPage % below);
  const final = plainStage2(memory, vm, guestPage);
  if (isFault(final)) return final;
  return { page: final.page, permission: allowed & final.permission, global: marked, guestPage };
}

export function plainStage2(memory: Memory, vm: number, guestPage: number): Result {
  const { geometry } = memory;
  return stage2Below(memory, geometry, geometry.tableBase[vm]!, 0, guestPage, 3);
}

function stage2Below(
  memory: Memory,
  geometry: Geometry,
  table: number,
  depth: number,
  guestPage: number,
  permission: number,
): Result {
  const { levels, entries } = geometry.stage2;
  const below = entries ** (levels - 1 - depth);
  const entry = memory.stage2(table, Math.floor(guestPage / below) % entries, depth);
  if (entry.what === "absent" || entry.what === "malformed") return fault(2, entry);
  const allowed = permission & entry.permission;
  if (entry.what === "table") return stage2Below(memory, geometry, entry.target, depth + 1, guestPage, allowed);
  return { page: entry.target + (guestPage % below), permission: allowed, global: 0, guestPage };
}

function fault(stage: number, entry: Meaning): Fault {
  return { stage, reason: entry.what === "absent" ? REASON.absent : REASON.malformed };
}

/** What one access gets: a host page, or the code of the fault. */
export function plainOutcome(result: Result, access: number): number {
  if (isFault(result)) return faultCode(result.stage, result.reason);
  const needed = access === 0 ? 1 : 2;
  return (result.permission & needed) !== 0 ? result.page : faultCode(1, REASON.permission);
}

/** Whether a combined value also says through which guest page, and whether by a global entry. */
export function sameWay(result: Result, value: number): boolean {
  return isFault(result) || (valueSecond(value) === result.guestPage && valueGlobal(value) === result.global);
}

/** The first request that the two answer differently, or guest page that stage 2 does not map as kept, as text. */
export function oracleDifference(machine: Machine, memory: Memory): string | undefined {
  const { contexts, iova, vms, guestPages } = machine.geometry;
  for (let vm = 0; vm < vms; vm++) {
    for (let page = 0; page < guestPages; page++) {
      const value = machine.world.translate(machine.state, vm, page);
      const expected = plainStage2(memory, vm, page);
      if ([0, 1].every((access) => outcomeOf(value, access) === plainOutcome(expected, access))) continue;
      return `stage 2 of v${vm} g${page}: ${value}, not ${JSON.stringify(expected)}`;
    }
  }
  for (let context = 0; context < contexts; context++) {
    for (let page = 0; page < iova.count; page++) {
      const value = machine.oracle.value[context * iova.count + page]!;
      const expected = plainWalk(memory, context, iova.pages[page]!);
      const same = [0, 1].every((access) => outcomeOf(value, access) === plainOutcome(expected, access));
      if (!same || !sameWay(expected, value))
        return `c${context} i${iova.pages[page]}: ${value}, not ${JSON.stringify(expected)}`;
    }
  }
  return undefined;
}
