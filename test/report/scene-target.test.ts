/** Since when a target keeps what it answers wrongly. */

import { describe, expect, it } from "vitest";
import { corpusAt } from "../../cli/stores.js";
import { toldBy } from "../../report/mail.js";
import { storyOf } from "../../report/story.js";

function marksOf(id: string): (string | undefined)[] {
  const found = corpusAt("corpus").load(id);
  if (!found.ok) throw new Error(id);
  const story = storyOf(found.value, toldBy(found.value));
  if (!story.ok) throw new Error(story.detail);
  const boxes = story.value.scenes.map(({ caches }) => caches.find(({ name }) => name === "target"));
  return boxes.map((box) => box && (box.values[0]?.mark ?? ""));
}

describe("the box of a target", () => {
  it("has its answer from the step where it gave it rightly, and as stale once no walk gives it", () => {
    expect(marksOf("nf-c648c25d9cf4")).toEqual(["", "", "cached", "stale", "stale", "stale", "stale"]);
    expect(marksOf("nf-222ef1f92b0e").slice(0, 3)).toEqual(["", "cached", "stale"]);
  });

  it("is not there where the answer was never right", () => {
    expect(new Set(marksOf("nf-4c2308f95e57"))).toEqual(new Set([undefined]));
  });
});
