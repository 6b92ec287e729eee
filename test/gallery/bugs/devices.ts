/** Bugs of the host below the guest: device TLBs it forgets, and stage 2 that has more users than it thinks. */

import { ANY } from "../../../commands/command.js";
import type { Bug } from "../mutation.js";
import { leftoverAddress, lost, retagged, toParentDomain } from "../plants.js";
import { known } from "./known.js";

export const DEVICE_BUGS: readonly Bug[] = [
  {
    ...known("B07"),
    class: "device-tlb",
    what: "the host does not know that a device TLB is there, and flushes none",
    severity: "stale-access",
    architecture: "vtd-legacy-ats",
    contract: "vtd-legacy cm=0",
    mutate: { contract: "- { id: s1-leaf, owes: [[stage1 + iotlb]], source: B07 }" },
  },
  {
    ...known("B10"),
    class: "device-tlb",
    what: "the loop over device TLBs visits whole devices, c0 and c2, and no context of a process",
    severity: "stale-access",
    architecture: "vtd-scalable-ats",
    contract: "vtd-scalable cm=0",
    mutate: { plant: retagged({ kind: "dev" }, { requester: 0, requesterMask: 2 }) },
    shows: {
      why: "it holds what arrives, and no fence between the two steps; here is what is due, and the same arrives",
      sequence: "dma r c1 i0; w g5[0]=-; inv iotlb d0 all; F; inv dev c1 all; F; dma r c1 i0",
    },
  },
  {
    ...known("B12"),
    class: "device-tlb",
    what: "a flush of everything reaches the device TLB as one of page 0",
    severity: "stale-access",
    architecture: "vtd-scalable-ats",
    contract: "vtd-scalable cm=0",
    mutate: { architecture: "commands: { dev: { range: { all: first }, source: B12 } }" },
    shows: {
      why: "it holds what arrives, and no fence between the two steps; here is what is due, and the same arrives",
      sequence: "dma r c0 i1; w g4[1]=-; inv iotlb d0 p0 all; F; inv dev c0 all; F; dma r c0 i1",
    },
  },
  {
    ...known("B49"),
    class: "device-tlb",
    what: "a device-TLB command with a process does not match entries without one, for which process 0 stands",
    severity: "stale-access",
    architecture: "vtd-scalable-ats",
    contract: "vtd-scalable cm=0",
    mutate: { plant: lost({ kind: "dev", process: 0 }) },
    shows: {
      why: "it has no fence between the two steps, and flushes the IOTLB by a command that does not match",
      sequence: "dma r c0 i0; w g4[0]=-; inv iotlb d0 p0 i0; F; inv dev c0 pasid=0 all; F; dma r c0 i0",
    },
  },
  {
    ...known("B06"),
    class: "stage2",
    what: "a change of stage 2 is flushed under the parent's domain; nested domains over it have tags of their own",
    severity: "stale-access",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: { plant: toParentDomain({ sender: "host" }) },
    shows: {
      why: "what it sends for the new entry and for d2 is not all that is due; here it is, and arrives under d0",
      sequence:
        "ctx c0=(v0,d2,p0,g2); inv ctx c0; F; inv pasid d0 p0; F; inv iotlb d0 all; F; dma r c0 i0; s2 d0 g8=-; inv s2 d2 g8; F; dma r c0 i0",
    },
  },
  {
    ...known("B28"),
    class: "stage2",
    what: "the stage-2 flush leaves stage-1 entries that were read through stage 2",
    severity: "wrong-page",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: {
      architecture: `
        commands:
          s2:
            source: B28
            removes:
              - { cache: stage2, match: [domain, address] }
              - { cache: stage2-walk, match: [domain, address], when: [not-leaf] }
              - { cache: iotlb, match: [domain] }`,
    },
    shows: {
      why: "h12 holds no table, so that the right answer is a fault",
      severity: "stale-access",
    },
  },
  {
    ...known("B29"),
    class: "stage2",
    what: "a flush of all guests still goes by the address, which has no meaning then",
    severity: "stale-access",
    architecture: "riscv",
    contract: "riscv flag=0",
    // The generator gives the address that is due, or none.
    driver: leftoverAddress({ kind: "s2", domain: ANY }),
    mutate: {
      architecture: `
        commands:
          s2:
            source: B29
            removes:
              - { cache: stage2, match: [domain, address] }
              - { cache: stage2-walk, match: [domain], when: [no-address] }
              - { cache: iotlb, match: [domain, guest-address] }
              - { cache: walk, match: [domain] }
              - { cache: stage1, match: [domain] }`,
    },
    shows: {
      why: "stage 2 owes more than this one command here; the rest follows",
      sequence: "dma r c0 i0; s2 d0 g8=-; inv s2 g9; F; guest inv ctx all; F; inv iotlb d0 all; F; dma r c0 i0",
    },
  },
  {
    ...known("B46"),
    class: "stage2",
    what: "the host flushes the CPU for a change of stage 2, and forgets the unit that walks the same table",
    severity: "stale-access",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: { contract: "- { id: cpu-only, stage: 2, level: any, change: any, owes: none, source: B46 }" },
  },
  {
    ...known("B22"),
    class: "table",
    what: "a stage-2 table is freed when the CPU was flushed, and the unit is not waited for",
    severity: "wrong-page",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: { contract: "- { id: freed, stage: 2, level: table, change: [p->np, collapse], owes: none, source: B22 }" },
  },
];
