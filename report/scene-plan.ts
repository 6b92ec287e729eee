/**
 * Which tables and entries a picture draws: what the walks of the watched requests read at any step, and what was
 * written, with the stage-2 entries of the guest pages that these name.
 *
 * A table may have 512 entries: those that were read or written are drawn, and all that are there where a table has at
 * most 8. The plan is made over a whole run, so that every step has the same boxes.
 */

import { ENTRY } from "../commands/command.js";
import type { Machine } from "../models/machine.js";
import { contextVm, entryTarget, PRESENT } from "../models/values.js";
import { type Read, readsOf, type Watched, writtenBy } from "./scene-watch.js";
import type { Timeline } from "./timeline.js";

export interface PlannedTable {
  stage: 1 | 2;
  vm: number;
  /** Stage 1: the guest page that it is. Stage 2: the first guest page below it. */
  page: number;
  depth: number;
  /** Entries that are drawn, ascending. */
  rows: number[];
}

export interface Plan {
  contexts: number[];
  tables: PlannedTable[];
  hiddenTables: number;
}

const FEW_ENTRIES = 8;
/** Tables that a picture has room for. */
export const MOST_TABLES = 24;

export function planOf(timeline: Timeline, watched: readonly Watched[], last: number): Plan {
  const planner = new Planner(timeline.machine);
  const writes: NonNullable<ReturnType<typeof writtenBy>>[] = [];
  for (let step = 0; step <= last; step++) {
    const machine = timeline.after(step);
    for (const place of watched) {
      planner.contexts.add(place.context);
      const vm = contextVm(machine.state[machine.world.contexts + place.context]!);
      for (const read of readsOf(machine, place)) planner.add(vm, read);
    }
    if (step === 0) continue;
    const { change } = machine.world;
    if (machine.note.wrote && change.kind === "context") planner.contexts.add(change.at);
    const written = writtenBy(timeline.command(step), machine);
    if (written !== null) writes.push(written);
  }
  // Behind all walks: where there is no room for all, these are left out.
  for (const written of writes) planner.add(written.vm, written);
  // What an entry points to has a place of its own: a second pass, since the rows are known only now.
  for (let step = 0; step <= last; step++) planner.follow(timeline.after(step));
  return planner.plan();
}

class Planner {
  readonly contexts = new Set<number>();
  private readonly tables = new Map<string, PlannedTable & { chosen: Set<number> }>();
  private readonly left = new Set<string>();

  constructor(private readonly machine: Machine) {}

  add(vm: number, read: Read): void {
    if (read.kind === "stage1") this.row({ stage: 1, vm, page: read.page, depth: read.depth }, read.index);
    if (read.kind === "stage2") this.stage2Row(vm, read.page, read.depth);
  }

  private stage2Row(vm: number, page: number, depth: number): void {
    const { guest } = this.machine.geometry;
    this.row(
      { stage: 2, vm, page: tableStart(this.machine, page, depth), depth },
      guest.index[page * guest.levels + depth]!,
    );
  }

  private row(place: Pick<PlannedTable, "stage" | "vm" | "page" | "depth">, index: number): void {
    const id = tableId(place);
    const known = this.tables.get(id);
    if (known === undefined && this.tables.size === MOST_TABLES) {
      this.left.add(id);
      return;
    }
    const table = known ?? { ...place, rows: [], chosen: new Set<number>() };
    // A table that was only written has no depth; one that is reached at two depths stands at the first.
    if (place.depth >= 0 && (table.depth < 0 || place.depth < table.depth)) table.depth = place.depth;
    table.chosen.add(index);
    this.tables.set(id, table);
  }

  /** The entries that small tables of stage 1 hold now, and the stage-2 entries of what stage-1 entries name. */
  follow(machine: Machine): void {
    const { geometry } = machine;
    for (const table of [...this.tables.values()]) {
      if (table.stage !== 1) continue;
      const words = stage1Words(machine, table.vm, table.page);
      if (words === null) continue;
      for (let index = 0; index < geometry.stage1.entries; index++) {
        const entry = words[index]!;
        if (entry !== ENTRY.absent && geometry.stage1.entries <= FEW_ENTRIES) table.chosen.add(index);
        const isPointing = entry !== ENTRY.absent && entry !== ENTRY.malformed;
        if (isPointing && table.chosen.has(index)) this.reach(table.vm, entryTarget(entry));
      }
    }
  }

  private reach(vm: number, page: number): void {
    const { guest, guestPages } = this.machine.geometry;
    if (page >= guestPages) return;
    for (let depth = 0; depth < guest.levels; depth++) this.stage2Row(vm, page, depth);
  }

  plan(): Plan {
    const { stage1 } = this.machine.geometry;
    const tables = [...this.tables.values()].map(({ chosen, ...table }) => ({
      ...table,
      depth: table.depth < 0 ? stage1.levels - 1 : table.depth,
      rows: [...chosen].sort((a, b) => a - b),
    }));
    const order = (table: PlannedTable): number[] => [table.stage, table.vm, table.depth, table.page];
    return {
      contexts: [...this.contexts].sort((a, b) => a - b),
      tables: tables.sort((a, b) => compare(order(a), order(b))),
      hiddenTables: this.left.size,
    };
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((number, index) => number !== b[index]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

export function tableId({ stage, vm, page, depth }: Pick<PlannedTable, "stage" | "vm" | "page" | "depth">): string {
  return stage === 1 ? `v${vm}-g${page}` : `v${vm}-stage2-${depth}-g${page}`;
}

/** The first guest page below the stage-2 table that is read at `depth` for `page`. */
export function tableStart({ geometry }: Machine, page: number, depth: number): number {
  const { guest } = geometry;
  return depth === 0 ? 0 : guest.prefixBase[guest.prefix[page * guest.levels + depth - 1]!]!;
}

/** The entries of a guest page as stage 2 maps it now; null where it does not. */
export function stage1Words({ world, state, geometry }: Machine, vm: number, page: number): Int32Array | null {
  const host = world.translate(state, vm, page);
  if ((host & 3) !== PRESENT) return null;
  const from = world.memory + ((host >> 7) & 0xfff) * geometry.pageEntries;
  return state.subarray(from, from + geometry.pageEntries);
}
