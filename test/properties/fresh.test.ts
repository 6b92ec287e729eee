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
  });

  it("may hold its root as the host page that stage 2 gives now", () => {
    const entry = entryOf(0);
    const translated = (root: number): number => packContext(PRESENT, 0, 0, 0, root) | ROOT_IS_HOST;
    expect(sameContext(machine(), translated(2), entry, ALL)).toBe(true);
    const moved = new Scenario({ strategies: [] }).do("s2 d0 g2=h42 rw").machine;
    expect(sameContext(moved, translated(2), entry, ALL)).toBe(false);
    expect(sameContext(moved, translated(42), entry, ALL)).toBe(true);
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
  });

  it("is as fresh as any fault where it is negative", () => {
    expect(samePointer(machine(), entryOf(0), packValue(0, 0, 0, 1, 0, 0), packValue(2, 0, 0, 1, 0, 0))).toBe(true);
    expect(samePointer(machine(), entryOf(0), packValue(0, 0, 0, 1, 0, 0), fresh)).toBe(false);
  });
});
