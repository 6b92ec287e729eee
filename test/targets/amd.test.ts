import { describe, expect, it } from "vitest";
import { geometryOf } from "../../models/geometry.js";
import { ABSENT, MALFORMED, PRESENT, packContext, packEntry } from "../../models/values.js";
import { amd as kind } from "../../targets/amd.js";
import { ALL_PAGES, amdAll, amdDevice, amdPages, amdWait, napotAddress } from "../../targets/amd-commands.js";
import { MemoryMap, PAGE } from "../../targets/memory-map.js";
import { Batch } from "../../targets/qtest.js";
import { installed } from "../../targets/units.js";
import { answersTo, encoded, withUnit } from "./driver-bench.js";

const geometry = geometryOf(kind.geometry);
const found = installed(kind);
const HOST = 64 * 2 ** 20;

const hex = (values: readonly bigint[]): string => values.map((value) => value.toString(16)).join(" ");
const addressOf = (operands: string): string => napotAddress(encoded(`inv iotlb d0 ${operands}`), 0).toString(16);

/** Values of the 64-bit writes to memory that the command is sent as, without those of the tail. */
function sent(text: string): string[] {
  const batch = new Batch();
  kind.create(new MemoryMap(kind.ram, geometry)).invalidate(batch, encoded(text), 0);
  const values = batch.text.match(/0x[0-9a-f]+/g)!.map(BigInt);
  return Array.from({ length: values.length / 3 }, (_, at) => hex(values.slice(at * 3, at * 3 + 2)));
}

const accepts = (text: string): boolean => kind.accepts(encoded(text), 0);

describe("commands of AMD-Vi's buffer", () => {
  it("have their opcode in bits 63:60", () => {
    expect(hex(amdAll)).toBe("8000000000000000 0");
    expect(hex(amdDevice(0x28))).toBe("2000000000000028 0");
    expect(hex(amdWait(0x5000, 7))).toBe("1000000000005001 7");
    expect(hex(amdPages(5, { address: 0x3000n, keepsPointers: true }, null))).toBe("3000000500000000 3000");
    expect(hex(amdPages(5, { address: 0x3000n, keepsPointers: false }, 4))).toBe("3000000500000004 3006");
  });

  it("say the size of a block in the lowest zero bit of its address", () => {
    expect(addressOf("i5")).toBe("201000");
    expect(addressOf("[i4+2]")).toBe("200001");
    expect(addressOf("base=i5 mask=1")).toBe("200001");
    expect(addressOf("[i5+2]")).toBe(addressOf("[i4+4]"));
    expect(addressOf("[i4+4]")).toBe("201001");
    // Two leaf tables: bits 12 to 20 are one, bit 21 is zero. All four: bit 22 is.
    expect(addressOf("[i2+4]")).toBe("1ff001");
    expect(addressOf("base=i9 mask=3")).toBe("5ff001");
    expect(addressOf("[i7+2]")).toBe("3ff001");
    expect(addressOf("all")).toBe(ALL_PAGES.toString(16));
    expect(addressOf("base=i0 mask=50")).toBe(ALL_PAGES.toString(16));
  });

  it("are sent for each process of a domain, which has a DomainID of its own", () => {
    expect(sent("inv iotlb d1 i0 leaf")).toEqual([17, 18, 19, 20].map((id) => `300000${id.toString(16)}00000000 0`));
    expect(sent("inv iotlb d0 p2 i0")).toEqual(["3000000300000003 6"]);
    expect(sent("inv iotlb all")).toEqual(["8000000000000000 0"]);
    expect(sent("inv ctx c2")).toEqual(["2000000000000030 0"]);
    expect(sent("inv ctx")).toEqual(["8000000000000000 0"]);
  });

  it("are not there for what the unit has no command for", () => {
    for (const text of ["inv s2 d0", "inv dev c0", "inv pasid c0", "inv iotlb i0", "inv iotlb d-", "inv ctx c0 mask=1"])
      expect(accepts(text)).toBe(false);
    for (const text of ["s2 d0 g8=h9", "move d0 g8=h40", "w g4[0]=leaf g8 rw global"])
      expect(accepts(text)).toBe(false);
    for (const text of ["w g4[0]=leaf g8 w", "w g2[0]=table g4 none", "inv iotlb d0"]) expect(accepts(text)).toBe(true);
  });
});

describe("entries of AMD-Vi's tables", () => {
  const driver = kind.create(new MemoryMap(kind.ram, geometry));
  const entry = (...of: Parameters<typeof packEntry>): bigint => driver.entry(1, packEntry(...of));

  it("have PR, NextLevel in bits 11:9, IR and IW in 61 and 62", () => {
    expect(entry(1, 9, 3, 0)).toBe((3n << 61n) | BigInt(HOST + 4 * 2 ** 20 + PAGE) | 1n);
    expect(entry(1, 1, 1, 0)).toBe((1n << 61n) | BigInt(HOST + PAGE) | 1n);
    expect(entry(2, 4, 2, 0)).toBe((2n << 61n) | BigInt(HOST + 2 * 2 ** 20) | 1n);
    expect(entry(3, 1, 3, 0)).toBe((3n << 61n) | BigInt(HOST + PAGE) | (1n << 9n) | 1n);
    expect(entry(0, 0, 0, 0)).toBe(0n);
  });

  it("lead to a level above their own where they are malformed", () => {
    for (const bad of [entry(4, 0, 0, 0), entry(2, 5, 3, 0), entry(1, 16, 3, 0)]) expect((bad >> 9n) & 7n).toBe(6n);
  });

  it("a device table entry has V, TV, Mode and the table, and its DomainID", () => {
    const written = (context: number, packed: number): bigint[] => {
      const batch = new Batch();
      driver.writeContext(batch, context, packed);
      return batch.text.match(/0x[0-9a-f]+/g)!.map(BigInt);
    };
    const [domain, low] = written(0, packContext(PRESENT, 0, 1, 2, 5)) as [bigint, bigint];
    expect(domain).toBe(19n);
    expect(low & 0xfffn).toBe((3n << 9n) | 3n);
    expect(low >> 61n).toBe(3n);
    // Blocked: valid, translated, without a mode and without permissions.
    expect(written(0, ABSENT)[1]).toBe(3n);
    expect(written(0, MALFORMED)[1]! & 4n).toBe(4n);
    expect((written(1, MALFORMED)[1]! >> 9n) & 7n).toBe(7n);
  });
});

function answers(text: string): string {
  if (!found.ok) throw new Error(found.detail);
  return withUnit(kind, found.binary, (runner) => answersTo(runner, text, ", "));
}

const OLD = "dma r c0 i0; w g4[0]=leaf g9 rw; ";
const ASK = "; fence; dma r c0 i0";

describe("QEMU's AMD unit", () => {
  it.for([
    [`${OLD}${ASK}`, "h8, h8"],
    [`${OLD}inv iotlb d1${ASK}`, "h8, h8"],
    [`${OLD}inv ctx c0${ASK}`, "h8, h8"],
    [`${OLD}inv iotlb d0 i0${ASK}`, "h8, h9"],
    // The whole domain goes whatever the address: more than is asked for.
    [`${OLD}inv iotlb d0 i1${ASK}`, "h8, h9"],
    [`${OLD}inv iotlb all${ASK}`, "h8, h9"],
    [`dma r c0 i0; w g4[0]=-; inv iotlb d0 i0${ASK}; w g4[0]=leaf g8; dma r c0 i0`, "h8, fault, h8"],
    [`dma r c0 i0; ctx c0=(d0,p0,g3); inv iotlb d0${ASK}`, "h8, h10"],
    [`dma r c0 i0; ctx c0=-; inv ctx${ASK}`, "h8, fault"],
    [`dma r c0 i0; ctx c0=bad; inv ctx${ASK}`, "h8, fault"],
    ["w g2[1]=super g8 rw; dma r c0 i5; dma w c0 i6", "h9, h10"],
    ["w g4[0]=leaf g8 w; dma w c0 i0; dma r c0 i0", "h8, fault"],
  ])("answers %s", ([text, expected], { skip }) => {
    if (!found.ok) return skip(found.detail);
    expect(answers(text!)).toBe(expected);
  });
});
