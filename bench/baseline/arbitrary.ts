/** Sequences for `fc.modelRun`: the same actions in the same shares as the project's generator. */

import fc from "fast-check";
import { INVALIDATION_KINDS } from "../../rules/vocabulary.js";
import {
  Dma,
  Evict,
  Execute,
  Fence,
  type FieldName,
  Invalidate,
  type ModelCommand,
  MovePage,
  Prefetch,
  ServeDuty,
  WriteAgain,
  WriteContext,
  WriteContextField,
  WriteEntry,
  WriteStage2,
} from "./commands.js";
import type { Model, Strategies } from "./model.js";
import { type ContextEntry, type Entry, NO_ENTRY, SHAPE, upTo } from "./records.js";

const ROOTS = [2, 3];
const LAST_TABLES = [4, 5];
const SPARE = [14, 15];
const DATA = [8, 9, 10, 12, 13];
const FREE_HOST = [42, 43, 44, 45, 46, 47];
const HOMES: readonly ContextEntry[] = [
  { state: "present", vm: 0, domain: 0, process: 0, root: 2 },
  { state: "present", vm: 0, domain: 0, process: 1, root: 3 },
  { state: "present", vm: 1, domain: 1, process: 0, root: 2 },
];

export function sequences(maxCommands: number): fc.Arbitrary<Iterable<fc.Command<Model, Strategies>>> {
  const command = fc.oneof(
    { weight: 12, arbitrary: write() },
    { weight: 3, arbitrary: again() },
    { weight: 26, arbitrary: fc.nat({ max: 63 }).map((choice) => new ServeDuty(choice)) },
    { weight: 5, arbitrary: host() },
    { weight: 4, arbitrary: context() },
    { weight: 3, arbitrary: invalidation() },
    { weight: 2, arbitrary: fc.constant(new Fence()) },
    { weight: 4, arbitrary: dma() },
    { weight: 5, arbitrary: noise() },
  );
  return fc.commands<Model, Strategies>([command as fc.Arbitrary<ModelCommand>], {
    maxCommands,
    size: "max",
  });
}

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const permission = pick(3, 3, 1, 2);

/** A stage-1 entry that mostly fits the depth of its table. */
function write(): fc.Arbitrary<ModelCommand> {
  const place = { vm: pick(0, 0, 0, 1), index: pick(0, 1, 2, 3) };
  const last = fc.record({ ...place, page: pick(...LAST_TABLES, ...LAST_TABLES, ...SPARE), entry: lastEntry() });
  const upper = fc.record({ ...place, page: pick(...ROOTS), entry: upperEntry() });
  return fc
    .oneof({ weight: 5, arbitrary: last }, { weight: 1, arbitrary: upper })
    .map(({ vm, page, index, entry }) => new WriteEntry(vm, page, index, entry));
}

function lastEntry(): fc.Arbitrary<Entry> {
  const global = fc.nat({ max: 23 }).map((digit) => digit === 0);
  const leaf = fc.record({ kind: pick("leaf" as const), target: pick(...DATA), permission, global });
  return fc.oneof({ weight: 5, arbitrary: nothing() }, { weight: 7, arbitrary: leaf });
}

function upperEntry(): fc.Arbitrary<Entry> {
  const global = fc.nat({ max: 23 }).map((digit) => digit === 0);
  const table = fc.record({ kind: pick("table" as const), target: pick(...LAST_TABLES, ...SPARE), permission, global });
  const large = fc.record({ kind: pick("super" as const), target: pick(0, 4, 8, 12), permission, global });
  return fc.oneof(
    { weight: 5, arbitrary: nothing() },
    { weight: 5, arbitrary: table },
    { weight: 2, arbitrary: large },
  );
}

function nothing(): fc.Arbitrary<Entry> {
  return pick<Entry>(NO_ENTRY, NO_ENTRY, NO_ENTRY, NO_ENTRY, { ...NO_ENTRY, kind: "malformed" });
}

function again(): fc.Arbitrary<ModelCommand> {
  const kinds = pick("keep", "keep", "keep", "keep", "keep", "keep", "absent", "malformed");
  return fc
    .tuple(kinds as fc.Arbitrary<WriteAgain["kind"]>, permission)
    .map(([kind, bits]) => new WriteAgain(kind, bits));
}

function host(): fc.Arbitrary<ModelCommand> {
  const place = { vm: pick(...upTo(SHAPE.vms)), page: pick(...DATA, ...DATA, ...ROOTS, ...LAST_TABLES) };
  const move = fc
    .record({ ...place, target: pick(...FREE_HOST) })
    .map(({ vm, page, target }) => new MovePage(vm, page, target));
  const stage2 = fc
    .record({ ...place, shape: fc.nat({ max: 9 }), free: pick(...FREE_HOST), bits: permission })
    .map(({ vm, page, shape, free, bits }) => new WriteStage2(vm, page, stage2Entry(vm, page, shape, free, bits)));
  return fc.oneof({ weight: 1, arbitrary: move }, { weight: 5, arbitrary: stage2 });
}

function stage2Entry(vm: number, page: number, shape: number, free: number, bits: number): Entry {
  if (shape < 3) return NO_ENTRY;
  if (shape === 3) return { ...NO_ENTRY, kind: "malformed" };
  const home = vm * SHAPE.guestPages + page;
  if (shape < 6) return { kind: "leaf", target: free, permission: bits, global: false };
  if (shape < 8) return { kind: "leaf", target: home, permission: bits, global: false };
  if (shape === 8) return { kind: "super", target: home - (home % SHAPE.entries), permission: bits, global: false };
  return { kind: "table", target: free, permission: bits, global: false };
}

function context(): fc.Arbitrary<ModelCommand> {
  const field = fc
    .record({
      context: pick(...upTo(SHAPE.contexts)),
      field: pick<FieldName>("valid", "vm", "domain", "process", "root"),
      value: fc.nat({ max: 3 }),
    })
    .map(({ context: at, field: name, value }) => new WriteContextField(at, name, value));
  const whole = fc
    .record({
      context: pick(...upTo(SHAPE.contexts)),
      shape: fc.nat({ max: 6 }),
      vm: fc.nat({ max: 11 }),
      domain: fc.nat({ max: 11 }),
      process: fc.nat({ max: 11 }),
      root: fc.nat({ max: 11 }),
    })
    .map(({ context: at, shape, ...digits }) => new WriteContext(at, contextEntry(HOMES[at]!, shape, digits)));
  return fc.oneof({ weight: 1, arbitrary: field }, { weight: 7, arbitrary: whole });
}

/** Mostly the fields of the start state; small digits stand for others. */
function contextEntry(
  home: ContextEntry,
  shape: number,
  digits: Record<"vm" | "domain" | "process" | "root", number>,
): ContextEntry {
  const none = { vm: 0, domain: 0, process: 0, root: 0 };
  if (shape < 3) return { state: shape < 2 ? "absent" : "malformed", ...none };
  return {
    state: "present",
    vm: digits.vm === 0 ? 1 - home.vm : home.vm,
    domain: digits.domain < SHAPE.domains ? digits.domain : home.domain,
    process: digits.process < SHAPE.processes ? digits.process : home.process,
    root: ROOTS[digits.root] ?? home.root,
  };
}

function invalidation(): fc.Arbitrary<ModelCommand> {
  return fc
    .record({
      home: pick(...HOMES.keys()),
      kind: pick(...INVALIDATION_KINDS),
      anyDomain: fc.boolean(),
      anyProcess: fc.boolean(),
      anyRequester: fc.boolean(),
      form: pick("all" as const, "count" as const, "mask" as const),
      base: fc.nat({ max: SHAPE.iovaPages - 1 }),
      size: fc.nat({ max: 3 }),
      leaf: fc.boolean(),
    })
    .map(({ home, kind, anyDomain, anyProcess, anyRequester, form, base, size, leaf }) => {
      const { domain, process } = HOMES[home]!;
      return new Invalidate({
        kind,
        host: kind === "s2",
        domain: anyDomain ? null : domain,
        process: anyProcess ? null : process,
        requester: anyRequester ? null : home,
        requesterMask: 0,
        form,
        base,
        size: form === "mask" ? Math.min(size, 2) : 1 + size,
        leaf,
      });
    });
}

function request(): fc.Arbitrary<[number, number]> {
  return fc.tuple(fc.nat({ max: SHAPE.contexts - 1 }), fc.nat({ max: SHAPE.iovaPages - 1 }));
}

function dma(): fc.Arbitrary<ModelCommand> {
  return fc
    .tuple(request(), pick("read" as const, "write" as const))
    .map(([[at, page], access]) => new Dma(at, page, access));
}

function noise(): fc.Arbitrary<ModelCommand> {
  return fc.oneof<fc.Arbitrary<ModelCommand>[]>(
    request().map(([at, page]) => new Prefetch(at, page)),
    request().map(([at, page]) => new Prefetch(at, page)),
    request().map(([at, page]) => new Evict(at, page)),
    fc.nat({ max: 3 }).map((slot) => new Execute(slot)),
  );
}
