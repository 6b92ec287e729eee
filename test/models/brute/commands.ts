/** Random commands for the comparisons of models with brute-force references: seeded, small operands, all kinds. */

import seedrandom from "seedrandom";
import {
  ANY,
  COMMANDS,
  CONTEXT_STATE,
  type Command,
  type CommandOf,
  ENTRY,
  NO_DOMAIN,
  type Operand,
  type OperandType,
  operandLimit,
  RANGE,
  READ,
  WRITE,
} from "../../../commands/command.js";
import type { Geometry } from "../../../models/geometry.js";
import { type Architecture, CONTEXT_FIELDS, INVALIDATION_KINDS } from "../../../rules/vocabulary.js";

/** A seeded source of choices. */
export class Draw {
  private readonly random: seedrandom.PRNG;

  constructor(seed: string) {
    this.random = seedrandom(seed);
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  from<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** One of the keys, as often as its number says. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = Object.entries(weights) as [K, number][];
    let left = this.below(entries.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    throw new Error("weights are empty");
  }
}

/** How often what is drawn. */
export interface Mix {
  noise: number;
  write: number;
  context: number;
  stage2: number;
  move: number;
  invalidate: number;
  fence: number;
}
export const MIX: Mix = { noise: 0, write: 8, context: 2, stage2: 3, move: 1, invalidate: 8, fence: 3 };

/** With what the device and the unit do. */
export const NOISY_MIX: Mix = { ...MIX, noise: 16 };

export interface Draught {
  architecture: Architecture;
  geometry: Geometry;
  mix: Mix;
  /** Guest pages that entries are written in, and that they point to. */
  tables: readonly number[];
  targets: readonly number[];
  hosts: readonly number[];
  /** Domain and process tags in use. */
  domains: number;
  processes: number;
}

export function drawCommand(draw: Draw, draught: Draught): Command {
  switch (draw.weighted({ ...draught.mix })) {
    case "noise":
      return drawNoise(draw, draught);
    case "write":
      return drawWrite(draw, draught);
    case "context":
      return draw.chance(0.5) ? drawContext(draw, draught) : drawField(draw, draught);
    case "stage2":
      return drawStage2(draw, draught);
    case "move":
      return {
        kind: "move",
        vm: drawVm(draw, draught),
        page: draw.from(draught.targets),
        target: draw.from(draught.hosts),
      };
    case "invalidate":
      return drawInvalidation(draw, draught);
    case "fence":
      return { kind: "fence" };
  }
}

function drawVm(draw: Draw, { geometry }: Draught): number {
  return draw.below(geometry.vms);
}

function drawPermission(draw: Draw): number {
  return draw.chance(0.75) ? READ | WRITE : draw.below(4);
}

const STAGE1_ENTRIES = { leaf: 9, table: 4, super: 3, absent: 4, malformed: 1 };

function drawWrite(draw: Draw, draught: Draught): Command {
  return {
    kind: "write",
    vm: drawVm(draw, draught),
    page: draw.from(draught.tables),
    index: draw.from(indexesOf(draught.geometry)),
    entry: ENTRY[draw.weighted(STAGE1_ENTRIES)],
    target: draw.chance(0.04) ? draught.geometry.guestPages : draw.from(draught.targets),
    permission: drawPermission(draw),
    global: draw.chance(0.12) ? 1 : 0,
  };
}

function drawContext(draw: Draw, draught: Draught): Command {
  const state = draw.weighted({ present: 6, absent: 2, malformed: 1 });
  return {
    kind: "context",
    context: draw.below(draught.geometry.contexts),
    state: CONTEXT_STATE[state],
    vm: drawVm(draw, draught),
    domain: draw.below(draught.domains),
    process: draw.below(draught.processes),
    root: draw.from(draught.tables),
  };
}

function drawField(draw: Draw, draught: Draught): Command {
  const field = draw.below(CONTEXT_FIELDS.length);
  const limits = { valid: 2, vm: draught.geometry.vms, domain: draught.domains, process: draught.processes, root: 0 };
  const name = CONTEXT_FIELDS[field]!;
  const value = name === "root" ? draw.from(draught.tables) : draw.below(limits[name]);
  return { kind: "context-field", context: draw.below(draught.geometry.contexts), field, value };
}

const STAGE2_ENTRIES = { leaf: 8, table: 2, super: 2, absent: 3, malformed: 1 };

function drawStage2(draw: Draw, draught: Draught): Command {
  const { geometry } = draught;
  const entry = draw.weighted(STAGE2_ENTRIES);
  const tables = Array.from(geometry.tableBase, (base) => base + draw.below(1 + geometry.guest.prefixCount));
  return {
    kind: "stage2",
    vm: drawVm(draw, draught),
    page: draw.below(geometry.guestPages),
    entry: ENTRY[entry],
    target: entry === "table" && draw.chance(0.8) ? draw.from(tables) : draw.from(draught.hosts),
    permission: drawPermission(draw),
  };
}

/** One of the architecture's commands, its operands given or not, its range in one of the three forms. */
export function drawInvalidation(draw: Draw, draught: Draught): CommandOf<"invalidate"> {
  const { architecture, geometry } = draught;
  const row = draw.from(architecture.commands);
  const form = draw.weighted({ all: 4, count: 3, mask: 1 });
  const sizes = { all: 0, count: 1 + draw.below(3), mask: draw.below(3) };
  const requester = draw.chance(0.4) ? draw.below(geometry.contexts) : ANY;
  return {
    kind: "invalidate",
    invalidation: INVALIDATION_KINDS.indexOf(row.kind),
    host: draw.below(2),
    domain: drawTag(draw, draught.domains, 0.05),
    process: drawTag(draw, draught.processes, 0),
    requester,
    requesterMask: requester !== ANY && draw.chance(0.2) ? draw.below(geometry.contexts) : 0,
    form: RANGE[form],
    base: form === "all" ? 0 : row.kind === "s2" ? draw.below(geometry.guestPages) : draw.from(pagesOf(geometry)),
    size: sizes[form],
    leaf: draw.chance(0.25) ? 1 : 0,
    level: draw.chance(0.2) ? 1 + draw.below(2) : 0,
  };
}

function drawTag(draw: Draw, tags: number, none: number): number {
  if (draw.chance(0.4)) return ANY;
  return draw.chance(none) ? NO_DOMAIN : draw.below(tags);
}

const NOISE = { dma: 6, prefetch: 3, evict: 1, "walk-start": 2, "walk-end": 3, execute: 3 };

/** The device's requests, and what the unit does of its own. */
function drawNoise(draw: Draw, { geometry }: Draught): Command {
  const context = draw.below(geometry.contexts);
  const iova = draw.from(pagesOf(geometry));
  const kind = draw.weighted(NOISE);
  if (kind === "dma") return { kind, context, iova, access: draw.below(2) };
  if (kind === "execute") return { kind, slot: draw.below(4) };
  return { kind, context, iova };
}

/** The first pages in play twice: there the start state has its mappings. */
function pagesOf({ iova }: Geometry): number[] {
  const pages = [...iova.pages];
  return [...pages, ...pages.slice(0, 2), ...pages.slice(0, 2), ...pages.slice(0, 2)];
}

function indexesOf({ stage1 }: Geometry): number[] {
  const { entries } = stage1;
  if (entries > 8) return [0, 0, 0, 1, entries - 1];
  return [0, 0, ...Array.from({ length: entries }, (_, index) => index)];
}

/** What is drawn from in a geometry: tables of the start state, a few pages of data, spare host pages. */
export function draughtOf(architecture: Architecture, geometry: Geometry, mix: Mix = MIX): Draught {
  const { guestPages, hostPages, tableBase } = geometry;
  const tables = [0, 1, 2, 3, 4, 5, 6, 7].filter((page) => page < guestPages - 1);
  const targets = [2, 3, 4, 5, 8, 8, 9, 9, 10, 12, ...tables].filter((page) => page < guestPages);
  const hosts = [...targets, ...targets.map((page) => page + guestPages), ...tableBase, hostPages - 1, hostPages - 2];
  return {
    architecture,
    geometry,
    mix,
    tables,
    targets,
    hosts: hosts.filter((page) => page < hostPages),
    domains: Math.min(3, geometry.domains),
    processes: Math.min(2, geometry.processes),
  };
}

/** Any operand that the language can say: pages, tags, masks and numbers far outside the geometry included. */
export function drawJunk(draw: Draw, draught: Draught): Command {
  const command: Record<string, number | string> = { ...drawCommand(draw, draught) };
  const row = COMMANDS.find(({ kind }) => kind === command.kind)!;
  for (const { name, type } of row.operands as readonly Operand[]) {
    if (draw.chance(0.7)) continue;
    const limit = operandLimit(type, draught.geometry.limits);
    command[name] = CLOSED.includes(type) ? draw.below(limit) : drawNumber(draw, limit, WIDE.includes(type));
  }
  return command as unknown as Command;
}

/** Operands of few words each: the language has no others. */
const CLOSED: readonly OperandType[] = ["entry", "permission", "flag", "field", "kind", "form", "state"];
/** Operands that go up to 2^53 - 1; all others go up to 2^20 - 1. */
const WIDE: readonly OperandType[] = ["iova", "page", "size"];

function drawNumber(draw: Draw, limit: number, wide: boolean): number {
  const largest = wide ? Number.MAX_SAFE_INTEGER : 2 ** 20 - 1;
  const choice = draw.weighted({ near: 4, edge: 4, far: 2, largest: 1 });
  if (choice === "near") return Math.min(largest, limit + draw.below(3));
  if (choice === "edge") return Math.max(0, limit - 1);
  return choice === "far" ? draw.below(largest) : largest;
}
