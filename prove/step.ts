/**
 * What one portion of a request's search came to: small numbers, which is all that threads tell each other of it.
 */

import type { Progress, Proof } from "./proof.js";

/** How far a search is. */
export interface Figures {
  depth: number;
  stateCount: number;
  transitions: number;
  expansions: number;
  bytes: number;
}

export interface Step extends Figures {
  progress: Progress;
  /** The commands that lead to a violation; null without one, and where nobody asks for them. */
  path: number[] | null;
  /** Transitions that occurred in this thread and were not told of before. */
  met: number[];
}

export function figuresOf({ depth, stateCount, transitions, expansions, bytes }: Proof): Figures {
  return { depth, stateCount, transitions, expansions, bytes };
}

export function stepOf(proof: Proof, portion: number): Step {
  const { met, slicing } = proof.options;
  const before = met.slice();
  const progress = proof.advance(portion);
  // What strangers lead to need not fail: it is searched anew without them.
  const path = progress === "violation" && slicing !== "strangers" ? Array.from(proof.path()) : null;
  const isNew = (number: number): boolean => met[number] === 1 && before[number] === 0;
  return { ...figuresOf(proof), progress, path, met: Array.from(met.keys()).filter(isNew) };
}
