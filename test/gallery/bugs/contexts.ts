/** Bugs about context entries and the tags they give: what hangs on an entry, who shares a tag, when it is used again. */

import type { Bug } from "../mutation.js";
import { functionsTogether, lost, maskNotInverted, retiredTagsForgotten, underCurrentTag } from "../plants.js";
import { known } from "./known.js";

export const CONTEXT_BUGS: readonly Bug[] = [
  {
    ...known("B03"),
    class: "context",
    what: "a changed device-table entry owes the context cache alone, and translations of the old one stay",
    severity: "wrong-page",
    architecture: "vtd-legacy",
    contract: "vtd-legacy cm=0",
    mutate: { contract: "- { id: context-changed, owes: [[context]], source: B03 }" },
  },
  {
    ...known("B04"),
    class: "context",
    what: "a nested entry is torn down with the flush by process, which leaves the stage-2 entries of its domain",
    severity: "wrong-page",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: {
      contract: `
        - id: torn-down
          stage: context
          change: p->np
          owes: [[context], [pasid], [{ cache: walk + stage1 + iotlb, range: all }]]
          source: B04`,
    },
    shows: {
      why: "c1 uses d0 too, so that the stage-2 change is owed; c2 is alone in its domain. The old host page is nobody's then",
      severity: "stale-access",
      sequence:
        "dma r c2 i0; ctx c2=-; inv ctx c2; F; inv pasid d1 p0; F; inv iotlb d1 p0 all; F; s2 d1 g8=h28 rw; ctx c2=(d1,p0,g2); dma r c2 i0",
    },
  },
  {
    ...known("B05"),
    class: "context",
    what: "a changed context entry owes the context cache, and not the PASID cache that follows from it",
    severity: "wrong-page",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: {
      contract: `
        - id: pasid-changed
          owes: [[context, { cache: walk + stage1 + iotlb, range: all }]]
          source: B05`,
    },
  },
  {
    ...known("B13"),
    class: "context",
    what: "the mask over a requester's functions is used without being inverted, and matches the wrong ones",
    severity: "wrong-page",
    architecture: "vtd-legacy",
    contract: "vtd-legacy cm=0",
    // The generator draws no masks.
    driver: functionsTogether({ kind: "ctx" }),
    mutate: { plant: maskNotInverted({ kind: "ctx" }) },
    shows: {
      why: "a requester always matches itself, whatever the mask; the other function of the device is missed",
      sequence: "dma r c1 i0; ctx c1=(d0,p1,g2); inv ctx c0 mask=low; F; inv iotlb d0 all; F; dma r c1 i0",
    },
  },
  {
    ...known("B38"),
    class: "order",
    what: "an entry is torn down half by half while it is present, and the first half owes nothing",
    severity: "wrong-page",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: { contract: "- { id: first-half, stage: context, change: domain, owes: none, source: B38 }" },
    shows: {
      why: "d1 is c2's domain, and one domain for two VMs is a conflict of its own; d2 is nobody's",
      sequence: "ctx c0 domain=d2; dma r c0 i0; ctx c0=-; inv ctx c0; F",
    },
  },
  {
    ...known("B08"),
    class: "tag",
    what: "entries with a process tag are flushed by the domain's page-selective command, which does not match them",
    severity: "wrong-page",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: {
      believed: `
        commands:
          iotlb:
            source: B08
            removes:
              - { cache: iotlb, match: [domain, address], when: [no-process] }
              - { cache: stage1, match: [domain, address], when: [no-process] }
              - { cache: walk, match: [domain, address], when: [no-process, not-leaf] }
              - { cache: stage2, match: [domain], when: [no-process, no-address] }
              - { cache: stage2-walk, match: [domain], when: [no-process, no-address] }`,
    },
  },
  {
    ...known("B15"),
    class: "tag",
    what: "the cache's key is cut short, so that requesters of two domains share entries",
    severity: "wrong-page",
    architecture: "vtd-legacy",
    contract: "vtd-legacy cm=0",
    mutate: { architecture: "caches: { iotlb: { tags: [process], source: B15 } }" },
    shows: {
      why: "c0 and c2 are of two VMs here, so that the wrong page is one that the device must not have",
      severity: "stale-access",
    },
  },
  {
    ...known("B20"),
    class: "tag",
    what: "a flush goes to the tag that is loaded, which is the one of before the switch",
    severity: "wrong-page",
    architecture: "vtd-legacy",
    contract: "vtd-legacy cm=0",
    mutate: { plant: underCurrentTag({ kind: "iotlb" }) },
    shows: {
      why: "it names the tag that was hit, so that the change is still owed; here the right one is sent",
      sequence: "dma r c0 i0; w g4[0]=leaf g12 rw; dma r c2 i0; inv iotlb d0 i0; F; dma r c0 i0",
    },
  },
  {
    ...known("B30"),
    class: "tag",
    what: "a flush by address leaves global entries behind",
    severity: "stale-access",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: {
      architecture: `
        commands:
          iotlb:
            source: B30
            removes:
              - { cache: iotlb, match: [domain, process, address], when: [process, address], global: false }
              - { cache: stage1, match: [domain, process, address], when: [process, address], global: false }
              - { cache: walk, match: [domain, process, address], when: [process, address, not-leaf], global: false }
              - { cache: iotlb, match: [domain, process], when: [process, no-address] }
              - { cache: stage1, match: [domain, process], when: [process, no-address] }
              - { cache: walk, match: [domain, process], when: [process, no-address, not-leaf] }
              - { cache: iotlb, match: [domain], when: [no-process, no-address] }
              - { cache: stage1, match: [domain], when: [no-process, no-address] }
              - { cache: walk, match: [domain], when: [no-process, no-address] }
              - { cache: stage2, match: [domain], when: [no-process, no-address] }
              - { cache: stage2-walk, match: [domain], when: [no-process, no-address] }`,
    },
  },
  {
    ...known("B43"),
    class: "tag",
    what: "contexts of one domain with tables of their own share entries, since the key has no process tag",
    severity: "wrong-page",
    architecture: "vtd-legacy",
    contract: "vtd-legacy cm=0",
    mutate: { architecture: "caches: { iotlb: { tags: [domain], source: B43 } }" },
    shows: {
      why: "both contexts take one process tag in it, which is a conflict that software answers for; they need not",
      sequence: "dma r c0 i0; dma r c1 i0",
    },
  },
  {
    ...known("B31"),
    class: "tag-reuse",
    what: "the flush for a tag that is retired hits the one in use, and the tag is used again",
    severity: "stale-access",
    architecture: "vtd-legacy",
    contract: "vtd-legacy cm=0",
    mutate: { plant: retiredTagsForgotten({ kind: "iotlb" }) },
    shows: {
      why: "c1 uses d0 as well, and the flush of d0 is owed but not sent; d1 is c2's alone, and c2 is answered before it is attached again",
      sequence: "dma r c2 i0; ctx c2=-; inv ctx c2; F; inv iotlb d1 all; F; ctx c2=(d1,p0,g3); dma r c2 i0",
    },
  },
  {
    ...known("B32"),
    class: "tag-reuse",
    what: "deferred flushes are kept in a bit map smaller than the number of tags, and those beyond it are lost",
    severity: "stale-access",
    architecture: "vtd-legacy",
    contract: "vtd-legacy cm=0",
    mutate: { plant: lost({ kind: "iotlb", when: ({ domain }) => domain >= 1 }) },
    shows: {
      why: "the lost command is left out of it, so that it is still owed; here it is sent",
      sequence: "dma r c2 i0; w (d1) g4[0]=-; inv iotlb d1 i0; F; dma r c2 i0",
    },
  },
];
