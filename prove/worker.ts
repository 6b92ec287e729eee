/**
 * What a thread of a proof does: the search of one request, a portion each time it is told to.
 *
 * The states stay here. A step is answered by a few numbers; all that the search has come to goes back for a
 * checkpoint alone. Answers come in the order in which they were asked for.
 */

import { parentPort, workerData } from "node:worker_threads";
import { geometryOf } from "../models/geometry.js";
import { TRANSITIONS } from "../rules/vocabulary.js";
import type { RunCell } from "../search/runner.js";
import type { Saved } from "./checkpoint.js";
import { Proof, type ProofOptions } from "./proof.js";
import { parseScope } from "./scope.js";
import { type Step, stepOf } from "./step.js";

export interface ThreadTask {
  cell: RunCell;
  geometry: string;
  scope: string;
  options: Omit<ProofOptions, "geometry" | "scope" | "met">;
  /** Where the search goes on. */
  saved: Saved;
}

/** To search a portion, or to tell all. */
export type Asked = { portion: number } | "save";
export type Told = { step: Step } | { saved: Saved };

function begin({ cell, geometry: text, scope: words, options, saved }: ThreadTask): Proof {
  const geometry = geometryOf(text);
  const scope = parseScope(words, geometry);
  if (typeof scope === "string") throw new Error(scope);
  const proof = new Proof(cell, { ...options, geometry, scope, met: new Uint8Array(TRANSITIONS.length) });
  proof.resume(saved);
  return proof;
}

const proof = begin(workerData as ThreadTask);

parentPort!.on("message", (asked: Asked) => {
  if (asked === "save") {
    const saved = proof.save();
    const told: Told = { saved };
    parentPort!.postMessage(told, buffersOf(saved));
  } else {
    const told: Told = { step: stepOf(proof, asked.portion) };
    parentPort!.postMessage(told);
  }
});

function buffersOf({ arrays }: Saved): ArrayBuffer[] {
  return arrays.map(({ buffer }) => buffer as ArrayBuffer);
}
