/**
 * The commands of a proof: every one that can matter in a geometry, within a scope.
 *
 * What is left out changes nothing that a property looks at, or does what another command does too: a request changes
 * no more than a prefetch, one field of a context entry no more than the whole of it, and of invalidations that are
 * decoded alike one is kept (docs/prove.md has the list). A move is one command, or, where the scope says `at-once`, a
 * change of stage 2 and all that the host may owe for it.
 */

import { ANY, CONTEXT_STATE, type Command, ENTRY, encodeAll, NO_DOMAIN, RANGE } from "../commands/command.js";
import type { Geometry, Paths, StageShape } from "../models/geometry.js";
import { Layout } from "../models/layout.js";
import { type Pending, QUEUE_DEPTH, Queue, requesterMatches } from "../models/queue.js";
import type { Unit, UnitCommand, UnitRule } from "../models/unit.js";
import { INVALIDATION_KINDS, type StrategyName } from "../rules/vocabulary.js";
import { permissionsOf, type Scope } from "./scope.js";

/** One step of a proof: encoded commands; whether it submits to the queue, or ends by emptying it. */
export interface Move {
  commands: Float64Array;
  count: number;
  submits: boolean;
  isFence: boolean;
}

export interface AlphabetOptions {
  scope: Scope;
  strategies: readonly StrategyName[];
  /** The shadow loses what is evicted. */
  shadowEvicts: boolean;
}

export function alphabetOf(geometry: Geometry, unit: Unit, options: AlphabetOptions): Move[] {
  const { scope, strategies } = options;
  const after = scope.atOnce ? flush(unit) : [];
  // Where the newest state is taken first, the last moves are: those that let sets grow.
  const moves: Command[][] = [
    ...[...stage2Writes(geometry, scope)].map((command) => [command, ...after]),
    [{ kind: "fence" }],
    ...alone(different(invalidations(geometry, unit, scope, strategies.includes("shadow")), geometry, unit)),
    ...alone(noise(geometry, strategies, options.shadowEvicts)),
    ...(scope.contexts ? alone(contextWrites(geometry)) : []),
    ...alone(stage1Writes(geometry, scope)),
  ];
  return moves.map((move) => ({
    commands: encodeAll(move),
    count: move.length,
    submits: move[0]!.kind === "invalidate",
    isFence: move.at(-1)!.kind === "fence",
  }));
}

function alone(commands: Iterable<Command>): Command[][] {
  return Array.from(commands, (command) => [command]);
}

/** An entry as a write names it. */
interface Written {
  entry: number;
  target: number;
  permission: number;
}

/** What may be written into a table of a stage, with targets of that stage; `page` counts the pages of a leaf above. */
function entriesOf(shape: StageShape, scope: Scope, targets: readonly number[]): Written[] {
  const { entries } = scope;
  const permissions = permissionsOf(scope);
  const pointing = (entry: number, to: readonly number[], withPermissions: readonly number[]): Written[] =>
    to.flatMap((target) => withPermissions.map((permission) => ({ entry, target, permission })));
  const aligned = targets.filter((target) => target % shape.entries === 0);
  return [
    ...(entries.includes("-") ? [{ entry: ENTRY.absent, target: 0, permission: 3 }] : []),
    ...(entries.includes("bad") ? [{ entry: ENTRY.malformed, target: 0, permission: 3 }] : []),
    ...pointing(ENTRY.leaf, targets, permissions),
    ...(shape.levels > 1 && entries.includes("table") ? pointing(ENTRY.table, targets, permissions) : []),
    ...(shape.levels > 1 && entries.includes("super") ? pointing(ENTRY.super, aligned, permissions) : []),
  ];
}

function* stage1Writes(geometry: Geometry, scope: Scope): Generator<Command> {
  const written = entriesOf(geometry.stage1, scope, scope.targets);
  const marks = scope.entries.includes("global") ? [0, 1] : [0];
  for (let vm = 0; vm < geometry.vms; vm++) {
    for (const page of scope.tables) {
      for (let index = 0; index < geometry.stage1.entries; index++) {
        for (const one of written) {
          const points = one.entry !== ENTRY.absent && one.entry !== ENTRY.malformed;
          for (const global of points ? marks : [0]) yield { kind: "write", vm, page, index, ...one, global };
        }
      }
    }
  }
}

function* stage2Writes(geometry: Geometry, scope: Scope): Generator<Command> {
  const written = entriesOf(geometry.stage2, scope, scope.hosts);
  // `super` and `table` without permission clear the entry above the last level.
  const clears = geometry.stage2.levels > 1 && scope.entries.includes("-");
  for (let vm = 0; vm < geometry.vms; vm++) {
    for (const page of scope.remap) {
      // Above the last level an entry without permission is none at all.
      for (const one of written)
        if (one.permission !== 0 || one.entry === ENTRY.leaf) yield { kind: "stage2", vm, page, ...one };
      if (clears) yield { kind: "stage2", vm, page, entry: ENTRY.super, target: 0, permission: 0 };
      if (!scope.moves) continue;
      for (const target of scope.hosts) yield { kind: "move", vm, page, target };
    }
  }
}

function* contextWrites(geometry: Geometry): Generator<Command> {
  for (let context = 0; context < geometry.contexts; context++) {
    for (const state of [CONTEXT_STATE.absent, CONTEXT_STATE.malformed])
      yield { kind: "context", context, state, vm: 0, domain: 0, process: 0, root: 0 };
    for (let vm = 0; vm < geometry.vms; vm++)
      for (let domain = 0; domain < geometry.domains; domain++)
        for (let process = 0; process < geometry.processes; process++)
          for (let root = 0; root < geometry.guestPages; root++)
            yield { kind: "context", context, state: CONTEXT_STATE.present, vm, domain, process, root };
  }
}

// --- invalidations ------------------------------------------------------------------------------------------------

/** Each command of the unit with every operand that one of its rules looks at. */
function* invalidations(geometry: Geometry, unit: Unit, scope: Scope, withHost: boolean): Generator<Command> {
  const reserved = unit.caches.some((cache) => cache.negativeHasNoDomain);
  for (const [invalidation, command] of unit.commands.entries()) {
    // One that removes nothing discharges nothing: without it a sequence is no longer.
    if (!command.known || command.rules.length === 0) continue;
    const uses = usesOf(command);
    const tags = (given: boolean, count: number, condition: boolean): number[] =>
      given && (count > 1 || condition || reserved) ? [ANY, ...numbers(count)] : condition ? [ANY, 0] : [ANY];
    const paths = INVALIDATION_KINDS[invalidation] === "s2" ? geometry.guest : geometry.iova;
    const ranges = uses.address ? [WHOLE, ...rangesOf(paths, scope.ranges)] : [WHOLE];
    const levels = uses.level ? numbers(geometry.limits.levels + 1) : [0];
    const masks = uses.requester && geometry.contexts > 1 ? numbers(geometry.contexts) : [0];
    for (const domain of [
      ...tags(uses.domain, geometry.domains, uses.domainAsked),
      ...(reserved && uses.domain ? [NO_DOMAIN] : []),
    ])
      for (const process of tags(uses.process, geometry.processes, uses.processAsked))
        for (const requester of tags(uses.requester, geometry.contexts, uses.requesterAsked))
          for (const requesterMask of requester === ANY ? [0] : masks)
            for (const leaf of uses.leaf ? [0, 1] : [0])
              for (const level of levels)
                for (const range of ranges)
                  for (const host of withHost ? [0, 1] : [0])
                    yield {
                      kind: "invalidate",
                      invalidation,
                      host,
                      domain,
                      process,
                      requester,
                      requesterMask,
                      leaf,
                      level,
                      ...range,
                    };
  }
}

interface Range {
  form: number;
  base: number;
  size: number;
}
const WHOLE: Range = { form: RANGE.all, base: 0, size: 0 };

/** One page each; then, unless the scope leaves those out, runs of pages, by count and by mask. */
function rangesOf({ pages, count }: Paths, withRuns: boolean): Range[] {
  const one = Array.from(pages, (base) => ({ form: RANGE.count, base, size: 1 }));
  if (!withRuns) return one;
  const runs = numbers(count).flatMap((first) =>
    numbers(count - first - 1).map((more) => ({
      form: RANGE.count,
      base: pages[first]!,
      size: pages[first + 1 + more]! - pages[first]! + 1,
    })),
  );
  const bits = numbers(Math.ceil(Math.log2(pages[count - 1]! + 1)));
  const masks = Array.from(pages).flatMap((base) => bits.map((bit) => ({ form: RANGE.mask, base, size: bit + 1 })));
  return [...one, ...runs, ...masks];
}

/** Of invalidations that are decoded alike, the first. */
function* different(commands: Iterable<Command>, geometry: Geometry, unit: Unit): Generator<Command> {
  const queue = new Queue(new Layout(), unit);
  const rules = new Map(unit.commands.flatMap((command) => command.rules).map((rule, at) => [rule, at]));
  const seen = new Set<string>();
  for (const command of commands) {
    const pending = queue.preview(encodeAll([command]), 0);
    const key = JSON.stringify([
      [pending.kind, pending.host, pending.domain, pending.process, pending.leaf, pending.level],
      requestersOf(pending, geometry.contexts),
      pagesOf(pending, INVALIDATION_KINDS[pending.kind] === "s2" ? geometry.guest : geometry.iova),
      pending.rules.map((some) => some.map((rule) => rules.get(rule))),
    ]);
    if (!seen.has(key)) yield command;
    seen.add(key);
  }
}

function requestersOf(pending: Pending, contexts: number): string | number[] {
  const met = numbers(contexts).filter((context) => requesterMatches(pending, context));
  return pending.requester === ANY || met.length === contexts ? "any" : met;
}

function pagesOf({ whole, first, last }: Pending, { pages, count }: Paths): string | [number, number] {
  return whole ? "whole" : [Math.min(first, pages[count - 1]! + 1), Math.min(last, pages[count - 1]!)];
}

/** The operands that a command's rules look at; `...Asked`: whether one was given matters by itself. */
function usesOf({ rules }: UnitCommand) {
  const some = (test: (rule: UnitRule) => boolean): boolean => rules.some(test);
  const asks = (...conditions: string[]): boolean =>
    some(({ when }) => when.some((condition) => conditions.includes(condition)));
  return {
    domain: some((rule) => rule.domain),
    domainAsked: asks("domain", "no-domain"),
    process: some((rule) => rule.process),
    processAsked: asks("process", "no-process"),
    requester: some((rule) => rule.requester),
    requesterAsked: asks("requester", "no-requester"),
    address: some((rule) => rule.address || rule.guestAddress) || asks("address", "no-address"),
    leaf: asks("leaf", "not-leaf"),
    level: some((rule) => rule.levelHint),
  };
}

/** Everything that a host may owe for a change of stage 2, down the chain, a fence after each. */
function flush(unit: Unit): Command[] {
  return ["s2", "ctx", "pasid", "iotlb", "dev"].flatMap((name): Command[] => {
    const invalidation = (INVALIDATION_KINDS as readonly string[]).indexOf(name);
    if (!unit.commands[invalidation]!.known) return [];
    const operands = { domain: ANY, process: ANY, requester: ANY, requesterMask: 0, form: RANGE.all, size: 0, base: 0 };
    return [{ kind: "invalidate", invalidation, host: 1, ...operands, leaf: 0, level: 0 }, { kind: "fence" }];
  });
}

/** What a concrete unit may do by itself; the sets of the envelope hold all of it already. */
function* noise(geometry: Geometry, strategies: readonly StrategyName[], evicts: boolean): Generator<Command> {
  const hardware = strategies.includes("hardware");
  if (!hardware && !(evicts && strategies.includes("shadow"))) return;
  const walks = hardware ? (["prefetch", "evict", "walk-start", "walk-end"] as const) : (["evict"] as const);
  for (let context = 0; context < geometry.contexts; context++)
    for (const iova of geometry.iova.pages) for (const kind of walks) yield { kind, context, iova };
  if (hardware) for (let slot = 0; slot < QUEUE_DEPTH; slot++) yield { kind: "execute", slot };
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, number) => number);
}
