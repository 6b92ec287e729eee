/** Bugs of software nesting: the one collapsed table that the host keeps for a context. */

import type { Bug } from "../mutation.js";
import {
  emptiesBeforeRefill,
  refreshesOneOfRoot,
  reusesTableCopies,
  roundsUpRanges,
  shadowOptions,
} from "../plants.js";
import { known } from "./known.js";

const LEGACY = { architecture: "vtd-legacy-cm", contract: "vtd-legacy cm=1", strategies: ["shadow"] } as const;

export const SHADOW_BUGS: readonly Bug[] = [
  {
    ...known("B16"),
    class: "shadow",
    what: "a range to unmap is rounded up to a power of two and takes live mappings behind it along",
    severity: "spurious-fault",
    architecture: "riscv-emulated",
    contract: "riscv flag=1",
    strategies: ["shadow"],
    mutate: { plant: roundsUpRanges },
  },
  {
    ...known("B17"),
    class: "shadow",
    what: "a refresh of everything empties the shadow first and fills it again later",
    severity: "spurious-fault",
    ...LEGACY,
    // What the shadow keeps is wrong from the command on; the fault that a request meets is meant.
    properties: ["agreement", "isolation"],
    mutate: { plant: emptiesBeforeRefill },
  },
  {
    ...known("B18"),
    class: "shadow",
    what: "a table that is linked again brings the copy that the shadow had of it",
    severity: "wrong-page",
    ...LEGACY,
    mutate: { plant: reusesTableCopies },
  },
  {
    ...known("B19"),
    class: "shadow",
    what: "several shadows are built from one guest root, and the one in use alone is flushed",
    severity: "wrong-page",
    ...LEGACY,
    mutate: { plant: refreshesOneOfRoot },
  },
  {
    ...known("B47"),
    class: "shadow",
    what: "the shadow does not follow stage 2 when a page is given away",
    severity: "stale-access",
    ...LEGACY,
    mutate: { plant: shadowOptions({ followsStage2: false }) },
    shows: {
      why: "the host's change is owed until the host has flushed; then the shadow should have followed long ago",
      sequence: "s2 d0 g8=-; host inv iotlb d0 all; F; s2 d1 g8=h8 rw; dma w c0 i0",
    },
  },
];
