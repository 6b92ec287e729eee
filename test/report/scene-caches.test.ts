/** What is held, by whom, and which of it is stale since when. */

import { describe, expect, it } from "vitest";
import { MOST_VALUES } from "../../report/scene-caches.js";
import { FAILURES } from "../corpus/failures.js";
import { storyFrom, valuesOf } from "./stories.js";

describe("the caches of a scene", () => {
  it("hold what the envelope may hold, and say what hardware does", () => {
    const { scenes } = storyFrom("dma r c0 i0");
    const iotlb = (step: number) => scenes[step]!.caches.find(({ name }) => name === "iotlb")!.values;
    expect(iotlb(0)).toEqual([{ key: "d0 p0 i0", value: "h8 rw", by: ["envelope"], mark: "", remark: "" }]);
    expect(iotlb(1)[0]!.by).toEqual(["hardware", "envelope"]);
  });

  it("mark the value that explains the violation from the step where it was taken in", () => {
    const { scenes } = storyFrom("dma r c0 i0; w g4[0]=-", { under: "never", properties: ["agreement"] });
    expect(scenes.map((scene) => valuesOf(scene, "device-tlb"))).toEqual([
      ["c0 i0: h8 rw (cached)"],
      ["c0 i0: h8 rw (cached)"],
      ["c0 i0: h8 rw (stale)"],
    ]);
    const remarks = scenes.map(({ caches }) => caches.find(({ name }) => name === "device-tlb")!.values[0]!.remark);
    expect(remarks).toEqual(["cached; stale from step 2 on", "cached; stale from step 2 on", "stale since step 2"]);
  });

  it("mark other values that no walk gives now", () => {
    const { scenes } = storyFrom("dma r c0 i0; w g4[0]=leaf g9 rw");
    expect(valuesOf(scenes[2]!, "stage1")).toEqual(["d0 p0 i0: g8 rw (old)", "d0 p0 i0: g9 rw"]);
  });

  it("have what a shadow keeps, and mark it", () => {
    const story = storyFrom("w g4[2]=leaf g9 rw", {
      under: "never",
      strategies: ["shadow"],
      properties: ["agreement"],
    });
    expect(valuesOf(story.scenes[0]!, "shadow")).toEqual(["c0 i2: not present under v0 d0 p0 root g2 (cached)"]);
    expect(valuesOf(story.scenes[1]!, "shadow")).toEqual(["c0 i2: not present under v0 d0 p0 root g2 (stale)"]);
  });

  it("show a walk in flight where it explains something, and only there", () => {
    const given = { on: "riscv", under: "never", strategies: ["envelope"], properties: ["agreement"] } as const;
    const story = storyFrom("dma r c0 i0; w g2[0]=-", {
      ...given,
      strategies: [...given.strategies],
      properties: [...given.properties],
    });
    for (const { caches } of story.scenes)
      for (const { title, values } of caches)
        if (title.startsWith("in flight"))
          expect(values.every(({ mark }) => mark === "stale" || mark === "cached")).toBe(true);
  });

  it("keep what explains the violation where there is no room for all", () => {
    const pages = Array.from({ length: 16 }, (_, at) => `s2 d0 g8=h${16 + at} rw`);
    const { scenes } = storyFrom(`dma r c0 i0; ${pages.join("; ")}`, { under: "always", geometry: "2x4 host=80" });
    const stage2 = scenes.at(-1)!.caches.find(({ name }) => name === "stage2")!;
    expect(stage2.values).toHaveLength(MOST_VALUES);
    expect(stage2.hidden).toBeGreaterThan(0);
  });

  it("have the reason of each kind of failure in them", () => {
    for (const { text, cell } of FAILURES) {
      const { report, scenes } = storyFrom(text.replace(/ *; */g, "; ").replace(/\n/g, "; "), cell());
      if (report.why === null || report.why.held.length === 0) continue;
      const marks = scenes.at(-1)!.caches.flatMap(({ values }) => values.map(({ mark }) => mark));
      expect([text, marks.includes("stale")]).toEqual([text, true]);
    }
  });
});
