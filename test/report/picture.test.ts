/** A scene as SVG. */

import { describe, expect, it } from "vitest";
import { escapeXml, pictureSvg } from "../../report/picture.js";
import { storyFrom } from "./stories.js";

const story = storyFrom("dma r c0 i0; w g4[0]=leaf g9 rw", { under: "never", properties: ["agreement"] });
const options = { width: 1000, focus: story.focus, title: "a <title>", isAlone: true };
const svg = pictureSvg(story.scenes.at(-1)!, options);
const texts = (text: string): string[] => [...text.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);

describe("pictureSvg", () => {
  it("is one element without anything from elsewhere, the same bytes each time", () => {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^>]*>[\s\S]*<\/svg>\n$/);
    expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(
      /https?:|href=|url\((?!#)|@import|<script|var\(/,
    );
    expect(pictureSvg(story.scenes.at(-1)!, options)).toBe(svg);
  });

  it("opens each element that it closes", () => {
    const open: string[] = [];
    for (const [, end, name, self] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
      if (end === "/") expect(open.pop()).toBe(name);
      else if (self === "") open.push(name!);
    }
    expect(open).toEqual([]);
  });

  it("says what it shows, above itself and to those who do not see it", () => {
    expect(svg).toContain('role="img" aria-label="a &lt;title&gt;"');
    expect(texts(svg)[0]).toBe("a &lt;title&gt;");
    expect(texts(pictureSvg(story.scenes[0]!, { ...options, isAlone: false }))).not.toContain("a &lt;title&gt;");
  });

  it("has tables, caches, answers, duties and what is stale, in words", () => {
    for (const text of [
      "stage 1 g4 in h4, level 2, v0",
      "leaf g9 rw",
      "page h9",
      "device TLB",
      "\u2192 h8 rw",
      "  \u25c6 stale since step 2",
      "\u25c6 device TLB c0 i0",
      "open duties",
      "Memory: the walk of the read of c0 i0 ends at h9",
    ])
      expect(texts(svg)).toContain(text);
  });

  it("draws an arrow for each entry that points to what is drawn, those of the walk thick", () => {
    const rows = story.scenes.at(-1)!.tables.flatMap((table) => table.rows);
    expect(svg.match(/<path class="arrow/g)).toHaveLength(rows.filter(({ target }) => target !== null).length);
    expect(svg.match(/<path class="arrow on"/g)).toHaveLength(
      rows.filter(({ target, walk }) => target !== null && walk > 0).length,
    );
  });

  it("is as wide as it is asked to be where that suffices, and never less than it can be read at", () => {
    const widthOf = (width: number) =>
      Number(/ width="([0-9]+)"/.exec(pictureSvg(story.scenes[0]!, { ...options, width }))![1]);
    expect([0, 360, 1000].map(widthOf)).toEqual([300, 360, 1000]);
  });
});

describe("escapeXml", () => {
  it("leaves nothing that ends a text or an attribute", () => {
    expect(escapeXml(`<a href="b">&`)).toBe("&lt;a href=&quot;b&quot;&gt;&amp;");
  });
});
