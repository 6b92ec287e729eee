/**
 * Memory as it is now, nothing cached: host pages, each a few entries and a data tag, and the context entries.
 *
 * Follows the design page, section 3 (World). Both stages' tables lie in host memory: a VM's stage-2 tables in pages of
 * their own, stage-1 tables in guest pages, which the guest's writes reach through stage 2 as it stands. What cannot be
 * done is a no-op: a write to an unmapped or read-only guest page, an entry below a table that is not there, a move
 * onto a page in use, a guest's page on a stage-2 table or a table on a page in use. The commands' effects are planned
 * first (which word becomes what) and applied after, so that the ledger can look at the state between. Accessed and
 * dirty bits are left out.
 */

import { CONTEXT_STATE, ENTRY, slots, WRITE } from "../commands/command.js";
import type { Geometry, Paths } from "./geometry.js";
import type { Layout } from "./layout.js";
import {
  ABSENT,
  CONTEXT_MASKS,
  contextDomain,
  contextProcess,
  contextRoot,
  contextVm,
  entryKind,
  entryPermission,
  entryRole,
  entryTarget,
  MALFORMED,
  PRESENT,
  packContext,
  packEntry,
  packValue,
  ROLE,
} from "./values.js";

const W = slots("write");
const C = slots("context");
const F = slots("context-field");
const T = slots("stage2");
const M = slots("move");

/** What a command will change: one word of a table, or one context entry. */
export interface Change {
  kind: "none" | "entry" | "context";
  /** Word of memory (host page * entries + index), or context number. */
  at: number;
  old: number;
  new: number;
  /** Stage-2 changes: the VM, the entry's depth and the guest pages below it; vm is -1 for other changes. */
  vm: number;
  depth: number;
  firstGuestPage: number;
  lastGuestPage: number;
  /** A move: the host page whose content is copied to the new target, or -1. */
  copyFrom: number;
}

export class World {
  /** Offsets: `memory + hostPage * pageEntries + index`, `tags + hostPage`, `contexts + context`. */
  readonly memory: number;
  readonly tags: number;
  readonly contexts: number;
  /**
   * By `vm * guestPages + page`: stage 2 of each guest page as it stands. No guest writes a stage-2 table (see
   * `mayName`), so only stage-2 changes alter it.
   */
  private readonly stage2: number;
  readonly change: Change = {
    kind: "none",
    at: 0,
    old: 0,
    new: 0,
    vm: -1,
    depth: 0,
    firstGuestPage: 0,
    lastGuestPage: 0,
    copyFrom: -1,
  };

  constructor(
    layout: Layout,
    readonly geometry: Geometry,
  ) {
    this.memory = layout.plain("world.memory", geometry.hostPages * geometry.pageEntries);
    this.tags = layout.plain("world.tags", geometry.hostPages);
    this.contexts = layout.plain("world.contexts", geometry.contexts);
    this.stage2 = layout.derived("world.stage2", geometry.vms * geometry.guestPages);
  }

  /** Plans a command that writes memory or a context entry; `change.kind` is `none` where nothing would change. */
  plan(state: Int32Array, kind: PlannedKind, sequence: Float64Array, from: number): Change {
    const change = this.change;
    change.kind = "none";
    change.vm = -1;
    change.copyFrom = -1;
    switch (kind) {
      case "write":
        this.planWrite(state, sequence, from);
        break;
      case "context":
        this.planContext(state, sequence, from);
        break;
      case "context-field":
        this.planField(state, sequence, from);
        break;
      case "stage2":
        this.planStage2(state, sequence, from);
        break;
      case "move":
        this.planMove(state, sequence, from);
        break;
    }
    if (change.kind !== "none" && change.old === change.new) change.kind = "none";
    return change;
  }

  apply(state: Int32Array): void {
    const change = this.change;
    if (change.kind === "none") return;
    if (change.copyFrom >= 0) this.copyPage(state, change.copyFrom, entryTarget(change.new));
    state[(change.kind === "entry" ? this.memory : this.contexts) + change.at] = change.new;
    if (change.vm >= 0) this.refreshStage2(state);
  }

  /** A DMA write leaves its mark (context number + 1) in the data tag of host page `page`. */
  mark(state: Int32Array, page: number, context: number): void {
    state[this.tags + page] = context + 1;
  }

  /** Stage 2 as it stands, for guest page `page` of `vm`: a packed stage-2 value, negative ones included. */
  translate(state: Int32Array, vm: number, page: number): number {
    return state[this.stage2 + vm * this.geometry.guestPages + page]!;
  }

  /** Walks stage 2 again for every guest page of every VM. */
  refreshStage2(state: Int32Array): void {
    const { vms, guestPages } = this.geometry;
    for (let vm = 0; vm < vms; vm++) {
      for (let page = 0; page < guestPages; page++)
        state[this.stage2 + vm * guestPages + page] = this.walk(state, vm, page);
    }
  }

  private walk(state: Int32Array, vm: number, page: number): number {
    const { geometry, memory } = this;
    const { guest, pageEntries, hostPages } = geometry;
    let table = geometry.tableBase[vm]!;
    let permission = 3;
    for (let depth = 0; depth < guest.levels; depth++) {
      const index = guest.index[page * guest.levels + depth]!;
      const entry = state[memory + table * pageEntries + index]!;
      const span = guest.levels - 1 - depth;
      const role = entryRole(entry, span, guest.spanPages[span]!, hostPages);
      permission &= entryPermission(entry);
      if (role === ROLE.leaf) {
        return packValue(PRESENT, permission, 0, span, entryTarget(entry) + (page % guest.spanPages[span]!), 0);
      }
      if (role === ROLE.absent) return packValue(ABSENT, 0, 0, 2, 0, 0);
      if (role === ROLE.malformed) return packValue(MALFORMED, 0, 0, 2, 0, 0);
      table = entryTarget(entry);
    }
    return packValue(MALFORMED, 0, 0, 2, 0, 0);
  }

  /** The stage-2 table that guest prefix `prefix` of `vm` points to, as a packed value; -1 where no pointer stands. */
  pointer(state: Int32Array, vm: number, prefix: number): number {
    const { guest, hostPages } = this.geometry;
    const depth = guest.prefixDepth[prefix]!;
    const page = guest.prefixFrom[prefix]!;
    let permission = 3;
    for (let at = 0; at <= depth; at++) {
      const word = this.wordAt(state, vm, page, at);
      if (word < 0) return -1;
      const entry = state[this.memory + word]!;
      permission &= entryPermission(entry);
      if (at < depth) continue;
      const span = guest.levels - 1 - depth;
      const role = entryRole(entry, span, guest.spanPages[span]!, hostPages);
      if (role === ROLE.table) return packValue(PRESENT, permission, 0, 0, entryTarget(entry), 0);
      if (role === ROLE.leaf) return -1;
      return packValue(role === ROLE.absent ? ABSENT : MALFORMED, 0, 0, 2, 0, 0);
    }
    return -1;
  }

  /** Whether host page `page` is mapped by some VM's stage 2 or holds a stage-2 table of it. */
  inUse(state: Int32Array, page: number): boolean {
    for (let vm = 0; vm < this.geometry.vms; vm++) {
      for (let guestPage = 0; guestPage < this.geometry.guestPages; guestPage++) {
        const value = this.translate(state, vm, guestPage);
        if ((value & 3) === PRESENT && ((value >> 7) & 0xfff) === page) return true;
      }
      if (this.holdsTable(state, vm, page)) return true;
    }
    return false;
  }

  private holdsTable(state: Int32Array, vm: number, page: number): boolean {
    const { guest } = this.geometry;
    if (this.geometry.tableBase[vm] === page) return true;
    for (let prefix = 0; prefix < guest.prefixCount; prefix++) {
      const word = this.tableWord(state, vm, guest, prefix);
      if (word < 0) continue;
      const entry = state[this.memory + word]!;
      const span = guest.levels - 1 - guest.prefixDepth[prefix]!;
      const role = entryRole(entry, span, guest.spanPages[span]!, this.geometry.hostPages);
      if (role === ROLE.table && entryTarget(entry) === page) return true;
    }
    return false;
  }

  /** The word that holds the non-leaf stage-2 entry `prefix` of `vm`, or -1 if the tables above it are not there. */
  private tableWord(state: Int32Array, vm: number, guest: Paths, prefix: number): number {
    return this.wordAt(state, vm, guest.prefixFrom[prefix]!, guest.prefixDepth[prefix]!);
  }

  /** The word of the stage-2 entry at `depth` on the way to `page`, or -1. */
  private wordAt(state: Int32Array, vm: number, page: number, depth: number): number {
    const { guest, pageEntries, hostPages } = this.geometry;
    let table = this.geometry.tableBase[vm]!;
    for (let at = 0; at < depth; at++) {
      const entry = state[this.memory + table * pageEntries + guest.index[page * guest.levels + at]!]!;
      const span = guest.levels - 1 - at;
      if (entryRole(entry, span, guest.spanPages[span]!, hostPages) !== ROLE.table) return -1;
      table = entryTarget(entry);
    }
    return table * pageEntries + guest.index[page * guest.levels + depth]!;
  }

  private planEntry(state: Int32Array, word: number, entry: number): void {
    this.change.kind = "entry";
    this.change.at = word;
    this.change.old = state[this.memory + word]!;
    this.change.new = entry;
  }

  private planWrite(state: Int32Array, sequence: Float64Array, from: number): void {
    const { geometry } = this;
    const vm = sequence[from + W.vm]!;
    const page = sequence[from + W.page]!;
    const index = sequence[from + W.index]!;
    if (vm >= geometry.vms || page >= geometry.guestPages || index >= geometry.stage1.entries) return;
    const host = this.translate(state, vm, page);
    if ((host & 3) !== PRESENT || ((host >> 2) & WRITE) === 0) return;
    const entry = packEntry(
      sequence[from + W.entry]!,
      sequence[from + W.target]!,
      sequence[from + W.permission]!,
      sequence[from + W.global]!,
    );
    this.planEntry(state, ((host >> 7) & 0xfff) * geometry.pageEntries + index, entry);
  }

  private planContext(state: Int32Array, sequence: Float64Array, from: number): void {
    const { geometry } = this;
    const context = sequence[from + C.context]!;
    if (context >= geometry.contexts) return;
    const entryState = sequence[from + C.state]!;
    let entry: number = entryState;
    if (entryState === CONTEXT_STATE.present) {
      const vm = sequence[from + C.vm]!;
      const domain = sequence[from + C.domain]!;
      const process = sequence[from + C.process]!;
      const root = sequence[from + C.root]!;
      if (!this.tagsExist(vm, domain, process, root)) return;
      entry = packContext(PRESENT, vm, domain, process, root);
    }
    this.planContextEntry(state, context, entry);
  }

  private tagsExist(vm: number, domain: number, process: number, root: number): boolean {
    const { geometry } = this;
    return vm < geometry.vms && domain < geometry.domains && process < geometry.processes && root < geometry.guestPages;
  }

  private planContextEntry(state: Int32Array, context: number, entry: number): void {
    this.change.kind = "context";
    this.change.at = context;
    this.change.old = state[this.contexts + context]!;
    this.change.new = entry;
  }

  private planField(state: Int32Array, sequence: Float64Array, from: number): void {
    const context = sequence[from + F.context]!;
    if (context >= this.geometry.contexts) return;
    const field = sequence[from + F.field]!;
    // `valid` is one bit: any number but 0 makes the entry present.
    const given = sequence[from + F.value]!;
    const old = state[this.contexts + context]!;
    const [name, shift] = FIELD_PLACES[field]!;
    const value = name === "valid" ? Math.min(given, 1) : given;
    if (value > CONTEXT_MASKS[name] >>> shift) return;
    const entry = (old & ~CONTEXT_MASKS[name]) | (value << shift);
    if (!this.tagsExist(contextVm(entry), contextDomain(entry), contextProcess(entry), contextRoot(entry))) return;
    this.planContextEntry(state, context, entry);
  }

  /**
   * `leaf` and a lone `-` or `bad` write the last-level entry where the tables above are there; where a superpage or
   * nothing stands above, `-` and `bad` write that entry. `super` and `table` write one level above the last; with
   * permission 0 (`super -`) they clear it.
   */
  private planStage2(state: Int32Array, sequence: Float64Array, from: number): void {
    const { geometry } = this;
    const { guest } = geometry;
    const vm = sequence[from + T.vm]!;
    const page = sequence[from + T.page]!;
    if (vm >= geometry.vms || page >= geometry.guestPages) return;
    const kind = sequence[from + T.entry]!;
    const permission = sequence[from + T.permission]!;
    const last = guest.levels - 1;
    let depth = last;
    if (kind === ENTRY.super || kind === ENTRY.table) depth = last - 1;
    if (depth < 0) return;
    let word = this.wordAt(state, vm, page, depth);
    if (word < 0 && (kind === ENTRY.absent || kind === ENTRY.malformed) && depth > 0) {
      depth--;
      word = this.wordAt(state, vm, page, depth);
    }
    if (word < 0) return;
    const cleared = depth < last && permission === 0;
    const target = sequence[from + T.target]!;
    if (!cleared && !this.mayName(state, word, kind, target, guest.spanPages[last - depth]!)) return;
    this.planEntry(state, word, cleared ? 0 : packEntry(kind, target, permission, 0));
    this.noteGuestPages(vm, page, depth);
  }

  /**
   * A host gives no guest a page that holds a stage-2 table, and makes no table of a page that is in use, or that would
   * lead to a table by what it holds already, but where the entry at `word` leads to it as it is.
   */
  private mayName(state: Int32Array, word: number, kind: number, target: number, pages: number): boolean {
    if (kind === ENTRY.table) {
      if (isTableAt(state[this.memory + word]!, target)) return true;
      return !this.inUse(state, target) && !this.leadsToTable(state, target);
    }
    if (kind !== ENTRY.leaf && kind !== ENTRY.super) return true;
    for (let vm = 0; vm < this.geometry.vms; vm++) {
      for (let page = target; page < target + (kind === ENTRY.super ? pages : 1); page++) {
        if (this.holdsTable(state, vm, page)) return false;
      }
    }
    return true;
  }

  /** Whether page `page`, once it is a last-level stage-2 table, would map itself or another stage-2 table. */
  private leadsToTable(state: Int32Array, page: number): boolean {
    const { pageEntries, hostPages, vms } = this.geometry;
    if (page >= hostPages) return false;
    for (let word = page * pageEntries; word < (page + 1) * pageEntries; word++) {
      const entry = state[this.memory + word]!;
      if (entryRole(entry, 0, 1, hostPages) !== ROLE.leaf) continue;
      if (entryTarget(entry) === page) return true;
      for (let vm = 0; vm < vms; vm++) if (this.holdsTable(state, vm, entryTarget(entry))) return true;
    }
    return false;
  }

  private noteGuestPages(vm: number, page: number, depth: number): void {
    const { guest, guestPages } = this.geometry;
    const pages = guest.spanPages[guest.levels - 1 - depth]!;
    const first = Math.floor(page / pages) * pages;
    this.change.vm = vm;
    this.change.depth = depth;
    this.change.firstGuestPage = first;
    this.change.lastGuestPage = Math.min(first + pages, guestPages) - 1;
  }

  private planMove(state: Int32Array, sequence: Float64Array, from: number): void {
    const { geometry } = this;
    const vm = sequence[from + M.vm]!;
    const page = sequence[from + M.page]!;
    const target = sequence[from + M.target]!;
    if (vm >= geometry.vms || page >= geometry.guestPages || target >= geometry.hostPages) return;
    const depth = geometry.guest.levels - 1;
    const word = this.wordAt(state, vm, page, depth);
    if (word < 0) return;
    const entry = state[this.memory + word]!;
    if (entryRole(entry, 0, 1, geometry.hostPages) !== ROLE.leaf || this.inUse(state, target)) return;
    this.planEntry(state, word, packEntry(ENTRY.leaf, target, entryPermission(entry), 0));
    this.noteGuestPages(vm, page, depth);
    this.change.copyFrom = entryTarget(entry);
  }

  private copyPage(state: Int32Array, from: number, to: number): void {
    const { pageEntries } = this.geometry;
    const source = this.memory + from * pageEntries;
    state.copyWithin(this.memory + to * pageEntries, source, source + pageEntries);
    state[this.tags + to] = state[this.tags + from]!;
  }
}

/** Whether an entry above the last level leads to table `target`. */
function isTableAt(entry: number, target: number): boolean {
  return entryKind(entry) === ENTRY.table && entryTarget(entry) === target;
}

export type PlannedKind = "write" | "context" | "context-field" | "stage2" | "move";

/** Name and bit position of each field, in the order of the vocabulary's list. */
const FIELD_PLACES: readonly (readonly ["valid" | "vm" | "domain" | "process" | "root", number])[] = [
  ["valid", 0],
  ["vm", 2],
  ["domain", 5],
  ["process", 9],
  ["root", 14],
];
