/** The ways of arrows: out of the entry, into its target, through no box. */

import { describe, expect, it } from "vitest";
import { arrowsOf } from "../../report/picture-arrows.js";
import { type PlacedBox, placeScene } from "../../report/picture-place.js";
import { storyFrom } from "./stories.js";

const scene = storyFrom("dma r c0 i0; dma r c2 i1; w g4[2]=leaf g9 rw", { properties: [] }).scenes.at(-1)!;

/** Points along a path of straight pieces and curves, ends of pieces included. */
function pointsOf(path: string): [number, number][] {
  const numbers = path.match(/-?[0-9.]+/g)!.map(Number);
  return Array.from({ length: numbers.length / 2 }, (_, at) => [numbers[at * 2]!, numbers[at * 2 + 1]!]);
}
const isInside = ([x, y]: readonly [number, number], box: PlacedBox): boolean =>
  x > box.x + 1 && x < box.x + box.width - 1 && y > box.y + 1 && y < box.y + box.height - 1;

describe("arrowsOf", () => {
  for (const width of [336, 976]) {
    it(`leads each entry to its target, around all boxes, ${width} pixels wide`, () => {
      const place = placeScene(scene, "", width);
      const arrows = arrowsOf(place);
      const targets = scene.tables.flatMap(({ rows }) =>
        rows.flatMap(({ id, target }) => (target === null ? [] : [`${id} ${target}`])),
      );
      expect(arrows.map(({ from, to }) => `${from} ${to}`).sort()).toEqual(targets.sort());
      for (const { path, from } of arrows) {
        const points = pointsOf(path);
        for (const [at, point] of points.entries()) {
          const next = points[at + 1] ?? point;
          for (const part of [0, 0.25, 0.5, 0.75]) {
            const between = [point[0] + (next[0] - point[0]) * part, point[1] + (next[1] - point[1]) * part] as const;
            const crossed = place.boxes.filter((box) => isInside(between, box)).map(({ box }) => box.id);
            expect([from, crossed]).toEqual([from, []]);
          }
        }
      }
    });
  }

  it("puts the walk on top of all others", () => {
    const walks = arrowsOf(placeScene(scene, "", 976)).map(({ isWalk }) => isWalk);
    expect(walks.indexOf(true)).toBeGreaterThan(walks.lastIndexOf(false));
  });
});
