/** Small proofs for the tests: random rules, a geometry and scope of few moves, and the same answer by enumeration. */

import { STRIDE } from "../../commands/command.js";
import { type Geometry, geometryOf } from "../../models/geometry.js";
import { EVERYTHING } from "../../models/recipe.js";
import type { Move } from "../../prove/alphabet.js";
import { Prover, type ProverOptions, type Verdict } from "../../prove/prover.js";
import { parseScope } from "../../prove/scope.js";
import {
  type Architecture,
  type Contract,
  type ContractRule,
  DEFAULT_SHADOW,
  type Scope as Due,
  PROPERTY_NAMES,
  TRANSITIONS,
} from "../../rules/vocabulary.js";
import { type RunCell, Runner } from "../../search/runner.js";
import {
  architectureOf,
  cacheRule,
  commandRule,
  drawArchitecture,
  plainArchitecture,
  removal,
} from "../models/brute/architectures.js";
import { Draw } from "../models/brute/commands.js";

/** Everything, down the tree, with some of it forgotten; nothing for some rows. */
export function drawContract(draw: Draw): Contract {
  const gaps = draw.from([0, 0.02, 0.1]);
  const rules: ContractRule[] = TRANSITIONS.map((transition, at) => ({
    id: `r${at}`,
    by: transition.stage === 2 ? "host" : "guest",
    stages: draw.chance(transition.change === "np->p" ? 0.5 : gaps) ? [] : drawStages(draw, gaps),
    source: "drawn",
    confidence: "inferred",
    at: `drawn:${at}`,
  }));
  return { name: "drawn", summary: "drawn", source: "drawn", parameters: {}, rules };
}

function drawStages(draw: Draw, gaps: number): Due[][] {
  const isWide = draw.chance(0.5);
  const stages = EVERYTHING.filter(() => !draw.chance(gaps)).map((stage) =>
    stage.map((scope) => ({ ...scope, range: isWide ? ("all" as const) : ("affected" as const) })),
  );
  return draw.chance(gaps) ? [stages.flat()] : stages;
}

export interface Drawn {
  cell: RunCell;
  geometry: Geometry;
  scope: ReturnType<typeof scopeOf>;
}

/** Any architecture that a rule file could describe, one of few caches, or one with an IOTLB and nothing else. */
export type Kind = "any" | "plain" | "iotlb";

export function drawCell(seed: string, kind: Kind, geometryText: string, scopeText: string): Drawn {
  const draw = new Draw(seed);
  const queue = draw.from(["ordered", "unordered"] as const);
  const architecture = drawUnit(draw, kind, queue);
  const geometry = geometryOf(geometryText);
  const cell: RunCell = {
    architecture,
    contract: drawContract(draw),
    strategies: ["envelope"],
    shadow: DEFAULT_SHADOW,
    properties: PROPERTY_NAMES,
  };
  return { cell, geometry, scope: scopeOf(scopeText, geometry) };
}

function drawUnit(draw: Draw, kind: Kind, queue: Architecture["queue"]): Architecture {
  const negative = { notPresent: kind !== "any" && draw.chance(0.5), malformed: false };
  switch (kind) {
    case "any":
      return drawArchitecture(draw, queue);
    case "plain":
      return plainArchitecture(queue, draw.from([["iotlb"], ["iotlb", "stage2"], ["iotlb", "device-tlb"]]), {
        negative,
      });
    case "iotlb":
      return architectureOf(
        "iotlb",
        queue,
        [cacheRule("iotlb", ["domain", "process"], { negative })],
        [commandRule("iotlb", [removal("iotlb", ["address"])])],
      );
  }
}

export function scopeOf(text: string, geometry: Geometry) {
  const scope = parseScope(text, geometry);
  if (typeof scope === "string") throw new Error(scope);
  return scope;
}

export function start({ cell, geometry, scope }: Drawn, options: Partial<ProverOptions> = {}): Prover {
  return new Prover(cell, { geometry, scope, depth: Number.POSITIVE_INFINITY, ...options });
}

/** The same, searched to its end. */
export function prove(drawn: Drawn, options: Partial<ProverOptions> = {}, portion = 50): Prover {
  const prover = start(drawn, options);
  while (prover.advance(portion) === null)
    if (prover.transitions > 1e6) throw new Error("the proof is too large for a test");
  return prover;
}

/** `holds`, or the number of moves of the shortest failure. */
export function answerOf(verdict: Verdict | null): string {
  return verdict?.kind === "fails" ? `fails in ${verdict.moves}` : (verdict?.kind ?? "none");
}

/** The shortest failing sequence of up to `most` moves, by trying all of them from the start: no states, no hashes. */
export function enumerate(
  cell: RunCell,
  geometry: Geometry,
  moves: readonly Move[],
  most: number,
  queue: number,
): string {
  const runner = new Runner(cell, geometry);
  for (let length = 1; length <= most; length++) {
    const digits = new Array<number>(length).fill(0);
    do {
      const sequence = digits.map((digit) => moves[digit]!);
      if (respectsQueue(sequence, queue) && fails(runner, sequence)) return `fails in ${length}`;
    } while (increment(digits, moves.length));
  }
  return "depth";
}

function fails(runner: Runner, sequence: readonly Move[]): boolean {
  const commands = new Float64Array(sequence.reduce((sum, { count }) => sum + count, 0) * STRIDE);
  let at = 0;
  for (const move of sequence) {
    commands.set(move.commands, at);
    at += move.commands.length;
  }
  return runner.runCommands(commands) !== null;
}

/** Whether no more than `most` invalidations are pending at any time. */
function respectsQueue(sequence: readonly Move[], most: number): boolean {
  let pending = 0;
  for (const move of sequence) {
    if (move.submits) pending++;
    else if (move.isFence) pending = 0;
    if (pending > most) return false;
  }
  return true;
}

function increment(digits: number[], base: number): boolean {
  for (let at = digits.length - 1; at >= 0; at--) {
    digits[at]!++;
    if (digits[at]! < base) return true;
    digits[at] = 0;
  }
  return false;
}
