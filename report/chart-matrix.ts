/**
 * What was reached under one contract, as a picture: rule by rule its transitions, and for each cache how often it went
 * stale behind one. A small square is what was seen in an earlier night alone; an empty one was never seen.
 */

import { scaleBand, scaleThreshold } from "d3-scale";
import { CACHE_NAMES, type CacheName } from "../rules/vocabulary.js";
import { chartSvg, short, textAt } from "./chart.js";
import { escapeXml } from "./picture.js";
import type { SummaryReached } from "./summary.js";

/** From so many times on, one shade more. */
export const SHADES = [1, 10, 100, 1000, 10_000] as const;
const shadeOf = scaleThreshold<number, number>([...SHADES], [0, 1, 2, 3, 4, 5]);

const ROW = 14;
const HEAD = 76;
const NAMES = 184;
const COLUMN = 16;

export interface ReachedRow {
  rule: string;
  transition: string;
  occurred: number;
  /** By cache that was looked into: times tonight, and whether it was ever seen. */
  caches: readonly { cache: CacheName; times: number; isEver: boolean }[];
}

export function rowsOf(reached: SummaryReached, transitions: readonly string[]): ReachedRow[] {
  const numbers = (text: string): number[] => text.split(" ").map(Number);
  const occurred = numbers(reached.occurred);
  const looked = CACHE_NAMES.flatMap((cache) => {
    const [stale, ever] = [reached.stale[cache], reached.ever[cache]];
    return stale === undefined || ever === undefined ? [] : [{ cache, stale: numbers(stale), ever: numbers(ever) }];
  });
  return transitions.map((transition, at) => ({
    rule: reached.rules[at] ?? "",
    transition,
    occurred: occurred[at] ?? 0,
    caches: looked.map(({ cache, stale, ever }) => ({
      cache,
      times: stale[at] ?? 0,
      isEver: ever[at] === 1 || (stale[at] ?? 0) > 0,
    })),
  }));
}

/** `label`: what it shows, in words. */
export function matrixSvg(rows: readonly ReachedRow[], label: string): string {
  const columns = ["occurred", ...(rows[0]?.caches ?? []).map(({ cache }) => cache)];
  const x = scaleBand(columns, [NAMES, NAMES + columns.length * COLUMN]).paddingInner(0.14);
  const heads = columns.map((name) => {
    const at = short(x(name)! + x.bandwidth() - 2);
    return `<text transform="translate(${at} ${HEAD - 5}) rotate(-90)">${escapeXml(name)}</text>`;
  });
  const rules = [...new Set(rows.map(({ rule }) => rule))];
  const squares = new Map<string, string>();
  const texts: string[] = [];
  let y = HEAD;
  for (const rule of rules) {
    texts.push(textAt(0, y + ROW - 3, rule).replace("<text", '<text class="rule"'));
    y += ROW;
    for (const { transition, occurred, caches } of rows.filter((row) => row.rule === rule)) {
      texts.push(textAt(10, y + ROW - 3, transition));
      const cells = [{ cache: "occurred", times: occurred, isEver: false }, ...caches];
      for (const { cache, times, isEver } of cells) {
        const kind = times === 0 && isEver ? "earlier" : `heat${shadeOf(times)}`;
        const inset = kind === "earlier" ? 3 : 0;
        const size = short(Math.min(x.bandwidth(), ROW - 2) - 2 * inset);
        const path = `M${short(x(cache)! + inset)} ${short(y + 2 + inset)}h${size}v${size}h-${size}z`;
        squares.set(kind, (squares.get(kind) ?? "") + path);
      }
      y += ROW;
    }
  }
  const shapes = [...squares]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, d]) => `<path class="${kind}" d="${d}"/>`);
  return chartSvg({ width: NAMES + columns.length * COLUMN, height: y + 4 }, label, [...heads, ...texts, ...shapes]);
}
