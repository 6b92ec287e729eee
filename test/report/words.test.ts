/** Names for sets, values, outcomes and recipes. */

import { describe, expect, it } from "vitest";
import { Machine } from "../../models/machine.js";
import { CACHE, GLOBAL } from "../../models/unit.js";
import { PRESENT, packContext, packValue } from "../../models/values.js";
import { cacheWords, keyText, outcomesText, owesText, placeText, requestText, valueText } from "../../report/words.js";
import { cellOf } from "../corpus/failures.js";

const machine = new Machine(cellOf());
const { unit } = machine;
const pair = (cache: number, value: number, address = 0, process = 1): string => {
  const set = unit.set(cache, 2, 1, process, address);
  return `${cacheWords(machine, set)} | ${keyText(machine, set)} | ${valueText(machine, set, value)}`;
};

describe("sets and their values", () => {
  it.each([
    [CACHE.context, packContext(PRESENT, 1, 2, 3, 4), "context cache | c2 | v1 d2"],
    [CACHE.pasid, packContext(PRESENT, 1, 2, 3, 4), "PASID cache | c2 | p3 root g4"],
    [CACHE.pasid, 0, "PASID cache | c2 | not present"],
    [CACHE.walk, packValue(PRESENT, 3, 0, 0, 4, 0), "walk cache | d1 p1 i0-i3 | a pointer to table g4"],
    [CACHE.walk, packValue(PRESENT, 3, 0, 0, 4, 1), "walk cache | d1 p1 i0-i3 | a pointer to table h4"],
    [CACHE.stage1, packValue(PRESENT, 1, 0, 0, 8, 0), "stage-1 cache | d1 p1 i0 | g8 r"],
    [
      CACHE["stage2-walk"],
      packValue(PRESENT, 3, 0, 0, 33, 0),
      "stage-2 walk cache | d1 g0-g3 | a pointer to table h33",
    ],
    [CACHE.stage2, packValue(PRESENT, 2, 0, 0, 8, 0), "stage-2 cache | d1 g0 | h8 w"],
    [CACHE.iotlb, packValue(2, 0, 0, 1, 0, 0), "IOTLB | d1 p1 i0 | malformed"],
    [CACHE["device-tlb"], packValue(PRESENT, 3, 0, 0, 8, 8), "device TLB | c2 i0 | h8 rw"],
  ])("are named as the field does (%i)", (cache, value, expected) => {
    expect(pair(cache!, value)).toBe(expected);
  });

  it("call global entries by that", () => {
    expect(pair(CACHE.iotlb, packValue(PRESENT, 3, 1, 0, 8, 8), 5, GLOBAL)).toBe("IOTLB | d1 global i5 | h8 rw");
  });
});

describe("outcomes and requests", () => {
  it("lists pages in order, then one word for all faults", () => {
    expect(outcomesText([9, -4, 8, -7])).toBe("h8 h9 fault");
    expect(outcomesText([])).toBe("");
  });

  it("names a request", () => {
    const request = { context: 1, iova: 7, access: "w" } as const;
    expect([placeText(request), requestText(request)]).toEqual(["c1 i7", "write of c1 i7"]);
  });
});

describe("owesText", () => {
  it("writes a recipe with its fences", () => {
    const scope = { range: "affected", process: "own", global: "if-global" } as const;
    expect(owesText([])).toBe("none");
    expect(
      owesText([
        [
          { ...scope, caches: ["stage1", "iotlb"] },
          { ...scope, caches: ["walk"], process: "any" },
        ],
        [{ ...scope, caches: ["device-tlb"], range: "all" }],
      ]),
    ).toBe("stage1+iotlb and walk (any process), fence, device-tlb (all pages), fence");
  });
});
