/**
 * The start state of a run.
 *
 * By default (design page, section 9): c0 = (d0, p0, root g2), c1 = (d0, p1, root g3), c2 = (d1, p0, root g2); stage 2
 * of VM v maps gN to h(16 v + N); in each guest g2[0] = table g4, g4[0] = leaf g8 rw, g4[1] = leaf g9 rw, g3[0] = table
 * g5, g5[0] = leaf g10 rw. Deeper stage-1 geometries put more tables between (g6 and g0 below g4, g7 and g1 below g5),
 * flat ones have the leaves in the root. A geometry with too few guest pages for that has one chain of tables from g0
 * on for all contexts, then data. `attached` leaves contexts out: nothing of theirs is there, nor their tables'
 * entries.
 */

import { ENTRY } from "../commands/command.js";
import type { Geometry } from "./geometry.js";
import { PRESENT, packContext, packEntry } from "./values.js";
import type { World } from "./world.js";

interface Plan {
  context: number;
  vm: number;
  domain: number;
  process: number;
  /** Guest pages of the tables, root first. */
  tables: readonly number[];
  /** Guest pages that the last table's first entries map. */
  data: readonly number[];
}

/** Words `c0 c1 c2` (any of them), `all` or `none`, as a set of contexts; or a sentence that says what is wrong. */
export function parseStart(text: string, geometry: Geometry): ReadonlySet<number> | string {
  const words = text.trim().split(/[\s,]+/);
  if (words.length === 1 && words[0] === "all") return allContexts(geometry);
  if (words.length === 1 && words[0] === "none") return new Set();
  const contexts = new Set<number>();
  for (const word of words) {
    const match = /^c([0-9]+)$/.exec(word);
    if (match === null) return `start "${word}" is not known; known: all, none, or contexts such as c0 c1`;
    if (Number(match[1]) >= geometry.contexts)
      return `start names ${word}, but the geometry has c0 to c${geometry.contexts - 1}`;
    contexts.add(Number(match[1]));
  }
  return contexts;
}

export function allContexts(geometry: Geometry): ReadonlySet<number> {
  return new Set(Array.from({ length: geometry.contexts }, (_, context) => context));
}

/** Writes the start state into `state`. */
export function writeStart(state: Int32Array, world: World, geometry: Geometry, attached: ReadonlySet<number>): void {
  state.fill(0, world.memory, world.memory + geometry.hostPages * geometry.pageEntries);
  state.fill(0, world.tags, world.tags + geometry.hostPages);
  state.fill(0, world.contexts, world.contexts + geometry.contexts);
  for (let vm = 0; vm < geometry.vms; vm++) writeStage2(state, world, geometry, vm);
  world.refreshStage2(state);
  const plans = startPlans(geometry).filter((plan) => attached.has(plan.context));
  for (const plan of plans) {
    for (let vm = 0; vm < geometry.vms; vm++) writeStage1(state, world, geometry, vm, plan);
    state[world.contexts + plan.context] = packContext(PRESENT, plan.vm, plan.domain, plan.process, plan.tables[0]!);
  }
}

/** The contexts of the start state with their tables. */
export function startPlans(geometry: Geometry): Plan[] {
  const { levels } = geometry.stage1;
  const rows = [
    { context: 0, vm: 0, domain: 0, process: 0 },
    { context: 1, vm: 0, domain: 0, process: 1 },
    { context: 2, vm: Math.min(1, geometry.vms - 1), domain: Math.min(1, geometry.domains - 1), process: 0 },
  ].filter((row) => row.context < geometry.contexts && row.process < geometry.processes);
  if (geometry.guestPages >= 16) {
    const first = { tables: [2, 4, 6, 0].slice(0, levels), data: [8, 9] };
    const second = { tables: [3, 5, 7, 1].slice(0, levels), data: [10] };
    return rows.map((row) => ({ ...row, ...(row.context === 1 ? second : first) }));
  }
  const tables = Array.from({ length: Math.min(levels, geometry.guestPages - 1) }, (_, depth) => depth);
  const data = [tables.length, Math.min(tables.length + 1, geometry.guestPages - 1)];
  // Without room for second tables all contexts share the first's.
  return rows.map((row) => ({ ...row, tables, data }));
}

function writeStage1(state: Int32Array, world: World, geometry: Geometry, vm: number, plan: Plan): void {
  const put = (page: number, index: number, entry: number): void => {
    state[world.memory + (vm * geometry.guestPages + page) * geometry.pageEntries + index] = entry;
  };
  plan.tables.slice(1).forEach((table, depth) => {
    put(plan.tables[depth]!, 0, packEntry(ENTRY.table, table, 3, 0));
  });
  if (plan.tables.length < geometry.stage1.levels) return;
  plan.data.forEach((page, index) => {
    put(plan.tables[plan.tables.length - 1]!, index, packEntry(ENTRY.leaf, page, 3, 0));
  });
}

/** Tables in pages of their own: the root, then one a prefix in the order of the prefixes. */
function writeStage2(state: Int32Array, world: World, geometry: Geometry, vm: number): void {
  const { guest, guestPages, pageEntries } = geometry;
  const root = geometry.tableBase[vm]!;
  const tableOf = (prefix: number): number => (prefix < 0 ? root : root + 1 + prefix);
  for (let prefix = 0; prefix < guest.prefixCount; prefix++) {
    const table = tableOf(guest.prefixParent[prefix]!);
    const entry = packEntry(ENTRY.table, tableOf(prefix), 3, 0);
    state[world.memory + table * pageEntries + guest.prefixIndex[prefix]!] = entry;
  }
  const last = guest.levels - 1;
  for (let page = 0; page < guestPages; page++) {
    const table = tableOf(last === 0 ? -1 : guest.prefix[page * guest.levels + last - 1]!);
    const entry = packEntry(ENTRY.leaf, vm * guestPages + page, 3, 0);
    state[world.memory + table * pageEntries + guest.index[page * guest.levels + last]!] = entry;
  }
}
