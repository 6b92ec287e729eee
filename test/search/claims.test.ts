/**
 * The claims, each cell on a small budget: every verdict must be the expected one, and no search idle.
 *
 * This is what turns red when a rule, the ledger or a model changes a verdict. The budget is what the rarest
 * counterexample needs with room to spare; the main job runs several times as much.
 */

import { describe, expect, it } from "vitest";
import { loadClaims } from "../../rules/load.js";
import { fuzzCell } from "../../search/fuzz.js";

const COMMANDS = 1500;
const MORE = 30_000;
/** Counterexamples too rare for this budget; the corpus has them, and `test/corpus/committed` replays it. */
const RARE = ["RV1.published", "RV2", "RV5", "SM3", "SM4", "VT2", "TG1"];
const claims = loadClaims();
if (!claims.ok) throw new Error("the claims do not load");

describe("the claims", () => {
  for (const cell of claims.value.flatMap((claim) => claim.cells)) {
    if (RARE.includes(cell.id)) continue;
    it(`${cell.id} ${cell.expected === "fails" ? "fails" : "stands"}: ${cell.why}`, async () => {
      const isFailing = cell.expected === "fails";
      const result = await fuzzCell(cell, { seed: "test", commands: isFailing ? MORE : COMMANDS });
      expect(result.found !== null).toBe(isFailing);
      if (isFailing) return;
      expect(result.discharged).toBeGreaterThan(0);
      for (const { property, seen } of result.witnesses) expect(seen, `the witness of ${property}`).toBeGreaterThan(0);
    });
  }
});
