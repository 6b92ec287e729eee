/**
 * How fast proofs are: the smallest unit with one IOTLB, single-level stages, stage-2 changes with the host's duties
 * discharged at once; SPIN on the model of `prove/promela.ts` beside it, where it is installed.
 *
 * A row is one proof, once: seconds of the clock, from the start of the search to its verdict.
 */

import path from "node:path";
import { geometryOf } from "../models/geometry.js";
import { Machine } from "../models/machine.js";
import { modelWith, promelaOf } from "../prove/promela.js";
import { Prover } from "../prove/prover.js";
import { parseScope, type Scope } from "../prove/scope.js";
import { hasSpin, Spin } from "../prove/spin.js";
import { packageRoot } from "../rules/home.js";
import { loadArchitecture, loadContract } from "../rules/load.js";
import { type Architecture, type Contract, DEFAULT_SHADOW, PROPERTY_NAMES } from "../rules/vocabulary.js";
import type { RunCell } from "../search/runner.js";

export interface ProofFigures {
  name: string;
  states: number;
  transitions: number;
  seconds: number;
  megabytes: number;
  /** What SPIN came to, and in how many seconds, or why it did not. */
  spin: string;
}

/** IOVA pages (as many guest pages hold data), host pages for them, negative caching. */
const CASES = [
  { pages: 2, hosts: 2, negative: false },
  { pages: 2, hosts: 3, negative: true },
  { pages: 3, hosts: 2, negative: false },
  { pages: 3, hosts: 3, negative: true },
];
/** Most that SPIN may take. */
const SPIN_LIMITS = { optimise: true, megabytes: 1500, seconds: 10 };

export function measureProofs(): ProofFigures[] {
  return CASES.map(measure);
}

function measure({ pages, hosts, negative }: (typeof CASES)[number]): ProofFigures {
  const guests = pages + 1;
  const most = Math.max(pages, hosts);
  const geometry = geometryOf(
    `1x${pages}/1x${guests} contexts=1 vms=1 domains=1 processes=1 guest=${guests} host=${most + 2}`,
  );
  const scope = parseScope(
    `tables=g0 targets=g1-g${pages} remap=g1-g${pages} hosts=h1-h${hosts} entries=-,r,rw contexts=no ranges=no ` +
      "moves=no at-once queue=1",
    geometry,
  );
  if (typeof scope === "string") throw new Error(scope);
  const cell = cellOf(negative);
  const from = performance.now();
  const prover = new Prover(cell, { geometry, scope, depth: Number.POSITIVE_INFINITY });
  while (prover.advance(500) === null);
  const seconds = (performance.now() - from) / 1000;
  if (prover.verdict?.kind !== "fixpoint") throw new Error("a proof of the benchmark came to no fixpoint");
  const machine = new Machine({ ...cell, geometry });
  return {
    name: `N=${pages} H=${hosts}${negative ? ", negative caching" : ""}`,
    states: prover.states,
    transitions: prover.transitions,
    seconds,
    megabytes: process.memoryUsage().rss / 1e6,
    spin: spinOn(machine, scope),
  };
}

function cellOf(negative: boolean): RunCell {
  const example = (name: string): string => path.join(packageRoot(), "docs/examples", name);
  const unit = loadArchitecture(example("one-iotlb.yaml"));
  if (!unit.ok) throw new Error("docs/examples/one-iotlb.yaml");
  const rules = loadContract(example("page-by-page.yaml"), {}, unit.value);
  if (!rules.ok) throw new Error("docs/examples/page-by-page.yaml");
  return {
    architecture: negative ? withNegative(unit.value) : unit.value,
    contract: negative ? owingForNew(rules.value) : rules.value,
    strategies: ["envelope"],
    shadow: DEFAULT_SHADOW,
    properties: PROPERTY_NAMES,
  };
}

function withNegative(unit: Architecture): Architecture {
  const negative = { notPresent: true, malformed: false };
  return { ...unit, caches: unit.caches.map((cache) => ({ ...cache, negative })) };
}

/** What owes nothing owes what a context change does: all pages. */
function owingForNew(contract: Contract): Contract {
  const due = contract.rules.find(({ id }) => id === "context")!.stages;
  return {
    ...contract,
    rules: contract.rules.map((rule) => (rule.stages.length > 0 ? rule : { ...rule, stages: due })),
  };
}

function spinOn(machine: Machine, scope: Scope): string {
  if (!hasSpin()) return "not installed";
  const model = promelaOf(machine, scope);
  if (typeof model === "string") return model;
  const spin = new Spin(modelWith(model), SPIN_LIMITS);
  const from = performance.now();
  const found = spin.run();
  const seconds = (performance.now() - from) / 1000;
  spin.remove();
  return typeof found === "string" ? `${found}, ${seconds.toFixed(1)} s` : found.trouble;
}

export function proofsText(rows: readonly ProofFigures[]): string {
  const head = ["proof", "states", "transitions", "seconds", "states/s", "MB", "SPIN"];
  const cells = rows.map(({ name, states, transitions, seconds, megabytes, spin }) => [
    name,
    `${states}`,
    `${transitions}`,
    seconds.toFixed(2),
    `${Math.round(states / seconds)}`,
    megabytes.toFixed(0),
    spin,
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
