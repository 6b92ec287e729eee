/**
 * The tables of both stages and the context entries as they are now, in the boxes of a plan.
 */

import { entryText } from "../commands/language.js";
import type { Machine } from "../models/machine.js";
import {
  contextClass,
  contextRoot,
  contextVm,
  entryGlobal,
  entryKind,
  entryPermission,
  entryRole,
  entryTarget,
  PRESENT,
} from "../models/values.js";
import type { Role, SceneRow, SceneTable } from "./scene.js";
import { type Plan, type PlannedTable, stage1Words, tableId } from "./scene-plan.js";
import { type Read, readsOf, type Watched } from "./scene-watch.js";
import { contextText, rangeText } from "./words.js";

const ROLES: readonly Role[] = ["absent", "leaf", "table", "malformed"];

export function memoryOf(machine: Machine, plan: Plan, focus: Watched | undefined): SceneTable[] {
  const walk = focus === undefined ? [] : readsOf(machine, focus);
  const vm = focus === undefined ? -1 : contextVm(machine.state[machine.world.contexts + focus.context]!);
  const orderOf = (matches: (read: Read) => boolean): number => walk.findIndex(matches) + 1;
  return [
    contextsOf(machine, plan, focus?.context ?? -1),
    ...plan.tables.map((table) =>
      table.stage === 1
        ? stage1Of(machine, plan, table, focus, (index) =>
            table.vm === vm
              ? orderOf((read) => read.kind === "stage1" && read.page === table.page && read.index === index)
              : 0,
          )
        : stage2Of(machine, plan, table, (first, last) =>
            table.vm === vm
              ? orderOf(
                  (read) =>
                    read.kind === "stage2" && read.depth === table.depth && read.page >= first && read.page <= last,
                )
              : 0,
          ),
    ),
  ];
}

function contextsOf({ state, world }: Machine, plan: Plan, focus: number): SceneTable {
  const rows = plan.contexts.map((context): SceneRow => {
    const entry = state[world.contexts + context]!;
    const isPresent = contextClass(entry) === PRESENT;
    const root = { stage: 1, vm: contextVm(entry), page: contextRoot(entry), depth: 0 } as const;
    return {
      id: `context-c${context}`,
      label: `c${context}`,
      text: contextText(entry, -1),
      role: isPresent ? "table" : contextClass(entry) === 0 ? "absent" : "malformed",
      target: isPresent && isPlanned(plan, root) ? tableId(root) : null,
      changed: false,
      walk: context === focus ? 1 : 0,
    };
  });
  return { id: "contexts", stage: 0, depth: 0, title: "context entries", rows, gone: "" };
}

function stage1Of(
  machine: Machine,
  plan: Plan,
  table: PlannedTable,
  focus: Watched | undefined,
  walkAt: (index: number) => number,
): SceneTable {
  const { geometry, world, state } = machine;
  const { vm, page, depth } = table;
  const id = tableId(table);
  const words = stage1Words(machine, vm, page);
  const span = geometry.stage1.levels - 1 - depth;
  const spanPages = geometry.iova.spanPages[span]!;
  const host = (world.translate(state, vm, page) >> 7) & 0xfff;
  const rows = (words === null ? [] : table.rows).map((index): SceneRow => {
    const entry = words![index]!;
    const role = ROLES[entryRole(entry, span, spanPages, geometry.guestPages)]!;
    const walk = walkAt(index);
    // Of a superpage the walk needs one page.
    const inside = walk > 0 && focus !== undefined ? geometry.iova.pages[focus.page]! % spanPages : 0;
    return {
      id: `${id}-${index}`,
      label: `[${index}]`,
      text: wordsOf(entry, "g", span),
      role,
      target: stage1Target(machine, plan, vm, role, entryTarget(entry) + (role === "leaf" ? inside : 0)),
      changed: false,
      walk,
    };
  });
  return {
    id,
    stage: 1,
    depth,
    title: `g${page}${words === null ? "" : ` in h${host}`}, level ${depth + 1}${vmText(geometry.vms, vm)}`,
    rows,
    gone: words === null ? "not mapped in stage 2" : "",
  };
}

const vmText = (vms: number, vm: number): string => (vms > 1 ? `, v${vm}` : "");

function stage1Target(machine: Machine, plan: Plan, vm: number, role: Role, page: number): string | null {
  if (role === "table") {
    const table = { stage: 1, vm, page, depth: 0 } as const;
    return isPlanned(plan, table) ? tableId(table) : stage2RowFor(machine, plan, vm, page);
  }
  return role === "leaf" ? stage2RowFor(machine, plan, vm, page) : null;
}

/** The deepest stage-2 entry that is drawn, and there, for a guest page. */
function stage2RowFor({ geometry }: Machine, plan: Plan, vm: number, page: number): string | null {
  const { guest } = geometry;
  for (let depth = guest.levels - 1; depth >= 0; depth--) {
    const index = guest.index[page * guest.levels + depth]!;
    const start = depth === 0 ? 0 : guest.prefixBase[guest.prefix[page * guest.levels + depth - 1]!]!;
    const table = plan.tables.find(
      (one) => one.stage === 2 && one.vm === vm && one.depth === depth && one.page === start,
    );
    if (table?.rows.includes(index)) return `${tableId(table)}-${index}`;
  }
  return null;
}

function stage2Of(
  machine: Machine,
  plan: Plan,
  table: PlannedTable,
  walkAt: (first: number, last: number) => number,
): SceneTable {
  const { geometry, state, world } = machine;
  const { guest } = geometry;
  const { vm, page, depth } = table;
  const id = tableId(table);
  const host = stage2TableAt(machine, vm, page, depth);
  const span = guest.levels - 1 - depth;
  const pages = guest.spanPages[span]!;
  const rows = (host < 0 ? [] : table.rows).map((index): SceneRow => {
    const entry = state[world.memory + host * geometry.pageEntries + index]!;
    const role = ROLES[entryRole(entry, span, pages, geometry.hostPages)]!;
    const first = page + index * pages;
    const below = { stage: 2, vm, page: first, depth: depth + 1 } as const;
    const target =
      role === "leaf" ? `h${entryTarget(entry)}` : role === "table" && isPlanned(plan, below) ? tableId(below) : null;
    return {
      id: `${id}-${index}`,
      label: rangeText("g", first, pages),
      text: wordsOf(entry, "h", span).replace(/^leaf /, ""),
      role,
      target,
      changed: false,
      walk: walkAt(first, first + pages - 1),
    };
  });
  return {
    id,
    stage: 2,
    depth,
    title: `${depth === 0 ? "root" : `level ${depth + 1}`}${host < 0 ? "" : ` in h${host}`}${vmText(geometry.vms, vm)}`,
    rows,
    gone: host < 0 ? "no table leads here" : "",
  };
}

/** The host page of the stage-2 table above guest page `page` at `depth`, or -1. */
function stage2TableAt({ geometry, state, world }: Machine, vm: number, page: number, depth: number): number {
  const { guest, pageEntries, hostPages } = geometry;
  let table = geometry.tableBase[vm]!;
  for (let at = 0; at < depth; at++) {
    const entry = state[world.memory + table * pageEntries + guest.index[page * guest.levels + at]!]!;
    const span = guest.levels - 1 - at;
    if (ROLES[entryRole(entry, span, guest.spanPages[span]!, hostPages)] !== "table") return -1;
    table = entryTarget(entry);
  }
  return table;
}

function isPlanned(plan: Plan, place: Pick<PlannedTable, "stage" | "vm" | "page" | "depth">): boolean {
  const id = tableId(place);
  return plan.tables.some((table) => tableId(table) === id);
}

function wordsOf(entry: number, letter: "g" | "h", span: number): string {
  const text = entryText(entryKind(entry), `${letter}${entryTarget(entry)}`, entryPermission(entry));
  const wrong = span === 0 ? /^(table|super)/.test(text) : /^leaf/.test(text);
  return `${text}${entryGlobal(entry) === 1 ? " global" : ""}${wrong ? " (malformed here)" : ""}`;
}
