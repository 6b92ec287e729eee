/**
 * The oracle: walks the current tables for every request, both stages, and keeps nothing.
 */

import {
  CONTEXTS,
  type ContextEntry,
  type Entry,
  IOVA_PAGES,
  indexOf,
  requestKey,
  roleOf,
  SHAPE,
  type Translation,
} from "./records.js";
import type { World } from "./world.js";

/** A pointer or leaf of stage 1 with what the path to it has gathered. */
export interface Gathered {
  page: number;
  permission: number;
  global: boolean;
  large: boolean;
}

export interface Walk {
  result: Translation | null;
  /** Stage-1 entries that were read, root first. */
  entries: readonly { host: number; index: number; depth: number; entry: Entry }[];
  /** Guest pages whose stage-2 translation was needed, also if there was none. */
  guestPages: readonly number[];
  pointer: Gathered | null;
  leaf: Gathered | null;
}

export type Walks = ReadonlyMap<string, Walk>;

export function walkAll(world: World): Walks {
  const walks = new Map<string, Walk>();
  for (const context of CONTEXTS) {
    for (const page of IOVA_PAGES) walks.set(requestKey(context, page), walk(world, world.contexts[context]!, page));
  }
  return walks;
}

export function walk(world: World, { state, vm, root }: ContextEntry, page: number): Walk {
  const start = { page: root, permission: 3, global: false, large: false };
  if (state !== "present") return { result: null, entries: [], guestPages: [], pointer: null, leaf: null };
  return walkTable(world, vm, start, page, 0);
}

function walkTable(world: World, vm: number, table: Gathered, page: number, depth: number): Walk {
  const failed = { result: null, entries: [], guestPages: [table.page], pointer: null, leaf: null };
  const host = world.translate(vm, table.page);
  if (!host.found || (host.permission & 1) === 0) return failed;
  const index = indexOf(page, depth);
  const entry = world.entry(host.host, index);
  const read = { host: host.host, index, depth, entry };
  const role = roleOf(entry, depth, SHAPE.guestPages);
  const next = gather(table, entry, role === "leaf" && depth === 0, page);
  if (role === "table") {
    const below = walkTable(world, vm, next, page, depth + 1);
    const guestPages = [table.page, ...below.guestPages];
    return { ...below, pointer: next, entries: [read, ...below.entries], guestPages };
  }
  if (role !== "leaf") return { ...failed, entries: [read] };
  const guestPages = [table.page, next.page];
  return { result: combine(world, vm, next), entries: [read], guestPages, pointer: null, leaf: next };
}

/** `large`: a superpage, of which `page` needs its own part. */
export function gather(above: Gathered, entry: Entry, large: boolean, page: number): Gathered {
  return {
    page: entry.target + (large ? page % SHAPE.entries : 0),
    permission: above.permission & entry.permission,
    global: above.global || entry.global,
    large,
  };
}

function combine(world: World, vm: number, leaf: Gathered): Translation | null {
  const host = world.translate(vm, leaf.page);
  if (!host.found) return null;
  const permission = leaf.permission & host.permission;
  return { host: host.host, guest: leaf.page, permission, global: leaf.global, large: leaf.large };
}
