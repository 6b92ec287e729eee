/** The RISC-V unit's encodings, bit by bit, by the RISC-V IOMMU specification and the privileged specification. */

import { describe, expect, it } from "vitest";
import { ENTRY } from "../../commands/command.js";
import { PRESENT, packContext, packEntry } from "../../models/values.js";
import { riscvNested as kind } from "../../targets/riscv-nested.js";
import { driverOf, encoded, writesOf } from "./driver-bench.js";

/** The 16 bytes of each command that is sent. */
function sent(text: string): string[] {
  const { driver } = driverOf(kind);
  expect(kind.accepts(encoded(text), 0)).toBe(true);
  const words = writesOf((batch) => driver.invalidate(batch, encoded(text), 0)).map(({ value }) => value.toString(16));
  return Array.from({ length: words.length / 2 }, (_, at) => `0x${words[2 * at]} 0x${words[2 * at + 1]}`);
}

describe("the commands of the RISC-V unit", () => {
  it.each([
    // GV is bit 33, PSCV 32, AV 10; GSCID from bit 44, PSCID from bit 12; tags are sent as one more.
    ["inv iotlb d0 all", "0x100200000001 0x0"],
    ["inv iotlb d2 p1 all", "0x300300002001 0x0"],
    ["inv iotlb d0 p0 i5", "0x100300001401 0x80400"],
    ["inv s2 all", "0x81 0x0"],
    ["inv s2 d1 g8", "0x200200000481 0x100000"],
    // DV is bit 33, the device's number (slot 3) from bit 40.
    ["inv ctx all", "0x3 0x0"],
    ["inv ctx c1", "0x180200000003 0x0"],
    ["inv pasid c1", "0x180200000083 0x0"],
    // Where there is no process directory the device context goes.
    ["inv pasid c0", "0x100200000003 0x0"],
  ])("%s is sent as %s", (text, words) => {
    expect(sent(text)).toEqual([words]);
  });

  it.each([
    "inv iotlb all",
    "inv iotlb d0 [i0+2]",
    "inv iotlb d- i0",
    "inv pasid all",
    "inv dev c0 all",
    "inv s2 d0 g8 level=1",
  ])("%s cannot be sent", (text) => {
    expect(kind.accepts(encoded(text), 0)).toBe(false);
  });
});

describe("the entries of the RISC-V unit", () => {
  const { driver } = driverOf(kind);
  const low = (entry: bigint): number => Number(entry & 0x3ffn);

  it("are V R W U A D for a leaf, V alone for a pointer, a reserved W alone for a malformed one", () => {
    expect(low(driver.entry(1, packEntry(ENTRY.leaf, 8, 3, 0)))).toBe(0b1101_0111);
    expect(low(driver.entry(1, packEntry(ENTRY.leaf, 8, 1, 1)))).toBe(0b1111_0011);
    expect(low(driver.entry(1, packEntry(ENTRY.table, 4, 3, 0)))).toBe(1);
    expect(low(driver.entry(2, packEntry(ENTRY.malformed, 0, 0, 0)))).toBe(0b101);
    expect(driver.entry(1, 0)).toBe(0n);
  });

  it("name guest pages in the first stage and host pages in the second", () => {
    const page = (entry: bigint): number => Number(entry >> 10n) * 0x1000;
    expect(page(driver.entry(1, packEntry(ENTRY.leaf, 9, 3, 0)))).toBe(0x40_1000);
    expect(page(driver.entry(2, packEntry(ENTRY.leaf, 9, 3, 0)))).toBe(driver.map.hostAddress(9));
  });

  it("are refused where the format cannot say them", () => {
    const refused = ["w g4[0]=leaf g8 w", "w g2[0]=table g4 r", "s2 d0 g8=h8 w", "w g4[0]=leaf g8 none"];
    for (const text of refused) expect(kind.accepts(encoded(text), 0)).toBe(false);
    for (const text of ["w g4[0]=leaf g8 r", "w g4[0]=bad", "s2 d0 g8=-"])
      expect(kind.accepts(encoded(text), 0)).toBe(true);
  });
});

describe("the contexts of the RISC-V unit", () => {
  const valuesOf = (context: number, packed: number): bigint[] => {
    const { driver } = driverOf(kind);
    return writesOf((batch) => driver.writeContext(batch, context, packed)).map(({ value }) => value);
  };

  it("have the process in the device context, or in a directory with DPE", () => {
    const packed = packContext(PRESENT, 0, 1, 2, 3);
    expect(valuesOf(0, packed)).toContain(1n);
    expect(valuesOf(0, packed)).toContain(3n << 12n);
    expect(valuesOf(1, packed)).toContain(0b10_0010_0001n);
    expect(valuesOf(1, packed).some((value) => value >> 60n === 1n)).toBe(true);
  });

  it("are all zero where they are absent, and say something each time they are malformed", () => {
    expect(valuesOf(0, 0).every((value) => value === 0n)).toBe(true);
    const malformed = packContext(2, 0, 0, 0, 0);
    expect(valuesOf(0, malformed)).toContain(1n | (1n << 2n));
    expect(valuesOf(2, malformed)).toContain(1n | (1n << 40n));
  });
});
