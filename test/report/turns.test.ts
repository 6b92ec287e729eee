/** What turns at each step. */

import { describe, expect, it } from "vitest";
import { turnsOf } from "../../report/turns.js";
import { storyFrom } from "./stories.js";

describe("turnsOf", () => {
  it("says where the stale value was taken in, where it went stale, and where a property is broken", () => {
    const given = { under: "never", strategies: ["hardware" as const], properties: ["agreement" as const] };
    expect(turnsOf(storyFrom("fence; dma r c0 i0; w g4[0]=-", given))).toEqual([
      [],
      [],
      ["\u25c7 cached: device TLB"],
      ["\u25c6 stale: device TLB", "agreement fails"],
    ]);
  });

  it("says nothing of a run without a violation", () => {
    expect(turnsOf(storyFrom("dma r c0 i0; w g4[0]=-; fence")).flat()).toEqual([]);
  });
});
