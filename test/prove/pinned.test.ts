import { describe, expect, it } from "vitest";
import { parseGeometry } from "../../models/geometry.js";
import { Prover } from "../../prove/prover.js";
import { parseScope } from "../../prove/scope.js";
import { builtInClaims } from "../../report/built-in.js";
import type { Cell, PinnedProof } from "../../rules/vocabulary.js";

const claims = builtInClaims();
const cells = claims.ok ? claims.value.flatMap(({ cells }) => cells) : [];
const pinned = cells.flatMap((cell) => (cell.proofs ?? []).map((proof) => ({ cell, proof })));
/** Proofs of more states are left to `nestfuzz prove --pinned`, which CI runs. */
const QUICK = 1500;

function proverOf(cell: Cell, { strategies, geometry: text, scope: words }: PinnedProof): Prover {
  const geometry = parseGeometry(text);
  if (typeof geometry === "string") throw new Error(geometry);
  const scope = parseScope(words, geometry);
  if (typeof scope === "string") throw new Error(scope);
  return new Prover({ ...cell, strategies }, { geometry, scope, depth: Number.POSITIVE_INFINITY });
}

describe("proofs that are pinned in the claims", () => {
  it("are of cells that are not expected to fail, and of their strategies", () => {
    expect(pinned.length).toBeGreaterThan(5);
    for (const { cell, proof } of pinned) {
      expect(cell.expected, cell.id).not.toBe("fails");
      expect(cell.strategies, cell.id).toEqual(expect.arrayContaining([...proof.strategies]));
      proverOf(cell, proof);
    }
  });

  it.each(
    pinned.filter(({ proof }) => proof.states <= QUICK).map(({ cell, proof }) => [cell.id, proof, cell] as const),
  )("come out again: %s", (_, proof, cell) => {
    const prover = proverOf(cell, proof);
    while (prover.advance(500) === null);
    expect([prover.verdict, prover.states]).toEqual([{ kind: "fixpoint" }, proof.states]);
  });
});
