/**
 * What each strategy holds on the way of the requests that a picture shows, and which of it is stale.
 *
 * The values that explain a violation are marked from the step at which they were taken in; any other that no walk
 * gives now is marked too: it may stay while an invalidation is owed. Walks in flight have sets as well, where a unit
 * has no such cache; they are shown where they explain something.
 */

import type { Machine } from "../models/machine.js";
import { CACHE } from "../models/unit.js";
import { CACHE_NAMES, type CacheName } from "../rules/vocabulary.js";
import { type CachingStrategy, isFresh, setsOnPath, valuesIn } from "./held.js";
import type { Mark, SceneCache, SceneValue } from "./scene.js";
import type { Watched } from "./scene-watch.js";
import type { HeldValue } from "./why.js";
import { isStale, keptText } from "./why-shadow.js";
import { CACHE_WORDS, keyText, placeText, valueText } from "./words.js";

/** Values that a box has room for. */
export const MOST_VALUES = 10;
const STRATEGIES: readonly CachingStrategy[] = ["hardware", "envelope"];

interface Seen {
  set: number;
  value: number;
  by: Set<string>;
  isFresh: boolean;
}

export function cachesOf(
  machine: Machine,
  watched: readonly Watched[],
  reasons: readonly HeldValue[],
  step: number,
): SceneCache[] {
  const { unit } = machine;
  const seen = seenIn(machine, watched);
  for (const reason of reasons) if (reason.since <= step) addReason(machine, seen, reason);
  seen.sort((a, b) => a.set - b.set || a.value - b.value);
  const caches = CACHE_NAMES.map((name, number): SceneCache => {
    const values = seen
      .filter(({ set }) => unit.setCache[set] === number)
      .map(({ set, value, by, isFresh: fresh }): SceneValue => {
        const key = keyText(machine, set);
        const text = valueText(machine, set, value);
        return { key, value: text, by: [...by], ...markOf(name, key, text, fresh, reasons, step) };
      });
    const isThere = unit.caches[number]!.present;
    const told = isThere ? values : values.filter(({ mark }) => mark === "cached" || mark === "stale");
    return boxOf(name, isThere ? CACHE_WORDS[name] : `in flight: no ${CACHE_WORDS[name]}`, told);
  });
  const kept = caches.filter(({ values }, number) => unit.caches[number]!.present || values.length > 0);
  return machine.shadow === null ? kept : [...kept, shadowOf(machine, watched, reasons, step)];
}

function seenIn(machine: Machine, watched: readonly Watched[]): Seen[] {
  const seen = new Map<string, Seen>();
  for (const strategy of STRATEGIES) {
    if (machine[strategy] === null) continue;
    for (const place of watched) {
      for (const set of setsOnPath(machine, strategy, place)) {
        for (const value of valuesIn(machine, strategy, set)) {
          const id = `${set} ${value}`;
          const known = seen.get(id) ?? { set, value, by: new Set(), isFresh: false };
          known.by.add(strategy);
          known.isFresh ||= isFresh(machine, place, set, value);
          seen.set(id, known);
        }
      }
    }
  }
  return [...seen.values()];
}

/** A value that explains the violation may lie under tags that the request comes to use only later. */
function addReason(machine: Machine, seen: Seen[], { cache, key, value: text }: HeldValue): void {
  if (cache === "shadow") return;
  const { unit } = machine;
  const set = unit.setCache.findIndex((number, at) => number === CACHE[cache] && keyText(machine, at) === key);
  for (const strategy of STRATEGIES) {
    const value = valuesIn(machine, strategy, set).find((one) => valueText(machine, set, one) === text);
    if (value === undefined) continue;
    const known = seen.find((one) => one.set === set && one.value === value);
    if (known === undefined) seen.push({ set, value, by: new Set([strategy]), isFresh: true });
    else known.by.add(strategy);
  }
}

function markOf(
  cache: CacheName | "shadow",
  key: string,
  value: string,
  isFreshNow: boolean,
  reasons: readonly HeldValue[],
  step: number,
): { mark: Mark; remark: string } {
  const reason = reasons.find(
    (held) => held.cache === cache && held.key === key && held.value === value && held.since <= step,
  );
  if (reason !== undefined) {
    const since = reason.staleSince === 0 ? "from the start" : `since step ${reason.staleSince}`;
    if (reason.staleSince <= step) return { mark: "stale", remark: `stale ${since}` };
    return { mark: "cached", remark: `cached; stale from step ${reason.staleSince} on` };
  }
  return isFreshNow ? { mark: "", remark: "" } : { mark: "old", remark: "no walk gives it now" };
}

function shadowOf(
  machine: Machine,
  watched: readonly Watched[],
  reasons: readonly HeldValue[],
  step: number,
): SceneCache {
  const places = watched.filter(
    (one, at) => !watched.slice(0, at).some(({ context, page }) => context === one.context && page === one.page),
  );
  const values = places.map((place): SceneValue => {
    const key = placeText(place.request);
    const value = keptText(machine, place);
    return { key, value, by: ["shadow"], ...markOf("shadow", key, value, !isStale(machine, place), reasons, step) };
  });
  return boxOf("shadow", "shadow", values);
}

const RANK: Readonly<Record<Mark, number>> = { stale: 0, cached: 0, old: 1, "": 2 };

/** Where there is no room for all, what explains the violation stays, then what is stale. */
function boxOf(name: CacheName | "shadow", title: string, values: SceneValue[]): SceneCache {
  const ranked = values
    .map((value, at) => ({ value, at }))
    .sort((a, b) => RANK[a.value.mark] - RANK[b.value.mark] || a.at - b.at);
  const kept = ranked.slice(0, MOST_VALUES).sort((a, b) => a.at - b.at);
  return {
    id: `cache-${name}`,
    name,
    title,
    values: kept.map(({ value }) => value),
    hidden: values.length - kept.length,
  };
}
