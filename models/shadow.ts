/**
 * Software nesting: one collapsed table IOVA -> HPA a context, kept by the host.
 *
 * Follows the design page, section 4 (Shadow). Filled when the context is attached; refreshed at the fence that
 * completes a guest invalidation, for the range and tags of the command and never finer than a leaf it holds. It keeps
 * the context entry it attached and, for each page, the guest's leaf (GPA, size, permissions), since the guest's entry
 * may be gone already; malformed is kept as absent. Stage-2 changes are followed at once: translations of the GPAs it
 * holds, and the leaves below a guest table that moved. A host's own invalidations mean nothing to it.
 */

import { READ } from "../commands/command.js";
import type { ShadowOptions } from "../rules/vocabulary.js";
import type { Geometry } from "./geometry.js";
import type { Layout } from "./layout.js";
import { type Pending, type Queue, removes } from "./queue.js";
import { CACHE, GLOBAL, type Unit } from "./unit.js";
import {
  ABSENT,
  contextClass,
  contextDomain,
  contextProcess,
  contextRoot,
  contextVm,
  entryGlobal,
  entryPermission,
  entryRole,
  entryTarget,
  faultCode,
  PRESENT,
  packValue,
  REASON,
  ROLE,
  valuePage,
  valueSpan,
} from "./values.js";
import type { Change, World } from "./world.js";

export class Shadow {
  /** By context: the entry as attached, 0 if none. */
  private readonly entries: number;
  /** By `context * pages + page`: the guest's leaf, 0 if none; and the host page it had at the last refresh. */
  private readonly leaves: number;
  private readonly hosts: number;
  private readonly directory: readonly number[];
  private touched = false;

  constructor(
    layout: Layout,
    private readonly geometry: Geometry,
    private readonly unit: Unit,
    private readonly world: World,
    private readonly queue: Queue,
    private readonly options: ShadowOptions,
  ) {
    this.entries = layout.plain("shadow.entries", geometry.contexts);
    this.leaves = layout.plain("shadow.leaves", geometry.contexts * geometry.iova.count);
    this.hosts = layout.plain("shadow.hosts", geometry.contexts * geometry.iova.count);
    const present = [CACHE.context, CACHE.pasid].filter((cache) => unit.caches[cache]!.present);
    this.directory = present.length > 0 ? present : [CACHE.context];
  }

  reset(state: Int32Array): void {
    for (let context = 0; context < this.geometry.contexts; context++) this.attach(state, context);
  }

  /** A combined value, or a fault code. */
  translate(state: Int32Array, context: number, page: number): number {
    const entry = state[this.entries + context]!;
    const at = context * this.geometry.iova.count + page;
    const leaf = state[this.leaves + at]!;
    if (contextClass(entry) !== PRESENT) return faultCode(0, REASON.absent);
    if ((leaf & 3) !== PRESENT) return faultCode(1, REASON.absent);
    const stage2 = this.options.followsStage2
      ? this.world.translate(state, contextVm(entry), valuePage(leaf))
      : state[this.hosts + at]!;
    if ((stage2 & 3) !== PRESENT) return faultCode(2, REASON.absent);
    const permission = (leaf >> 2) & (stage2 >> 2) & 3;
    return packValue(PRESENT, permission, 0, valueSpan(leaf), valuePage(stage2), valuePage(leaf));
  }

  /** The context entry as attached, 0 if none. */
  entryOf(state: Int32Array, context: number): number {
    return state[this.entries + context]!;
  }

  /** The guest's leaf that is kept for a page, 0 if none. */
  leafOf(state: Int32Array, context: number, page: number): number {
    return state[this.leaves + context * this.geometry.iova.count + page]!;
  }

  /** Drops what is kept for one page; only a shadow that is wrongly taken for a cache does. */
  evict(state: Int32Array, context: number, page: number): void {
    if (this.options.evicts) state[this.leaves + context * this.geometry.iova.count + page] = 0;
  }

  /** The host changed stage 2: leaves below a guest table in the changed pages are read again. */
  stage2Written(state: Int32Array, change: Change): void {
    if (!this.options.followsStage2) return;
    for (let context = 0; context < this.geometry.contexts; context++) {
      const entry = state[this.entries + context]!;
      if (contextClass(entry) !== PRESENT || contextVm(entry) !== change.vm) continue;
      for (let page = 0; page < this.geometry.iova.count; page++) {
        this.touched = false;
        const leaf = this.walk(state, entry, page, change.firstGuestPage, change.lastGuestPage);
        if (this.touched) this.keep(state, context, page, leaf);
      }
    }
  }

  /** The pending guest invalidations are complete: what they name is read again, from memory as it is now. */
  fenced(state: Int32Array): void {
    for (let slot = 0; slot < this.queue.count(state); slot++) {
      const command = this.queue.pending[slot]!;
      if (command.host) continue;
      for (let context = 0; context < this.geometry.contexts; context++) this.obey(state, command, context);
    }
  }

  private obey(state: Int32Array, command: Pending, context: number): void {
    const entry = state[this.entries + context]!;
    for (const cache of this.directory) {
      const held =
        contextClass(entry) === PRESENT ? entry & (this.unit.caches[cache]!.fieldMask | 3) : contextClass(entry);
      if (!removes(this.unit, command, this.unit.set(cache, context, 0, 0, 0), held)) continue;
      this.attach(state, context);
      return;
    }
    if (contextClass(entry) !== PRESENT || command.rules[CACHE.iotlb]!.length === 0) return;
    for (let page = 0; page < this.geometry.iova.count; page++) {
      const leaf = state[this.leaves + context * this.geometry.iova.count + page]!;
      if (this.names(state, command, context, entry, page, leaf)) this.refresh(state, context, page);
    }
  }

  /** Whether a command names the translation kept for a page: as an IOTLB entry with the same tags would be. */
  private names(
    state: Int32Array,
    command: Pending,
    context: number,
    entry: number,
    page: number,
    leaf: number,
  ): boolean {
    const global = (leaf >> 4) & 1;
    const process = global === 1 ? GLOBAL : contextProcess(entry);
    const set = this.unit.set(CACHE.iotlb, context, contextDomain(entry), process, page);
    const value = this.translate(state, context, page);
    const kept = value < 0 ? packValue(ABSENT, 0, 0, 1, 0, 0) : value | (global << 4);
    return removes(this.unit, command, set, kept);
  }

  private attach(state: Int32Array, context: number): void {
    const entry = state[this.world.contexts + context]!;
    const present = contextClass(entry) === PRESENT;
    state[this.entries + context] = present ? entry : 0;
    for (let page = 0; page < this.geometry.iova.count; page++) {
      this.keep(state, context, page, present ? this.walk(state, entry, page, -1, -1) : 0);
    }
  }

  /** Reads a page's leaf again, and with it all pages of the superpage that was or is there. */
  private refresh(state: Int32Array, context: number, page: number): void {
    const { iova } = this.geometry;
    const entry = state[this.entries + context]!;
    const now = this.walk(state, entry, page, -1, -1);
    const was = state[this.leaves + context * iova.count + page]!;
    const span = Math.max(valueSpan(was), valueSpan(now));
    const pages = iova.spanPages[span]!;
    const first = Math.floor(iova.pages[page]! / pages) * pages;
    for (let other = page; other >= 0 && iova.pages[other]! >= first; other--) {
      this.keep(state, context, other, this.walk(state, entry, other, -1, -1));
    }
    for (let other = page + 1; other < iova.count && iova.pages[other]! < first + pages; other++) {
      this.keep(state, context, other, this.walk(state, entry, other, -1, -1));
    }
  }

  private keep(state: Int32Array, context: number, page: number, leaf: number): void {
    const at = context * this.geometry.iova.count + page;
    state[this.leaves + at] = leaf;
    const entry = state[this.entries + context]!;
    state[this.hosts + at] =
      (leaf & 3) === PRESENT ? this.world.translate(state, contextVm(entry), valuePage(leaf)) : 0;
  }

  /**
   * The guest's leaf for a page in the tables of `entry`, as they are now; 0 where a walk would fault. Notes in
   * `touched` whether a table lies in guest pages `first` to `last`.
   */
  private walk(state: Int32Array, entry: number, page: number, first: number, last: number): number {
    const { geometry, world } = this;
    const { iova } = geometry;
    let table = contextRoot(entry);
    let permission = 3;
    let global = 0;
    for (let depth = 0; depth < iova.levels; depth++) {
      if (table >= first && table <= last) this.touched = true;
      const host = world.translate(state, contextVm(entry), table);
      // What is not present gives no permission either.
      if (((host >> 2) & READ) === 0) return 0;
      const word =
        state[world.memory + valuePage(host) * geometry.pageEntries + iova.index[page * iova.levels + depth]!]!;
      const span = iova.levels - 1 - depth;
      const spanPages = iova.spanPages[span]!;
      const role = entryRole(word, span, spanPages, geometry.guestPages);
      if (role === ROLE.absent || role === ROLE.malformed) return 0;
      permission &= entryPermission(word);
      global |= entryGlobal(word);
      if (role === ROLE.leaf) {
        return packValue(PRESENT, permission, global, span, entryTarget(word) + (iova.pages[page]! % spanPages), 0);
      }
      table = entryTarget(word);
    }
    return 0;
  }
}
