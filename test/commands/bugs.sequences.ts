/**
 * Fifty sequences for the parser: each shows a fixed bug of an IOMMU driver, hypervisor, emulator or unit.
 *
 * Each is our own reduction of the public report named in `source`, as it was first noted down (`given`). The language
 * took most of them as they are; where it did not, `form` is the text that parses and `why` what stood in the way. A
 * remark in round brackets says what no command can.
 */

export interface BugSequence {
  id: string;
  title: string;
  source: string;
  given: string;
  /** The text that parses, where `given` does not. */
  form?: string;
  /** What `given` holds that the language does not have. */
  why?: string;
}

export const BUG_SEQUENCES: readonly BugSequence[] = [
  {
    id: "B01",
    title: "Xen VT-d, flush-all path",
    source: "Xen fd3102e5d2 'VT-d: make flush-all actually flush all'",
    given: "dma r c0 i1; w g4[1]=leaf g12 rw; inv iotlb d0 all; F; dma r c0 i1",
  },
  {
    id: "B02",
    title: "Xen VT-d, clearing one entry (XSA-78)",
    source: "Xen 85c72f9fe7, XSA-78",
    given: "dma r c0 i0; w g4[0]=-; F; dma r c0 i0",
  },
  {
    id: "B03",
    title: "Xen AMD-Vi device-table update (XSA-442)",
    source: "Xen 5fc98b9708, XSA-442 / CVE-2023-34326",
    given: "dma r c0 i0; ctx c0=(d0,p0,g3); inv ctx c0; F; dma r c0 i0",
  },
  {
    id: "B04",
    title: "Linux VT-d, PASID entry teardown",
    source: "iommu mailing list 02e4f295d 'iommu/vt-d: Fix incomplete cache flush in intel_pasid_tear_down_entry()'",
    given:
      "dma r c0 i0; ctx c0=-; inv pasid d0 p0; inv iotlb d0 p0 all; F; s2 d0 g8=h12 rw (no user left, so no duty); ctx c0=(d0,p0,g2); dma r c0 i0",
  },
  {
    id: "B05",
    title: "Linux VT-d scalable mode, root/context change",
    source: "iommu mailing list ce2aaa93a 'Invalidate PASID cache when root/context entry changed'",
    given: "dma r c0 i0; ctx c0=(d0,p0,g3); inv ctx c0; inv iotlb d0 all; F; dma r c0 i0",
  },
  {
    id: "B06",
    title: "Linux VT-d nested parent",
    source: "torvalds/linux 821985301124 'iommu/vt-d: Add missing iotlb flush for parent domain'",
    given: "dma r c0 i0; s2 d0 g8=-; inv s2 d0parent g8; F; dma r c0 i0  (c0's cache tag is the child's id)",
    form: "ctx c0=(v0,d2,p0,g2); inv ctx c0; inv iotlb d0 all; F; dma r c0 i0; s2 d0 g8=-; inv s2 d0 g8; F; dma r c0 i0 (c0's cache tag is the child's d2)",
    why: "the child's tag is written into the context: `d0parent` is no tag",
  },
  {
    id: "B07",
    title: "Linux VT-d nested attach",
    source: "torvalds/linux 29e10487d6df 'iommu/vt-d: Update iotlb in nested domain attach'",
    given: "ctx c0=(d0,p0,g2) with ATS; dma r c0 i0; w g4[0]=-; inv iotlb d0 i0; (dev flush skipped); F; dma r c0 i0",
    form: "ctx c0=(d0,p0,g2) (with ATS); dma r c0 i0; w g4[0]=-; inv iotlb d0 i0; (dev flush skipped); F; dma r c0 i0",
    why: "whether there is a device TLB is the architecture's affair",
  },
  {
    id: "B08",
    title: "Linux VT-d cache tags, SVA and nested domains",
    source: "torvalds/linux 04b1b069f151 'iommu/vt-d: Flush piotlb for SVM and Nested domain'",
    given: "dma r c0 i0; w g4[0]=leaf g12 rw; inv iotlb-domain d0 [i0+1]; F; dma r c0 i0",
  },
  {
    id: "B09",
    title: "Linux SMMUv3 unmap with ATS",
    source: "iommu mailing list 56f3e2cd9 'Fix ATC invalidation ordering wrt main TLBs'",
    given: "dma r c0 i0; w g4[0]=-; inv dev c0 i0; F; dma r c0 i0; inv iotlb d0 p0 i0; F; dma r c0 i0",
  },
  {
    id: "B10",
    title: "Linux VT-d sub-devices",
    source: "iommu mailing list 05adba9f1 'Fix ineffective devTLB invalidation for subdevices'",
    given: "dma r c1 i0; w g5[0]=-; inv iotlb d0 all; inv dev c0 all; F; dma r c1 i0",
  },
  {
    id: "B11",
    title: "Linux VT-d, range not aligned to its mask",
    source:
      "iommu mailing list 8ebfec661 'Fix unaligned addresses for intel_flush_svm_range_dev()', also 21ec2bf5f 'calculate mask for non-aligned flushes'",
    given:
      "w g4[2]=leaf g12 rw; dma r c0 i2; w g4[2]=-; inv iotlb d0 p0 base=i1 mask=1; F; dma r c0 i2  (range was i1,i2; block flushed is i0,i1)",
  },
  {
    id: "B12",
    title: "Linux VT-d, guest PASID-wide flush passed to device TLB",
    source: "iommu mailing list 3e5a5c8d8 'Fix devTLB flush for vSVA'",
    given: "dma r c0 i1; w g4[1]=-; inv iotlb d0 p0 all; inv dev c0 [i0+1]; F; dma r c0 i1",
  },
  {
    id: "B13",
    title: "QEMU intel_iommu, device-selective context flush",
    source: "QEMU 6cb99acc28 'intel_iommu: fix incorrect device invalidate'",
    given: "dma r c0 i0; ctx c0=(d0,p0,g3); inv ctx c0 mask=low; F; inv iotlb d0 all; F; dma r c0 i0",
  },
  {
    id: "B14",
    title: "QEMU smmuv3 and virtio-iommu, page count not a power of two",
    source: "QEMU 6d9cd115b9 and dde3f08b5c",
    given: "w g4[2]=leaf g12 rw; dma r c0 i2; w g4[2]=-; inv iotlb d0 p0 [i0+3]; F; dma r c0 i2",
  },
  {
    id: "B15",
    title: "QEMU intel_iommu IOTLB key",
    source: "QEMU bacabb0afa 'fixing source id during IOTLB hash key calculation'",
    given: "dma r c0 i0; dma r c2 i0  (c0 and c2 equal in the low bits of the key)",
  },
  {
    id: "B16",
    title: "QEMU intel_iommu, whole-space unmap",
    source: "QEMU 9a4bb8391f 'Fix unexpected unmaps during global unmap'",
    given: "w g13[0]=leaf g12 rw; w g2[1]=table g13; inv iotlb d0 all; F; inv iotlb d0 p0 [i1+3]; F; dma r c0 i4",
  },
  {
    id: "B17",
    title: "QEMU intel_iommu, refresh as unmap-all then remap",
    source: "QEMU 63b88968f1 'intel-iommu: rework the page walk logic'",
    given: "inv iotlb d0 all; (refresh half done) dma r c0 i0; F",
  },
  {
    id: "B18",
    title: "KVM x86 shadow paging, linking an out-of-date table",
    source: "torvalds/linux 65855ed8b034 'KVM: X86: Synchronize the shadow pagetable before link it'",
    given:
      "w g2[0]=-; inv iotlb d0 all; F; w g4[0]=leaf g12 rw; w g2[0]=table g4; inv iotlb d0 p0 [i0+4]; F; dma r c0 i0  (KVM had no flush at the link, inv and F are for cm=1)",
  },
  {
    id: "B19",
    title: "Xen nested p2m, INVEPT emulation",
    source: "Xen 77690ea09a 'x86/np2m: flush all np2m objects on nested INVEPT'",
    given: "ctx c1=(d0,p1,g2); inv ctx c1; F; w g4[0]=leaf g12 rw; inv iotlb d0 g2; F; dma r c1 i0",
    form: "ctx c1=(d0,p1,g2); inv ctx c1; F; w g4[0]=leaf g12 rw; inv iotlb d0 p0 all; F; dma r c1 i0",
    why: "caches have no tag for the root; the command reached one of its two contexts",
  },
  {
    id: "B20",
    title: "KVM nVMX, flush at the wrong moment",
    source:
      "openwrt mirror of linux 1438921c6dc1 'KVM: nVMX: Flush TLB entries tagged by dest EPTP on L1<->L2 transitions'",
    given: "dma r c0 i0; w g4[0]=leaf g12 rw; inv iotlb (current tag = d1); ctx switch to d0; F; dma r c0 i0",
    form: "dma r c0 i0; w g4[0]=leaf g12 rw; inv iotlb d1 all; F; dma r c0 i0",
    why: "no tag is current: the tag that was hit is named",
  },
  {
    id: "B21",
    title: "Xen IOMMU batching (XSA-346)",
    source: "Xen 5777a3742d and dea460d869, XSA-346",
    given: "dma w c0 i0; s2 d0 g8=-; (flush deferred) s2 d1 g8=h8 rw; dma w c0 i0; inv s2 d0 g8; F",
  },
  {
    id: "B22",
    title: "Xen Arm p2m, subtree freed",
    source: "Xen 6718787797 'xen/arm: p2m: Free the p2m entry after flushing the IOMMU TLBs'",
    given: "dma r c0 i0; s2 d0 super->table removed, its page reused as d1 data; dma r c0 i0; inv s2 d0 all; F",
    form: "s2 d0 g8=table h33; s2 d0 g8=h8 rw; dma r c0 i0; s2 d0 g8=super h8 rw; s2 d1 g9=h33 rw (data of d1); dma r c0 i0; inv s2 d0 all; F",
    why: "the table is made, removed and reused by commands",
  },
  {
    id: "B23",
    title: "Linux SVA, kernel page tables",
    source: "CVE-2025-71202 'iommu/sva: invalidate stale IOTLB entries for kernel address space'",
    given: "dma r c0 i0; w g2[0]=-; (no inv) w g4[0]=leaf g14 rw as data; dma r c0 i0",
    form: "dma r c0 i0; w g2[0]=-; (no inv) w g4[0]=leaf g14 rw (as data); dma r c0 i0",
    why: "a page is data if nothing points to it",
  },
  {
    id: "B24",
    title: "Linux x86, leaf-only hint while removing a table",
    source: "torvalds/linux 3ef938c35035 'x86/mm: Fix flush_tlb_range() when used for zapping normal PMDs'",
    given: "dma r c0 i0; w g2[0]=-; inv iotlb d0 p0 [i0+4] leaf; F; w g4[1]=leaf g14 rw; dma r c0 i1",
  },
  {
    id: "B25",
    title: "RISC-V IOMMU guidelines, stage-1 table entry",
    source: "riscv-non-isa/riscv-iommu issue 702",
    given: "dma r c0 i0; w g2[0]=table g5; inv iotlb d0 p0 [i0+1]; F; dma r c0 i1",
  },
  {
    id: "B26",
    title: "Linux VT-d, leaf table replaced by a superpage",
    source: "iommu mailing list e3878311f 'Force to flush iotlb before creating superpage'",
    given:
      "dma r c0 i0; w g4[0]=-; w g4[1]=-; inv iotlb d0 p0 [i0+4] leaf; F; w g2[0]=-; w g2[0]=super g8; dma r c0 i1",
  },
  {
    id: "B27",
    title: "NEMU software TLB",
    source: "OpenXiangShan/NEMU pull 1175",
    given: "w g2[1]=super g8; dma r c0 i5; w g2[1]=super g12; inv iotlb d0 p0 [i4+1]; F; dma r c0 i5",
  },
  {
    id: "B28",
    title: "XiangShan page-walk cache, stage-2 fence",
    source: "OpenXiangShan/XiangShan pull 6082",
    given: "dma r c0 i0; s2 d0 g4=h12 rw; inv s2 d0 all; F; dma r c0 i0",
  },
  {
    id: "B29",
    title: "RISC-V IOMMU reference model, GVMA with GV=0",
    source: "riscv-non-isa/riscv-iommu 804d501 'Ignore AV when GV is 0'",
    given: "dma r c0 i0; s2 d0 g8=-; inv s2 all-guests addr=g9 (AV=1); F; dma r c0 i0",
    form: "dma r c0 i0; s2 d0 g8=-; inv s2 g9 (all guests, AV=1); F; dma r c0 i0",
    why: "all guests is no domain, the address is written as a page",
  },
  {
    id: "B30",
    title: "Intel CPUs, INVLPG with PCIDs on",
    source: "torvalds/linux ce0b15d11ad8 'x86/mm: Avoid incomplete Global INVLPG flushes'",
    given: "w g4[0]=leaf g8 rw global; dma r c0 i0; w g4[0]=-; inv iotlb d0 p0 [i0+1]; F; dma r c0 i0",
  },
  {
    id: "B31",
    title: "Xen SVM address-space tags",
    source: "Xen 68871b1f9b 'x86/svm: Always flush TLB using TLB_CTRL_FLUSH_ALL'",
    given: "dma r c0 i0 (tag 1); retire tag 1; inv iotlb tag 2 all; F; ctx c1=(tag 1,p0,g3); dma r c1 i0",
    form: "dma r c0 i0 (d0); ctx c0=- (retire d0); inv iotlb d1 all; F; ctx c1=(d0,p0,g3); dma r c1 i0",
    why: "tags are domains; tag 1 is d0 here, tag 2 is d1",
  },
  {
    id: "B32",
    title: "Linux x86, deferred per-tag flush",
    source: "torvalds/linux 94a17f2dc90b 'x86/mm: Disable INVLPGB when PTI is enabled'",
    given: "dma r c2 i0; w (d1) g4[0]=-; inv deferred d1 (bit out of range); F; dma r c2 i0",
    form: "dma r c2 i0; w (d1) g4[0]=-; (the flush of d1 is deferred and lost) F; dma r c2 i0",
    why: "an invalidation that is lost is left out",
  },
  {
    id: "B33",
    title: "Xen VT-d in caching mode",
    source: "Xen c5c84e9766 'VT-d: fix caching mode IOTLB flushing'",
    given: "dma r c0 i2 (fault, np cached); w g4[2]=leaf g12 rw; inv iotlb did=0 i2; F; dma r c0 i2",
  },
  {
    id: "B34",
    title: "Linux AMD with NpCache; Bao on RISC-V",
    source:
      "iommu mailing list 91bddc2b7 'Flush not present cache in iommu_map_page'; bao-project/bao-hypervisor pull 378",
    given: "dma r c0 i2 (fault, np cached); w g4[2]=leaf g12 rw; F; dma r c0 i2",
  },
  {
    id: "B35",
    title: "Intel SPR erratum 772415 (SPR17)",
    source: "torvalds/linux ERRATA_772415_SPR17, Intel document 772415",
    given: "s2 d0 g4=h4 r; inv s2 d0 g4; F; dma w c0 i0  (must fault at stage 2, instead h4 is modified)",
  },
  {
    id: "B36",
    title: "tinykvm arm64, host edits guest tables",
    source: "varnish/tinykvm pull 79",
    given: "w g2[1]=super g8; dma r c0 i4; (host writes) w g2[1]=table g13, w g13[0]=leaf g12 rw; dma r c0 i4",
    form: "w g2[1]=super g8; dma r c0 i4; (host writes) w g2[1]=table g13; w g13[0]=leaf g12 rw; dma r c0 i4",
    why: "commands are separated by `;` alone",
  },
  {
    id: "B37",
    title: "KVM x86 shadow, permissions reduced",
    source: "Linux KVM release kvm-28 'Flush remote tlbs when reducing shadow pte permissions'",
    given: "dma w c0 i0; w g4[0]=leaf g8 r; inv iotlb d0 i0 (one unit only); F; dma w c0 i0",
  },
  {
    id: "B38",
    title: "Linux VT-d, context entry torn down",
    source: "CVE-2026-45944 'iommu/vt-d: Clear Present bit before tearing down context entry'",
    given: "ctx c0=(d0->0,p0,g2) present (first half); dma r c0 i0; ctx c0=-; inv ctx c0; F",
    form: "ctx c0 domain=d1 (first half: the tag is another's, still present); dma r c0 i0; ctx c0=-; inv ctx c0; F",
    why: "one field of a present entry is written by `ctx c0 FIELD=`",
  },
  {
    id: "B39",
    title: "Xen AMD-Vi live PTE writes (XSA-347)",
    source: "Xen 3b055121c5, XSA-347",
    given: "w g4[0]=leaf g12 rw (new address, old rights r intended); dma w c0 i0; w g4[0]=leaf g12 r; dma w c0 i0",
  },
  {
    id: "B40",
    title: "Arm MMU-700 erratum 2812531",
    source: "torvalds/linux 309a15cb16bb 'iommu/arm-smmu-v3: Document MMU-700 erratum 2812531'",
    given:
      "dma r c0 i0; w g4[0]=-; inv iotlb d0 p0 i0; inv s2 d1 g8; F; dma r c0 i0  (first one lost; the commit does not say which kinds, this pair is ours)",
  },
  {
    id: "B41",
    title: "Intel QAT on SPR/EMR, device TLB; Arm TLBI errata",
    source:
      "linux e65a6897be5e 'Add a fix for devices need extra dtlb flush'; Xen 161e8f61b5, XSA-493 / CVE-2025-10263",
    given: "dma w c0 i0 (in flight); w g4[0]=-; inv iotlb d0 i0; inv dev c0 i0; F; s2 d1 g8=h8 rw; (write lands in h8)",
  },
  {
    id: "B42",
    title: "CVA6, selective SFENCE",
    source: "openhwgroup/cva6 issue 3307",
    given: "dma r c0 i0; dma r c0 i1; w g4[0]=-; inv iotlb d0 p0 i0 (uses operands of i1); F; dma r c0 i0",
  },
  {
    id: "B43",
    title: "Xen Arm, two vCPUs of one VM",
    source: "Xen 607ad85d85 'xen/arm: p2m: Perform local TLB invalidation on vCPU migration'",
    given: "ctx c1=(d0,p0,g3); inv ctx c1; F; dma r c0 i0; dma r c1 i0",
  },
  {
    id: "B44",
    title: "Xen Arm p2m, error path",
    source: "Xen 1ec2fa626f 'Flush for every exit paths in apply_p2m_changes'",
    given: "dma r c0 i0; s2 d0 g8=-; s2 d0 g99=- (fails); (flush skipped); dma r c0 i0",
  },
  {
    id: "B45",
    title: "Xen EPT shared with a non-coherent IOMMU (XSA-321)",
    source: "Xen c23274fd04, XSA-321",
    given: "dma r c0 i0; s2 d0 g8=- (not written back); inv s2 d0 g8; F; dma r c0 i0",
  },
  {
    id: "B46",
    title: "Xen Arm and pKVM-IA, table shared with the IOMMU",
    source: "Xen 9ed527dc95; intel-staging/pKVM-IA pull 20",
    given: "dma r c0 i0; s2 d0 g8=-; inv s2 cpu d0; F; dma r c0 i0",
    form: "dma r c0 i0; s2 d0 g8=-; (inv of the CPU alone) F; dma r c0 i0",
    why: "an invalidation of the CPU alone is none of the IOMMU",
  },
  {
    id: "B47",
    title: "pKVM-IA shadow IOMMU tables",
    source: "intel-staging/pKVM-IA pull 21",
    given: "s2 d0 g8=- and s2 d1 g8=h8 rw; dma w c0 i0  (no guest invalidation in between)",
    form: "s2 d0 g8=-; s2 d1 g8=h8 rw; dma w c0 i0 (no guest invalidation in between)",
    why: "commands are separated by `;` alone",
  },
  {
    id: "B48",
    title: "Linux VT-d, PASID-cache command",
    source: "iommu mailing list 0d8e9de09 'Fix PASID cache flush'",
    given: "dma r c0 i0; ctx c0=(d0,p0,g3); inv pasid (type 0 = ctx); F; inv iotlb d0 all; F; dma r c0 i0",
  },
  {
    id: "B49",
    title: "Linux VT-d, device TLB of requests without PASID",
    source: "iommu mailing list b8e538717 'Fix PASID devTLB invalidation'",
    given: "dma r c0 i0 (no PASID); w g4[0]=-; inv iotlb d0 i0; inv dev c0 pasid=0 all; F; dma r c0 i0",
  },
  {
    id: "B50",
    title: "XiangShan page walker",
    source: "OpenXiangShan/XiangShan pull 3045, see also 4541",
    given: "walk+ c0 i0; w g4[0]=-; inv iotlb d0 p0 i0; F; walk- c0 i0; dma r c0 i0",
  },
];
