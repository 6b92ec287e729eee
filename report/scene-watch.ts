/**
 * The requests that a picture shows, and the walk of one of them, read by read.
 *
 * The request in focus comes first, then those of the DMAs; where a sequence has neither, what its writes changed.
 */

import type { Command } from "../commands/command.js";
import type { EntryRequest } from "../corpus/entry.js";
import { pagePosition } from "../models/geometry.js";
import type { Machine } from "../models/machine.js";
import { FOOTPRINT_STAGE2 } from "../models/oracle.js";
import type { Place } from "./held.js";
import { isSameRequest, requestOf } from "./steps.js";
import type { Timeline } from "./timeline.js";

/** Requests that a picture has room for. */
export const MOST_WATCHED = 6;

export interface Watched extends Place {
  request: EntryRequest;
  access: 0 | 1;
}

export function watchedRequests(timeline: Timeline, focus: EntryRequest | null, last: number): Watched[] {
  const commands = timeline.commands.slice(0, last);
  const asked = commands.flatMap((command) => (command.kind === "dma" ? [requestOf(command)] : []));
  const named = focus === null ? asked : [focus, ...asked];
  const chosen = named.length > 0 ? named : [...changedRequests(timeline, last), firstRequest(timeline.machine)];
  const different = chosen.filter((one, at) => !chosen.slice(0, at).some((other) => isSameRequest(one, other)));
  return different.flatMap((request) => watch(timeline.machine, request)).slice(0, MOST_WATCHED);
}

function watch({ geometry }: Machine, request: EntryRequest): Watched[] {
  const page = pagePosition(geometry.iova, request.iova);
  if (page < 0 || request.context >= geometry.contexts) return [];
  return [{ request, context: request.context, page, access: request.access === "w" ? 1 : 0 }];
}

/** The first request whose walk each write met. */
function changedRequests(timeline: Timeline, last: number): EntryRequest[] {
  const requests: EntryRequest[] = [];
  for (let step = 1; step <= last; step++) {
    const { note, ledger, geometry } = timeline.after(step);
    if (!note.wrote) continue;
    for (let context = 0; context < geometry.contexts; context++) {
      const page = geometry.iova.pages.findIndex(
        (_, at) => ((ledger.passes[context * ledger.words + (at >> 5)]! >>> (at & 31)) & 1) === 1,
      );
      if (page >= 0) requests.push({ context, iova: geometry.iova.pages[page]!, access: "r" });
    }
  }
  return requests;
}

function firstRequest(machine: Machine): EntryRequest {
  const context = Array.from({ length: machine.geometry.contexts }, (_, at) => at).find((at) => machine.isAttached(at));
  return { context: context ?? 0, iova: 0, access: "r" };
}

/** One read of a walk: the context entry, an entry of stage 1 in a guest page, or one of stage 2. */
export type Read =
  | { kind: "context" }
  | { kind: "stage1"; page: number; depth: number; index: number }
  | { kind: "stage2"; page: number; depth: number };

/** What the walk of a request reads now, in order. */
export function readsOf({ oracle, geometry }: Machine, { context, page }: Place): Read[] {
  const at = context * geometry.iova.count + page;
  const marks = oracle.footprint
    .subarray(at * oracle.footprintRoom + 1)
    .subarray(0, oracle.footprint[at * oracle.footprintRoom]);
  const guests = oracle.guestPages.subarray(at * oracle.guestRoom + 1);
  const reads: Read[] = [{ kind: "context" }];
  let translated = -1;
  for (const mark of marks) {
    const depth = mark & 3;
    if ((mark & FOOTPRINT_STAGE2) !== 0) {
      if (depth === 0) translated++;
      reads.push({ kind: "stage2", page: guests[translated]!, depth });
    } else reads.push({ kind: "stage1", page: guests[translated]!, depth, index: (mark >> 3) % geometry.pageEntries });
  }
  return reads;
}

/** The table entry that a command writes, if it does; a stage-2 entry by a guest page below it. */
export function writtenBy(command: Command, { world, note }: Machine): (Read & { vm: number }) | null {
  const { change } = world;
  if (!note.wrote || change.kind !== "entry") return null;
  if (command.kind === "write")
    return { kind: "stage1", vm: command.vm, page: command.page, depth: -1, index: command.index };
  return { kind: "stage2", vm: change.vm, page: change.firstGuestPage, depth: change.depth };
}
