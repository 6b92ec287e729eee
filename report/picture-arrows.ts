/**
 * The ways of arrows from an entry to the box or row that it points to.
 *
 * No arrow crosses a box: between neighbouring columns it goes straight through the gap, any other goes along lanes in
 * the gaps between columns and between the bands. In a narrow picture the lanes are in the gutter at the right.
 */

import { type PlacedBox, type Placement, SIZE } from "./picture-place.js";

export interface Arrow {
  from: string;
  to: string;
  /** The walk of the request in focus takes it. */
  isWalk: boolean;
  /** An SVG path. */
  path: string;
}

interface End {
  x: number;
  y: number;
  box: PlacedBox;
}

export function arrowsOf(place: Placement): Arrow[] {
  const lanes = new Lanes();
  const arrows: Arrow[] = [];
  for (const box of place.boxes) {
    for (const [at, { row, part }] of box.lines.entries()) {
      if (row.target === null || part > 0) continue;
      const to = targetOf(place, row.target);
      if (to === undefined) continue;
      const from = { x: box.x + box.width, y: lineY(box, at), box };
      const path = place.isNarrow ? gutterPath(from, to, lanes) : gridPath(place, from, to, lanes);
      arrows.push({ from: row.id, to: row.target, isWalk: row.kinds.includes("walk"), path });
    }
  }
  // The walk on top.
  return arrows.sort((a, b) => Number(a.isWalk) - Number(b.isWalk));
}

/** The middle of a line of a box. */
export function lineY(box: PlacedBox, line: number): number {
  return box.y + SIZE.line * (line + 1.5) + 2;
}

function targetOf(place: Placement, id: string): End | undefined {
  for (const box of place.boxes) {
    if (box.box.id === id) return { x: box.x, y: box.y + SIZE.line / 2 + 3, box };
    const line = box.lines.findIndex(({ row, part }) => row.id === id && part === 0);
    if (line >= 0) return { x: box.x, y: lineY(box, line), box };
  }
  return undefined;
}

/** Out to the right, along a lane, and back into the right side. */
function gutterPath(from: End, to: End, lanes: Lanes): string {
  const x = from.x + 6 + lanes.take("gutter", from.y, to.y) * 5;
  return through([
    [from.x, from.y],
    [x, from.y],
    [x, to.y],
    [to.x + to.box.width + 2, to.y],
  ]);
}

function gridPath({ columns, bands }: Placement, from: End, to: End, lanes: Lanes): string {
  const [a, b] = [from.box.column, to.box.column];
  const end = to.x - 2;
  if (from.box.band === to.box.band && b === a + 1) {
    const middle = (from.x + end) / 2;
    return `M${from.x} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${end} ${to.y}`;
  }
  const right = columns[a]!.right;
  const left = b === 0 ? 0 : columns[b - 1]!.right;
  const out = right + 8 + lanes.take(`gap ${a}`, from.y, to.y) * 5;
  if (b === a + 1) {
    return through([
      [from.x, from.y],
      [out, from.y],
      [out, to.y],
      [end, to.y],
    ]);
  }
  const between = bands[from.box.band]!.bottom + 2;
  const y = between + lanes.take(`band ${from.box.band}`, out, left) * 6;
  const into = b === 0 ? -8 : left + SIZE.lanes - 10 - lanes.take(`into ${b}`, y, to.y) * 5;
  return through([
    [from.x, from.y],
    [out, from.y],
    [out, y],
    [into, y],
    [into, to.y],
    [end, to.y],
  ]);
}

type Point = readonly [number, number];

/** Straight pieces with rounded corners. */
function through(points: readonly Point[]): string {
  const [first, ...rest] = points;
  let path = `M${first![0]} ${first![1]}`;
  for (const [at, [x, y]] of rest.entries()) {
    const next = rest[at + 1];
    const before = points[at]!;
    if (next === undefined) {
      path += `L${x} ${y}`;
      continue;
    }
    const radius = Math.min(4, reach(before, [x, y]) / 2, reach([x, y], next) / 2);
    const [enter, leave] = [toward([x, y], before, radius), toward([x, y], next, radius)];
    path += `L${enter[0]} ${enter[1]}Q${x} ${y} ${leave[0]} ${leave[1]}`;
  }
  return path;
}

const reach = ([ax, ay]: Point, [bx, by]: Point): number => Math.abs(ax - bx) + Math.abs(ay - by);

function toward([x, y]: Point, [tx, ty]: Point, by: number): Point {
  return [x + Math.sign(tx - x) * by, y + Math.sign(ty - y) * by];
}

/** Lanes side by side, each taken where nothing else goes; beyond the sixth they are shared. */
class Lanes {
  private readonly taken = new Map<string, [number, number][][]>();

  take(name: string, a: number, b: number): number {
    const lanes = this.taken.get(name) ?? [];
    this.taken.set(name, lanes);
    const [from, to] = [Math.min(a, b), Math.max(a, b)];
    const isFree = (lane: readonly [number, number][]) =>
      lane.every(([start, end]) => to < start - 2 || from > end + 2);
    const free = lanes.findIndex(isFree);
    const lane = free < 0 ? lanes.length : free;
    lanes[lane] = [...(lanes[lane] ?? []), [from, to]];
    return lane % 6;
  }
}
