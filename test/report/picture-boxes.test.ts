/** The boxes of a picture, in words. */

import { describe, expect, it } from "vitest";
import { boxText, legendOf, sectionsOf } from "../../report/picture-boxes.js";
import { storyFrom } from "./stories.js";

const story = storyFrom("dma r c0 i0; w g4[0]=-; inv iotlb d0 p0 i0", { under: "tiny" });
const sections = sectionsOf(story.scenes.at(-1)!, story.focus);
const words = (id: string) => boxText(sections.flatMap(({ boxes }) => boxes).find((box) => box.id === id)!);

describe("sectionsOf", () => {
  it("has answers, memory, caches and what is owed, in this order", () => {
    expect(sections.map(({ heading }) => heading)).toEqual([
      "Answers after this step",
      "Memory: the walk of the read of c0 i0 ends at fault (stage 1, not present)",
      "Caches: what may be held for these requests",
      "Owed",
    ]);
  });

  it("tells each box in words, for those who do not see it", () => {
    expect(words("answer-0")).toEqual({
      title: "read of c0 i0",
      lines: [
        "oracle fault",
        "hardware h8 (differs)",
        "envelope h8 fault (differs)",
        "shadow h8 (differs)",
        "unsettled: may be stale",
      ],
    });
    expect(words("v0-g4").lines).toEqual(["[0] not present (#7)", "[1] leaf g9 rw"]);
    expect(words("cache-iotlb").lines).toEqual(["d0 p0 i0 \u2192 h8 rw (hw) \u25cb no walk gives it now"]);
    expect(words("duties").lines).toEqual(["s1-leaf of c0, stage 1 of 2: waits for a fence"]);
    expect(words("queue").lines).toEqual(["inv iotlb d0 p0 i0"]);
  });

  it("says so where there is nothing", () => {
    const first = sectionsOf(story.scenes[0]!, story.focus).flatMap(({ boxes }) => boxes);
    expect(boxText(first.find(({ id }) => id === "duties")!).lines).toEqual(["no open duty"]);
    expect(boxText(first.find(({ id }) => id === "queue")!).lines).toEqual(["nothing waits for a fence"]);
  });

  it("has a legend for each sign that it uses", () => {
    const legend = legendOf(story.focus).join("\n");
    for (const sign of ["\u25c6", "\u25c7", "\u25cb", "#1", "hw"]) expect(legend).toContain(sign);
  });
});
