/**
 * Memory as it is now: host pages with four entries each, context entries, data tags.
 *
 * A command is turned into a change first (or into nothing, where it is a no-op), so that the ledger can walk before
 * and after it.
 */

import {
  type ContextEntry,
  type Entry,
  GUEST_PAGES,
  indexOf,
  NO_ENTRY,
  pagesBelow,
  roleOf,
  SHAPE,
  upTo,
} from "./records.js";

export interface EntryChange {
  stage: 1 | 2;
  host: number;
  index: number;
  old: Entry;
  now: Entry;
  /** Stage 2: whose, at which depth, for which guest pages. */
  vm: number;
  depth: number;
  guestPages: readonly number[];
  /** A move: the host page whose content goes along. */
  copyFrom: number | null;
}

export interface ContextChange {
  stage: 0;
  context: number;
  old: ContextEntry;
  now: ContextEntry;
}

export type Change = EntryChange | ContextChange;

/** What stage 2 says of one guest page. */
export type HostPage = { found: true; host: number; permission: number; large: boolean } | { found: false };

const VMS = upTo(SHAPE.vms);

export class World {
  private readonly memory = new Map<number, Entry[]>();
  readonly tags = new Map<number, string>();
  readonly contexts: ContextEntry[];

  constructor() {
    for (const host of upTo(SHAPE.hostPages)) this.memory.set(host, [NO_ENTRY, NO_ENTRY, NO_ENTRY, NO_ENTRY]);
    for (const vm of VMS) this.writeStart(vm);
    this.contexts = [
      { state: "present", vm: 0, domain: 0, process: 0, root: 2 },
      { state: "present", vm: 0, domain: 0, process: 1, root: 3 },
      { state: "present", vm: 1, domain: 1, process: 0, root: 2 },
    ];
  }

  entry(host: number, index: number): Entry {
    return this.memory.get(host)![index]!;
  }

  translate(vm: number, guest: number): HostPage {
    return this.translateFrom(SHAPE.stage2Roots[vm]!, guest, 0, 3);
  }

  private translateFrom(table: number, guest: number, depth: number, above: number): HostPage {
    const entry = this.entry(table, indexOf(guest, depth));
    const permission = above & entry.permission;
    const role = roleOf(entry, depth, SHAPE.hostPages);
    if (role === "table") return this.translateFrom(entry.target, guest, depth + 1, permission);
    if (role !== "leaf") return { found: false };
    const large = depth === 0;
    return { found: true, host: entry.target + (large ? guest % SHAPE.entries : 0), permission, large };
  }

  /** The stage-2 table that the root entry `prefix` points to, or null. */
  stage2Table(vm: number, prefix: number): Entry | null {
    const entry = this.entry(SHAPE.stage2Roots[vm]!, prefix);
    return roleOf(entry, 0, SHAPE.hostPages) === "table" ? entry : null;
  }

  /** Host pages that a VM's stage 2 maps. */
  mapped(vm: number): Set<number> {
    const hosts = new Set<number>();
    for (const guest of GUEST_PAGES) {
      const page = this.translate(vm, guest);
      if (page.found) hosts.add(page.host);
    }
    return hosts;
  }

  /** Whether any entry is marked global; with `without` as it was before that change. */
  hasGlobal(without?: EntryChange): boolean {
    return [...this.memory].some(([host, entries]) =>
      entries.some((entry, index) =>
        without?.host === host && without.index === index ? without.old.global : entry.global,
      ),
    );
  }

  planWrite(vm: number, page: number, index: number, entry: Entry): Change | null {
    if (vm >= SHAPE.vms || page >= SHAPE.guestPages || index >= SHAPE.entries) return null;
    const host = this.translate(vm, page);
    if (!host.found || (host.permission & 2) === 0) return null;
    return this.entryChange({ stage: 1, host: host.host, index, now: entry });
  }

  planContext(context: number, now: ContextEntry): Change | null {
    if (context >= SHAPE.contexts) return null;
    const exists =
      now.vm < SHAPE.vms && now.domain < SHAPE.domains && now.process < SHAPE.processes && now.root < SHAPE.guestPages;
    const old = this.contexts[context]!;
    if (!exists || contextText(old) === contextText(now)) return null;
    return { stage: 0, context, old, now };
  }

  planStage2(vm: number, page: number, given: Entry): Change | null {
    if (vm >= SHAPE.vms || page >= SHAPE.guestPages) return null;
    const isUpper = given.kind === "super" || given.kind === "table";
    const now = isUpper && given.permission === 0 ? NO_ENTRY : given;
    const table = this.stage2Table(vm, indexOf(page, 0));
    const isSameTable = now.kind === "table" && table?.target === now.target;
    if (!isSameTable && !this.mayName(now)) return null;
    if (!isUpper && table !== null) {
      const place = { vm, depth: 1, guestPages: [page] };
      return this.entryChange({ stage: 2, host: table.target, index: indexOf(page, 1), now, ...place });
    }
    if (now.kind === "leaf") return null;
    const prefix = indexOf(page, 0);
    const place = { vm, depth: 0, guestPages: pagesBelow(prefix) };
    return this.entryChange({ stage: 2, host: SHAPE.stage2Roots[vm]!, index: prefix, now, ...place });
  }

  planMove(vm: number, page: number, target: number): Change | null {
    if (vm >= SHAPE.vms || page >= SHAPE.guestPages || target >= SHAPE.hostPages) return null;
    const table = this.stage2Table(vm, indexOf(page, 0));
    if (table === null) return null;
    const old = this.entry(table.target, indexOf(page, 1));
    if (roleOf(old, 1, SHAPE.hostPages) !== "leaf" || this.inUse(target)) return null;
    const place = { vm, depth: 1, guestPages: [page], copyFrom: old.target };
    const now = { ...old, target };
    return this.entryChange({ stage: 2, host: table.target, index: indexOf(page, 1), now, ...place });
  }

  apply(change: Change): void {
    if (change.stage === 0) {
      this.contexts[change.context] = change.now;
      return;
    }
    if (change.copyFrom !== null) this.copyPage(change.copyFrom, change.now.target);
    this.memory.get(change.host)![change.index] = change.now;
  }

  private entryChange(
    given: Pick<EntryChange, "stage" | "host" | "index" | "now"> & Partial<EntryChange>,
  ): EntryChange | null {
    const old = this.entry(given.host, given.index);
    if (entryText(old) === entryText(given.now)) return null;
    return { vm: -1, depth: -1, guestPages: [], copyFrom: null, old, ...given };
  }

  private copyPage(from: number, to: number): void {
    this.memory.set(to, [...this.memory.get(from)!]);
    const tag = this.tags.get(from);
    if (tag === undefined) this.tags.delete(to);
    else this.tags.set(to, tag);
  }

  /** No guest page lies on a stage-2 table, and no table is put into a page in use. */
  private mayName({ kind, target }: Entry): boolean {
    if (kind === "table") return !this.inUse(target);
    if (kind === "leaf") return !this.holdsTable(target);
    if (kind === "super") return !pagesBelow(0).some((offset) => this.holdsTable(target + offset));
    return true;
  }

  private inUse(host: number): boolean {
    return this.holdsTable(host) || VMS.some((vm) => this.mapped(vm).has(host));
  }

  private holdsTable(host: number): boolean {
    return VMS.some(
      (vm) =>
        SHAPE.stage2Roots[vm] === host ||
        upTo(SHAPE.entries).some((prefix) => this.stage2Table(vm, prefix)?.target === host),
    );
  }

  private writeStart(vm: number): void {
    const put = (host: number, index: number, kind: EntryKindAtStart, target: number): void => {
      this.memory.get(host)![index] = { kind, target, permission: 3, global: false };
    };
    const root = SHAPE.stage2Roots[vm]!;
    for (const prefix of upTo(SHAPE.entries)) put(root, prefix, "table", root + 1 + prefix);
    const first = vm * SHAPE.guestPages;
    for (const page of GUEST_PAGES) put(root + 1 + indexOf(page, 0), indexOf(page, 1), "leaf", first + page);
    put(first + 2, 0, "table", 4);
    put(first + 4, 0, "leaf", 8);
    put(first + 4, 1, "leaf", 9);
    put(first + 3, 0, "table", 5);
    put(first + 5, 0, "leaf", 10);
  }
}

type EntryKindAtStart = "table" | "leaf";

function entryText({ kind, target, permission, global }: Entry): string {
  return kind === "absent" || kind === "malformed" ? kind : `${kind} ${target} ${permission} ${global}`;
}

function contextText({ state, vm, domain, process, root }: ContextEntry): string {
  return `${state} v${vm} d${domain} p${process} g${root}`;
}
