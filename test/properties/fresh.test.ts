/** Cached context entries and pointers against what a walk would put there, guest and host pages alike. */

import { describe, expect, it } from "vitest";
import { CONTEXT_FIELDS_MASK, PRESENT, packContext, packValue, ROOT_IS_HOST } from "../../models/values.js";
import { sameContext, samePointer } from "../../properties/fresh.js";
import { Scenario } from "../models/brute/scenario.js";

const machine = () => new Scenario({ strategies: [] }).machine;
const entryOf = (context: number): number => machine().state[machine().world.contexts + context]!;
const ALL = CONTEXT_FIELDS_MASK;

describe("a cached context entry", () => {
  it("is fresh while every field that it holds is", () => {
    const entry = entryOf(0);
    expect(sameContext(machine(), entry, entry, ALL)).toBe(true);
    expect(sameContext(machine(), entry, packContext(PRESENT, 0, 1, 0, 2), ALL)).toBe(false);
    // A cache that does not hold the domain does not mind.
    expect(sameContext(machine(), entry, packContext(PRESENT, 0, 1, 0, 2), ALL & ~(15 << 5))).toBe(true);
  });

  it("is compared by class alone where it is not present", () => {
    expect(sameContext(machine(), 0, 0, ALL)).toBe(true);
    expect(sameContext(machine(), 0, entryOf(0), ALL)).toBe(false);
    expect(sameContext(machine(), entryOf(0), 0, ALL)).toBe(false);
    // A field that was written while the entry is not present is no difference.
    expect(sameContext(machine(), 0, packContext(0, 0, 1, 0, 3), ALL)).toBe(true);
  });

  it("may hold its root as the host page that stage 2 gives now", () => {
    const entry = entryOf(0);
    const translated = (root: number): number => packContext(PRESENT, 0, 0, 0, root) | ROOT_IS_HOST;
    expect(sameContext(machine(), translated(2), entry, ALL)).toBe(true);
    const moved = new Scenario({ strategies: [] }).do("s2 d0 g2=h42 rw").machine;
    expect(sameContext(moved, translated(2), entry, ALL)).toBe(false);
    expect(sameContext(moved, translated(42), entry, ALL)).toBe(true);
    // The other fields are compared as ever.
    expect(sameContext(moved, translated(42), packContext(PRESENT, 0, 1, 0, 2), ALL)).toBe(false);
  });

  it("holds no host page of a root that stage 2 does not map any more", () => {
    const unmapped = new Scenario({ strategies: [] }).do("s2 d0 g2=-").machine;
    expect(sameContext(unmapped, packContext(PRESENT, 0, 0, 0, 0) | ROOT_IS_HOST, entryOf(0), ALL)).toBe(false);
  });
});

describe("a cached pointer", () => {
  const fresh = packValue(PRESENT, 3, 0, 0, 4, 0);

  it("is fresh with the same table, permissions and global mark", () => {
    expect(samePointer(machine(), entryOf(0), fresh, fresh)).toBe(true);
    expect(samePointer(machine(), entryOf(0), packValue(PRESENT, 1, 0, 0, 4, 0), fresh)).toBe(false);
    expect(samePointer(machine(), entryOf(0), packValue(PRESENT, 3, 1, 0, 4, 0), fresh)).toBe(false);
    expect(samePointer(machine(), entryOf(0), fresh, -1)).toBe(false);
  });

  it("may hold the table as a host page, with the pointer's own permissions", () => {
    expect(samePointer(machine(), entryOf(0), packValue(PRESENT, 3, 0, 0, 4, 1), fresh)).toBe(true);
    expect(samePointer(machine(), entryOf(0), packValue(PRESENT, 3, 0, 0, 5, 1), fresh)).toBe(false);
    expect(samePointer(machine(), entryOf(0), packValue(PRESENT, 1, 0, 0, 4, 1), fresh)).toBe(false);
    const moved = new Scenario({ strategies: [] }).do("s2 d0 g4=h42 rw").machine;
    expect(samePointer(moved, entryOf(0), packValue(PRESENT, 3, 0, 0, 42, 1), fresh)).toBe(true);
    expect(samePointer(moved, entryOf(0), packValue(PRESENT, 3, 0, 0, 4, 1), fresh)).toBe(false);
  });

  it("holds no host page of a table that stage 2 does not map any more", () => {
    const unmapped = new Scenario({ strategies: [] }).do("s2 d0 g4=-").machine;
    expect(samePointer(unmapped, entryOf(0), packValue(PRESENT, 3, 0, 0, 0, 1), fresh)).toBe(false);
  });

  it("is not fresh where a walk faults, or does not come", () => {
    const fault = packValue(0, 0, 0, 1, 0, 0);
    expect(samePointer(machine(), entryOf(0), fresh, fault)).toBe(false);
    expect(samePointer(machine(), entryOf(0), packValue(PRESENT, 0, 0, 0, 0, 1), fault)).toBe(false);
    expect(samePointer(machine(), entryOf(0), fault, -1)).toBe(false);
  });

  it("is as fresh as any fault where it is negative", () => {
    expect(samePointer(machine(), entryOf(0), packValue(0, 0, 0, 1, 0, 0), packValue(2, 0, 0, 1, 0, 0))).toBe(true);
    expect(samePointer(machine(), entryOf(0), packValue(0, 0, 0, 1, 0, 0), fresh)).toBe(false);
  });
});
