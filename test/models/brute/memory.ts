/**
 * Memory as the brute-force references read it: entries by host page and index, context entries by number.
 *
 * Only raw bits come from the project (`World` applies the writes, `values.ts` unpacks words); what an entry means at a
 * place is decided here once more, from section 10 of the design page.
 */

import { ENTRY } from "../../../commands/command.js";
import type { Geometry } from "../../../models/geometry.js";
import { ABSENT, entryGlobal, entryKind, entryPermission, entryTarget, MALFORMED } from "../../../models/values.js";
import type { World } from "../../../models/world.js";

/**
 * What an entry says at its place: a fault class, a leaf or a pointer, with permission, global mark and target page.
 */
export interface Meaning {
  what: "absent" | "malformed" | "leaf" | "table";
  permission: number;
  global: number;
  target: number;
}

export class Memory {
  constructor(
    readonly geometry: Geometry,
    private readonly world: World,
    private readonly state: () => Int32Array,
  ) {}

  contextEntry(context: number): number {
    return this.state()[this.world.contexts + context]!;
  }

  /** Word `at` as it is: host page * entries + index. */
  word(at: number): number {
    return this.state()[this.world.memory + at]!;
  }

  /** An entry of a stage-1 table: leaves and pointers name guest pages. */
  stage1(hostPage: number, index: number, depth: number): Meaning {
    const { levels, entries } = this.geometry.stage1;
    return this.meaning(hostPage, index, levels - 1 - depth, entries, this.geometry.guestPages);
  }

  /** An entry of a stage-2 table: leaves and pointers name host pages. */
  stage2(hostPage: number, index: number, depth: number): Meaning {
    const { levels, entries } = this.geometry.stage2;
    return this.meaning(hostPage, index, levels - 1 - depth, entries, this.geometry.hostPages);
  }

  private meaning(hostPage: number, index: number, span: number, entries: number, pages: number): Meaning {
    const word = this.state()[this.world.memory + hostPage * this.geometry.pageEntries + index]!;
    const fault = (what: "absent" | "malformed"): Meaning => ({ what, permission: 0, global: 0, target: 0 });
    const target = entryTarget(word);
    const found = (what: "leaf" | "table"): Meaning => ({
      what,
      permission: entryPermission(word),
      global: entryGlobal(word),
      target,
    });
    const size = entries ** span;
    switch (entryKind(word)) {
      case ENTRY.absent:
        return fault("absent");
      case ENTRY.leaf:
        return span === 0 && target < pages ? found("leaf") : fault("malformed");
      case ENTRY.super:
        return span > 0 && target % size === 0 && target + size <= pages ? found("leaf") : fault("malformed");
      case ENTRY.table:
        return span > 0 && target < pages ? found("table") : fault("malformed");
      default:
        return fault("malformed");
    }
  }
}

/** The class bits of a cached value for a fault. */
export function faultClass(what: "absent" | "malformed"): number {
  return what === "absent" ? ABSENT : MALFORMED;
}
