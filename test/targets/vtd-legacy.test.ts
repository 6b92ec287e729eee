import { describe, expect, it } from "vitest";
import { ENTRY } from "../../commands/command.js";
import { PRESENT, packContext, packEntry } from "../../models/values.js";
import { installed } from "../../targets/units.js";
import { vtdLegacy as kind } from "../../targets/vtd-legacy.js";
import { answersTo, descriptorsOf, driverOf, encoded, withUnit, writesOf } from "./driver-bench.js";

const found = installed(kind);
const sent = (text: string): string[] =>
  descriptorsOf(kind, text, 2).map(([low, high]) => `${low!.toString(16)} ${high!.toString(16)}`);
const accepts = (text: string): boolean => kind.accepts(encoded(text), 0);

describe("descriptors of the legacy unit (Intel VT-d 6.5.2)", () => {
  it("name a pair of domain and process by one domain id", () => {
    // iotlb_inv_dsc: type 2, G 5:4, DW 6, DR 7, DID 31:16; AM 5:0, IH 6, ADDR 63:12.
    expect(sent("inv iotlb d0 all")).toEqual(["100e2 0", "200e2 0"]);
    expect(sent("inv iotlb d1 all")).toEqual(["300e2 0", "400e2 0"]);
    expect(sent("inv iotlb all")).toEqual(["d2 0"]);
  });

  it("cover the pages of the model and no others", () => {
    const mask = (text: string): string => sent(text)[0]!.split(" ")[1]!;
    expect(mask("inv iotlb d0 i5")).toBe("201000");
    expect(mask("inv iotlb d0 i5 leaf")).toBe("201040");
    expect(mask("inv iotlb d0 [i0+2]")).toBe("1");
    expect(mask("inv iotlb d0 [i1+2]")).toBe("1002");
    expect(mask("inv iotlb d0 base=i6 mask=1")).toBe("202001");
    expect(mask("inv iotlb d0 [i0+8]")).toBe("a");
    expect(mask("inv iotlb d0 base=i9 mask=4")).toBe("40100b");
    expect(accepts("inv iotlb d0 base=i0 mask=11")).toBe(true);
    expect(accepts("inv iotlb d0 base=i0 mask=12")).toBe(false);
  });

  it("select devices by source-id and function mask", () => {
    // cc_inv_dsc: type 1, G 5:4, DID 31:16, SID 47:32, FM 49:48; functions 0, 4 and 2 of slot 4.
    expect(sent("inv ctx all")).toEqual(["11 0"]);
    expect(sent("inv ctx d0 all")).toEqual(["10021 0", "20021 0"]);
    expect(sent("inv ctx d0 c1 all")).toEqual(["2400010031 0", "2400020031 0"]);
    expect(sent("inv ctx d0 c0 mask=1 all")[0]).toBe("1002000010031 0");
    expect(sent("inv ctx c2 all")).toHaveLength(9);
    expect(accepts("inv ctx c0 mask=2 all")).toBe(false);
  });

  it("are not made up for commands that the unit does not have", () => {
    for (const text of ["inv dev c0", "inv s2 d0 g8", "host inv iotlb d0 all", "s2 d0 g8=-", "move d0 g8=h12"])
      expect(accepts(text), text).toBe(false);
    expect(accepts("w g4[0]=leaf g8 rw global")).toBe(false);
    expect(accepts("w g4[0]=leaf g8 w")).toBe(true);
  });

  it("wait with a status write", () => {
    const { driver } = driverOf(kind);
    const [low] = writesOf((batch) => driver.fence(batch));
    expect(low!.value).toBe(0x1_0000_0025n);
  });
});

describe("structures of the legacy unit (Intel VT-d 9.3, 9.8)", () => {
  const { driver, map } = driverOf(kind);

  it("are second-stage entries", () => {
    const at = BigInt(map.hostAddress(8));
    expect(driver.entry(1, packEntry(ENTRY.leaf, 8, 3, 0))).toBe(at | 3n);
    expect(driver.entry(1, packEntry(ENTRY.leaf, 8, 2, 0))).toBe(at | 2n);
    expect(driver.entry(1, packEntry(ENTRY.super, 8, 1, 0))).toBe(at | 0x81n);
    expect(driver.entry(1, packEntry(ENTRY.table, 8, 3, 0))).toBe(at | 3n);
    expect(driver.entry(1, ENTRY.malformed) & (1n << 50n)).not.toBe(0n);
    expect(driver.entry(1, ENTRY.absent)).toBe(0n);
  });

  it("are context entries whose other bits stay when they are not present", () => {
    const write = (packed: number): bigint[] =>
      writesOf((batch) => driver.writeContext(batch, 1, packed)).map(({ value }) => value);
    const [high, low] = write(packContext(PRESENT, 0, 1, 1, 3));
    expect(high).toBe(0x401n);
    expect(low! & 0xfffn).toBe(1n);
    expect(write(packContext(0, 0, 1, 1, 3))).toEqual([high, low! - 1n]);
    expect(write(packContext(2, 0, 1, 1, 3))).toEqual([high, low! | 16n]);
  });
});

describe("QEMU's legacy unit", () => {
  it("is stale until the right command, and never negative", ({ skip }) => {
    if (!found.ok) return skip(found.detail);
    withUnit(kind, found.binary, (runner) => {
      const reads = (...changes: string[]): string =>
        answersTo(runner, ["", ...changes].map((change) => `${change}; dma r c0 i0`).join("; "));
      const retarget = "w g4[0]=leaf g9 rw";
      expect(reads(retarget)).toBe("h8 h8");
      expect(reads(retarget, "inv iotlb d1 i0; F", "inv iotlb d0 i1; F", "inv ctx all; F")).toBe("h8 h8 h8 h8 h8");
      for (const right of ["d0 i0", "d0 [i0+4] leaf", "d0 base=i3 mask=2", "d0 base=i15 mask=4", "d0 all", "all"])
        expect(reads(retarget, `inv iotlb ${right}; F`), right).toBe("h8 h8 h9");
      expect(reads("w g4[0]=-", "inv iotlb d0 i0; F", retarget)).toBe("h8 h8 fault h9");
      expect(reads("w g2[0]=super g8 rw", "inv iotlb d0 i3; F")).toBe("h8 h8 h8");
      expect(reads("ctx c0 root=g3; w g5[0]=leaf g10 rw", "inv ctx d0 c0; F", "inv iotlb d0 all; F")).toBe(
        "h8 h8 h8 h10",
      );
      expect(reads("ctx c0=bad", "inv ctx d0 c0; F", "inv iotlb d0 all; F")).toBe("h8 h8 h8 fault");
    });
  });

  it("starts every sequence from the same state", ({ skip }) => {
    if (!found.ok) return skip(found.detail);
    withUnit(kind, found.binary, (runner) => {
      const probe = "dma r c0 i0; dma r c0 i1; dma r c1 i0; dma r c2 i1; dma r c0 i4; w g4[0]=leaf g9 rw; dma r c0 i0";
      const first = answersTo(runner, probe);
      expect(first).toBe("h8 h9 h10 h9 fault h8");
      answersTo(runner, "w g2[1]=super g8 rw; dma w c0 i5; ctx c1=(d0,p0,g2); dma r c1 i0; ctx c2=bad; dma r c2 i0");
      expect(answersTo(runner, probe)).toBe(first);
    });
  });
});
