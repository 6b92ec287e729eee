/**
 * Where model and real tables part: a page that is read at two depths, or as a table of two stages.
 *
 * In the model an entry says by its class at which level it stands, and means the same in both stages. In a real format
 * a leaf may be a pointer one level up, and the stages differ in their bits. So each host page gets the role in which
 * walks first read it, and a sequence is compared up to the step at which a page is read, or written, in another.
 */

import { ENTRY } from "../commands/command.js";
import type { Machine } from "../models/machine.js";
import { entryKind } from "../models/values.js";

/** Bits of a footprint's mark: the depth, and whether it is of stage 2. */
const DEPTH = 3;
const STAGE2 = 4;
const UNKNOWN = 255;

export class Roles {
  private readonly role: Uint8Array;
  /** By word of memory: the stage in whose format it was last written, 0 for nothing. */
  private readonly format: Uint8Array;

  constructor(private readonly machine: Machine) {
    const { hostPages, pageEntries } = machine.geometry;
    this.role = new Uint8Array(hostPages).fill(UNKNOWN);
    this.format = new Uint8Array(hostPages * pageEntries);
  }

  /** The machine is in its start state. */
  begin(): void {
    const { geometry, state, world } = this.machine;
    const firstTable = geometry.vms * geometry.guestPages;
    this.role.fill(UNKNOWN);
    for (let word = 0; word < this.format.length; word++) {
      const isStage2 = Math.floor(word / geometry.pageEntries) >= firstTable;
      this.format[word] = state[world.memory + word] === 0 ? 0 : isStage2 ? 2 : 1;
    }
    this.check();
  }

  /** The machine has written a table entry; whether everything still has one role. */
  wrote(): boolean {
    const { world, geometry, state } = this.machine;
    const { change } = world;
    if (change.kind === "entry") {
      if (change.copyFrom >= 0) this.copy(change.copyFrom, change.new >>> 6);
      const entry = state[world.memory + change.at]!;
      this.format[change.at] = entry === 0 ? 0 : change.vm >= 0 ? 2 : 1;
      const role = this.role[Math.floor(change.at / geometry.pageEntries)]!;
      if (role !== UNKNOWN && !this.fits(change.at, role)) return false;
    }
    return this.check();
  }

  private copy(from: number, to: number): void {
    const { pageEntries } = this.machine.geometry;
    this.format.copyWithin(to * pageEntries, from * pageEntries, (from + 1) * pageEntries);
  }

  /**
   * Notes the role of every page that a walk of now reads; false if one has another already, or holds what does not
   * fit.
   */
  private check(): boolean {
    const { oracle, geometry } = this.machine;
    const { footprint, footprintRoom } = oracle;
    for (let from = 0; from < footprint.length; from += footprintRoom) {
      for (let at = from + 1; at <= from + footprint[from]!; at++) {
        const mark = footprint[at]!;
        const page = Math.floor((mark >> 3) / geometry.pageEntries);
        const role = mark & (DEPTH | STAGE2);
        const known = this.role[page]!;
        if (known === role) continue;
        if (known !== UNKNOWN || !this.pageFits(page, role)) return false;
        this.role[page] = role;
      }
    }
    return true;
  }

  private pageFits(page: number, role: number): boolean {
    const { pageEntries } = this.machine.geometry;
    for (let word = page * pageEntries; word < (page + 1) * pageEntries; word++)
      if (!this.fits(word, role)) return false;
    return true;
  }

  private fits(word: number, role: number): boolean {
    const { state, world, geometry } = this.machine;
    if (this.format[word] !== 0 && this.format[word] !== ((role & STAGE2) !== 0 ? 2 : 1)) return false;
    const kind = entryKind(state[world.memory + word]!);
    const levels = (role & STAGE2) !== 0 ? geometry.guest.levels : geometry.iova.levels;
    const isLast = (role & DEPTH) === levels - 1;
    if (kind === ENTRY.leaf) return isLast;
    return (kind !== ENTRY.super && kind !== ENTRY.table) || !isLast;
  }
}
