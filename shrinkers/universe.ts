/**
 * A bounded set of commands to put in place of another.
 *
 * All combinations of small operands would be tens of thousands, so the sets are drawn by hand: pages, indexes and
 * contexts in full where there are at most 16, for they decide whether a command does anything at all; targets, tags
 * and permissions at their simplest or as the sequence at hand has them. `brief` is the few commands that a longer
 * sequence can afford beside removals: a fence, and invalidations of everything.
 */

import {
  ANY,
  COMMANDS,
  type Command,
  type CommandKind,
  ENTRY,
  encode,
  type Limits,
  type OperandType,
  RANGE,
  READ,
  STRIDE,
  WRITE,
} from "../commands/command.js";
import { CONTEXT_FIELDS, INVALIDATION_KINDS } from "../rules/vocabulary.js";
import { makeCanonical } from "./canonical.js";
import { type Family, familyLimit, valuesOf } from "./families.js";
import { compareCommands } from "./order.js";

/** Numbers of a family beyond which only the first few are drawn. */
const ALL_OF = 16;
const FIRST_FEW = 3;

/** What the operands are drawn from. */
class Draw {
  constructor(
    private readonly commands: Float64Array,
    private readonly limits: Limits,
  ) {}

  /** All numbers of a small family; of a large one the first few and those in use. */
  all(family: Family): number[] {
    const limit = familyLimit(family, this.limits);
    const count = limit <= ALL_OF ? limit : FIRST_FEW;
    return this.some(family, count);
  }

  /** The numbers below `count`, and those in use. */
  some(family: Family, count: number): number[] {
    const numbers = Array.from({ length: Math.min(count, familyLimit(family, this.limits)) }, (_, number) => number);
    return [...new Set([...numbers, ...valuesOf(this.commands, family)])];
  }

  /** `simplest`, and what operands called `name` hold. */
  used(name: "target" | "permission", type: OperandType, simplest: number): number[] {
    const values = new Set([simplest]);
    for (let from = 0; from < this.commands.length; from += STRIDE) {
      const { operands } = COMMANDS[this.commands[from]!]!;
      operands.forEach((operand, at) => {
        if (operand.name === name && operand.type === type) values.add(this.commands[from + 1 + at]!);
      });
    }
    return [...values];
  }

  permissions(): number[] {
    return this.used("permission", "permission", READ | WRITE);
  }
}

type Numbers = Record<string, readonly number[]>;

/** Every combination of the given operands, as commands. */
function combine(kind: CommandKind, operands: Numbers, into: Command[]): void {
  let rows: Record<string, number>[] = [{}];
  for (const [name, values] of Object.entries(operands)) {
    rows = rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value })));
  }
  for (const row of rows) into.push({ kind, ...row } as unknown as Command);
}

const FLAGS = [0, 1];
const POINTING = [ENTRY.leaf, ENTRY.super, ENTRY.table];
const VOID = [ENTRY.absent, ENTRY.malformed];
/** Invalidations of every kind, by guest and host, for all tags. */
const UNTAGGED = {
  invalidation: INVALIDATION_KINDS.map((_, kind) => kind),
  host: FLAGS,
  domain: [ANY],
  process: [ANY],
  requester: [ANY],
  requesterMask: [0],
  level: [0],
};

/** The set for a sequence: encoded commands, simplest first, each once. */
export function universe(commands: Float64Array, limits: Limits): Float64Array[] {
  const draw = new Draw(commands, limits);
  const list: Command[] = [];
  addWrites(draw, list);
  addContexts(draw, list);
  addInvalidations(draw, list);
  addStage2(draw, list);
  const context = draw.all("context");
  combine("dma", { context, iova: draw.all("iova"), access: FLAGS }, list);
  const noise = { context, iova: draw.some("iova", 1) };
  for (const kind of ["prefetch", "evict", "walk-start", "walk-end"] as const) combine(kind, noise, list);
  combine("execute", { slot: [0, 1, 2, 3] }, list);
  return encoded(list);
}

/** The set for a sequence of some length. */
export function brief(): Float64Array[] {
  const list: Command[] = [{ kind: "fence" }];
  combine("invalidate", { ...UNTAGGED, form: [RANGE.all], base: [0], size: [0], leaf: FLAGS }, list);
  return encoded(list);
}

function addWrites(draw: Draw, list: Command[]): void {
  const place = { vm: draw.some("vm", 1), page: draw.all("guest-page"), index: draw.all("index") };
  combine("write", { ...place, entry: VOID, target: [0], permission: [READ | WRITE], global: [0] }, list);
  const entry = { entry: POINTING, target: draw.used("target", "gpa", 0), permission: draw.permissions(), global: [0] };
  combine("write", { ...place, ...entry }, list);
}

function addContexts(draw: Draw, list: Command[]): void {
  const context = draw.all("context");
  combine("context", { context, state: [0, 2], vm: [0], domain: [0], process: [0], root: [0] }, list);
  const tags = { vm: draw.some("vm", 1), domain: draw.some("domain", 2), process: draw.some("process", 2) };
  combine("context", { context, state: [1], ...tags, root: draw.all("guest-page") }, list);
  CONTEXT_FIELDS.forEach((name, field) => {
    const value = name === "valid" ? FLAGS : name === "root" ? draw.all("guest-page") : draw.some(name, 2);
    combine("context-field", { context, field: [field], value }, list);
  });
}

function addInvalidations(draw: Draw, list: Command[]): void {
  combine("fence", {}, list);
  const tags = { ...UNTAGGED, domain: [ANY, ...draw.some("domain", 1)], process: [ANY, ...draw.some("process", 0)] };
  combine("invalidate", { ...tags, form: [RANGE.all], base: [0], size: [0], leaf: FLAGS }, list);
  combine("invalidate", { ...tags, form: [RANGE.count], base: draw.some("iova", 1), size: [1], leaf: [0] }, list);
}

function addStage2(draw: Draw, list: Command[]): void {
  const place = { vm: draw.some("vm", 1), page: draw.all("guest-page") };
  const target = draw.used("target", "hpa", 0);
  combine("stage2", { ...place, entry: VOID, target: [0], permission: [READ | WRITE] }, list);
  combine("stage2", { ...place, entry: POINTING, target, permission: draw.permissions() }, list);
  combine("move", { ...place, target }, list);
}

function encoded(list: readonly Command[]): Float64Array[] {
  const known = new Map<string, Float64Array>();
  for (const command of list) {
    const numbers = new Float64Array(STRIDE);
    encode(command, numbers, 0);
    makeCanonical(numbers);
    known.set(numbers.join(), numbers);
  }
  return [...known.values()].sort(compareCommands);
}
