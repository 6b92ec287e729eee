/** Which tables a picture has room for. */

import { describe, expect, it } from "vitest";
import { MOST_TABLES } from "../../report/scene-plan.js";
import { storyFrom } from "./stories.js";

describe("the plan of a picture", () => {
  it("takes in what was written, where no walk leads", () => {
    const { scenes } = storyFrom("dma r c0 i0; w g11[2]=leaf g9 rw");
    expect(scenes[0]!.tables.map(({ id }) => id)).toContain("v0-g11");
    expect(scenes[0]!.tables.find(({ id }) => id === "v0-g11")!.depth).toBe(1);
  });

  it("leaves out, and counts, what there is no room for", () => {
    const writes = Array.from({ length: 64 }, (_, at) => `w d${at >> 5} g${at % 32}[1]=leaf g9 rw`).join("; ");
    const story = storyFrom(`${writes}; dma r c0 i0`, { geometry: "2x4 guest=32", properties: [] });
    expect(story.scenes[0]!.tables).toHaveLength(MOST_TABLES + 1);
    expect(story.hiddenTables).toBeGreaterThan(0);
    expect(storyFrom("dma r c0 i0").hiddenTables).toBe(0);
  });
});
