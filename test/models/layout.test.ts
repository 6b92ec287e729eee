/** The flat state: regions side by side, equality and hash that look at what means something and at nothing else. */

import { describe, expect, it } from "vitest";
import { hashState, Layout, sameState } from "../../models/layout.js";

function layout() {
  const all = new Layout();
  const plain = all.plain("plain", 3);
  const derived = all.derived("derived", 2);
  const bag = all.bag("bag", 3, 3, 2);
  return { all, plain, derived, bag };
}

/** A state with the given records (two numbers that mean something, one that does not). */
function state(
  plain: readonly number[],
  derived: readonly number[],
  records: readonly (readonly number[])[],
): Int32Array {
  const { all, bag } = layout();
  const numbers = new Int32Array(all.size);
  numbers.set(plain, 0);
  numbers.set(derived, 3);
  numbers[bag] = records.length;
  records.forEach((record, at) => {
    numbers.set(record, bag + 1 + at * 3);
  });
  return numbers;
}

describe("layout", () => {
  it("puts regions side by side", () => {
    const { all, plain, derived, bag } = layout();
    expect([plain, derived, bag, all.size]).toEqual([0, 3, 5, 15]);
    expect(all.regions.map(({ name }) => name)).toEqual(["plain", "derived", "bag"]);
  });

  const { all } = layout();
  const base = state(
    [1, 2, 3],
    [4, 5],
    [
      [6, 7, 0],
      [8, 9, 1],
    ],
  );
  const alike = (other: Int32Array): boolean[] => [
    sameState(all, base, other),
    hashState(all, base) === hashState(all, other),
  ];

  it("does not look at derived numbers, the order of records, or numbers of a record that mean nothing", () => {
    expect(
      alike(
        state(
          [1, 2, 3],
          [0, 0],
          [
            [6, 7, 0],
            [8, 9, 1],
          ],
        ),
      ),
    ).toEqual([true, true]);
    expect(
      alike(
        state(
          [1, 2, 3],
          [4, 5],
          [
            [8, 9, 1],
            [6, 7, 0],
          ],
        ),
      ),
    ).toEqual([true, true]);
    expect(
      alike(
        state(
          [1, 2, 3],
          [4, 5],
          [
            [6, 7, 5],
            [8, 9, 5],
          ],
        ),
      ),
    ).toEqual([true, true]);
  });

  it("does not look at what stands behind the records in use", () => {
    const other = base.slice();
    other[all.size - 1] = 99;
    expect(alike(other)).toEqual([true, true]);
  });

  it("tells plain numbers, records and their number apart", () => {
    expect(
      alike(
        state(
          [1, 2, 4],
          [4, 5],
          [
            [6, 7, 0],
            [8, 9, 1],
          ],
        ),
      ),
    ).toEqual([false, false]);
    expect(
      alike(
        state(
          [2, 1, 3],
          [4, 5],
          [
            [6, 7, 0],
            [8, 9, 1],
          ],
        ),
      ),
    ).toEqual([false, false]);
    expect(
      alike(
        state(
          [1, 2, 3],
          [4, 5],
          [
            [6, 7, 0],
            [8, 8, 1],
          ],
        ),
      ),
    ).toEqual([false, false]);
    expect(
      alike(
        state(
          [1, 2, 3],
          [4, 5],
          [
            [6, 9, 0],
            [8, 7, 1],
          ],
        ),
      ),
    ).toEqual([false, false]);
    expect(alike(state([1, 2, 3], [4, 5], [[6, 7, 0]]))).toEqual([false, false]);
    expect(
      alike(
        state(
          [1, 2, 3],
          [4, 5],
          [
            [6, 7, 0],
            [6, 7, 0],
          ],
        ),
      ),
    ).toEqual([false, false]);
  });

  it("writes a hash as sixteen hexadecimal digits", () => {
    expect(hashState(all, base)).toMatch(/^[0-9a-f]{16}$/);
  });
});
