/**
 * Failures whose simplest form is known by construction.
 *
 * A pattern is a short list of commands whose operands are fixed, free, or variables: equal variables must hold equal
 * numbers, and different variables may have to differ. A sequence fails if the pattern is a sub-sequence of it under
 * some numbers for the variables. Where the pattern has takes and releases, they also have to be in balance over the
 * whole sequence, so that a take alone cannot go. The simplest form is found by trying every assignment of the
 * variables, with every free operand at its simplest.
 */

import seedrandom from "seedrandom";
import {
  COMMANDS,
  type CommandKind,
  ENTRY,
  KIND,
  type Limits,
  operandLimit,
  RANGE,
  STRIDE,
} from "../../commands/command.js";
import { canonical } from "../../shrinkers/canonical.js";
import { compareCandidates } from "../../shrinkers/order.js";
import type { Candidate, Fails } from "../../shrinkers/shrink.js";

export const LIMITS: Limits = {
  vms: 2,
  contexts: 3,
  domains: 4,
  processes: 4,
  guestPages: 16,
  hostPages: 48,
  entries: 4,
  iovaPages: 16,
  levels: 2,
};

/** A number; a variable; or an IOVA page whose digits are variables, or any where none is named. */
type Part = number | { variable: string } | { upper?: string; digit?: string };
interface Step {
  kind: CommandKind;
  parts: Record<string, Part>;
  /** The same parts by operand slot. */
  slots: (readonly [slot: number, part: Part])[];
}
type Balance = "pairs" | "threes";
interface Pattern {
  steps: readonly Step[];
  /** How many numbers each variable may hold, and from which on. */
  variables: Record<string, readonly [from: number, to: number]>;
  /** Variables that must hold different numbers. */
  distinct?: readonly (readonly [string, string])[];
  /** Takes and releases (and uses) of each context must be equally many. */
  balanced?: Balance;
}

export interface Failure {
  name: string;
  candidate: Candidate;
  fails: Fails;
  minimum: Candidate;
}

function step(kind: CommandKind, parts: Record<string, Part>): Step {
  const names = COMMANDS[KIND[kind]]!.operands.map((operand) => operand.name as string);
  return { kind, parts, slots: Object.entries(parts).map(([name, part]) => [names.indexOf(name) + 1, part]) };
}

type Random = () => number;
const below = (random: Random, count: number): number => Math.floor(random() * count);
const pick = <T>(random: Random, list: readonly T[]): T => list[below(random, list.length)]!;
const v = (variable: string): Part => ({ variable });
const page = (upper?: string, digit?: string): Part => ({
  ...(upper === undefined ? {} : { upper }),
  ...(digit === undefined ? {} : { digit }),
});

/** Entry k of a last-level table, and the page behind it, named by an invalidation and a DMA. */
function unmapAndUse(random: Random): Pattern {
  const table = pick(random, [2, 3, 4, 5]);
  const steps: Step[] = [
    step("write", { entry: ENTRY.absent, page: table, index: v("k") }),
    step("invalidate", { invalidation: 0, form: RANGE.count, base: page(undefined, "k"), size: 1 }),
    step("fence", {}),
    step("dma", { iova: page(undefined, "k"), access: below(random, 2) }),
  ];
  if (below(random, 2) === 0) steps.splice(2, 1);
  return { steps, variables: { k: [0, 4] } };
}

/** A page that is made a table by one write and filled by another. */
function newTable(random: Random): Pattern {
  const steps: Step[] = [
    step("write", { entry: ENTRY.table, page: 2, index: v("k"), target: v("g") }),
    step("write", { entry: ENTRY.leaf, page: v("g"), index: v("j"), target: pick(random, [8, 9, 10]) }),
    step("dma", { context: 0, iova: page("k", below(random, 2) === 0 ? "j" : undefined) }),
  ];
  return { steps, variables: { k: [1, 4], g: [0, 16], j: [0, 4] } };
}

/** One context that takes the tag of another, after both were used. */
function tagReuse(random: Random): Pattern {
  const steps: Step[] = [
    step("dma", { context: v("c"), iova: v("i") }),
    step("context", { context: v("c"), state: 0 }),
    step("context", { context: v("e"), state: 1, domain: v("d"), root: 2 }),
    step("dma", { context: v("e"), iova: v("i") }),
    step("invalidate", { invalidation: 1, domain: v("d") }),
  ];
  if (below(random, 2) === 0) steps.splice(4, 1);
  return { steps, variables: { c: [0, 3], e: [0, 3], d: [0, 4], i: [0, 16] }, distinct: [["c", "e"]] };
}

/** A guest page that the host moves while another is mapped in its place. */
function moveAndMap(random: Random): Pattern {
  const vm = below(random, 2);
  const steps: Step[] = [
    step("move", { vm, page: v("g"), target: v("h") }),
    step("stage2", { vm, page: v("f"), entry: ENTRY.leaf, target: v("h"), permission: 3 }),
    step("invalidate", { invalidation: 4, host: 1, form: RANGE.count, base: v("g"), size: 1 }),
    step("fence", {}),
  ];
  return { steps, variables: { g: [0, 16], f: [0, 16], h: [0, 48] }, distinct: [["g", "f"]] };
}

/** A write under way while its process is flushed, with noise of the unit before. */
function staleRefill(random: Random): Pattern {
  const steps: Step[] = [
    step("prefetch", { context: v("c"), iova: v("i") }),
    step("write", { entry: ENTRY.malformed, page: v("g"), index: pick(random, [0, 1, 2]) }),
    step("invalidate", { invalidation: 0, process: v("p"), leaf: 1 }),
    step("walk-end", { context: v("c"), iova: v("i") }),
    step("fence", {}),
    step("write", { entry: ENTRY.leaf, page: v("g"), target: 8 }),
  ];
  return { steps: steps.slice(0, 4 + below(random, 3)), variables: { c: [0, 3], i: [0, 16], g: [2, 16], p: [0, 4] } };
}

const BASES = { unmapAndUse, newTable, tagReuse, moveAndMap, staleRefill };

/** Failure number `number`: the same for every run. Every fourth one counts takes and releases besides. */
export function failureOf(number: number): Failure {
  const random = seedrandom(`pattern ${number}`);
  const names = Object.keys(BASES) as (keyof typeof BASES)[];
  const name = names[number % names.length]!;
  const pattern = BASES[name](random);
  const round = Math.floor(number / names.length);
  const balanced: Balance | null = round % 4 > 0 ? null : round % 8 > 0 ? "threes" : "pairs";
  const full = balanced === null ? pattern : wrapped(pattern, balanced);
  const fails: Fails = ({ commands }) =>
    (balanced === null || isBalanced(commands, balanced)) && matches(full, commands, 0, 0, {});
  return {
    name: balanced === null ? name : `${name}, ${balanced}`,
    candidate: { commands: hide(full, random), start: new Set() },
    fails,
    minimum: minimumOf(full, fails),
  };
}

/** What is taken, used and released: `ctx cN valid=1`, `ctx cN vm=v0`, `ctx cN valid=0`. */
const VALID = 0;
const VM = 1;
const BALANCE: Record<Balance, readonly (readonly [field: number, value: number])[]> = {
  pairs: [
    [VALID, 1],
    [VALID, 0],
  ],
  threes: [
    [VALID, 1],
    [VM, 0],
    [VALID, 0],
  ],
};

/** The first three or four steps between a take and a release that belong to the failure. */
function wrapped(pattern: Pattern, balanced: Balance): Pattern {
  const around = BALANCE[balanced].map(([field, value]) => step("context-field", { context: v("t"), field, value }));
  const inner = pattern.steps.slice(0, 6 - around.length);
  const steps = [...around.slice(0, -1), ...inner, ...around.slice(-1)];
  return { ...pattern, steps, variables: { ...pattern.variables, t: [0, 3] }, balanced };
}

function isBalanced(commands: Float64Array, balanced: Balance): boolean {
  const counts = new Map<string, number>();
  for (let from = 0; from < commands.length; from += STRIDE) {
    if (commands[from] !== KIND["context-field"]) continue;
    const name = `${commands[from + 1]} ${commands[from + 2]} ${commands[from + 3]}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  for (let context = 0; context < LIMITS.contexts; context++) {
    const each = BALANCE[balanced].map(([field, value]) => counts.get(`${context} ${field} ${value}`) ?? 0);
    if (new Set(each).size > 1) return false;
  }
  return true;
}

/** Whether steps `step`... are a sub-sequence of the commands from `from` on, under the numbers bound so far. */
function matches(
  pattern: Pattern,
  commands: Float64Array,
  from: number,
  step: number,
  bound: Readonly<Record<string, number>>,
): boolean {
  if (step === pattern.steps.length) return true;
  for (let at = from; at < commands.length; at += STRIDE) {
    const now = bindStep(pattern, pattern.steps[step]!, commands, at, bound);
    if (now !== null && matches(pattern, commands, at + STRIDE, step + 1, now)) return true;
  }
  return false;
}

function bindStep(
  pattern: Pattern,
  step: Step,
  commands: Float64Array,
  at: number,
  bound: Readonly<Record<string, number>>,
): Record<string, number> | null {
  if (commands[at] !== KIND[step.kind]) return null;
  let now = bound;
  for (const [slot, part] of step.slots) {
    const value = commands[at + slot]!;
    if (typeof part === "number") {
      if (value !== part) return null;
      continue;
    }
    for (const [variable, number] of numbersIn(part, value)) {
      const [low, high] = pattern.variables[variable]!;
      if (number < low || number >= high || (now[variable] ?? number) !== number) return null;
      now = { ...now, [variable]: number };
    }
  }
  const clash = pattern.distinct?.some(([a, b]) => now[a] !== undefined && now[a] === now[b]) ?? false;
  return clash ? null : now;
}

/** The variables that an operand with this value binds. */
function numbersIn(part: Exclude<Part, number>, value: number): (readonly [string, number])[] {
  if ("variable" in part) return [[part.variable, value]];
  const numbers: (readonly [string, number])[] = [];
  if (part.upper !== undefined) numbers.push([part.upper, Math.floor(value / LIMITS.entries)]);
  if (part.digit !== undefined) numbers.push([part.digit, value % LIMITS.entries]);
  return numbers;
}

/** The pattern with random numbers for its variables, among 60 random commands. */
function hide(pattern: Pattern, random: Random): Float64Array {
  const assigned = randomAssignment(pattern, random);
  const list = Array.from({ length: 60 }, () => randomCommand(random, pattern.balanced !== undefined));
  if (pattern.balanced !== undefined) balance(list, pattern.balanced, random);
  const places = pattern.steps.map(() => below(random, list.length)).sort((a, b) => a - b);
  pattern.steps.forEach((step, at) => {
    list.splice(places[at]! + at, 0, stepCommand(step, assigned, random));
  });
  return concatenate(list);
}

function randomAssignment(pattern: Pattern, random: Random): Record<string, number> {
  for (;;) {
    const assigned: Record<string, number> = {};
    for (const [name, [low, high]] of Object.entries(pattern.variables))
      assigned[name] = low + below(random, high - low);
    if (!pattern.distinct?.some(([a, b]) => assigned[a] === assigned[b])) return assigned;
  }
}

/** Any command, every operand anywhere in its range; of the one-field context writes none in balanced failures. */
function randomCommand(random: Random, balanced: boolean): Float64Array {
  const command = new Float64Array(STRIDE);
  do command[0] = below(random, COMMANDS.length);
  while (balanced && command[0] === KIND["context-field"]);
  COMMANDS[command[0]!]!.operands.forEach((operand, at) => {
    command[1 + at] = below(random, operandLimit(operand.type, LIMITS));
  });
  return command;
}

/** Puts eight balanced groups, in order each, in place of other commands. */
function balance(list: Float64Array[], balanced: Balance, random: Random): void {
  const places = Array.from({ length: list.length }, (_, at) => at);
  for (let group = 0; group < 8; group++) {
    const taken = BALANCE[balanced].map(() => places.splice(below(random, places.length), 1)[0]!);
    taken.sort((a, b) => a - b);
    const context = below(random, LIMITS.contexts);
    BALANCE[balanced].forEach(([field, value], at) => {
      const command = new Float64Array(STRIDE);
      command.set([KIND["context-field"], context, field, value]);
      list[taken[at]!] = command;
    });
  }
}

/** A step as a command; free operands are random, or at their simplest without a source. */
function stepCommand(step: Step, assigned: Readonly<Record<string, number>>, random: Random | null): Float64Array {
  const command = new Float64Array(STRIDE);
  command[0] = KIND[step.kind];
  COMMANDS[KIND[step.kind]]!.operands.forEach((operand, at) => {
    const part = step.parts[operand.name];
    const free = random === null ? operand.simplest : below(random, operandLimit(operand.type, LIMITS));
    command[1 + at] =
      part === undefined ? free : typeof part === "number" ? part : operandValue(part, assigned, random);
  });
  return command;
}

/** What stands in an operand for its variables; digits that do not matter are random, or 0. */
function operandValue(
  part: Exclude<Part, number>,
  assigned: Readonly<Record<string, number>>,
  random: Random | null,
): number {
  if ("variable" in part) return assigned[part.variable]!;
  const digit = (variable: string | undefined): number =>
    variable !== undefined ? assigned[variable]! : random === null ? 0 : below(random, LIMITS.entries);
  return digit(part.upper) * LIMITS.entries + digit(part.digit);
}

/** The simplest of all sequences that are the pattern and nothing else. */
function minimumOf(pattern: Pattern, fails: Fails): Candidate {
  let best: Candidate | null = null;
  for (const assigned of assignments(pattern)) {
    const commands = canonical(concatenate(pattern.steps.map((step) => stepCommand(step, assigned, null))));
    const candidate = { commands, start: new Set<number>() };
    if (fails(candidate) && (best === null || compareCandidates(candidate, best) < 0)) best = candidate;
  }
  return best!;
}

function assignments(pattern: Pattern): Record<string, number>[] {
  return Object.entries(pattern.variables).reduce<Record<string, number>[]>(
    (list, [name, [low, high]]) =>
      list.flatMap((row) => Array.from({ length: high - low }, (_, at) => ({ ...row, [name]: low + at }))),
    [{}],
  );
}

function concatenate(list: readonly Float64Array[]): Float64Array {
  const commands = new Float64Array(list.length * STRIDE);
  list.forEach((command, at) => {
    commands.set(command, at * STRIDE);
  });
  return commands;
}
