/**
 * Entries of memory that the walks of one request never read, whatever a proof's scope does.
 *
 * A walk reads one index at each depth; below the root, where that stays in its place, not the root's. Pages that may
 * come to hold a table of stage 2 are read at any index. See docs/decisions/009-slices.md.
 */

import type { Geometry } from "../models/geometry.js";
import type { Machine } from "../models/machine.js";
import { contextRoot, contextVm } from "../models/values.js";
import type { Scope } from "./scope.js";
import type { Request } from "./slice.js";

/** By host page: the indexes that are never read. */
export function offPathOf(machine: Machine, request: Request, scope: Scope): number[][] {
  const { geometry } = machine;
  const mayBeTable = tablePages(geometry, scope);
  const root = rootOf(machine, request, fixedPages(geometry, scope));
  const { levels, entries } = geometry.stage1;
  return Array.from({ length: geometry.hostPages }, (_, page) => {
    if (mayBeTable[page] === 1) return [];
    const first = root < 0 || page === root || levels === 1 ? 0 : 1;
    const read = Array.from(
      { length: levels - first },
      (_, depth) => geometry.iova.index[request.page * levels + first + depth]!,
    );
    return Array.from({ length: entries }, (_, index) => index).filter((index) => !read.includes(index));
  });
}

/** By guest page: the indexes that are never read there; none where it may lie on several host pages. */
export function offPathWrites(machine: Machine, request: Request, scope: Scope): number[][] {
  const { geometry } = machine;
  const byHost = offPathOf(machine, request, scope);
  const hostsOf = (page: number): number[] =>
    Array.from({ length: geometry.vms }, (_, vm) => vm * geometry.guestPages + page);
  const fixed = fixedPages(geometry, scope);
  // Where stage 2 has one level no guest page lies on a table, and all other pages are alike but for the root.
  const always = geometry.stage1.levels === 1 || geometry.stage2.levels === 1;
  return Array.from(fixed, (isFixed, page) => {
    if (isFixed === 1)
      return hostsOf(page)
        .map((host) => byHost[host]!)
        .reduce(shared);
    return always ? byHost.filter((_, host) => !geometry.tableBase.includes(host)).reduce(shared) : [];
  });
}

function shared(a: number[], b: number[]): number[] {
  return a.filter((index) => b.includes(index));
}

/** The host page of the request's root where that is the same for ever, else -1. */
function rootOf({ geometry, state, world }: Machine, { context }: Request, fixed: Uint8Array): number {
  // There pages are renamed (`symmetry.ts`), the root like others.
  if (geometry.stage2.levels === 1) return -1;
  const entry = state[world.contexts + context]!;
  const root = contextRoot(entry);
  return fixed[root] === 1 ? contextVm(entry) * geometry.guestPages + root : -1;
}

/** By host page: 1 where a stage-2 table may lie at some time. */
function tablePages(geometry: Geometry, scope: Scope): Uint8Array {
  const may = new Uint8Array(geometry.hostPages);
  for (const root of geometry.tableBase) may[root] = 1;
  if (geometry.stage2.levels === 1) return may;
  // A page that is moved takes what it holds along, to where it may be read as a table.
  if (scope.moves) return may.fill(1);
  for (const root of geometry.tableBase) may.fill(1, root, root + 1 + geometry.guest.prefixCount);
  if (scope.entries.includes("table")) for (const page of scope.hosts) may[page] = 1;
  return may;
}

/** By guest page: 1 where it lies, in every VM and for ever, on the host page of the start, which holds no table. */
function fixedPages(geometry: Geometry, scope: Scope): Uint8Array {
  const { guest, guestPages, vms } = geometry;
  const mayBeTable = tablePages(geometry, scope);
  const topOf = (page: number): number => guest.prefix[page * guest.levels]!;
  return Uint8Array.from({ length: guestPages }, (_, page) => {
    // A change above the last level changes all the pages below.
    const isChanged = scope.remap.some((other) => other === page || (guest.levels > 1 && topOf(other) === topOf(page)));
    const isOnTable = Array.from({ length: vms }, (_, vm) => mayBeTable[vm * guestPages + page]!).includes(1);
    return isChanged || isOnTable ? 0 : 1;
  });
}
