/** Tables of both stages as a scene has them. */

import { describe, expect, it } from "vitest";
import type { Scene, SceneRow } from "../../report/scene.js";
import { rowsOf, storyFrom } from "./stories.js";

const last = (commands: string, geometry = "2x4"): Scene =>
  storyFrom(commands, { geometry, properties: [] }).scenes.at(-1)!;
const row = ({ tables }: Scene, id: string): SceneRow =>
  tables.flatMap(({ rows }) => rows).find((one) => one.id === id)!;

describe("the tables of a scene", () => {
  it("hold the entries on the way of the request, and lead on to the next", () => {
    const scene = last("dma r c0 i0");
    expect(rowsOf(scene, "contexts")).toEqual(["c0 v0 d0 p0 root g2"]);
    expect(rowsOf(scene, "v0-g2")).toEqual(["[0] table g4"]);
    expect(rowsOf(scene, "v0-g4")).toEqual(["[0] leaf g8 rw", "[1] leaf g9 rw"]);
    expect(rowsOf(scene, "v0-stage2-0-g0")).toEqual(["g0-g3 table h33", "g4-g7 table h34", "g8-g11 table h35"]);
    expect(rowsOf(scene, "v0-stage2-1-g8")).toEqual(["g8 h8 rw", "g9 h9 rw"]);
    expect(row(scene, "context-c0").target).toBe("v0-g2");
    expect(row(scene, "v0-g2-0").target).toBe("v0-g4");
    expect(row(scene, "v0-g4-0").target).toBe("v0-stage2-1-g8-0");
    expect(row(scene, "v0-stage2-0-g0-2").target).toBe("v0-stage2-1-g8");
    expect(row(scene, "v0-stage2-1-g8-0").target).toBe("h8");
  });

  it("number the reads of the walk in order, once each", () => {
    const { tables } = last("dma r c0 i0");
    const walk = tables.flatMap(({ rows }) => rows.filter((one) => one.walk > 0)).sort((a, b) => a.walk - b.walk);
    expect(walk.map(({ id }) => id)).toEqual([
      "context-c0",
      "v0-stage2-0-g0-0",
      "v0-stage2-1-g0-2",
      "v0-g2-0",
      "v0-stage2-0-g0-1",
      "v0-stage2-1-g4-0",
      "v0-g4-0",
      "v0-stage2-0-g0-2",
      "v0-stage2-1-g8-0",
    ]);
  });

  it("lead from a superpage to the page in it that the walk needs", () => {
    const scene = last("w g2[0]=super g8 rw; dma r c0 i2");
    expect(rowsOf(scene, "v0-g2")).toEqual(["[0] super g8 rw"]);
    expect(row(scene, "v0-g2-0")).toMatchObject({ role: "leaf", target: "v0-stage2-1-g8-2" });
  });

  it("say what an entry is worth in its place, and lead nowhere from one that is malformed", () => {
    const scene = last("w g4[0]=table g5; w g4[1]=bad; dma r c0 i0");
    expect(rowsOf(scene, "v0-g4")).toEqual(["[0] table g5 (malformed here)", "[1] bad"]);
    expect(row(scene, "v0-g4-0")).toMatchObject({ role: "malformed", target: null });
    expect(rowsOf(last("w g4[0]=leaf g8 rw global; dma r c0 i0"), "v0-g4")[0]).toBe("[0] leaf g8 rw global");
  });

  it("are told to be out of reach where stage 2 does not lead to them", () => {
    const scene = last("dma r c0 i0; s2 d0 g4=-");
    const goneOf = (id: string) => scene.tables.find((table) => table.id === id);
    expect(goneOf("v0-g4")).toMatchObject({ rows: [], gone: "not mapped in stage 2", title: "g4, level 2, v0" });
  });

  it("are those of the VM of each context", () => {
    const scene = last("dma r c2 i0; dma r c0 i0");
    expect(rowsOf(scene, "contexts")).toEqual(["c0 v0 d0 p0 root g2", "c2 v1 d1 p0 root g2"]);
    expect(scene.tables.map(({ id }) => id)).toEqual(expect.arrayContaining(["v0-g2", "v1-g2", "v1-stage2-0-g0"]));
  });

  it("of 4 levels with 512 entries hold what is touched alone", () => {
    const scene = last("w g4[511]=-; dma r c0 i513", "4x512");
    for (const { rows } of scene.tables) expect(rows.length).toBeLessThan(8);
    expect(scene.tables.filter(({ stage }) => stage === 2).map(({ depth }) => depth)).toEqual(
      expect.arrayContaining([0, 1, 2, 3]),
    );
  });
});
