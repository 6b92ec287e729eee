/** Plants in the shadow: what it does with a command that it was sent, or with a change that no command tells it of. */

import type { Machine } from "../../../models/machine.js";
import type { Pending } from "../../../models/queue.js";
import {
  contextClass,
  contextRoot,
  contextVm,
  entryRole,
  entryTarget,
  PRESENT,
  ROLE,
  valueClass,
  valuePage,
} from "../../../models/values.js";
import { INVALIDATION_KINDS, type ShadowOptions } from "../../../rules/vocabulary.js";
import { insideShadow, onReset, type Plant } from "./inside.js";
import { wireOf } from "./wire.js";

/** Departures that the shadow has a switch for: it misses stage-2 changes, or drops what is evicted. */
export const shadowOptions =
  (options: Partial<ShadowOptions>): Plant =>
  (machine) => {
    const inside = insideShadow(machine);
    inside.options = { ...inside.options, ...options };
  };

/** Drops what is kept for the pages `first` to `last` of the contexts whose tags the command names. */
function drop(machine: Machine, state: Int32Array, command: Pending, first: number, last: number): void {
  const inside = insideShadow(machine);
  const { contexts, iova } = machine.geometry;
  for (let context = 0; context < contexts; context++) {
    const entry = state[inside.entries + context]!;
    if (contextClass(entry) !== PRESENT) continue;
    for (let page = 0; page < iova.count; page++) {
      const at = inside.leaves + context * iova.count + page;
      if (iova.pages[page]! < first || iova.pages[page]! > last) continue;
      if (inside.names(state, { ...command, whole: true }, context, entry, page, state[at]!)) state[at] = 0;
    }
  }
}

/**
 * A range is unmapped as one block of the next power of two from its first page on, and only the range is mapped again.
 * The whole space is two ranges, since a window of three pages is kept apart.
 */
export const roundsUpRanges: Plant = (machine) => {
  const shadow = machine.shadow!;
  const fenced = shadow.fenced.bind(shadow);
  shadow.fenced = (state) => {
    fenced(state);
    for (let slot = 0; slot < machine.queue.count(state); slot++) {
      const command = machine.queue.pending[slot]!;
      if (command.host || INVALIDATION_KINDS[command.kind] !== "iotlb") continue;
      const [first, last] = command.whole ? [0, 2] : [command.first, command.last];
      const block = 2 ** Math.ceil(Math.log2(last - first + 1));
      drop(machine, state, command, last + 1, first + block - 1);
    }
  };
};

/** A command for the whole space empties the shadow when it is submitted; the fence fills it again. */
export const emptiesBeforeRefill: Plant = (machine) => {
  wireOf(machine).arrivals.push((command) => {
    if (command.whole && !command.host) drop(machine, machine.state, command, 0, Number.MAX_SAFE_INTEGER);
  });
};

/** Of several contexts with one root only the first obeys IOTLB commands. */
export const refreshesOneOfRoot: Plant = (machine) => {
  const inside = insideShadow(machine);
  const obey = inside.obey.bind(inside);
  inside.obey = (state, command, context) => {
    const rootOf = (entry: number): number => contextVm(entry) * 4096 + contextRoot(entry);
    const entry = state[inside.entries + context]!;
    for (let earlier = 0; earlier < context; earlier++) {
      const other = state[inside.entries + earlier]!;
      const isSame = contextClass(other) === PRESENT && contextClass(entry) === PRESENT;
      if (isSame && rootOf(other) === rootOf(entry) && INVALIDATION_KINDS[command.kind] === "iotlb") return;
    }
    obey(state, command, context);
  };
};

/** Stage 2 is followed for the guest's data, and not for its tables: leaves below a table that moved stay. */
export const missesMovedTables: Plant = (machine) => {
  machine.shadow!.stage2Written = () => {};
};

/** A context that goes is not noticed: what was kept for it stays. */
export const keepsRemovedContexts: Plant = (machine) => {
  const inside = insideShadow(machine);
  const attach = inside.attach.bind(inside);
  inside.attach = (state, context) => {
    if (contextClass(state[machine.world.contexts + context]!) === PRESENT) attach(state, context);
  };
};

/** A context that comes back with the root it had finds its old leaves: they are not read again. */
export const reusesOnAttach: Plant = (machine) => {
  const inside = insideShadow(machine);
  const attach = inside.attach.bind(inside);
  const pages = machine.geometry.iova.count;
  const kept = new Map<string, Int32Array>();
  onReset(machine, () => kept.clear());
  inside.attach = (state, context) => {
    const at = inside.leaves + context * pages;
    const before = state[inside.entries + context]!;
    if (contextClass(before) === PRESENT) kept.set(`${context} ${before}`, state.slice(at, at + pages));
    attach(state, context);
    const entry = state[inside.entries + context]!;
    const old = kept.get(`${context} ${entry}`);
    if (contextClass(entry) === PRESENT && old !== undefined) state.set(old, at);
  };
};

/**
 * The shadow keeps a copy of each last-level table of the guest, up to date while the table is linked; a table that is
 * linked again brings its old copy.
 */
export const reusesTableCopies: Plant = (machine) => {
  const inside = insideShadow(machine);
  const { geometry, world } = machine;
  const { iova, pageEntries } = geometry;
  const copies = new Map<number, Int32Array>();
  /** By VM, root and position: the table that was linked there, and at which fence. */
  const links = new Map<string, { table: number; fence: number }>();
  let fence = 0;
  const walk = inside.walk.bind(inside);

  const walkLinked = (state: Int32Array, entry: number, page: number): number => {
    const place = `${contextVm(entry)} ${contextRoot(entry)} ${Math.floor(iova.pages[page]! / iova.spanPages[1]!)}`;
    const table = lastTable(machine, state, entry, page);
    if (table < 0) {
      links.delete(place);
      return walk(state, entry, page, -1, -1);
    }
    const from = world.memory + valuePage(world.translate(state, contextVm(entry), table)) * pageEntries;
    const key = contextVm(entry) * geometry.guestPages + table;
    const copy = copies.get(key) ?? state.slice(from, from + pageEntries);
    copies.set(key, copy);
    const index = iova.index[page * iova.levels + iova.levels - 1]!;
    const link = links.get(place);
    if (link?.table === table && link.fence !== fence) copy[index] = state[from + index]!;
    if (link?.table !== table) links.set(place, { table, fence });
    const now = state[from + index]!;
    state[from + index] = copy[index]!;
    const leaf = walk(state, entry, page, -1, -1);
    state[from + index] = now;
    return leaf;
  };

  inside.walk = (state, entry, page, first, last) =>
    first >= 0 ? walk(state, entry, page, first, last) : walkLinked(state, entry, page);
  const shadow = machine.shadow!;
  const fenced = shadow.fenced.bind(shadow);
  shadow.fenced = (state) => {
    fence++;
    fenced(state);
  };
  onReset(machine, () => {
    copies.clear();
    links.clear();
    fence = 0;
    shadow.reset(machine.state);
  });
};

/** The guest page of the last-level table on a page's walk as memory is now, -1 if there is none. */
function lastTable(machine: Machine, state: Int32Array, entry: number, page: number): number {
  const { geometry, world } = machine;
  const { iova } = geometry;
  let table = contextRoot(entry);
  for (let depth = 0; depth < iova.levels; depth++) {
    const host = world.translate(state, contextVm(entry), table);
    if (valueClass(host) !== PRESENT) return -1;
    if (depth === iova.levels - 1) return table;
    const at = world.memory + valuePage(host) * geometry.pageEntries + iova.index[page * iova.levels + depth]!;
    const span = iova.levels - 1 - depth;
    if (entryRole(state[at]!, span, iova.spanPages[span]!, geometry.guestPages) !== ROLE.table) return -1;
    table = entryTarget(state[at]!);
  }
  return -1;
}
