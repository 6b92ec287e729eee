/**
 * The shadow once more, as lists of leaves: attached, read again at fences, dropped; section 4 of the design page
 * (Shadow). Of the project's it uses `World` and the numbering of sets.
 */

import type { Command } from "../../../commands/command.js";
import type { Machine } from "../../../models/machine.js";
import { CACHE, GLOBAL } from "../../../models/unit.js";
import {
  ABSENT,
  contextClass,
  contextDomain,
  contextProcess,
  contextVm,
  faultCode,
  PRESENT,
  packValue,
  REASON,
} from "../../../models/values.js";
import type { ShadowOptions } from "../../../rules/vocabulary.js";
import { isRemoved, type Submitted, submit } from "./matching.js";
import { Memory } from "./memory.js";
import { isFault, plainStage2 } from "./oracle.js";
import { type Leaf, passageOf, stage2Change } from "./passages.js";

type Stage2 = ReturnType<typeof plainStage2>;

interface Kept extends Leaf {
  /** Stage 2 of the guest page when the leaf was read. */
  atRead: Stage2;
}

export class PlainShadow {
  private readonly entries: number[] = [];
  private readonly kept: (Kept | undefined)[][] = [];
  private pending: Submitted[] = [];
  private queued = 0;
  private readonly memory: Memory;
  private readonly contexts: readonly number[];
  private readonly pages: readonly number[];

  constructor(
    private readonly machine: Machine,
    private readonly options: ShadowOptions,
  ) {
    const { geometry, world } = machine;
    this.memory = new Memory(geometry, world, () => machine.state);
    this.contexts = Array.from({ length: geometry.contexts }, (_, context) => context);
    this.pages = Array.from(geometry.iova.pages);
    for (const context of this.contexts) this.attach(context);
  }

  stepped(command: Command, before: Int32Array): void {
    if (command.kind === "fence") this.fence();
    else if (command.kind === "invalidate") {
      if (this.queued === 4) this.fence();
      this.queued++;
      if (command.host === 0) this.pending.push(submit(this.machine.options.architecture, command));
    } else if (command.kind === "evict") {
      const at = this.pages.indexOf(command.iova);
      if (this.options.evicts && at >= 0) this.kept[command.context]![at] = undefined;
    } else if ((command.kind === "stage2" || command.kind === "move") && this.machine.note.wrote) {
      if (this.options.followsStage2) this.follow(command.vm, command.page, before);
    }
  }

  /** A host page or the code of a fault. */
  outcome(context: number, at: number, access: number): number {
    const leaf = this.kept[context]![at];
    if (contextClass(this.entries[context]!) !== PRESENT) return faultCode(0, REASON.absent);
    if (leaf === undefined) return faultCode(1, REASON.absent);
    const stage2 = this.stage2Of(context, leaf);
    if (isFault(stage2)) return faultCode(2, REASON.absent);
    const permission = leaf.permission & stage2.permission;
    return (permission & (1 << access)) !== 0 ? stage2.page : faultCode(1, REASON.permission);
  }

  private stage2Of(context: number, leaf: Kept): Stage2 {
    if (!this.options.followsStage2) return leaf.atRead;
    return plainStage2(this.memory, contextVm(this.entries[context]!), leaf.guestPage);
  }

  private attach(context: number): void {
    const entry = this.memory.contextEntry(context);
    this.entries[context] = contextClass(entry) === PRESENT ? entry : 0;
    this.kept[context] = [];
    for (const at of this.pages.keys()) this.readAgain(context, at);
  }

  private readAgain(context: number, at: number): void {
    const entry = this.entries[context]!;
    const { leaf } = passageOf(this.memory, entry, this.pages[at]!);
    this.kept[context]![at] =
      leaf === undefined ? undefined : { ...leaf, atRead: plainStage2(this.memory, contextVm(entry), leaf.guestPage) };
  }

  /** Leaves below a guest table that the host moved or took away are read again. */
  private follow(vm: number, page: number, before: Int32Array): void {
    const was = new Memory(this.machine.geometry, this.machine.world, () => before);
    const [first, last] = stage2Change(was, this.memory, vm, page).guest;
    for (const context of this.contexts) {
      const entry = this.entries[context]!;
      if (contextClass(entry) !== PRESENT || contextVm(entry) !== vm) continue;
      for (const at of this.pages.keys()) {
        const { tables } = passageOf(this.memory, entry, this.pages[at]!);
        if (tables.some((table) => table >= first && table <= last)) this.readAgain(context, at);
      }
    }
  }

  private fence(): void {
    for (const command of this.pending) for (const context of this.contexts) this.obey(command, context);
    this.pending = [];
    this.queued = 0;
  }

  private obey(command: Submitted, context: number): void {
    const { unit, options } = this.machine;
    const entry = this.entries[context]!;
    const has = (name: string): boolean => options.architecture.caches.some((cache) => cache.name === name);
    const directories = (["context", "pasid"] as const).filter(has);
    const isNamed = (directories.length > 0 ? directories : (["context"] as const)).some((cache) =>
      isRemoved(unit, command, unit.set(CACHE[cache], context, 0, 0, 0), entry),
    );
    if (isNamed) this.attach(context);
    else if (contextClass(entry) === PRESENT)
      for (const at of this.pages.keys()) if (this.isNamed(command, context, at)) this.refresh(context, at);
  }

  /** Whether a command would remove the translation of a page from an IOTLB. */
  private isNamed(command: Submitted, context: number, at: number): boolean {
    const { unit } = this.machine;
    const entry = this.entries[context]!;
    const leaf = this.kept[context]![at];
    const stage2 = leaf === undefined ? undefined : this.stage2Of(context, leaf);
    const process = leaf?.global === 1 ? GLOBAL : contextProcess(entry);
    const set = unit.set(CACHE.iotlb, context, contextDomain(entry), process, at);
    const value =
      leaf === undefined || stage2 === undefined || isFault(stage2)
        ? packValue(ABSENT, 0, 0, 1, 0, 0)
        : packValue(PRESENT, 3, leaf.global, leaf.span, stage2.page, leaf.guestPage);
    return isRemoved(unit, command, set, value);
  }

  /** Never less than the superpage that was there or is. */
  private refresh(context: number, at: number): void {
    const was = this.kept[context]![at];
    this.readAgain(context, at);
    const span = Math.max(was?.span ?? 0, this.kept[context]![at]?.span ?? 0);
    const size = this.machine.geometry.stage1.entries ** span;
    const block = (page: number): number => Math.floor(page / size);
    for (const [other, page] of this.pages.entries())
      if (block(page) === block(this.pages[at]!)) this.readAgain(context, other);
  }
}
