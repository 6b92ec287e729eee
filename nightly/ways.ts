/**
 * What a cell's search can reach, and what it has: ways of transition and cache that went stale behind it.
 *
 * Where a cell looks into caches, a way is a transition and a cache of its architecture; elsewhere (a shadow alone, a
 * cell without cache validity) it is a transition. What was seen in all nights is a set of bits, as hexadecimal text.
 */

import { CACHE_NAMES, type Cell, TRANSITIONS } from "../rules/vocabulary.js";

export type WaysCell = Pick<Cell, "architecture" | "strategies" | "properties">;

/** Positions in `Coverage.stale`, or in `Coverage.transitions`. */
export interface Ways {
  of: "stale" | "transitions";
  reachable: readonly number[];
}

export function waysOf({ architecture, strategies, properties }: WaysCell): Ways {
  const looks = properties.includes("cache-validity") && strategies.some((name) => name !== "shadow");
  const transitions = TRANSITIONS.map((_, at) => at);
  if (!looks) return { of: "transitions", reachable: transitions };
  const caches = architecture.caches.map(({ name }) => CACHE_NAMES.indexOf(name)).sort((a, b) => a - b);
  return {
    of: "stale",
    reachable: transitions.flatMap((at) => caches.map((cache) => at * CACHE_NAMES.length + cache)),
  };
}

/** The positions that were seen, as text. */
export function bitsText(positions: Iterable<number>): string {
  const bytes = new Uint8Array(Math.ceil((TRANSITIONS.length * CACHE_NAMES.length) / 8));
  for (const at of positions) bytes[at >> 3]! |= 1 << (at & 7);
  return Buffer.from(bytes)
    .toString("hex")
    .replace(/(00)+$/, "");
}

export function bitsOf(text: string): Set<number> {
  const bytes = Buffer.from(text, "hex");
  const positions = new Set<number>();
  bytes.forEach((byte, at) => {
    for (let bit = 0; bit < 8; bit++) if ((byte & (1 << bit)) !== 0) positions.add(at * 8 + bit);
  });
  return positions;
}
