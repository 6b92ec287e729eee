import { describe, expect, it } from "vitest";
import { ENTRY } from "../../commands/command.js";
import { PRESENT, packContext, packEntry } from "../../models/values.js";
import type { Batch, Qtest } from "../../targets/qtest.js";
import { installed } from "../../targets/units.js";
import { vtdFirstStage as kind } from "../../targets/vtd-first-stage.js";
import { answersTo, descriptorsOf, driverOf, encoded, withUnit, writesOf } from "./driver-bench.js";

const found = installed(kind);
const sent = (text: string): string[] =>
  descriptorsOf(kind, text, 4).map((words) => words.map((word) => word.toString(16)).join(" "));
const accepts = (text: string): boolean => kind.accepts(encoded(text), 0);

describe("descriptors of the first-stage unit (Intel VT-d 6.5.2)", () => {
  it("are PASID-based where a process is named", () => {
    // p_iotlb_inv_dsc: type 6, G 5:4, DID 31:16, PASID 51:32; AM 5:0, IH 6, ADDR 63:12.
    expect(sent("inv iotlb d0 p0 all")).toEqual(["100010026 0 0 0"]);
    expect(sent("inv iotlb d1 p1 i5 leaf")).toEqual(["200020036 201040 0 0"]);
    expect(sent("inv iotlb p0 [i0+16]")).toHaveLength(5);
    expect(sent("inv iotlb d0 i1")).toEqual(["100f2 1000 0 0"]);
    expect(sent("inv iotlb d0 all")).toEqual(["100e2 0 0 0"]);
    expect(sent("inv iotlb all")).toEqual(["d2 0 0 0"]);
  });

  it("reach PASID and context caches", () => {
    // pc_inv_dsc: type 7, G 5:4 of its own; cc_inv_dsc: no domain tag in scalable mode.
    expect(sent("inv pasid d0 p1")).toEqual(["200010017 0 0 0"]);
    expect(sent("inv pasid d1 all")).toEqual(["20007 0 0 0"]);
    expect(sent("inv pasid all")).toEqual(["37 0 0 0"]);
    expect(sent("inv ctx d- c2 all")).toEqual(["2200000031 0 0 0"]);
    expect(sent("inv ctx c0 mask=1 all")).toEqual(["1002000000031 0 0 0"]);
  });

  it("leave out what the format cannot say", () => {
    expect(accepts("w g4[0]=leaf g8 w")).toBe(false);
    expect(accepts("w g4[0]=leaf g8 r")).toBe(true);
    expect(accepts("w g4[0]=leaf g8 rw global")).toBe(false);
    expect(accepts("w g2[1]=super g9 rw")).toBe(false);
    expect(accepts("w g2[1]=super g10 rw")).toBe(true);
    expect(accepts("ctx c1=(d0,p1,g2)")).toBe(true);
    expect(accepts("ctx c1=(d0,p0,g2)")).toBe(false);
    expect(accepts("ctx c1=-")).toBe(true);
    expect(accepts("ctx c1 valid=1")).toBe(false);
  });
});

describe("structures of the first-stage unit (Intel VT-d 9.4 to 9.7)", () => {
  const { driver, map } = driverOf(kind);

  it("are first-stage entries, accessed and dirty", () => {
    const at = BigInt(map.hostAddress(8));
    expect(driver.entry(1, packEntry(ENTRY.leaf, 8, 3, 0))).toBe(at | 0x67n);
    expect(driver.entry(1, packEntry(ENTRY.leaf, 8, 1, 0))).toBe(at | 0x65n);
    expect(driver.entry(1, packEntry(ENTRY.super, 8, 3, 0))).toBe(at | 0xe7n);
    expect(driver.entry(1, ENTRY.malformed) & (1n << 50n)).not.toBe(0n);
  });

  it("are context and PASID-table entries", () => {
    const write = (packed: number): bigint[] =>
      writesOf((batch) => driver.writeContext(batch, 1, packed)).map(({ value }) => value);
    const [root, did, low, ridPasid, entry] = write(packContext(PRESENT, 0, 2, 1, 3));
    expect(root! & 0xfffn).toBe(0n);
    expect([did, low, ridPasid]).toEqual([3n, 0x49n, 2n]);
    expect(entry! & 0xfffn).toBe(1n);
    expect(write(packContext(0, 0, 2, 1, 3))).toEqual([0x48n, ridPasid, entry! - 1n]);
    expect(write(packContext(2, 0, 2, 1, 3))).toEqual([root, did, 0x9n, ridPasid, entry! | 32n]);
  });
});

describe("QEMU's first-stage unit", () => {
  it("is stale until the right command, and never negative", ({ skip }) => {
    if (!found.ok) return skip(found.detail);
    withUnit(kind, found.binary, (runner) => {
      const reads = (...changes: string[]): string =>
        answersTo(runner, ["", ...changes].map((change) => `${change}; dma r c0 i0`).join("; "));
      const retarget = "w g4[0]=leaf g9 rw";
      const wrong = ["d1 p0 i0", "d0 p1 i0", "d0 p0 i1", "d1 p0 all", "d0 p1 all", "d1 all"];
      for (const other of wrong) expect(reads(retarget, `inv iotlb ${other}; F`), other).toBe("h8 h8 h8");
      for (const right of ["d0 p0 i0", "d0 p0 base=i15 mask=4", "d0 p0 all", "d0 all", "all"])
        expect(reads(retarget, `inv iotlb ${right}; F`), right).toBe("h8 h8 h9");
      // Table 23: of first-stage entries a page-selective iotlb_inv_dsc drops all of the domain.
      expect(reads(retarget, "inv iotlb d0 i1; F")).toBe("h8 h8 h9");
      expect(reads("w g4[0]=-", "inv iotlb d0 p0 i0; F", retarget)).toBe("h8 h8 fault h9");
      expect(reads("ctx c0 root=g3; w g5[0]=leaf g10 rw", "inv pasid d0 p0; F", "inv iotlb d0 p0; F")).toBe(
        "h8 h8 h8 h10",
      );
    });
  });

  it("translates by a PASID-table entry that is not present while the context entry is cached", ({ skip }) => {
    // Against 9.6 and Table 28: for P of 1 to 0 the PASID cache and the PASID's IOTLB entries are all that is due.
    if (!found.ok) return skip(found.detail);
    withUnit(kind, found.binary, (runner) => {
      const cleared = "dma r c0 i0; ctx c0=-; inv pasid d0 p0; F; inv iotlb d0 p0; F; dma r c0 i0";
      expect(answersTo(runner, `${cleared}; inv ctx c0; F; dma r c0 i0`)).toBe("h8 h8 fault");
    });
  });

  it("starts every sequence from the same state and memory", ({ skip }) => {
    if (!found.ok) return skip(found.detail);
    withUnit(kind, found.binary, (runner, target) => {
      const probe = "dma r c0 i0; dma r c0 i1; dma r c1 i0; dma r c2 i1; dma r c0 i4";
      const memory = (): string => {
        const { qtest } = Reflect.get(target, "session") as { qtest: Qtest };
        const { map } = driverOf(kind);
        // All of the harness's memory but its queue, and the entries of the model's pages.
        const lines = [
          ...Array.from({ length: 62 }, (_, at) => `read ${0x10_2000 + at * 0x1000} 0x1000`),
          ...Array.from({ length: map.geometry.hostPages }, (_, page) => `read ${map.hostAddress(page)} 0x800`),
        ];
        const batch = { text: `${lines.join("\n")}\n`, length: lines.length } as Batch;
        qtest.send(batch);
        return qtest.receive(batch).text;
      };
      const first = answersTo(runner, probe);
      expect(first).toBe("h8 h9 h10 h9 fault");
      const start = memory();
      answersTo(runner, "w g2[1]=super g8 rw; dma w c0 i5; ctx c1=-; dma r c1 i0; ctx c2=bad; w g3[3]=table g9");
      expect(memory()).not.toBe(start);
      expect(answersTo(runner, probe)).toBe(first);
      expect(memory()).toBe(start);
    });
  });
});
