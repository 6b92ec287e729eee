/** Bugs about commands: ranges and their encodings, operands, fences, order, and walks that commands miss. */

import type { Bug } from "../mutation.js";
import {
  countAsMask,
  delayed,
  gathered,
  latched,
  lostBefore,
  readsOldStage2,
  walksSurvive,
  writesLandLate,
} from "../plants.js";
import { known } from "./known.js";

export const COMMAND_BUGS: readonly Bug[] = [
  {
    ...known("B01"),
    class: "range",
    what: "the request to flush all is encoded as page 0, count 0, and flushes page 0",
    severity: "wrong-page",
    architecture: "vtd-legacy",
    contract: "vtd-legacy cm=0",
    mutate: { architecture: "commands: { iotlb: { range: { all: first }, source: B01 } }" },
  },
  {
    ...known("B11"),
    class: "range",
    what: "a base that is not aligned to its mask is taken as the start, where the unit ignores the bits below the mask",
    severity: "stale-access",
    architecture: "vtd-legacy",
    contract: "vtd-legacy cm=0",
    // The generator draws single pages and aligned blocks; this driver adds the page before.
    driver: gathered({ kind: "iotlb" }, (base) => Math.max(0, base - 1)),
    mutate: {
      believed: "commands: { iotlb: { range: { mask: shifted }, source: B11 } }",
      plant: countAsMask({ kind: "iotlb" }, "up"),
    },
  },
  {
    ...known("B14"),
    class: "range",
    what: "a count that is no power of two becomes the mask of the next smaller one, and the rest of the range stays",
    severity: "stale-access",
    architecture: "riscv",
    contract: "riscv flag=0",
    // The generator draws powers of two; this driver begins with the first page of a table.
    driver: gathered({ kind: "iotlb" }, (base) => base - (base % 4)),
    mutate: { plant: countAsMask({ kind: "iotlb" }, "down") },
  },
  {
    ...known("B42"),
    class: "encoding",
    what: "a flush takes the address of an earlier translation, not its own",
    severity: "stale-access",
    architecture: "riscv",
    contract: "riscv flag=0",
    mutate: { plant: latched({ kind: "iotlb" }) },
  },
  {
    ...known("B48"),
    class: "encoding",
    what: "the type bits of the PASID-cache command are missing, and it means the context cache",
    severity: "wrong-page",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: {
      architecture: `
        commands:
          pasid:
            source: B48
            removes:
              - { cache: context, match: [domain] }`,
    },
  },
  {
    ...known("B09"),
    class: "order",
    what: "the device TLB is flushed before the IOTLB, from which it may be filled again",
    severity: "stale-access",
    architecture: "vtd-legacy-ats",
    contract: "vtd-legacy cm=0",
    mutate: { contract: "- { id: s1-leaf, owes: [[device-tlb], [stage1 + iotlb]], source: B09 }" },
  },
  {
    ...known("B21"),
    class: "order",
    what: "the flush of an unmapped page waits for the end of a batch, while the page is given away",
    severity: "stale-access",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: { plant: delayed({ sender: "host" }) },
  },
  {
    ...known("B50"),
    class: "order",
    what: "a walk in flight is not killed by what flushes the caches, and fills them afterwards",
    severity: "stale-access",
    architecture: "riscv",
    contract: "riscv flag=0",
    mutate: { plant: walksSurvive },
  },
  {
    ...known("B40"),
    class: "fence",
    what: "a command is lost when one of another kind follows with no fence between",
    severity: "stale-access",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: { plant: lostBefore("iotlb", "s2") },
  },
  {
    ...known("B41"),
    class: "fence",
    what: "the fence completes before a write that used the old translation has landed",
    severity: "stale-access",
    architecture: "vtd-legacy",
    contract: "vtd-legacy cm=0",
    mutate: { plant: writesLandLate },
  },
  {
    ...known("B45"),
    class: "visibility",
    what: "the newest stage-2 entry stays in the CPU's cache, and the walker goes on reading the old one",
    severity: "stale-access",
    architecture: "vtd-scalable",
    contract: "vtd-scalable cm=0",
    mutate: { plant: readsOldStage2 },
  },
];
