import { describe, expect, it } from "vitest";
import { namesOf, renamed, valuesOf } from "../../shrinkers/families.js";
import { sequence, textOf } from "./sequences.js";

describe("families", () => {
  const { commands } = sequence("w g4[1]=leaf g8; ctx c1 root=g4; inv s2 d0 g8; inv iotlb p2 i8; s2 d1 g9=h8");

  it("tells a page by what stands around it", () => {
    expect(valuesOf(commands, "guest-page")).toEqual([4, 8, 9]);
    expect(valuesOf(commands, "iova")).toEqual([8]);
    expect(valuesOf(commands, "host-page")).toEqual([8]);
    expect(valuesOf(commands, "process")).toEqual([2]);
  });

  it("counts no operand that says nothing", () => {
    expect(valuesOf(sequence("w g4[1]=-; inv iotlb all; ctx c0=-").commands, "guest-page")).toEqual([4]);
  });

  it("renames a number of one family wherever it stands", () => {
    const other = renamed(commands, "guest-page", (page) => (page === 8 ? 0 : page));
    expect(textOf(other)).toBe("w g4[1]=leaf g0 rw; ctx c1 root=g4; inv s2 d0 g0; inv iotlb p2 i8; s2 d1 g9=h8 rw");
  });

  it("takes an index and an IOVA page of that number for one name", () => {
    const [write, dma] = namesOf(sequence("w g4[1]=-; dma r c0 i1").commands);
    expect([...write!].filter((name) => dma!.has(name))).toEqual(["iova 1"]);
  });
});
