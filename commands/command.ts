/**
 * The commands: one thing that happens, declared once in the table below.
 *
 * Follows the design page, section 3. A command is an absolute write or a request; what cannot be done is a no-op, so
 * any sub-sequence of a sequence is a sequence. Operands stay as sent: a range is kept as base and count, or base and
 * mask, and decoded by the architecture's rules. A sequence is a flat `Float64Array`, `STRIDE` numbers a command (IOVA
 * pages of a 4 x 512 geometry need 36 bits): number 0 is the kind, the others the operands in the order of the row.
 */

import { CONTEXT_FIELDS, INVALIDATION_KINDS } from "../rules/vocabulary.js";

/** Numbers a command takes in an encoded sequence. */
export const STRIDE = 12;

/**
 * Classes of a table entry as they are written. `super` is a leaf above the last level; `malformed` is written `bad`.
 */
export const ENTRY = { absent: 0, leaf: 1, super: 2, table: 3, malformed: 4 } as const;
/** Permission bits. */
export const READ = 1;
export const WRITE = 2;
/** An operand that was not given: any domain, process or requester. */
export const ANY = -1;
/** The reserved domain tag of negative context entries, `d-`. */
export const NO_DOMAIN = -2;
/** How the address of an invalidation was sent: not at all (`all`), `[iA+n]`, or `base=iA mask=m`. */
export const RANGE = { all: 0, count: 1, mask: 2 } as const;
/** States of a context entry in a whole write. */
export const CONTEXT_STATE = { absent: 0, present: 1, malformed: 2 } as const;

/** What an operand counts, which gives its range in a geometry. */
export type OperandType =
  | "vm"
  | "gpa"
  | "hpa"
  | "index"
  | "context"
  | "domain"
  | "process"
  | "iova"
  | "entry"
  | "permission"
  | "flag"
  | "field"
  | "value"
  | "kind"
  | "form"
  | "page"
  | "size"
  | "mask"
  | "level"
  | "state"
  | "slot";

export interface Operand<N extends string = string> {
  name: N;
  type: OperandType;
  /** The value that a shrinker tries first; then it counts up from 0. */
  simplest: number;
}

/** Who does it. An invalidation or a fence comes from the guest or the host. */
export type Actor = "guest" | "host" | "device" | "hardware" | "either";

const op = <N extends string>(name: N, type: OperandType, simplest = 0): Operand<N> => ({ name, type, simplest });

export const COMMANDS = [
  {
    kind: "write",
    actor: "guest",
    operands: [
      op("vm", "vm"),
      op("entry", "entry"),
      op("page", "gpa"),
      op("index", "index"),
      op("target", "gpa"),
      op("permission", "permission", READ | WRITE),
      op("global", "flag"),
    ],
  },
  {
    kind: "context",
    actor: "guest",
    operands: [
      op("context", "context"),
      op("state", "state"),
      op("vm", "vm"),
      op("domain", "domain"),
      op("process", "process"),
      op("root", "gpa"),
    ],
  },
  {
    kind: "context-field",
    actor: "guest",
    operands: [op("context", "context"), op("field", "field"), op("value", "value")],
  },
  {
    kind: "invalidate",
    actor: "either",
    operands: [
      op("invalidation", "kind"),
      op("host", "flag"),
      op("domain", "domain", ANY),
      op("process", "process", ANY),
      op("requester", "context", ANY),
      op("requesterMask", "mask"),
      op("form", "form"),
      op("size", "size"),
      op("base", "page"),
      op("leaf", "flag"),
      op("level", "level"),
    ],
  },
  { kind: "fence", actor: "either", operands: [] },
  {
    kind: "stage2",
    actor: "host",
    operands: [
      op("vm", "vm"),
      op("entry", "entry"),
      op("page", "gpa"),
      op("target", "hpa"),
      op("permission", "permission", READ | WRITE),
    ],
  },
  { kind: "move", actor: "host", operands: [op("vm", "vm"), op("page", "gpa"), op("target", "hpa")] },
  { kind: "dma", actor: "device", operands: [op("context", "context"), op("iova", "iova"), op("access", "flag")] },
  { kind: "prefetch", actor: "hardware", operands: [op("context", "context"), op("iova", "iova")] },
  { kind: "evict", actor: "hardware", operands: [op("context", "context"), op("iova", "iova")] },
  { kind: "walk-start", actor: "hardware", operands: [op("context", "context"), op("iova", "iova")] },
  { kind: "walk-end", actor: "hardware", operands: [op("context", "context"), op("iova", "iova")] },
  { kind: "execute", actor: "hardware", operands: [op("slot", "slot")] },
] as const satisfies readonly { kind: string; actor: Actor; operands: readonly Operand[] }[];

export type CommandKind = (typeof COMMANDS)[number]["kind"];
type RowOf<K extends CommandKind> = Extract<(typeof COMMANDS)[number], { kind: K }>;
type OperandName<K extends CommandKind> = RowOf<K>["operands"][number]["name"];

/** A decoded command: its kind and a number for each operand of its row. */
export type CommandOf<K extends CommandKind> = { kind: K } & { [N in OperandName<K>]: number };
export type Command = { [K in CommandKind]: CommandOf<K> }[CommandKind];

/** The code of each kind: its position in the table. */
export const KIND = Object.fromEntries(COMMANDS.map((row, code) => [row.kind, code])) as Record<CommandKind, number>;

/** Offsets of the operands in an encoded command, by kind and name; for hot loops, read once at module load. */
export function slots<K extends CommandKind>(kind: K): Record<OperandName<K>, number> {
  const row = COMMANDS[KIND[kind]]!;
  return Object.fromEntries(row.operands.map((operand, position) => [operand.name, position + 1])) as Record<
    OperandName<K>,
    number
  >;
}

/** Writes `command` into `into` at command position `at`. */
export function encode(command: Command, into: Float64Array, at: number): void {
  const row = COMMANDS[KIND[command.kind]]!;
  const base = at * STRIDE;
  into.fill(0, base, base + STRIDE);
  into[base] = KIND[command.kind];
  const operands = command as unknown as Record<string, number>;
  row.operands.forEach((operand, position) => {
    into[base + 1 + position] = operands[operand.name]!;
  });
}

/** The command at position `at` of an encoded sequence. */
export function decode(from: Float64Array, at: number): Command {
  const base = at * STRIDE;
  const row = COMMANDS[from[base]!]!;
  const command: Record<string, number | string> = { kind: row.kind };
  row.operands.forEach((operand, position) => {
    command[operand.name] = from[base + 1 + position]!;
  });
  return command as unknown as Command;
}

export function encodeAll(commands: readonly Command[]): Float64Array {
  const encoded = new Float64Array(commands.length * STRIDE);
  commands.forEach((command, at) => {
    encode(command, encoded, at);
  });
  return encoded;
}

export function decodeAll(encoded: Float64Array): Command[] {
  return Array.from({ length: encoded.length / STRIDE }, (_, at) => decode(encoded, at));
}

/** A context of the start state with its tags and the guest pages of its tables, root first. */
export interface Home {
  context: number;
  vm: number;
  domain: number;
  process: number;
  tables: readonly number[];
}

/** How many values each operand type has in a geometry: operands are 0 up to one less (or their sentinels). */
export interface Limits {
  vms: number;
  contexts: number;
  domains: number;
  processes: number;
  guestPages: number;
  hostPages: number;
  entries: number;
  /** Pages of the IOVA space, entries ** levels. */
  iovaPages: number;
  levels: number;
  /** The contexts of the start state; what one shows another may show as well. */
  homes?: readonly Home[];
}

/** One more than the largest value of an operand. */
export function operandLimit(type: OperandType, limits: Limits): number {
  switch (type) {
    case "vm":
      return limits.vms;
    case "gpa":
      return limits.guestPages;
    case "hpa":
      return limits.hostPages;
    case "index":
      return limits.entries;
    case "context":
      return limits.contexts;
    case "domain":
      return limits.domains;
    case "process":
      return limits.processes;
    case "iova":
    case "page":
      return limits.iovaPages;
    case "entry":
      return 5;
    case "permission":
      return 4;
    case "flag":
      return 2;
    case "field":
      return CONTEXT_FIELDS.length;
    case "value":
      return Math.max(limits.guestPages, limits.domains, limits.processes, limits.vms);
    case "kind":
      return INVALIDATION_KINDS.length;
    case "form":
    case "state":
      return 3;
    case "size":
      return limits.iovaPages + 1;
    case "mask":
      return limits.contexts;
    case "level":
      return limits.levels + 1;
    case "slot":
      return 4;
  }
}
