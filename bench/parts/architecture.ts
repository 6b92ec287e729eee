/** Fuzz commands a second by architecture, each family of units once, with everything on, under `always`. */

import { cellOf, EVERYTHING } from "../cells.js";
import { fuzzSubject } from "../fuzz.js";
import type { Subject } from "../subject.js";

const REFERENCE = "tiny";
const FAMILIES = [
  "vtd-legacy",
  "vtd-first-stage",
  "vtd-second-stage",
  "vtd-scalable",
  "amd-v1",
  "amd-v2",
  "amd-nested",
  "smmuv3-stage1",
  "smmuv3-stage2",
  "smmuv3-nested",
  "riscv-bare",
  "riscv",
];

export function architectureSubjects(): Subject[] {
  return [
    fuzzSubject(cellOf(REFERENCE, "always", EVERYTHING), { name: REFERENCE }),
    ...FAMILIES.map((name) => fuzzSubject(cellOf(name, "always", EVERYTHING), { name, against: REFERENCE })),
  ];
}
