/** A machine beside its brute-force references: the same commands to both, and every difference as a line of text. */

import { type Command, encodeAll } from "../../../commands/command.js";
import type { Geometry } from "../../../models/geometry.js";
import { Machine } from "../../../models/machine.js";
import type { Unit } from "../../../models/unit.js";
import { outcomeOf } from "../../../models/values.js";
import { loadArchitecture } from "../../../rules/load.js";
import {
  type Architecture,
  CACHE_NAMES,
  type Contract,
  type StrategyName,
  TRANSITIONS,
} from "../../../rules/vocabulary.js";
import { submit } from "./matching.js";
import { Memory } from "./memory.js";
import { Steps } from "./steps.js";

/** No change owes anything: duties do not matter to caches. */
export const NOTHING_OWED: Contract = {
  name: "nothing",
  summary: "nothing is owed",
  source: "nestfuzz, made for its tests",
  parameters: {},
  rules: TRANSITIONS.map(() => ({
    id: "nothing",
    by: "guest",
    stages: [],
    source: "nestfuzz, made for its tests",
    confidence: "specification",
    at: "",
  })),
};

export function machineOf(
  architecture: Architecture,
  geometry: Geometry,
  strategies: readonly StrategyName[] = ["envelope"],
): Machine {
  return new Machine({ architecture, contract: NOTHING_OWED, strategies, geometry });
}

/** A built-in architecture, read once. */
export function builtIn(name: string): Architecture {
  const known = architectures.get(name);
  if (known !== undefined) return known;
  const loaded = loadArchitecture(name);
  if (!loaded.ok) throw new Error(`the built-in architecture ${name} cannot be loaded`);
  architectures.set(name, loaded.value);
  return loaded.value;
}
const architectures = new Map<string, Architecture>();

export function stepsOf(machine: Machine): Steps {
  return new Steps(machine.unit, new Memory(machine.geometry, machine.world, () => machine.state));
}

/** A reference that takes the events of a run. */
export interface Follower {
  written(): void;
  submitted(command: ReturnType<typeof submit>): void;
  fenced(): void;
}

/** One command to the machine, then to those who follow. */
export function stepAll(machine: Machine, command: Command, followers: readonly Follower[]): void {
  machine.step(encodeAll([command]), 0);
  for (const follower of followers) {
    if (command.kind === "invalidate") follower.submitted(submit(machine.options.architecture, command));
    else if (command.kind === "fence") follower.fenced();
    else if (machine.note.wrote) follower.written();
  }
}

/** By set: value and mask of everything that the envelope holds. */
export function envelopeUnion(machine: Machine): Map<number, number>[] {
  const envelope = machine.envelope!;
  const result = Array.from({ length: machine.unit.setCount }, () => new Map<number, number>());
  for (let record = 0; record < envelope.count(machine.state); record++) {
    const set = envelope.setOf(machine.state, record);
    result[set]!.set(envelope.valueOf(machine.state, record), envelope.maskOf(machine.state, record));
  }
  return result;
}

export function setText(unit: Unit, set: number): string {
  const cache = CACHE_NAMES[unit.setCache[set]!]!;
  const tags = `c${unit.setRequester[set]} d${unit.setDomain[set]} p${unit.setProcess[set]}`;
  return `${cache} ${tags} address ${unit.setAddress[set]}`;
}

/** Values or masks that differ, in the given sets. */
export function unionDifferences(
  unit: Unit,
  actual: readonly Map<number, number>[],
  expected: readonly Map<number, number>[],
  inSet: (set: number) => boolean = () => true,
): string[] {
  const lines: string[] = [];
  for (let set = 0; set < unit.setCount; set++) {
    if (!inSet(set)) continue;
    for (const value of new Set([...actual[set]!.keys(), ...expected[set]!.keys()])) {
      const is = actual[set]!.get(value) ?? 0;
      const should = expected[set]!.get(value) ?? 0;
      if (is === should) continue;
      lines.push(`${setText(unit, set)}: value ${value} has mask ${is.toString(2)}, not ${should.toString(2)}`);
    }
  }
  return lines;
}

/** Bits that the first has and the second lacks. */
export function isWithinUnion(inner: readonly Map<number, number>[], outer: readonly Map<number, number>[]): boolean {
  return inner.every((values, set) =>
    [...values].every(([value, mask]) => (mask & ~(outer[set]!.get(value) ?? 0)) === 0),
  );
}

const FAULT = -1;
const answersRoom = new Int32Array(65536);

/** Host pages and "fault" that a request may get, as the envelope has them. */
export function envelopeOutcomes(machine: Machine, context: number, page: number, access: number): Set<number> {
  const envelope = machine.envelope!;
  const count = envelope.answers(machine.state, context, page, answersRoom);
  const fault = envelope.faultMask[context * machine.geometry.iova.count + page] !== 0;
  return outcomesOf(answersRoom.subarray(0, count), fault, access);
}

export function outcomesOf(values: Iterable<number>, fault: boolean, access: number): Set<number> {
  const outcomes = new Set<number>(fault ? [FAULT] : []);
  for (const value of values) outcomes.add(Math.max(FAULT, outcomeOf(value, access)));
  return outcomes;
}

/** Requests whose possible outcomes differ. */
export function outcomeDifferences(
  machine: Machine,
  expected: { faults: Uint8Array; answers: readonly ReadonlySet<number>[] },
): string[] {
  const lines: string[] = [];
  const pages = machine.geometry.iova.count;
  for (let at = 0; at < machine.geometry.contexts * pages; at++) {
    for (const access of [0, 1]) {
      const is = envelopeOutcomes(machine, Math.floor(at / pages), at % pages, access);
      const should = outcomesOf(expected.answers[at]!, expected.faults[at] === 1, access);
      if (is.size === should.size && [...is].every((outcome) => should.has(outcome))) continue;
      const request = `c${Math.floor(at / pages)} i${at % pages} ${access === 0 ? "read" : "write"}`;
      lines.push(`${request}: ${[...is].sort().join(" ")}, not ${[...should].sort().join(" ")}`);
    }
  }
  return lines;
}
