/**
 * What the manuals say of their units, one sentence a test: AMD-Vi, Arm SMMUv3, Intel VT-d, RISC-V.
 *
 * Written from the manuals and from the drivers that quote them, not from the rule files. Left out here: whether a
 * contract is enough for a unit, which the search asks.
 */

import { describe, expect, it } from "vitest";
import { loadContract } from "../../rules/load.js";
import type { Contract } from "../../rules/vocabulary.js";
import { builtIn } from "../models/brute/runs.js";
import { Scenario } from "../models/brute/scenario.js";
import { must } from "./files.js";

const on = (architecture: string): Scenario => new Scenario({ architecture: builtIn(architecture) });
const owing = (architecture: string, ref: string): Scenario =>
  new Scenario({ architecture: builtIn(architecture), contract: contract(ref), strategies: [] });

function contract(ref: string): Contract {
  const [name, ...parameters] = ref.split(" ");
  return must(loadContract(name!, Object.fromEntries(parameters.map((word) => word.split("=")))));
}

/** c0 reads g8 at i0 and g9 at i1, c1 (same domain) g10 at i0; gN is hN there. */
const RETARGET = "w g4[0]=leaf g9 rw";
const NEW_LEAF = "w g4[2]=leaf g12 rw";
const MENDED_LEAF = `w g4[2]=bad; ${NEW_LEAF}`;
const TABLE_GONE = "w g2[0]=-";
const NEW_ROOT = "ctx c0 root=g3";
const STAGE2_RETARGET = "s2 d0 g8=h43 rw";
const ATTACH = "ctx c0=(v0,d0,p0,g2)";

describe("Arm SMMUv3", () => {
  const nested = (): Scenario => on("smmuv3-nested");

  it("S2_IPA leaves combined entries, NH_ALL after it takes them", () => {
    const scenario = nested().do(`${STAGE2_RETARGET}; inv s2 d0 g8; fence`);
    expect(scenario.envelope(0, 0)).toBe("h8 h43");
    expect(scenario.do("inv iotlb d0; fence").envelope(0, 0)).toBe("h43");
  });

  it("S2_IPA is enough for a data page where no entry combines the stages", () => {
    expect(on("smmuv3-separate").do(`${STAGE2_RETARGET}; inv s2 d0 g8; fence`).envelope(0, 0)).toBe("h43");
  });

  it("S2_IPA is not enough for a page with a stage 1 table, separate TLBs or not", () => {
    const scenario = on("smmuv3-separate").do("s2 d0 g4=h43 rw; inv s2 d0 g4; fence");
    expect(scenario.envelope(0, 0)).toBe("h8 fault");
    expect(scenario.do("inv iotlb d0; fence").envelope(0, 0)).toBe("fault");
  });

  it("S2_IPA and NH_ALL before one SYNC are not enough, in either order", () => {
    for (const commands of ["inv s2 d0 g8; inv iotlb d0", "inv iotlb d0; inv s2 d0 g8"])
      expect(nested().do(`${STAGE2_RETARGET}; ${commands}; fence`).envelope(0, 0), commands).toBe("h8 h43");
  });

  it("S12_VMALL takes all stages of a VMID, and of no other", () => {
    expect(nested().do(`${STAGE2_RETARGET}; inv s2 d0 all; fence`).envelope(0, 0)).toBe("h43");
    expect(nested().do(`${STAGE2_RETARGET}; inv s2 d1 all; fence`).envelope(0, 0)).toBe("h8 h43");
  });

  it("NH_ALL leaves what stage 2 alone made", () => {
    expect(nested().do(`${STAGE2_RETARGET}; inv iotlb d0; fence`).envelope(0, 0)).toBe("h8 h43");
  });

  it("NH_ASID leaves global entries, NH_VA with another ASID takes them", () => {
    const global = "w g4[0]=leaf g8 rw global; inv iotlb d0; fence; w g4[0]=leaf g9 rw global";
    const scenario = nested().do(`${global}; inv iotlb d0 p0; fence`);
    expect(scenario.envelope(0, 0)).toBe("h8 h9");
    expect(scenario.do("inv iotlb d0 p3 i0; fence").envelope(0, 0)).toBe("h9");
  });

  it("NH_VA leaves other ASIDs' entries that are not global, NH_VAA takes them", () => {
    expect(nested().do(`${RETARGET}; inv iotlb d0 p1 i0; fence`).envelope(0, 0)).toBe("h8 h9");
    expect(nested().do(`${RETARGET}; inv iotlb d0 i0; fence`).envelope(0, 0)).toBe("h9");
  });

  it("NH_VA with Leaf=1 leaves table entries, with Leaf=0 takes them", () => {
    expect(nested().do(`${TABLE_GONE}; inv iotlb d0 p0 [i0+4] leaf; fence`).envelope(0, 1)).toBe("h9 fault");
    expect(nested().do(`${TABLE_GONE}; inv iotlb d0 p0 [i0+4]; fence`).envelope(0, 1)).toBe("fault");
  });

  it("TTL for the last level leaves the block that was split", () => {
    const split = "w g2[0]=super g12 rw; inv iotlb d0; fence; w g2[0]=table g4";
    expect(nested().do(`${split}; inv iotlb d0 p0 [i0+4] level=1; fence`).envelope(0, 0)).toBe("h8 h12");
    expect(nested().do(`${split}; inv iotlb d0 p0 [i0+4] level=2; fence`).envelope(0, 0)).toBe("h8");
  });

  it("a TLBI range begins at its address, an ATC_INV span is aligned", () => {
    const moved = "w g4[0]=leaf g12 rw";
    expect(nested().do(`${moved}; inv iotlb d0 p0 base=i1 mask=1; fence`).envelope(0, 0)).toBe("h8 h12");
    const scenario = on("smmuv3-nested-ats").do(
      `${moved}; inv iotlb d0 p0 i0; fence; inv dev c0 base=i1 mask=1; fence`,
    );
    expect(scenario.envelope(0, 0)).toBe("h12");
  });

  it("an STE may be cached with V=0, a PTE may not", () => {
    const scenario = nested().do(`ctx c0=-; inv ctx c0; fence; inv s2 d0 all; fence; ${ATTACH}`);
    expect(scenario.envelope(0, 0)).toBe("h8 fault");
    expect(scenario.do("inv ctx c0; fence").envelope(0, 0)).toBe("h8");
    expect(nested().do(NEW_LEAF).envelope(0, 2)).toBe("h12");
  });

  it("a malformed STE may be cached, a malformed PTE may not", () => {
    expect(nested().do(`ctx c0=bad; inv ctx c0; fence; inv s2 d0 all; fence; ${ATTACH}`).envelope(0, 0)).toBe(
      "h8 fault",
    );
    expect(nested().do(MENDED_LEAF).envelope(0, 2)).toBe("h12");
  });

  it("a new STE owes CFGI_STE, a new PTE of either stage nothing", () => {
    const owes = (): Scenario => owing("smmuv3-nested", "smmuv3");
    const scenario = owes().do("ctx c0=-; inv ctx c0; fence; guest inv s2 d0; fence; inv iotlb d0; fence");
    expect(scenario.settled(0, 0)).toBe(true);
    expect(scenario.do(ATTACH).settled(0, 0)).toBe(false);
    expect(scenario.do("inv ctx c0; fence").settled(0, 0)).toBe(true);
    expect(owes().do(NEW_LEAF).settled(0, 2)).toBe(true);
    expect(owes().do("s2 d0 g8=-; inv s2 d0 all; fence; inv iotlb d0; fence; s2 d0 g8=h8 rw").settled(0, 0)).toBe(true);
  });

  it("CFGI_STE takes the CDs of the stream, and no translation", () => {
    const scenario = nested().do(`${NEW_ROOT}; inv ctx c0; fence`);
    expect(scenario.envelope(0, 0)).toBe("h8 h10");
    expect(scenario.do("inv iotlb d0 p0; fence").envelope(0, 0)).toBe("h10");
  });

  it("CFGI_CD names one stream: the same CD as another stream has it stays", () => {
    const scenario = nested().do(`${NEW_ROOT}; inv pasid c1; fence; inv iotlb d0; fence`);
    expect(scenario.envelope(0, 0)).toBe("h8 h10");
    expect(scenario.do("inv pasid c0; fence; inv iotlb d0; fence").envelope(0, 0)).toBe("h10");
  });

  it("TLBI before CFGI is filled again through the stale CD", () => {
    expect(nested().do(`${NEW_ROOT}; inv iotlb d0; fence; inv ctx c0; fence`).envelope(0, 0)).toBe("h8 h10");
  });

  it("ATC_INV wants a SYNC between it and the TLBI", () => {
    const ats = (): Scenario => on("smmuv3-nested-ats");
    expect(ats().do(`${RETARGET}; inv iotlb d0 p0 i0; inv dev c0 i0; fence`).envelope(0, 0)).toBe("h8 h9");
    expect(ats().do(`${RETARGET}; inv iotlb d0 p0 i0; fence; inv dev c0 i0; fence`).envelope(0, 0)).toBe("h9");
  });

  it("S2_IPA suffices for a stage-2-only stream, which the stage 1 commands leave alone", () => {
    const stage2 = (): Scenario => on("smmuv3-stage2");
    expect(stage2().do(`${RETARGET}; inv iotlb d0 i0 leaf; fence`).envelope(0, 0)).toBe("h9");
    expect(stage2().do(`${RETARGET}; inv iotlb d0 p0 i0; inv iotlb d0 p0; fence`).envelope(0, 0)).toBe("h8 h9");
  });

  it("entries of a stage-1-only stream carry a VMID too", () => {
    const stage1 = (): Scenario => on("smmuv3-stage1");
    expect(stage1().do(`${RETARGET}; inv iotlb d1 p0 i0; fence`).envelope(0, 0)).toBe("h8 h9");
    expect(stage1().do(`${RETARGET}; inv iotlb d0 p0 i0; fence`).envelope(0, 0)).toBe("h9");
  });
});

describe("AMD-Vi", () => {
  it("INVALIDATE_IOMMU_PAGES with PDE=0 leaves a cached PDE, with PDE=1 takes it", () => {
    for (const [unit, tags] of [
      ["amd-v1", "d0"],
      ["amd-v2", "d0 p0"],
      ["amd-nested", "d0 p0"],
    ] as const) {
      expect(on(unit).do(`${TABLE_GONE}; inv iotlb ${tags} [i0+4] leaf; fence`).envelope(0, 1), unit).toBe("h9 fault");
      expect(on(unit).do(`${TABLE_GONE}; inv iotlb ${tags} [i0+4]; fence`).envelope(0, 1), unit).toBe("fault");
    }
  });

  it("holds what is not present with NpCache=1 alone, in the guest's tables too", () => {
    for (const unit of ["amd-v1", "amd-v2", "amd-nested"]) {
      expect(on(unit).do(NEW_LEAF).envelope(0, 2), unit).toBe("h12");
      expect(on(`${unit}-npcache`).do(NEW_LEAF).envelope(0, 2), unit).toBe("h12 fault");
    }
  });

  it("holds what is not present in the host's tables with NpCache=1 alone", () => {
    const again = "s2 d0 g8=-; inv s2 d0; fence; s2 d0 g8=h8 rw";
    expect(on("amd-nested").do(again).envelope(0, 0)).toBe("h8");
    expect(on("amd-nested-npcache").do(again).envelope(0, 0)).toBe("h8 fault");
  });

  it("counts a malformed entry as present: mending one owes an invalidation with NpCache=0 too", () => {
    expect(on("amd-nested").do(MENDED_LEAF).envelope(0, 2)).toBe("h12 fault");
    const owes = (): Scenario => owing("amd-nested", "amd np-cache=0");
    expect(owes().do(NEW_LEAF).settled(0, 2)).toBe(true);
    expect(owes().do(MENDED_LEAF).settled(0, 2)).toBe(false);
    expect(owes().do(`${MENDED_LEAF}; inv iotlb d0 p0 i2; fence`).settled(0, 2)).toBe(true);
  });

  it("with NpCache=1 every change owes an invalidation, new entries of either stage among them", () => {
    const owes = (): Scenario => owing("amd-nested-npcache", "amd np-cache=1");
    expect(owes().do(NEW_LEAF).settled(0, 2)).toBe(false);
    expect(owes().do("s2 d0 g8=-; inv s2 d0; fence; s2 d0 g8=h8 rw").settled(0, 0)).toBe(false);
  });

  it("a device table entry is flushed after V=0->1 as well", () => {
    const scenario = on("amd-v1").do(`ctx c0=-; inv ctx c0; fence; inv iotlb d0; fence; ${ATTACH}`);
    expect(scenario.envelope(0, 0)).toBe("h8 fault");
    expect(scenario.do("inv ctx c1; fence").envelope(0, 0)).toBe("h8 fault");
    expect(scenario.do("inv ctx c0; fence").envelope(0, 0)).toBe("h8");
  });

  it("INVALIDATE_DEVTAB_ENTRY takes the device's entry, and no translation", () => {
    const scenario = on("amd-v1").do(`${NEW_ROOT}; inv ctx c0; fence`);
    expect(scenario.envelope(0, 0)).toBe("h8 h10");
    expect(scenario.do("inv iotlb d0; fence").envelope(0, 0)).toBe("h10");
  });

  it("a GCR3 table entry goes by GN=1 for all pages, not with one page or by INVALIDATE_DEVTAB_ENTRY", () => {
    for (const unit of ["amd-v2", "amd-nested"]) {
      expect(on(unit).do(`${NEW_ROOT}; inv iotlb d0 p0 i0; fence`).envelope(0, 0), unit).toBe("h8 h10");
      expect(on(unit).do(`${NEW_ROOT}; inv ctx c0; fence; inv iotlb d0 p0 i0; fence`).envelope(0, 0)).toBe("h8 h10");
      expect(on(unit).do(`${NEW_ROOT}; inv iotlb d0 p0; fence`).envelope(0, 0), unit).toBe("h10");
    }
  });

  it("a GCR3 table entry that was set owes a flush too", () => {
    const scenario = owing("amd-v2", "amd np-cache=0").do("ctx c0=-; inv ctx c0; fence; inv iotlb all; fence; fence");
    expect(scenario.do("inv iotlb all; fence").settled(0, 0)).toBe(true);
    expect(scenario.do(`${ATTACH}; inv ctx c0; fence`).settled(0, 0)).toBe(false);
    expect(scenario.do("inv iotlb d0 p0; fence").settled(0, 0)).toBe(true);
  });

  it("GN=0 leaves v2 translations alone, GN=1 those of v1 tables", () => {
    expect(on("amd-v2").do(`${RETARGET}; inv iotlb d0 i0; inv iotlb d0; fence`).envelope(0, 0)).toBe("h8 h9");
    expect(on("amd-v2").do(`${RETARGET}; inv iotlb d0 p0 i0; fence`).envelope(0, 0)).toBe("h9");
    expect(on("amd-v1").do(`${RETARGET}; inv iotlb d0 p0 i0; inv iotlb d0 p0; fence`).envelope(0, 0)).toBe("h8 h9");
    expect(on("amd-v1").do(`${RETARGET}; inv iotlb d0 i0; fence`).envelope(0, 0)).toBe("h9");
  });

  it("GN=1 takes the entries of one PASID alone", () => {
    expect(on("amd-nested").do(`${RETARGET}; inv iotlb d0 p1 i0; fence`).envelope(0, 0)).toBe("h8 h9");
  });

  it("a change of the host's table is flushed by each domain id on top of it", () => {
    const scenario = on("amd-nested").do("ctx c1 domain=d2; inv ctx all; fence; inv iotlb all; fence");
    expect(scenario.do("s2 d0 g10=h43 rw; inv s2 d0 g10; fence").envelope(1, 0)).toBe("h10 h43");
    expect(scenario.do("inv s2 d2 g10; fence").envelope(1, 0)).toBe("h43");
  });

  it("rounds a range to one aligned power of two", () => {
    const scenario = on("amd-nested").do("w g4[0]=leaf g12 rw; inv iotlb d0 p0 [i1+2]; fence");
    expect(scenario.envelope(0, 0)).toBe("h12");
  });

  it("one COMPLETION_WAIT behind pages and IOTLB pages is enough where commands execute in order only", () => {
    const text = `${RETARGET}; inv iotlb d0 p0 i0; inv dev c0 i0; fence`;
    expect(on("amd-nested-ats").do(text).envelope(0, 0)).toBe("h8 h9");
    const ordered = { ...builtIn("amd-nested-ats"), queue: "ordered" as const };
    expect(new Scenario({ architecture: ordered }).do(text).envelope(0, 0)).toBe("h9");
  });

  it("INVALIDATE_IOMMU_ALL takes everything of the unit, and nothing of a device", () => {
    const changes = `${STAGE2_RETARGET}; ${TABLE_GONE}; ctx c1 root=g2`;
    const scenario = on("amd-nested").do(`${changes}; inv iotlb all; fence`);
    expect([scenario.envelope(0, 0), scenario.envelope(1, 0)]).toEqual(["fault", "fault"]);
    expect(on("amd-nested-ats").do(`${RETARGET}; inv iotlb all; fence`).envelope(0, 0)).toBe("h8 h9");
  });
});

describe("Intel VT-d, scalable mode", () => {
  it("first stage: CM=1 still holds no negative first-stage entry", () => {
    expect(on("vtd-first-stage-cm").do(NEW_LEAF).envelope(0, 2)).toBe("h12");
    expect(owing("vtd-first-stage-cm", "vtd-first-stage cm=1").do(NEW_LEAF).settled(0, 2)).toBe(true);
  });

  it("second stage: CM=1 holds not-present and erroneous entries, CM=0 neither", () => {
    for (const change of [NEW_LEAF, MENDED_LEAF]) {
      expect(on("vtd-second-stage").do(change).envelope(0, 2)).toBe("h12");
      expect(on("vtd-second-stage-cm").do(change).envelope(0, 2)).toBe("h12 fault");
      expect(owing("vtd-second-stage", "vtd-second-stage cm=0").do(change).settled(0, 2)).toBe(true);
      expect(owing("vtd-second-stage-cm", "vtd-second-stage cm=1").do(change).settled(0, 2)).toBe(false);
    }
  });

  it("first-stage entries go by p_iotlb, page-selective iotlb leaves them, domain-selective takes them", () => {
    const first = (): Scenario => on("vtd-first-stage");
    expect(first().do(`${RETARGET}; inv iotlb d0 i0; fence`).envelope(0, 0)).toBe("h8 h9");
    expect(first().do(`${RETARGET}; inv iotlb d0 p0 i0; fence`).envelope(0, 0)).toBe("h9");
    expect(first().do(`${RETARGET}; inv iotlb d0; fence`).envelope(0, 0)).toBe("h9");
  });

  it("second-stage entries go by iotlb, p_iotlb leaves them", () => {
    const second = (): Scenario => on("vtd-second-stage");
    expect(second().do(`${RETARGET}; inv iotlb d0 p0 i0; inv iotlb d0 p0; fence`).envelope(0, 0)).toBe("h8 h9");
    expect(second().do(`${RETARGET}; inv iotlb d0 i0; fence`).envelope(0, 0)).toBe("h9");
  });

  it("IH=1 leaves the pointer to a table that is gone, IH=0 takes it", () => {
    for (const [unit, tags] of [
      ["vtd-first-stage", "d0 p0"],
      ["vtd-second-stage", "d0"],
    ] as const) {
      expect(on(unit).do(`${TABLE_GONE}; inv iotlb ${tags} [i0+4] leaf; fence`).envelope(0, 1), unit).toBe("h9 fault");
      expect(on(unit).do(`${TABLE_GONE}; inv iotlb ${tags} [i0+4]; fence`).envelope(0, 1), unit).toBe("fault");
    }
  });

  it("AM masks the low bits of the address", () => {
    const scenario = on("vtd-second-stage").do("w g4[0]=leaf g12 rw; inv iotlb d0 base=i1 mask=1; fence");
    expect(scenario.envelope(0, 0)).toBe("h12");
  });

  it("with CM=1 a context entry that is not present is tagged with domain id 0", () => {
    for (const unit of ["vtd-first-stage-cm", "vtd-second-stage-cm"]) {
      const scenario = on(unit).do("ctx c0=-; inv ctx; fence; inv pasid; fence; inv iotlb d0; fence");
      scenario.do(`${ATTACH}; inv ctx c0 d0; fence; inv pasid; fence`);
      expect(scenario.envelope(0, 0), unit).toBe("h8 fault");
      expect(scenario.do("inv ctx c0 d-; fence; inv pasid; fence").envelope(0, 0), unit).toBe("h8");
    }
  });

  it("a PASID-table entry wants the PASID-cache flushed, which the context-cache command does not do", () => {
    for (const unit of ["vtd-first-stage", "vtd-second-stage"]) {
      const scenario = on(unit).do(`${NEW_ROOT}; inv ctx c0; fence; inv iotlb d0; fence`);
      expect(scenario.envelope(0, 0), unit).toBe("h8 h10");
      expect(scenario.do("inv pasid d0 p0; fence; inv iotlb d0; fence").envelope(0, 0), unit).toBe("h10");
    }
  });

  it("the IOTLB is to be complete before the device TLB, whatever CM says", () => {
    const ats = (): Scenario => on("vtd-first-stage-ats");
    expect(ats().do(`${RETARGET}; inv dev c0 p0 i0; fence; inv iotlb d0 p0 i0; fence`).envelope(0, 0)).toBe("h8 h9");
    expect(ats().do(`${RETARGET}; inv iotlb d0 p0 i0; fence; inv dev c0 p0 i0; fence`).envelope(0, 0)).toBe("h9");
  });
});

describe("RISC-V IOMMU", () => {
  it("a range with S=1 is an aligned power of two, without it each page is sent alone", () => {
    const text = "w g4[0]=leaf g12 rw; inv iotlb d0 p0 [i1+2]; fence";
    expect(on("riscv").do(text).envelope(0, 0)).toBe("h8 h12");
    expect(on("riscv-s").do(text).envelope(0, 0)).toBe("h12");
  });

  it("NL=1 takes non-leaf entries in a range, without it the command takes leaves only", () => {
    const text = `${TABLE_GONE}; inv iotlb d0 p0 [i0+4]; fence`;
    expect(on("riscv-s").do(text).envelope(0, 1)).toBe("h9 fault");
    expect(on("riscv-nl-s").do(text).envelope(0, 1)).toBe("fault");
  });

  it("with the second stage Bare PSCV=1 leaves global entries, PSCV=0 takes them", () => {
    const global = "w g4[0]=leaf g8 rw global; inv iotlb d0; fence; w g4[0]=leaf g9 rw global";
    const scenario = on("riscv-bare").do(`${global}; inv iotlb d0 p0; fence`);
    expect(scenario.envelope(0, 0)).toBe("h8 h9");
    expect(scenario.do("inv iotlb d0; fence").envelope(0, 0)).toBe("h9");
  });

  it("with the second stage Bare an entry with V=0 is not held, one with V=1 that is malformed may be", () => {
    expect(on("riscv-bare").do(NEW_LEAF).envelope(0, 2)).toBe("h12");
    expect(on("riscv-bare").do(MENDED_LEAF).envelope(0, 2)).toBe("h12 fault");
  });
});
