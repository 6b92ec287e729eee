/**
 * The naive oracle: what a walk of the current tables gives, both stages, nothing cached.
 *
 * Follows the design page, section 4 (Oracle). A walk reads the context entry, then at each depth translates the GPA of
 * the stage-1 table through stage 2 (which must permit a read), reads the entry, and at the leaf translates the GPA
 * once more; permissions are the AND along both paths. The results stand in arrays of their own, computed from the
 * state, so they are no part of it: after a write only the walks that passed through the changed word are done again. A
 * walk's footprint (words read, guest pages translated) tells the ledger which requests a change affects.
 */

import { READ } from "../commands/command.js";
import type { Geometry } from "./geometry.js";
import {
  ABSENT,
  contextClass,
  contextFault,
  contextRoot,
  contextVm,
  entryGlobal,
  entryPermission,
  entryRole,
  entryTarget,
  faultCode,
  MALFORMED,
  PRESENT,
  packValue,
  REASON,
  ROLE,
  valuePage,
} from "./values.js";
import type { World } from "./world.js";

/** A prefix or page that no walk reaches, or whose entry is no pointer. */
export const UNREACHED = -1;
/** Marks in a footprint: `word * 8 + stage bit * 4 + depth`. */
export const FOOTPRINT_STAGE2 = 4;

export class Oracle {
  /** By `context * pages + page`: the combined value, or a fault code (< 0) that nothing could cache. */
  readonly value: Int32Array;
  /** The stage-1 leaf (negative ones included), or `UNREACHED`. */
  readonly leaf: Int32Array;
  /** By `context * prefixes + prefix`: the non-leaf entry as a walk value with a guest pointer, or `UNREACHED`. */
  readonly pointer: Int32Array;
  /** Words read, `footprintRoom` a walk, the first being their number; likewise guest pages translated. */
  readonly footprint: Int32Array;
  readonly footprintRoom: number;
  readonly guestPages: Int32Array;
  readonly guestRoom: number;
  private table = 0;
  private stage2Permission = 0;

  constructor(
    private readonly geometry: Geometry,
    private readonly world: World,
  ) {
    const { contexts, iova, guest } = geometry;
    const walks = contexts * iova.count;
    this.value = new Int32Array(walks);
    this.leaf = new Int32Array(walks);
    this.pointer = new Int32Array(contexts * Math.max(1, iova.prefixCount));
    this.footprintRoom = 1 + iova.levels + (iova.levels + 1) * guest.levels;
    this.footprint = new Int32Array(walks * this.footprintRoom);
    this.guestRoom = 2 + iova.levels;
    this.guestPages = new Int32Array(walks * this.guestRoom);
  }

  /** The arrays that are computed from a state. */
  get derived(): readonly Int32Array[] {
    return [this.value, this.leaf, this.pointer, this.footprint, this.guestPages];
  }

  /** Every walk again. */
  refresh(state: Int32Array): void {
    for (let context = 0; context < this.geometry.contexts; context++) this.refreshContext(state, context);
  }

  refreshContext(state: Int32Array, context: number): void {
    const { count, prefixCount } = this.geometry.iova;
    this.pointer.fill(UNREACHED, context * prefixCount, (context + 1) * prefixCount);
    for (let page = 0; page < count; page++) this.walk(state, context, page);
  }

  /** The walks of which `passes` has a bit set (`passes[context * words + (page >> 5)]`), again. */
  refreshMarked(state: Int32Array, passes: Int32Array, words: number): void {
    for (let context = 0; context < this.geometry.contexts; context++) {
      for (let word = 0; word < words; word++) {
        let bits = passes[context * words + word]!;
        while (bits !== 0) {
          const page = word * 32 + (31 - Math.clz32(bits & -bits));
          bits &= bits - 1;
          this.forgetPointers(context, page);
          this.walk(state, context, page);
        }
      }
    }
  }

  private forgetPointers(context: number, page: number): void {
    const { iova } = this.geometry;
    for (let depth = 0; depth < iova.levels - 1; depth++) {
      this.pointer[context * iova.prefixCount + iova.prefix[page * iova.levels + depth]!] = UNREACHED;
    }
  }

  /** The walk for one page, step by step. */
  private walk(state: Int32Array, context: number, page: number): void {
    const { geometry, world } = this;
    const { iova } = geometry;
    const at = context * iova.count + page;
    this.footprint[at * this.footprintRoom] = 0;
    this.guestPages[at * this.guestRoom] = 0;
    this.leaf[at] = UNREACHED;
    const entry = state[world.contexts + context]!;
    if (contextClass(entry) !== PRESENT) {
      this.value[at] = contextFault(entry);
      return;
    }
    const vm = contextVm(entry);
    let guestTable = contextRoot(entry);
    let permission = 3;
    let global = 0;
    for (let depth = 0; depth < iova.levels; depth++) {
      const fault = this.translate(state, at, vm, guestTable);
      if (fault !== 0) {
        this.value[at] = fault;
        return;
      }
      if ((this.stage2Permission & READ) === 0) {
        this.value[at] = faultCode(2, REASON.permission);
        return;
      }
      const index = iova.index[page * iova.levels + depth]!;
      const word = this.table * geometry.pageEntries + index;
      this.note(at, word * 8 + depth);
      const tableEntry = state[world.memory + word]!;
      const span = iova.levels - 1 - depth;
      const spanPages = iova.spanPages[span]!;
      const role = entryRole(tableEntry, span, spanPages, geometry.guestPages);
      if (role === ROLE.absent || role === ROLE.malformed) {
        const negative = packValue(role === ROLE.absent ? ABSENT : MALFORMED, 0, 0, 1, 0, 0);
        this.value[at] = negative;
        if (span === 0) this.leaf[at] = negative;
        else this.setPointer(context, page, depth, negative);
        return;
      }
      permission &= entryPermission(tableEntry);
      global |= entryGlobal(tableEntry);
      if (role === ROLE.leaf) {
        const guestPage = entryTarget(tableEntry) + (iova.pages[page]! % spanPages);
        this.leaf[at] = packValue(PRESENT, permission, global, span, guestPage, 0);
        this.finish(state, at, vm, guestPage, permission, global, span);
        return;
      }
      guestTable = entryTarget(tableEntry);
      this.setPointer(context, page, depth, packValue(PRESENT, permission, global, 0, guestTable, 0));
    }
  }

  private setPointer(context: number, page: number, depth: number, value: number): void {
    const { iova } = this.geometry;
    this.pointer[context * iova.prefixCount + iova.prefix[page * iova.levels + depth]!] = value;
  }

  private finish(
    state: Int32Array,
    at: number,
    vm: number,
    guestPage: number,
    permission: number,
    global: number,
    span: number,
  ): void {
    const fault = this.translate(state, at, vm, guestPage);
    this.value[at] =
      fault !== 0 ? fault : packValue(PRESENT, permission & this.stage2Permission, global, span, this.table, guestPage);
  }

  /**
   * Stage 2 of one guest page: leaves page and permissions in `table` and `stage2Permission`; returns a negative
   * value or 0.
   */
  private translate(state: Int32Array, at: number, vm: number, guestPage: number): number {
    const { geometry, world } = this;
    const { guest, pageEntries } = geometry;
    const guests = at * this.guestRoom;
    const noted = this.guestPages[guests]! + 1;
    this.guestPages[guests] = noted;
    this.guestPages[guests + noted] = guestPage;
    let table = geometry.tableBase[vm]!;
    let permission = 3;
    for (let depth = 0; depth < guest.levels; depth++) {
      const word = table * pageEntries + guest.index[guestPage * guest.levels + depth]!;
      this.note(at, word * 8 + FOOTPRINT_STAGE2 + depth);
      const entry = state[world.memory + word]!;
      const span = guest.levels - 1 - depth;
      const spanPages = guest.spanPages[span]!;
      const role = entryRole(entry, span, spanPages, geometry.hostPages);
      if (role === ROLE.absent) return packValue(ABSENT, 0, 0, 2, 0, guestPage);
      if (role === ROLE.malformed) return packValue(MALFORMED, 0, 0, 2, 0, guestPage);
      permission &= entryPermission(entry);
      table = entryTarget(entry);
      if (role === ROLE.leaf) {
        this.table = table + (guestPage % spanPages);
        this.stage2Permission = permission;
        return 0;
      }
    }
    return packValue(MALFORMED, 0, 0, 2, 0, guestPage);
  }

  private note(at: number, mark: number): void {
    const base = at * this.footprintRoom;
    const noted = this.footprint[base]! + 1;
    this.footprint[base] = noted;
    this.footprint[base + noted] = mark;
  }

  /** Host page behind a combined value, for a write's mark; -1 for a fault. */
  hostPage(context: number, page: number): number {
    const value = this.value[context * this.geometry.iova.count + page]!;
    return value >= 0 && (value & 3) === PRESENT ? valuePage(value) : -1;
  }
}
