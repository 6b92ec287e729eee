import { describe, expect, it } from "vitest";
import { geometryOf } from "../../models/geometry.js";
import { PRESENT, packContext, packEntry } from "../../models/values.js";
import { GIB, MemoryMap, PAGE, SUPERPAGE } from "../../targets/memory-map.js";
import { Batch } from "../../targets/qtest.js";
import { commandAt, spanOf } from "../../targets/smmuv3-commands.js";
import { smmuv3Nested as kind } from "../../targets/smmuv3-nested.js";
import { installed } from "../../targets/units.js";
import { answersTo, encoded, withUnit } from "./driver-bench.js";

const geometry = geometryOf(kind.geometry);
const found = installed(kind);

/** The two quarters of the command that `text` is sent as, in hexadecimal. */
function sent(text: string): string | null {
  const command = commandAt(encoded(text), 0, 16, 16);
  return command === null ? null : command.map((half) => half.toString(16)).join(" ");
}

function entryOf(stage: 1 | 2, ...entry: Parameters<typeof packEntry>): string {
  return kind
    .create(new MemoryMap(kind.ram, geometry))
    .entry(stage, packEntry(...entry))
    .toString(16);
}

const [LEAF, SUPER, TABLE, BAD] = [1, 2, 3, 4];
const [NONE, R, W, RW] = [0, 1, 2, 3];

describe("commands of the SMMUv3's queue", () => {
  it("carry VMID in bits 47:32, ASID in 63:48, address from bit 76 and Leaf in bit 64", () => {
    expect(sent("inv iotlb all")).toBe("30 0");
    expect(sent("inv iotlb d0 all")).toBe("100000010 0");
    expect(sent("inv iotlb d1 p2 all")).toBe("3000200000011 0");
    expect(sent("inv iotlb d0 p0 i5")).toBe("1000100000012 201000");
    expect(sent("inv iotlb d0 i5 leaf")).toBe("100000013 201001");
    expect(sent("inv s2 all")).toBe("30 0");
    expect(sent("inv s2 d1 all")).toBe("200000028 0");
    expect(sent("inv s2 d1 g7 leaf")).toBe("20000002a 203001");
  });

  it("carry NUM in bits 16:12, SCALE in 24:20, TTL in 73:72 and TG in 75:74 where they are ranges or have a hint", () => {
    expect(sent("inv iotlb d0 p0 [i4+3]")).toBe("1000100002012 200400");
    expect(sent("inv iotlb d0 p0 i1 level=1")).toBe("1000100000012 1700");
    expect(sent("inv iotlb d0 p0 [i4+4] level=2")).toBe("1000100003012 200600");
    expect(sent("inv iotlb d0 p0 i5 level=2")).toBeNull();
    expect(sent("inv iotlb d0 base=i5 mask=1")).toBe("100001013 201400");
  });

  it("carry StreamIDs in bits 63:32, Range in 68:64", () => {
    expect(sent("inv ctx c0")).toBe("4000000003 1");
    expect(sent("inv ctx c2")).toBe("5000000003 1");
    expect(sent("inv ctx c0 mask=1")).toBe("4000000004 3");
    expect(sent("inv ctx c0 mask=3")).toBe("4000000004 4");
    expect(sent("inv ctx c0 mask=2")).toBeNull();
    expect(sent("inv ctx")).toBe("4 1f");
    expect(sent("inv pasid c1")).toBe("4800000005 1");
    expect(sent("inv pasid d0 p0")).toBeNull();
  });

  it("are not there for what the unit has no command for", () => {
    for (const text of [
      "inv dev c0",
      "inv iotlb i0",
      "inv iotlb p0 all",
      "inv iotlb d- all",
      "inv s2 g8",
      "inv s2 d0 p0 g8",
    ])
      expect(sent(text)).toBeNull();
    expect(sent("inv iotlb d0 base=i20 mask=0")).toBeNull();
  });
});

describe("a range of the SMMUv3's commands", () => {
  it("covers the pages of the model's and no others that are looked at, wherever there is one", () => {
    const pages = Array.from({ length: 16 }, (_, page) => page);
    let without = 0;
    for (const first of pages)
      for (const last of pages.slice(first)) {
        const span = spanOf(first, last);
        if (span === null) {
          without++;
          continue;
        }
        const end = span.address + (span.num + 1) * 2 ** span.scale * PAGE;
        const inside = pages.filter((page) => {
          const at = Math.floor(page / 4) * SUPERPAGE + (page % 4) * PAGE;
          return at >= span.address && at < end;
        });
        expect(inside).toEqual(pages.slice(first, last + 1));
        expect(span.num).toBeLessThan(32);
      }
    // Neither end has room, and the number of granules is no multiple of a power of two that is large enough.
    expect(without).toBe(45);
    expect(spanOf(0, 15)).toEqual({ address: 0, num: 24, scale: 6 });
    expect(spanOf(2, 5)).toEqual({ address: 2 * PAGE, num: 31, scale: 4 });
  });
});

describe("entries of the SMMUv3's tables", () => {
  it("are descriptors of VMSAv8-64, with AP, nG and APTable in stage 1", () => {
    expect(entryOf(1, LEAF, 9, RW, 0)).toBe((0x401000 | 0xf43).toString(16));
    expect(entryOf(1, LEAF, 9, R, 0)).toBe((0x401000 | 0xfc3).toString(16));
    expect(entryOf(1, LEAF, 9, RW, 1)).toBe((0x401000 | 0x743).toString(16));
    expect(entryOf(1, SUPER, 8, RW, 0)).toBe((0x400000 | 0xf41).toString(16));
    expect(entryOf(1, TABLE, 4, RW, 0)).toBe((0x200000 | 3).toString(16));
    expect(entryOf(1, TABLE, 4, R, 0)).toBe(((1n << 62n) | 0x200003n).toString(16));
  });

  it("have S2AP in stage 2", () => {
    const host = kind.ram + 64 * 2 ** 20;
    const leaf = (permission: number): string => (host + PAGE + (0x73f | (permission << 6))).toString(16);
    for (const permission of [NONE, R, W, RW]) expect(entryOf(2, LEAF, 1, permission, 0)).toBe(leaf(permission));
    expect(entryOf(2, TABLE, 1, RW, 0)).toBe((host + PAGE + 3).toString(16));
  });

  it("are not valid, or without the access flag, where they are absent or malformed", () => {
    expect(Number(BigInt(`0x${entryOf(1, 0, 0, 0, 0)}`) & 1n)).toBe(0);
    expect(entryOf(1, BAD, 0, 0, 0)).toBe("1");
    expect(entryOf(1, SUPER, 9, RW, 0)).toBe("1");
    expect(entryOf(1, LEAF, 16, RW, 0)).toBe("1");
  });

  it("are refused where the format has no such thing", () => {
    const accepts = (text: string): boolean => kind.accepts(encoded(text), 0);
    for (const text of [
      "w g4[0]=leaf g8 w",
      "w g4[0]=leaf g8 none",
      "w g2[0]=table g4 rw global",
      "s2 d0 g8=table h42 r",
    ])
      expect(accepts(text)).toBe(false);
    for (const text of ["w g4[0]=leaf g8 r global", "w g2[0]=table g4 r", "s2 d0 g8=h42 w", "s2 d0 g8=table h42 none"])
      expect(accepts(text)).toBe(true);
  });
});

describe("context entries of the SMMUv3", () => {
  it("are an STE with VMID and root of stage 2, and a CD with ASID and TTB0", () => {
    const driver = kind.create(new MemoryMap(kind.ram, geometry));
    const batch = new Batch();
    driver.writeContext(batch, 0, packContext(PRESENT, 1, 2, 3, 5));
    const values = batch.text.match(/0x[0-9a-f]+/g)!.map(BigInt);
    const [s2, root, ttb, cd, ste] = values as [bigint, bigint, bigint, bigint, bigint];
    expect(s2 & 0xffffn).toBe(3n);
    expect((s2 >> 32n) & 0x3fn).toBe(25n);
    expect(root % BigInt(PAGE)).toBe(0n);
    expect(ttb).toBe(BigInt(SUPERPAGE + PAGE));
    expect(cd >> 48n).toBe(4n);
    expect(cd & 0x3fn).toBe(34n);
    expect(cd & (1n << 31n)).not.toBe(0n);
    expect(ste & 0xfn).toBe(0xfn);
    // The pointer to the CD is guest-physical: a page of the harness, which lies where it is.
    expect((ste >> 6n) << 6n).toBeGreaterThanOrEqual(BigInt(GIB));
  });
});

/** What the unit answers to the reads and writes of a sequence. */
function answers(text: string): string {
  if (!found.ok) throw new Error(found.detail);
  return withUnit(kind, found.binary, (runner) => answersTo(runner, text, ", "));
}

const OLD = "dma r c0 i0; w g4[0]=leaf g9 rw; ";
const OLD_S2 = "dma r c0 i0; s2 d0 g8=h42 rw; ";
const ASK = "; fence; dma r c0 i0";

describe("QEMU's SMMUv3", () => {
  it.for([
    // Stage 1 retargeted.
    [`${OLD}${ASK}`, "h8, h8"],
    [`${OLD}inv iotlb d0 p1 i0${ASK}`, "h8, h8"],
    [`${OLD}inv iotlb d1 p0 i0${ASK}`, "h8, h8"],
    [`${OLD}inv iotlb d0 p0 i1${ASK}`, "h8, h8"],
    [`${OLD}inv s2 d0 g8${ASK}`, "h8, h8"],
    [`${OLD}inv iotlb d0 p0 i0${ASK}`, "h8, h9"],
    [`${OLD}inv iotlb d0 p1 all${ASK}`, "h8, h8"],
    [`${OLD}inv iotlb d0 p0 all${ASK}`, "h8, h9"],
    [`${OLD}inv iotlb d0 p0 [i0+8]${ASK}`, "h8, h9"],
    // Stage 2 retargeted: a combined entry stays where S2_IPA alone is sent.
    [`${OLD_S2}${ASK}`, "h8, h8"],
    [`${OLD_S2}inv s2 d0 g8${ASK}`, "h8, h8"],
    [`${OLD_S2}inv s2 d0 g8; fence; inv iotlb d0 all${ASK}`, "h8, h42"],
    [`${OLD_S2}inv s2 d1 all${ASK}`, "h8, h8"],
    [`${OLD_S2}inv s2 d0 all${ASK}`, "h8, h42"],
    // What is not present is not kept.
    [
      "dma r c0 i0; w g4[0]=-; inv iotlb d0 p0 i0; fence; dma r c0 i0; w g4[0]=leaf g8; dma r c0 i0",
      "h8, fault (stage 1), h8",
    ],
    ["dma r c0 i0; s2 d0 g8=-; inv s2 d0 all; fence; dma r c0 i0; s2 d0 g8=h8; dma r c0 i0", "h8, fault (stage 2), h8"],
    // Context entries.
    [`dma r c0 i0; ctx c0=(d0,p0,g3)${ASK}`, "h8, h8"],
    [`dma r c0 i0; ctx c0=-; inv ctx c1${ASK}`, "h8, h8"],
    [`dma r c0 i0; ctx c0=-; inv ctx c0${ASK}`, "h8, fault (context)"],
    [`dma r c0 i0; ctx c0=-; inv ctx c1 mask=1${ASK}`, "h8, fault (context)"],
    [`dma r c0 i0; ctx c0=(d0,p2,g3); inv pasid c0${ASK}`, "h8, h10"],
  ])("answers %s", ([text, expected], { skip }) => {
    if (!found.ok) return skip(found.detail);
    expect(answers(text!)).toBe(expected);
  });
});
