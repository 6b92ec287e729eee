/** Bugs about table entries: a flush that is missing, too small for what changed, or of the wrong kind. */

import type { Bug } from "../mutation.js";
import { ignoresStage2Permissions, lostAfterFailure, lostFor, oneAddressPerLeaf } from "../plants.js";
import { known } from "./known.js";

export const ENTRY_BUGS: readonly Bug[] = [
  {
    ...known("B02"),
    class: "missing",
    what: "the test for a present entry has the wrong sense, so that one which is cleared owes nothing",
    severity: "stale-access",
    architecture: "vtd-legacy",
    contract: "vtd-legacy cm=0",
    mutate: { contract: "- { id: cleared, stage: 1, level: leaf, change: p->np, owes: none, source: B02 }" },
  },
  {
    ...known("B36"),
    class: "missing",
    what: "the host edits the guest's tables and nobody flushes for it",
    severity: "wrong-page",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: {
      contract: "- { id: host-edit, stage: 1, level: any, change: [split, retarget], owes: none, source: B36 }",
    },
    shows: {
      why: "the new table is empty when it is linked, so that the right answer is a fault for the moment; filled first, it is another page",
      sequence: "w g2[1]=super g8; dma r c0 i4; w g13[0]=leaf g12 rw; w g2[1]=table g13; dma r c0 i4",
    },
  },
  {
    ...known("B44"),
    class: "missing",
    what: "a range change that fails half way returns without the flush for what it had changed",
    severity: "stale-access",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: { plant: lostAfterFailure({ sender: "host" }) },
    shows: {
      why: "the flush is skipped in it, so the change is still owed; here it is sent, and lost",
      sequence: "dma r c0 i0; s2 d0 g8=-; s2 d0 g99=-; inv s2 d0 g8; F; dma r c0 i0",
    },
  },
  {
    ...known("B23"),
    class: "table",
    what: "a table is freed and nothing is owed for the entry that pointed to it",
    severity: "wrong-page",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: { contract: "- { id: table-freed, stage: 1, level: table, change: p->np, owes: none, source: B23 }" },
    shows: {
      why: "no walk reaches the page any more, so that any answer but a fault is access the device must not have",
      severity: "stale-access",
    },
  },
  {
    ...known("B25"),
    class: "table",
    what: "a flush by address is taken to be enough for a changed table entry",
    severity: "wrong-page",
    architecture: "riscv",
    contract: "riscv flag=0",
    mutate: {
      contract: `
        - id: s1-table
          owes: [[stage1 + iotlb], [device-tlb]]
          source: B25`,
    },
    shows: {
      why: "it flushes one page of the four that the table maps, and the other three are still owed",
      sequence: "dma r c0 i0; w g2[0]=table g5; inv iotlb d0 p0 [i0+4]; F; dma r c0 i0",
    },
  },
  {
    ...known("B24"),
    class: "leaf-hint",
    what: "a flush with the leaf-only hint is sent where a table went with its leaves",
    severity: "wrong-page",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: {
      contract: `
        - { id: table-zapped, stage: 1, level: table, change: p->np, owes: [[stage1 + iotlb], [device-tlb]], source: B24 }`,
    },
    shows: {
      why: "the table is gone, so that any answer but a fault is access the device must not have",
      severity: "stale-access",
    },
  },
  {
    ...known("B26"),
    class: "size",
    what: "a leaf table, whose leaves were flushed before, gives way to a superpage without a flush",
    severity: "spurious-fault",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    // The pointer alone is stale at first, which does no harm yet; the fault that it leads to is meant.
    properties: ["agreement"],
    mutate: {
      contract: "- { id: to-superpage, stage: 1, level: table, change: [p->np, collapse], owes: none, source: B26 }",
    },
  },
  {
    ...known("B27"),
    class: "size",
    what: "a superpage is cached in pieces, and a flush by address removes the piece that it names",
    severity: "wrong-page",
    architecture: "riscv",
    contract: "riscv flag=0",
    // The generator names all pages of a superpage.
    driver: oneAddressPerLeaf({ kind: "iotlb" }),
    mutate: {
      architecture: `
        caches:
          stage1: { superpages: piece, source: B27 }
          iotlb: { superpages: piece, source: B27 }`,
    },
  },
  {
    ...known("B33"),
    class: "negative",
    what: "for a new mapping the reserved domain is flushed, where the cached fault has the domain's own tag",
    severity: "spurious-fault",
    architecture: "vtd-legacy-cm",
    contract: "vtd-legacy cm=1",
    mutate: {
      believed: `
        caches:
          walk: { negative-domain: none, source: B33 }
          stage1: { negative-domain: none, source: B33 }
          iotlb: { negative-domain: none, source: B33 }`,
    },
  },
  {
    ...known("B34"),
    class: "negative",
    what: "a new mapping owes nothing, on a unit that holds faults",
    severity: "spurious-fault",
    architecture: "vtd-legacy-cm",
    contract: "vtd-legacy cm=1",
    mutate: {
      contract: "- { id: mapped, stage: 1, level: any, change: np->p, owes: none, source: B34 }",
    },
  },
  {
    ...known("B35"),
    class: "permission",
    what: "the unit goes through stage 2 without a look at what it permits",
    severity: "stale-permission",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: { plant: ignoresStage2Permissions },
    shows: {
      why: "the models have no accessed and dirty updates, so nothing is written to the table; the check left out is the same for a data page",
      sequence: "s2 d0 g8=h8 r; inv s2 d0 g8; F; dma w c0 i0",
    },
  },
  {
    ...known("B37"),
    class: "permission",
    what: "a flush for a lost permission reaches one unit of several: this one does not hear it",
    severity: "stale-permission",
    architecture: "vtd-legacy",
    contract: "vtd-legacy cm=0",
    mutate: { plant: lostFor({ kind: "iotlb" }, "loss") },
  },
  {
    ...known("B39"),
    class: "order",
    what: "an entry is changed in two writes, and the flush is for the first: the second owes nothing",
    severity: "stale-permission",
    architecture: "vtd-legacy",
    contract: "vtd-legacy cm=0",
    mutate: { contract: "- { id: second-write, stage: 1, level: leaf, change: loss, owes: none, source: B39 }" },
    shows: {
      why: "it flushes nothing at all, so that the first write is still owed; here it is flushed, and the second is not",
      sequence: "w g4[0]=leaf g12 rw; dma w c0 i0; inv iotlb d0 i0; F; w g4[0]=leaf g12 r; dma w c0 i0",
    },
  },
];
