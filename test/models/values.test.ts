/** Packing of entries, contexts, cached values and outcomes: reading gives back what was packed, at the edges too. */

import { describe, expect, it } from "vitest";
import { ENTRY } from "../../commands/command.js";
import * as V from "../../models/values.js";

describe("values", () => {
  it("give back the parts of an entry", () => {
    for (const kind of [ENTRY.leaf, ENTRY.super, ENTRY.table]) {
      for (const [target, permission, global] of [
        [0, 0, 0],
        [3999, 3, 1],
        [17, 2, 0],
        [1_048_575, 1, 1],
      ] as const) {
        const entry = V.packEntry(kind, target, permission, global);
        expect([V.entryKind(entry), V.entryTarget(entry)]).toEqual([kind, target]);
        expect([V.entryPermission(entry), V.entryGlobal(entry)]).toEqual([permission, global]);
      }
    }
  });

  it("have one absent and one malformed entry, whatever operands were sent", () => {
    expect(V.packEntry(ENTRY.absent, 9, 3, 1)).toBe(V.packEntry(ENTRY.absent, 0, 0, 0));
    expect(V.packEntry(ENTRY.malformed, 9, 3, 1)).toBe(V.packEntry(ENTRY.malformed, 0, 0, 0));
  });

  it("tell what an entry means at its place", () => {
    const role = (kind: number, target: number, span: number): number =>
      V.entryRole(V.packEntry(kind, target, 3, 0), span, 4 ** span, 16);
    expect([role(ENTRY.leaf, 15, 0), role(ENTRY.leaf, 16, 0), role(ENTRY.leaf, 4, 1)]).toEqual([
      V.ROLE.leaf,
      V.ROLE.malformed,
      V.ROLE.malformed,
    ]);
    expect([
      role(ENTRY.super, 8, 1),
      role(ENTRY.super, 9, 1),
      role(ENTRY.super, 8, 0),
      role(ENTRY.super, 16, 1),
    ]).toEqual([V.ROLE.leaf, V.ROLE.malformed, V.ROLE.malformed, V.ROLE.malformed]);
    expect([role(ENTRY.table, 9, 1), role(ENTRY.table, 9, 0), role(ENTRY.table, 16, 1)]).toEqual([
      V.ROLE.table,
      V.ROLE.malformed,
      V.ROLE.malformed,
    ]);
    expect([role(ENTRY.absent, 0, 1), role(ENTRY.malformed, 0, 1)]).toEqual([V.ROLE.absent, V.ROLE.malformed]);
  });

  it("give back the fields of a context", () => {
    for (const [vm, domain, process, root] of [
      [0, 0, 0, 0],
      [3, 14, 14, 255],
      [1, 5, 9, 77],
    ] as const) {
      const value = V.packContext(V.PRESENT, vm, domain, process, root);
      expect([V.contextClass(value), V.contextVm(value), V.contextDomain(value)]).toEqual([V.PRESENT, vm, domain]);
      expect([V.contextProcess(value), V.contextRoot(value), V.contextRootIsHost(value)]).toEqual([process, root, 0]);
    }
    const masks = Object.values(V.CONTEXT_MASKS);
    expect(masks.reduce((sum, mask) => sum + mask, 0)).toBe(masks.reduce((all, mask) => all | mask, 0));
  });

  it("give back the parts of a cached value", () => {
    for (const [permission, global, span, page, second] of [
      [0, 0, 0, 0, 0],
      [3, 1, 3, 3999, 4095],
      [2, 0, 1, 7, 255],
    ] as const) {
      const value = V.packValue(V.PRESENT, permission, global, span, page, second);
      expect([V.valueClass(value), V.valuePermission(value), V.valueGlobal(value)]).toEqual([1, permission, global]);
      expect([V.valueSpan(value), V.valuePage(value), V.valueSecond(value)]).toEqual([span, page, second]);
      expect(value & V.MEANING_MASK).toBe(V.packValue(V.PRESENT, permission, global, 0, page, 0));
    }
  });

  it("give the outcome of an access", () => {
    const readable = V.packValue(V.PRESENT, 1, 0, 0, 8, 8);
    expect(V.outcomeOf(readable, 0)).toBe(8);
    expect(V.outcomeText(V.outcomeOf(readable, 1))).toBe("fault (stage 1, permission)");
    expect(V.outcomeText(V.outcomeOf(V.packValue(V.ABSENT, 0, 0, 2, 0, 3), 0))).toBe("fault (stage 2, not present)");
    expect(V.outcomeText(V.outcomeOf(V.packValue(V.MALFORMED, 0, 0, 1, 0, 0), 1))).toBe("fault (stage 1, malformed)");
    expect(V.outcomeText(V.faultCode(0, V.REASON.absent))).toBe("fault (context, not present)");
    expect(V.outcomeText(12)).toBe("h12");
  });

  it("keep stage and reason of a fault, and count all faults as one outcome", () => {
    for (const stage of [0, 1, 2]) {
      for (const reason of Object.values(V.REASON)) {
        const code = V.faultCode(stage, reason);
        expect([V.faultStage(code), V.faultReason(code), code < 0]).toEqual([stage, reason, true]);
        expect(V.sameOutcome(code, V.faultCode(1, V.REASON.absent))).toBe(true);
        expect(V.sameOutcome(code, 8)).toBe(false);
      }
    }
    expect([V.sameOutcome(8, 8), V.sameOutcome(8, 9)]).toEqual([true, false]);
  });
});
