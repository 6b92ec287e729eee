/**
 * Fuzz commands a second by geometry, with everything on: oracle, hardware, envelope, shadow and ledger, all properties
 * over all requests after every command. The idiomatic baseline knows the default geometry alone. How it grows with
 * contexts and with the length of sequences (60 otherwise) stands beside.
 */

import { cellOf, EVERYTHING, WITHOUT_SHADOW } from "../cells.js";
import { baselineFuzzSubject, fuzzSubject } from "../fuzz.js";
import type { Subject } from "../subject.js";

const DEFAULT_ROW = "2x4";
const GEOMETRIES = ["2x8", "3x16", "4x512", "2x4 contexts=1", "2x4 contexts=6"];
const LENGTHS = [15, 240];

export function geometrySubjects(): Subject[] {
  const everything = cellOf("tiny", "always", EVERYTHING);
  const unit = cellOf("tiny", "tiny", WITHOUT_SHADOW);
  return [
    fuzzSubject(everything, { name: DEFAULT_ROW, against: "fc.commands" }),
    baselineFuzzSubject(everything, "fc.commands"),
    fuzzSubject(unit, { name: "contract tiny, no shadow", against: "fc.commands, contract tiny" }),
    baselineFuzzSubject(unit, "fc.commands, contract tiny"),
    ...GEOMETRIES.map((geometry) => fuzzSubject(everything, { name: geometry, geometry, against: DEFAULT_ROW })),
    ...LENGTHS.map((length) =>
      fuzzSubject(everything, { name: `2x4, sequences of up to ${length}`, length, against: DEFAULT_ROW }),
    ),
  ];
}
