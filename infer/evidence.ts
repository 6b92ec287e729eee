/**
 * What is shown of an inferred contract: an entry against every recipe next below, and what was proved.
 *
 * The proof is of the contract as a whole, in the smallest geometry and over the commonest commands; it speaks for the
 * transitions that occur there. For the others a search speaks, which found nothing.
 */

import { STRIDE } from "../commands/command.js";
import type { Entry } from "../corpus/entry.js";
import type { Geometry } from "../models/geometry.js";
import { parseGeometry } from "../models/geometry.js";
import { Prover } from "../prove/prover.js";
import { parseScope, SMALLEST_GEOMETRY } from "../prove/scope.js";
import { type Contract, TRANSITIONS, transitionName } from "../rules/vocabulary.js";
import type { RunCell } from "../search/runner.js";
import { QUICK_PASSES } from "../shrinkers/shrink.js";
import { shrunkEntry } from "../verdicts/campaign.js";
import type { Recipe } from "./recipes.js";
import { contractOwing, type Inferred, type Weakest } from "./weakest.js";

/** A recipe next below one that holds, and the counterexample to it; null: none was found. */
export interface Refuted {
  owes: Recipe;
  entry: Entry | null;
}

export interface ShownRow extends Omit<Inferred, "refuted"> {
  refuted: readonly Refuted[];
  isProved: boolean;
}

export interface Proved {
  geometry: string;
  scope: string;
  /** Expanded states, all there are; null where the search was not through, or found something. */
  states: number | null;
}

export interface Shown {
  contract: Contract;
  rows: readonly ShownRow[];
  proof: Proved;
  /** Commands of the last search of the whole, which found nothing. */
  whole: number;
  /** Counterexamples that nothing which can be owed prevents. */
  beyond: readonly Entry[];
}

/** Leaf entries of one table, as pinned proofs have them. */
const SCOPE = "tables=g0 remap=g1 contexts=no moves=no entries=-,rw queue=1";
/** States after which a proof is given up. */
const MOST_STATES = 20_000;
const PORTION = 20_000;

export interface EvidenceOptions {
  seed: string;
  geometry?: Geometry;
  shouldStop?: () => boolean;
  onProgress?: (what: string) => void;
}

export function evidenceFor(cell: RunCell, weakest: Weakest, options: EvidenceOptions): Shown {
  const { contract } = weakest;
  const entryAgainst = (rules: Contract, commands: Float64Array): Entry => {
    const failing = { commands, seed: options.seed, run: 0, lengthBefore: commands.length / STRIDE };
    const shrinking = { geometry: options.geometry, passes: QUICK_PASSES };
    return { ...shrunkEntry({ ...cell, contract: rules, id: "inferred" }, failing, shrinking), claim: "" };
  };
  const { proof, met } = prove({ ...cell, contract }, options);
  const rows = weakest.rows.map((row): ShownRow => {
    options.onProgress?.(`counterexamples for ${transitionName(TRANSITIONS[row.transition]!)}`);
    const refuted = row.refuted.map(({ owes, commands }) => ({
      owes,
      entry: commands === null ? null : entryAgainst(contractOwing(contract, row.transition, owes), commands),
    }));
    return { ...row, refuted, isProved: proof.states !== null && met[row.transition] === 1 };
  });
  const beyond = new Map(
    weakest.beyond.map((commands) => entryAgainst(contract, commands)).map((one) => [one.id, one]),
  );
  return {
    contract,
    rows,
    proof,
    whole: weakest.whole,
    beyond: [...beyond.values()],
  };
}

function prove(cell: RunCell, { shouldStop, onProgress }: EvidenceOptions): { proof: Proved; met: Uint8Array } {
  const geometry = parseGeometry(SMALLEST_GEOMETRY);
  const scope = typeof geometry === "string" ? geometry : parseScope(SCOPE, geometry);
  if (typeof geometry === "string" || typeof scope === "string") throw new Error("the proof's own words are wrong");
  const prover = new Prover(cell, { geometry, scope, depth: Number.POSITIVE_INFINITY });
  while (prover.states < MOST_STATES && shouldStop?.() !== true) {
    onProgress?.(`a proof, ${prover.states} states`);
    const verdict = prover.advance(PORTION);
    if (verdict === null) continue;
    const states = verdict.kind === "fixpoint" ? prover.states : null;
    return { proof: { geometry: geometry.text, scope: scope.text, states }, met: prover.met };
  }
  return { proof: { geometry: geometry.text, scope: scope.text, states: null }, met: prover.met };
}
