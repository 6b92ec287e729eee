/**
 * Why a shadow answers wrongly: what it keeps for the request, since when, and which commands did not refresh it.
 *
 * A shadow reads a page again when a guest's command names what it keeps, as it would name an IOTLB entry, and a whole
 * context when a command names its context entry; both at the fence.
 */

import type { CommandOf } from "../commands/command.js";
import type { Machine } from "../models/machine.js";
import { CACHE, GLOBAL } from "../models/unit.js";
import {
  ABSENT,
  contextClass,
  contextDomain,
  contextProcess,
  PRESENT,
  packValue,
  valuePermission,
} from "../models/values.js";
import { sameMeaning } from "../properties/view.js";
import type { Place } from "./held.js";
import { whyNotRemoved } from "./removal.js";
import type { Timeline } from "./timeline.js";
import type { HeldValue, Survival } from "./why.js";
import { contextText, placeText } from "./words.js";

export function explainShadow(timeline: Timeline, place: Place, until: number): HeldValue[] {
  let kept = "";
  let since = 0;
  let staleSince = 0;
  for (let step = 0; step <= until; step++) {
    const machine = timeline.after(step);
    const now = keptNumbers(machine, place);
    if (now !== kept) since = step;
    kept = now;
    if (!isStale(machine, place)) staleSince = step + 1;
  }
  const machine = timeline.after(until);
  return [
    {
      cache: "shadow",
      inFlight: false,
      key: placeText({ context: place.context, iova: machine.geometry.iova.pages[place.page]! }),
      value: keptText(machine, place),
      since,
      origin: originOf(timeline, since),
      staleSince,
      survived: survivals(timeline, place, staleSince, until),
    },
  ];
}

function keptNumbers({ shadow, state }: Machine, { context, page }: Place): string {
  return [
    shadow!.entryOf(state, context),
    shadow!.leafOf(state, context, page),
    shadow!.translate(state, context, page),
  ].join(" ");
}

/** The translation is another one, or the record behind it is not the guest's any more. */
export function isStale(machine: Machine, { context, page }: Place): boolean {
  const { shadow, state, oracle, geometry, world } = machine;
  const at = context * geometry.iova.count + page;
  if (!sameMeaning(oracle.value[at]!, shadow!.translate(state, context, page))) return true;
  const entry = state[world.contexts + context]!;
  const isSameEntry = contextClass(entry) === PRESENT ? shadow!.entryOf(state, context) === entry : true;
  const isSameLeaf = sameMeaning(shadow!.leafOf(state, context, page), oracle.leaf[at]!);
  return !isSameEntry || (contextClass(entry) === PRESENT && !isSameLeaf);
}

export function keptText({ shadow, state }: Machine, { context, page }: Place): string {
  const entry = shadow!.entryOf(state, context);
  if (contextClass(entry) !== PRESENT) return "no context";
  const leaf = shadow!.leafOf(state, context, page);
  const under = `under ${contextText(entry, -1)}`;
  if ((leaf & 3) !== PRESENT) return `not present ${under}`;
  return `g${(leaf >> 7) & 0xfff} ${["none", "r", "w", "rw"][valuePermission(leaf)]} ${under}`;
}

function originOf(timeline: Timeline, since: number): string {
  if (since === 0) return "read when the context was attached, at the start";
  const text = `step ${since} (${timeline.text(since)})`;
  switch (timeline.command(since).kind) {
    case "evict":
      return `dropped by ${text}`;
    case "stage2":
    case "move":
      return `following the change of stage 2 in ${text}`;
    default:
      return `read again at ${text}`;
  }
}

function survivals(timeline: Timeline, place: Place, staleSince: number, until: number): Survival[] {
  const survived: Survival[] = [];
  for (let step = staleSince + 1; step <= until; step++) {
    const command = timeline.command(step);
    if (command.kind !== "invalidate") continue;
    const leaves = whyNotObeyed(timeline.after(step), place, command);
    const reason =
      leaves ??
      (timeline.fenceAfter(step, until) < 0
        ? "no fence has completed it"
        : "it was obeyed, with the context entry that the shadow had attached");
    survived.push({ step, command: timeline.text(step), removes: leaves === undefined, reason });
  }
  return survived;
}

/** Why the shadow reads nothing of the request again for `command`; undefined if it does. */
function whyNotObeyed(machine: Machine, place: Place, command: CommandOf<"invalidate">): string | undefined {
  if (command.host === 1) return "a shadow hears none of the host's";
  const { shadow, state, unit } = machine;
  const entry = shadow!.entryOf(state, place.context);
  const present = [CACHE.context, CACHE.pasid].filter((cache) => unit.caches[cache]!.present);
  const directories = present.length > 0 ? present : [CACHE.context];
  const reasons = directories.map((cache) => {
    const isAttached = contextClass(entry) === PRESENT;
    const held = isAttached ? entry & (unit.caches[cache]!.fieldMask | 3) : contextClass(entry);
    return whyNotRemoved(machine, command, unit.set(cache, place.context, 0, 0, 0), held);
  });
  if (reasons.includes(undefined)) return undefined;
  if (contextClass(entry) !== PRESENT) return reasons[0];
  const leaf = shadow!.leafOf(state, place.context, place.page);
  const global = (leaf >> 4) & 1;
  const process = global === 1 ? GLOBAL : contextProcess(entry);
  const set = unit.set(CACHE.iotlb, place.context, contextDomain(entry), process, place.page);
  const value = shadow!.translate(state, place.context, place.page);
  return whyNotRemoved(machine, command, set, value < 0 ? packValue(ABSENT, 0, 0, 1, 0, 0) : value | (global << 4));
}
