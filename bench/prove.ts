/**
 * How fast proofs are: the smallest unit with one IOTLB, single-level stages, stage-2 changes with the host's duties
 * discharged at once; SPIN on the same unit as one would write it by hand beside it, where it is installed.
 *
 * A row is one proof, once: seconds of the clock, from the start of the search to its verdict; of SPIN those of the
 * run, without its compiler's.
 */

import path from "node:path";
import { geometryOf } from "../models/geometry.js";
import { Prover } from "../prove/prover.js";
import { parseScope } from "../prove/scope.js";
import { hasSpin, Spin } from "../prove/spin.js";
import { packageRoot } from "../rules/home.js";
import { loadArchitecture, loadContract } from "../rules/load.js";
import { type Architecture, type Contract, DEFAULT_SHADOW, PROPERTY_NAMES } from "../rules/vocabulary.js";
import type { RunCell } from "../search/runner.js";
import { type ConcreteUnit, concreteUnit } from "./baseline/promela.js";

export interface ProofFigures {
  name: string;
  states: number;
  transitions: number;
  seconds: number;
  megabytes: number;
  /** What SPIN came to, or why it did not. */
  spin: SpinFigures | string;
}

export interface SpinFigures {
  states: number;
  seconds: number;
  /** SPIN's seconds by the proof's. */
  ratio: number;
}

/** IOVA pages (as many guest pages hold data), host pages for them, negative caching. */
const CASES = [
  { pages: 2, hosts: 2, negative: false },
  { pages: 2, hosts: 3, negative: true },
  { pages: 3, hosts: 2, negative: false },
  { pages: 3, hosts: 3, negative: true },
];
/** Where SPIN has more to do than this it does not end; seconds are the caller's. */
const MEGABYTES = 2500;

/** `spinSeconds`: most that SPIN may take for one unit. */
export function measureProofs(spinSeconds: number): ProofFigures[] {
  return CASES.map((unit) => measure(unit, spinSeconds));
}

function measure(unit: (typeof CASES)[number], spinSeconds: number): ProofFigures {
  const whole = { ...unit, owes: { new: unit.negative, old: true } };
  const from = performance.now();
  const prover = proofOf(whole);
  const seconds = (performance.now() - from) / 1000;
  if (prover.verdict?.kind !== "fixpoint") throw new Error("a proof of the benchmark came to no fixpoint");
  return {
    name: `N=${unit.pages} H=${unit.hosts}${unit.negative ? ", negative caching" : ""}`,
    states: prover.states,
    transitions: prover.transitions,
    seconds,
    megabytes: process.memoryUsage().rss / 1e6,
    spin: spinOn(whole, seconds, spinSeconds),
  };
}

/** The proof that a unit's rules hold, or do not, to its end. */
export function proofOf({ pages, hosts, negative, owes }: ConcreteUnit): Prover {
  const guests = pages + 1;
  const most = Math.max(pages, hosts);
  // A table has two entries at least.
  const geometry = geometryOf(
    `1x${Math.max(2, pages)}/1x${guests} contexts=1 vms=1 domains=1 processes=1 guest=${guests} host=${most + 2}`,
  );
  const scope = parseScope(
    `tables=g0 targets=g1-g${pages} remap=g1-g${pages} hosts=h1-h${hosts} entries=-,r,rw contexts=no ranges=no ` +
      "moves=no at-once queue=1",
    geometry,
  );
  if (typeof scope === "string") throw new Error(scope);
  const prover = new Prover(cellOf(negative, owes), { geometry, scope, depth: Number.POSITIVE_INFINITY });
  while (prover.advance(500) === null);
  return prover;
}

function cellOf(negative: boolean, owes: ConcreteUnit["owes"]): RunCell {
  const example = (name: string): string => path.join(packageRoot(), "docs/examples", name);
  const unit = loadArchitecture(example("one-iotlb.yaml"));
  if (!unit.ok) throw new Error("docs/examples/one-iotlb.yaml");
  const rules = loadContract(example("page-by-page.yaml"), {}, unit.value);
  if (!rules.ok) throw new Error("docs/examples/page-by-page.yaml");
  return {
    architecture: negative ? withNegative(unit.value) : unit.value,
    contract: owing(rules.value, owes),
    strategies: ["envelope"],
    shadow: DEFAULT_SHADOW,
    properties: PROPERTY_NAMES,
  };
}

function withNegative(unit: Architecture): Architecture {
  const negative = { notPresent: true, malformed: false };
  return { ...unit, caches: unit.caches.map((cache) => ({ ...cache, negative })) };
}

/** New entries owe all pages, as a context change does, or nothing; other changes of stage 1 their page, or nothing. */
function owing(contract: Contract, owes: ConcreteUnit["owes"]): Contract {
  const due = contract.rules.find(({ id }) => id === "context")!.stages;
  const rules = contract.rules.map((rule) => {
    if (rule.stages.length === 0) return owes.new ? { ...rule, stages: due } : rule;
    return rule.id === "stage1" && !owes.old ? { ...rule, stages: [] } : rule;
  });
  return { ...contract, rules };
}

function spinOn(unit: ConcreteUnit, seconds: number, most: number): SpinFigures | string {
  if (!hasSpin()) return "not installed";
  const limits = { optimise: true, megabytes: MEGABYTES, seconds: most, depthFirst: true };
  const spin = new Spin(concreteUnit(unit), limits);
  const from = performance.now();
  const found = spin.run();
  const took = (performance.now() - from) / 1000;
  const { states } = spin;
  spin.remove();
  if (found === "fails") throw new Error("SPIN has another verdict than the proof");
  return found === "holds" ? { states, seconds: took, ratio: took / seconds } : `unfinished: ${found.trouble}`;
}

export function proofsText(rows: readonly ProofFigures[]): string {
  const head = ["proof", "states", "transitions", "seconds", "states/s", "MB", "SPIN states", "seconds", "ratio"];
  const cells = rows.map(({ name, states, transitions, seconds, megabytes, spin }) => [
    name,
    `${states}`,
    `${transitions}`,
    seconds.toFixed(2),
    `${Math.round(states / seconds)}`,
    megabytes.toFixed(0),
    ...(typeof spin === "string" ? [spin, "", ""] : [`${spin.states}`, spin.seconds.toFixed(2), spin.ratio.toFixed(1)]),
  ]);
  const widths = head.map((title, at) => Math.max(title.length, ...cells.map((row) => row[at]!.length)));
  return [head, ...cells]
    .map((row) =>
      row
        .map((text, at) => text.padEnd(widths[at]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
