/**
 * The envelope is exact: beside it runs a concrete unit by brute force, and after every command both hold the same.
 *
 * Shown: values, masks over the pending commands, and outcomes of every request are those of the rule in section 4 of
 * the design page (`brute/histories.ts`, merged), for built-in, plain and drawn architectures and both kinds of queue;
 * no schedule is missed (`apart`); the search over histories is that over single moves of a unit with one value a key
 * (`brute/literal.ts`). The references share no code with the envelope but the world, the numbering of sets and the
 * packing of values. Also pinned: the one way in which the sets are larger than what schedules can do.
 * Left out: geometries with more than three levels or some dozen pages, and contracts (nothing is owed here).
 */

import { describe, expect, it } from "vitest";
import { type Command, READ } from "../../commands/command.js";
import { parseCommands, printCommand } from "../../commands/language.js";
import { type Geometry, geometryOf } from "../../models/geometry.js";
import type { Machine } from "../../models/machine.js";
import { CACHE } from "../../models/unit.js";
import { PRESENT, packValue } from "../../models/values.js";
import { architectureNames } from "../../rules/load.js";
import { type Architecture, CACHE_NAMES, type CacheName } from "../../rules/vocabulary.js";
import { effort } from "../effort.js";
import { drawArchitecture, plainArchitecture } from "./brute/architectures.js";
import { Draw, drawCommand, MIX } from "./brute/commands.js";
import { Histories } from "./brute/histories.js";
import { Literal } from "./brute/literal.js";
import {
  builtIn,
  envelopeUnion,
  isWithinUnion,
  machineOf,
  outcomeDifferences,
  stepAll,
  stepsOf,
  unionDifferences,
} from "./brute/runs.js";

/** Long random runs, on a machine that may be busy. */

const QUEUES = ["unordered", "ordered"] as const;
/** Commands in one random sequence. */
const LENGTH = 30;

interface Setup {
  architecture: Architecture;
  geometry: Geometry;
}

/** What was seen over all runs of this file. */
const seen = {
  steps: { unordered: 0, ordered: 0 },
  stale: new Set<CacheName>(),
  partialMasks: 0,
  derivedFromStale: 0,
  wider: 0,
  apart: 0,
};

function randomCommands(seed: string, { architecture, geometry }: Setup, length = LENGTH): Command[] {
  const draw = new Draw(seed);
  const pages = Array.from({ length: geometry.guestPages }, (_, page) => page);
  const hosts = Array.from({ length: geometry.hostPages }, (_, page) => page);
  const draught = {
    architecture,
    geometry,
    mix: MIX,
    tables: pages.slice(0, Math.min(3, pages.length)),
    targets: pages,
    hosts,
    domains: Math.min(2, geometry.domains),
    processes: Math.min(2, geometry.processes),
  };
  return Array.from({ length }, () => drawCommand(draw, draught));
}

/** Steps compared, and the differences after the last of them. */
interface Compared {
  steps: number;
  differences: string[];
}

function compareWithRule({ architecture, geometry }: Setup, commands: readonly Command[]): Compared {
  const machine = machineOf(architecture, geometry);
  const rule = new Histories(machine.unit, stepsOf(machine), "merged");
  const differ = (): string[] => [
    ...unionDifferences(machine.unit, envelopeUnion(machine), rule.union()),
    ...outcomeDifferences(machine, rule),
  ];
  let differences = differ();
  let steps = 0;
  for (const command of commands) {
    if (differences.length > 0) break;
    stepAll(machine, command, [rule]);
    steps++;
    differences = machine.overflowed ? ["a capacity was reached"] : differ();
  }
  return { steps, differences };
}

/** The shortest sub-sequence that still differs, and how. */
function explain(setup: Setup, commands: readonly Command[]): string {
  let best = [...commands];
  for (let at = best.length - 1; at >= 0; at--) {
    const shorter = best.filter((_, other) => other !== at);
    if (compareWithRule(setup, shorter).differences.length > 0) best = shorter;
  }
  const { differences } = compareWithRule(setup, best);
  const { caches, commands: rows, queue } = setup.architecture;
  const rules = JSON.stringify({ queue, caches, rows }, (key, value: unknown) =>
    ["source", "confidence", "manual"].includes(key) ? undefined : value,
  );
  return [setup.geometry.text, ...best.map(printCommand), ...differences.slice(0, 8), rules].join("\n");
}

function expectRule(setup: Setup, seed: string): void {
  const commands = randomCommands(seed, setup);
  const { steps, differences } = compareWithRule(setup, commands);
  seen.steps[setup.architecture.queue] += steps;
  if (differences.length > 0) expect.fail(`seed ${seed}: ${explain(setup, commands)}`);
}

const BOTH = { negative: { notPresent: true, malformed: true } };
/** Two to five caches each; together every cache, negatives, host pointers and pieces of superpages. */
const PLAIN: readonly [string, readonly CacheName[], Parameters<typeof plainArchitecture>[2]?][] = [
  ["2x2/1x4 contexts=1 vms=1", ["walk", "iotlb"]],
  ["2x2/1x4 contexts=2 vms=1", ["walk", "stage1", "iotlb"], BOTH],
  ["1x4/2x2 contexts=2 vms=1", ["stage2", "iotlb"]],
  ["1x4/2x2 contexts=1 vms=1", ["stage2-walk", "stage2", "iotlb", "device-tlb"], BOTH],
  ["2x2/1x4 contexts=2 vms=2", ["context", "iotlb", "device-tlb"]],
  ["2x2/1x4 contexts=2 vms=2", ["context", "pasid", "walk", "iotlb"], { ...BOTH, negativeDomain: "none" }],
  ["1x3/1x3 contexts=3 vms=2", ["context", "pasid", "stage1", "stage2", "device-tlb"]],
  ["2x2/2x2 contexts=2 vms=1", ["pasid", "walk", "stage2-walk"], { pointers: "host" }],
  ["2x2/2x2 contexts=2 vms=2", ["context", "walk", "stage2", "iotlb"], { pointers: "either", superpages: "piece" }],
  ["3x2/1x4 contexts=2 vms=1", ["walk", "iotlb"], BOTH],
  ["3x2/2x2 contexts=1 vms=1", ["walk", "stage1", "stage2", "device-tlb"]],
];

const DRAWN = ["2x2/2x2 contexts=2 vms=2", "1x4/2x3 contexts=3 vms=2 guest=5", "2x3/1x4 contexts=2 vms=1"];

describe("envelope beside the rule of section 4", () => {
  for (const queue of QUEUES) {
    for (const [text, caches, given] of PLAIN) {
      it(`holds the same on an ${queue} unit with ${caches.join(", ")}, ${text}`, () => {
        const setup = { architecture: plainArchitecture(queue, caches, given), geometry: geometryOf(text) };
        for (let run = 0; run < effort(12); run++) expectRule(setup, `plain ${run}`);
      });
    }

    it(`holds the same on ${queue} units of random caches and commands`, () => {
      for (let run = 0; run < effort(210); run++) {
        const architecture = drawArchitecture(new Draw(`unit ${queue} ${run}`), queue);
        expectRule({ architecture, geometry: geometryOf(DRAWN[run % DRAWN.length]) }, `drawn ${run}`);
      }
    });
  }

  for (const name of architectureNames()) {
    it(`holds the same on ${name}`, () => {
      const architecture = builtIn(name);
      for (const queue of QUEUES) {
        const setup = { architecture: { ...architecture, queue }, geometry: geometryOf(DRAWN[0]) };
        for (let run = 0; run < effort(6); run++) expectRule(setup, `built-in ${run}`);
      }
    });
  }
});

/** What a unit with empty caches could take in from memory as it is now. */
function freshUnion(machine: Machine): Map<number, number>[] {
  return new Histories(machine.unit, stepsOf(machine), "apart").union();
}

/** Notes stale values, and those that no empty unit could ever have taken in at once. */
function noteWitnesses(machine: Machine, everFresh: ReadonlySet<number>[]): void {
  const fresh = freshUnion(machine);
  fresh.forEach((values, set) => {
    for (const value of values.keys()) (everFresh[set] as Set<number>).add(value);
  });
  const full = 2 ** (2 ** machine.queue.count(machine.state)) - 1;
  envelopeUnion(machine).forEach((values, set) => {
    for (const [value, mask] of values) {
      const cache = machine.unit.caches[machine.unit.setCache[set]!]!;
      if (cache.present && !fresh[set]!.has(value)) seen.stale.add(cache.name);
      if (!everFresh[set]!.has(value)) seen.derivedFromStale++;
      if (mask !== 1 && mask !== full) seen.partialMasks++;
    }
  });
}

/** Every schedule is in the envelope; counts the steps at which the envelope has more. */
function followApart(setup: Setup, seed: string): void {
  const machine = machineOf(setup.architecture, setup.geometry);
  const apart = new Histories(machine.unit, stepsOf(machine), "apart");
  const everFresh = Array.from({ length: machine.unit.setCount }, () => new Set<number>());
  randomCommands(seed, setup).forEach((command, at) => {
    stepAll(machine, command, [apart]);
    const actual = envelopeUnion(machine);
    const expected = apart.union();
    if (!isWithinUnion(expected, actual)) expect.fail(`seed ${seed}, command ${at}: a schedule is missing`);
    seen.apart++;
    if (!isWithinUnion(actual, expected)) seen.wider++;
    noteWitnesses(machine, everFresh);
  });
}

describe("envelope beside all schedules", () => {
  for (const name of ["tiny", "riscv-emulated", "vtd-scalable-ats"]) {
    it(`misses no schedule on ${name}`, () => {
      const architecture = builtIn(name);
      for (const queue of QUEUES) {
        const setup = { architecture: { ...architecture, queue }, geometry: geometryOf(DRAWN[0]) };
        for (let run = 0; run < effort(20); run++) followApart(setup, `apart ${run}`);
      }
    });
  }
});

/** The keys that what is cached for page 0 depends on. */
function focusOf(machine: Machine): Set<number> {
  const { unit } = machine;
  const all = Array.from({ length: unit.setCount }, (_, set) => set);
  return new Set(
    all.filter((set) => {
      const cache = unit.caches[unit.setCache[set]!]!;
      const byGuestPage = cache.name === "stage2" || cache.name === "stage2-walk";
      return cache.present && (byGuestPage || unit.setAddress[set] === 0);
    }),
  );
}

const LITERAL: readonly [string, readonly CacheName[], Parameters<typeof plainArchitecture>[2]?][] = [
  ["2x2/1x4 contexts=1 vms=1 domains=1 processes=1", ["walk", "iotlb"]],
  ["2x2/1x4 contexts=1 vms=1 domains=1 processes=1", ["walk", "iotlb", "device-tlb"], BOTH],
  ["1x2/1x2 contexts=1 vms=1 domains=1 processes=1", ["stage2", "iotlb"]],
  ["1x2/1x2 contexts=1 vms=1 domains=1 processes=1", ["context", "iotlb"]],
  ["1x2/2x2 contexts=1 vms=1 domains=1 processes=1 guest=2", ["stage2-walk", "iotlb"]],
];

/** Compares the two searches; returns the number of steps and the largest number of contents. */
function compareSearches(setup: Setup, seed: string): { steps: number; contents: number } {
  const machine = machineOf(setup.architecture, setup.geometry);
  const focus = focusOf(machine);
  const literal = new Literal(machine.unit, stepsOf(machine), focus);
  const apart = new Histories(machine.unit, stepsOf(machine), "apart");
  let contents = 0;
  const commands = randomCommands(seed, setup, 12);
  commands.forEach((command, at) => {
    stepAll(machine, command, [literal, apart]);
    contents = Math.max(contents, literal.size);
    const differences = unionDifferences(machine.unit, apart.union(), literal.union(), (set) => focus.has(set));
    const text = commands.slice(0, at + 1).map(printCommand);
    if (differences.length > 0) expect.fail(`seed ${seed}: ${[...text, ...differences].join("\n")}`);
  });
  return { steps: commands.length, contents };
}

describe("search over histories", () => {
  for (const queue of QUEUES) {
    for (const [text, caches, given] of LITERAL) {
      it(`finds what single moves find on an ${queue} unit with ${caches.join(", ")}`, () => {
        const setup = { architecture: plainArchitecture(queue, caches, given), geometry: geometryOf(text) };
        for (let run = 0; run < effort(6); run++) compareSearches(setup, `literal ${run}`);
      });
    }
  }
});

/**
 * Guest page g4 (a stage-1 table) moves to h42, and g5 takes its old page: a stale translation of g4 still leads there.
 * Then g8 loses its mapping while `inv s2` is pending, and the page is written through g5. A combined entry g8 with
 * permission r needs the command late (the stale g4 reads what was written last) and early (g8 is fetched again after
 * it, before its mapping is lost). The rule asks only whether each value may be held after the command.
 */
const EARLY_AND_LATE = `s2 d0 g4=h42 rw
s2 d0 g5=h4 rw
inv s2 d0 all
s2 d0 g8=-
w g5[0]=leaf g8 r`;

describe("rule of section 4", () => {
  it("may combine a value that needs a command early with one that needs it late, which no schedule does", () => {
    const parsed = parseCommands(EARLY_AND_LATE);
    if (!parsed.ok) expect.fail("the example cannot be read");
    const machine = machineOf(builtIn("tiny"), geometryOf());
    const apart = new Histories(machine.unit, stepsOf(machine), "apart");
    for (const command of parsed.commands) stepAll(machine, command, [apart]);
    const set = machine.unit.set(CACHE.iotlb, 0, 0, 0, 0);
    const readOnly = packValue(PRESENT, READ, 0, 0, 8, 8);
    expect(apart.union()[set]!.get(readOnly)).toBe(0b01);
    expect(envelopeUnion(machine)[set]!.get(readOnly)).toBe(0b11);
  });
});

describe("comparison", () => {
  it("took enough steps", () => {
    expect(seen.steps.unordered).toBeGreaterThanOrEqual(effort(10_000));
    expect(seen.steps.ordered).toBeGreaterThanOrEqual(effort(10_000));
    expect(seen.apart).toBeGreaterThanOrEqual(effort(3_000));
  });

  it("saw stale values in every cache, masks between none and all, and values derived from stale ones", () => {
    expect([...seen.stale].sort()).toEqual([...CACHE_NAMES].sort());
    expect(seen.partialMasks).toBeGreaterThan(effort(1_000));
    expect(seen.derivedFromStale).toBeGreaterThan(effort(1_000));
  });

  it("hardly ever met more in the envelope than a schedule gives", () => {
    expect(seen.wider).toBeLessThanOrEqual(seen.apart / 200);
  });
});
