/**
 * Merges an architecture file with those it extends, and fills in the defaults.
 *
 * A child states differences: a cache merges key by key (`walk: absent` takes it away), a command likewise, but its
 * `removes` list is replaced as a whole, since the rows of such a list have no names. Removals that name a cache which
 * is said to be absent stay: they say what becomes of a walk in flight. From a cache that is not named at all they are
 * a mistake.
 */

import * as say from "./messages.js";
import { type Problem, problemAt } from "./problems.js";
import type { ArchitectureFile, CacheRow, CommandRow, Placed } from "./rows.js";
import {
  type Architecture,
  CACHE_NAMES,
  type CacheName,
  type CacheRule,
  CONTEXT_FIELDS,
  type CommandRule,
  INVALIDATION_KINDS,
  type RemovalRule,
} from "./vocabulary.js";

/** The word of the sequence language, where a manual's name is not given. */
const DEFAULT_FENCE = "fence";

/** `chain` is the file itself, then its parent, and so on. */
export function mergeArchitecture(chain: readonly ArchitectureFile[], problems: Problem[]): Architecture | undefined {
  const child = chain[0]!;
  const oldestFirst = [...chain].reverse();
  const caches = mergeCaches(oldestFirst, problems);
  const known = new Set(caches.map((cache) => cache.name));
  const takenAway = new Set(chain.flatMap((file) => file.caches.filter((row) => row.absent).map((row) => row.name)));
  const commands = mergeCommands(oldestFirst, known, takenAway, problems);
  const queue = firstGiven(chain, (file) => file.queue);
  const broken = chain.some((file) => file.broken);
  if (queue === undefined && !broken) problems.push(missing(child, "queue", "unordered or ordered"));
  if (chain.every((file) => file.caches.length === 0) && !broken)
    problems.push(missing(child, "caches", "a unit has at least one cache"));
  const { name } = child;
  const summary = firstGiven(chain, (file) => file.summary);
  const source = firstGiven(chain, (file) => file.source);
  // The last three were reported when the file was read.
  if (queue === undefined || name === undefined || summary === undefined || source === undefined) return undefined;
  const fence = firstGiven(chain, (file) => file.fence) ?? DEFAULT_FENCE;
  return { name, summary, source, queue, fence, caches, commands };
}

function missing(file: ArchitectureFile, key: string, why: string): Problem {
  return problemAt(file.spot, say.missingKey("the architecture", key, why, `add ${key}:`));
}

/** The value of the youngest file that gives one. */
export function firstGiven<F, T>(chain: readonly F[], get: (file: F) => T | undefined): T | undefined {
  for (const file of chain) {
    const value = get(file);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** `later` over `earlier`, key by key; keys that are undefined in `later` do not count. */
export function overlay<R extends object>(earlier: R, later: R): R {
  const given = Object.entries(later).filter(([, value]) => value !== undefined);
  return { ...earlier, ...(Object.fromEntries(given) as Partial<R>) };
}

function mergeCaches(oldestFirst: readonly ArchitectureFile[], problems: Problem[]): CacheRule[] {
  const rows = new Map<CacheName, CacheRow>();
  for (const row of oldestFirst.flatMap((file) => file.caches)) {
    const earlier = rows.get(row.name);
    // How a request finds an entry goes with the tags: a file that gives tags anew leaves the old lookup behind.
    const later = row.tags === undefined ? row : { ...row, lookup: row.lookup ?? ("tags" as const) };
    if (row.absent) rows.delete(row.name);
    else rows.set(row.name, earlier === undefined ? row : overlay(earlier, later));
  }
  return CACHE_NAMES.flatMap((name) => {
    const row = rows.get(name);
    return row === undefined ? [] : completeCache(row, problems);
  });
}

function completeCache(row: CacheRow, problems: Problem[]): CacheRule[] {
  const { name, tags, source } = row;
  if (tags === undefined && !row.broken) {
    const complaint = say.missingKey(
      `cache ${name}`,
      "tags",
      "a cache says by which tags it is keyed",
      "add tags: [ ]",
    );
    problems.push(problemAt(row.spot, complaint));
  }
  if (tags === undefined || source === undefined) return [];
  const lookup = row.lookup === "requester" ? { lookup: row.lookup } : {};
  if (name === "iotlb" && row.lookup === "requester" && !tags.includes("requester"))
    problems.push(problemAt(row.spot, say.lookupWithoutTag(name, tags)));
  const rule: CacheRule = {
    name,
    tags,
    ...lookup,
    negative: { notPresent: row.notPresent ?? false, malformed: row.malformed ?? false },
    negativeDomain: row.negativeDomain ?? "own",
    fields: row.fields ?? CONTEXT_FIELDS,
    pointers: row.pointers ?? "guest",
    superpages: row.superpages ?? "whole",
    source,
    confidence: row.confidence ?? "specification",
  };
  return [rule];
}

function mergeCommands(
  oldestFirst: readonly ArchitectureFile[],
  known: ReadonlySet<CacheName>,
  takenAway: ReadonlySet<CacheName>,
  problems: Problem[],
): CommandRule[] {
  const rows = new Map<string, CommandRow>();
  for (const row of oldestFirst.flatMap((file) => file.commands)) {
    const earlier = rows.get(row.kind);
    if (row.absent) rows.delete(row.kind);
    else if (earlier === undefined) rows.set(row.kind, row);
    else rows.set(row.kind, { ...overlay(earlier, row), range: overlay(earlier.range ?? {}, row.range ?? {}) });
  }
  const declared = (row: CommandRow) => (removal: Placed<RemovalRule>) => {
    const { cache } = removal.value;
    if (known.has(cache) || takenAway.has(cache)) return true;
    problems.push(problemAt(removal.spot, say.undeclaredCache(row.kind, cache, [...known])));
    return false;
  };
  return INVALIDATION_KINDS.flatMap((kind) => {
    const row = rows.get(kind);
    return row === undefined ? [] : completeCommand(row, declared(row), problems);
  });
}

function completeCommand(
  row: CommandRow,
  keep: (removal: Placed<RemovalRule>) => boolean,
  problems: Problem[],
): CommandRule[] {
  const { kind, manual, removes, source, range } = row;
  for (const key of ["manual", "removes"] as const) {
    if (row[key] !== undefined || row.broken) continue;
    const why = key === "manual" ? "reports use the manual's own name" : "a command says what it removes";
    problems.push(problemAt(row.spot, say.missingKey(`command ${kind}`, key, why, `add ${key}:`)));
  }
  if (manual === undefined || removes === undefined || source === undefined) return [];
  const command: CommandRule = {
    kind,
    manual,
    range: { count: range?.count ?? "exact", mask: range?.mask ?? "aligned", all: range?.all ?? "whole" },
    removes: removes.filter(keep).map((removal) => removal.value),
    source,
    confidence: row.confidence ?? "specification",
  };
  return [command];
}
