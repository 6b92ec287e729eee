/** Where boxes stand: apart from each other, with their text inside. */

import { describe, expect, it } from "vitest";
import { type PlacedBox, placeScene, SIZE, wrapText } from "../../report/picture-place.js";
import type { Story } from "../../report/scene.js";
import { storyFrom } from "./stories.js";

const STORIES: readonly Story[] = [
  storyFrom("dma r c0 i0; w g4[0]=leaf g9 rw", { under: "never" }),
  storyFrom("dma r c0 i513; dma w c2 i0; w g4[511]=leaf g9 rw; s2 d0 g8=-", { geometry: "4x512", properties: [] }),
  storyFrom("dma r c0 i0; dma r c1 i1; dma w c2 i2; ctx c0=(v1,d2,p1,g3); inv ctx; w g2[1]=super g8 r", {
    properties: [],
  }),
];
const meet = (a: PlacedBox, b: PlacedBox): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe("placeScene", () => {
  for (const width of [276, 336, 700, 976, 1476]) {
    it(`puts no box over another and no text out of its box, ${width} pixels wide`, () => {
      for (const { scenes, focus } of STORIES) {
        for (const scene of scenes) {
          const { boxes, ...place } = placeScene(scene, focus, width);
          for (const [at, box] of boxes.entries()) {
            for (const other of boxes.slice(at + 1))
              expect([box.box.id, other.box.id, meet(box, other)]).toEqual([box.box.id, other.box.id, false]);
            expect([
              box.box.id,
              box.x >= 0 && box.x + box.width <= place.width && box.y + box.height <= place.height,
            ]).toEqual([box.box.id, true]);
            for (const { label, text, tag } of box.lines) {
              const chars = (label === "" ? 0 : label.length + 1) + text.length + (tag === "" ? 0 : tag.length + 1);
              expect([text, chars * SIZE.char <= box.width - 2 * SIZE.pad + 1]).toEqual([text, true]);
            }
          }
        }
      }
    });
  }

  it("stacks memory where it is narrow, and is no wider than asked for then", () => {
    const { isNarrow, width, columns } = placeScene(STORIES[1]!.scenes[0]!, "", 336);
    expect({ isNarrow, width, columns: columns.length }).toEqual({ isNarrow: true, width: 336, columns: 1 });
  });
});

describe("wrapText", () => {
  it("breaks between words, and a word that is longer than a line", () => {
    expect(wrapText("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrapText("abcdefgh ij", 3)).toEqual(["abc", "def", "gh", "ij"]);
    expect(wrapText("", 5)).toEqual([""]);
  });
});
