/** Invalidations: operands in any order, what is taken for granted, whose mask it is. */

import { describe, expect, it } from "vitest";
import { INVALIDATION_KINDS } from "../../rules/vocabulary.js";
import { commandsOf, printedAgain } from "./language.examples.js";

describe("invalidations", () => {
  it.each([
    ["inv iotlb-domain d0 i0", "inv iotlb d0 i0"],
    ["inv iotlb did=0 i2", "inv iotlb d- i2"],
    ["inv dev c0 pasid=3 all", "inv dev p3 c0 all"],
    ["inv ctx c0 mask=low", "inv ctx c0 mask=1"],
    ["inv ctx c0 mask=0", "inv ctx c0"],
    ["inv ctx all", "inv ctx"],
    ["inv iotlb", "inv iotlb all"],
    ["inv iotlb [i3+1]", "inv iotlb i3"],
    ["inv iotlb base=i3", "inv iotlb base=i3 mask=0"],
    ["inv dev base=i0 mask=2 c0 mask=1", "inv dev c0 mask=1 base=i0 mask=2"],
    ["inv iotlb level=0 leaf i1 p2 d1", "inv iotlb d1 p2 i1 leaf"],
    ["guest inv iotlb all", "inv iotlb all"],
    ["host inv s2 all", "inv s2 all"],
    ["inv iotlb [ i0 + 4 ] level = 2", "inv iotlb [i0+4] level=2"],
  ])("%s is %s", (variant, form) => {
    expect(printedAgain(variant)).toBe(form);
  });

  it.each(INVALIDATION_KINDS)("%s without operands is everything, from the host for s2 alone", (kind) => {
    expect(commandsOf(`inv ${kind}`)[0]).toMatchObject({
      ...{ kind: "invalidate", host: kind === "s2" ? 1 : 0, domain: -1, process: -1, requester: -1, requesterMask: 0 },
      ...{ form: 0, base: 0, size: 0, leaf: 0, level: 0 },
    });
  });

  it("keep the address as it was sent", () => {
    expect(commandsOf("inv iotlb base=i1 mask=1; inv iotlb [i1+3]; inv iotlb [i1+0]; inv iotlb i1")).toMatchObject([
      { form: 2, base: 1, size: 1 },
      { form: 1, base: 1, size: 3 },
      { form: 1, base: 1, size: 0 },
      { form: 1, base: 1, size: 1 },
    ]);
  });
});
