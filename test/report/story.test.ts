/** A run as scenes: the verdict and the answers are those of a replay, whatever else is shown. */

import { describe, expect, it } from "vitest";
import { corpusAt } from "../../cli/stores.js";
import { toldBy } from "../../report/mail.js";
import type { Story } from "../../report/scene.js";
import { stepTitle, storyOf } from "../../report/story.js";
import { outcomesText } from "../../report/words.js";
import { storyFrom } from "./stories.js";

const answers = ({ scenes }: Story, step: number): string[] =>
  scenes[step]!.answers[0]!.cells.map(({ column, text, differs }) => `${column} ${text}${differs ? " !" : ""}`);

describe("storyOf", () => {
  it("shows what every strategy answers, also those that are not under test", () => {
    const story = storyFrom("dma r c0 i0; w g4[0]=leaf g9 rw; fence", { strategies: ["shadow"] });
    expect(story.columns).toEqual(["oracle", "hardware", "envelope", "shadow"]);
    expect(answers(story, 1)).toEqual(["oracle h8", "hardware h8", "envelope h8", "shadow h8"]);
    expect(answers(story, 2)).toEqual(["oracle h9", "hardware h8 !", "envelope h8 h9 !", "shadow h8 !"]);
  });

  it("has a scene a step, from the start to the violation", () => {
    const story = storyFrom("dma r c0 i0; w g4[0]=-; fence; fence", { under: "never" });
    expect(story.scenes.map(({ step }) => step)).toEqual([0, 1, 2]);
    expect(story.focus).toBe("read of c0 i0");
    expect([0, 1, 2].map((step) => stepTitle(story, step))).toEqual([
      "at the start",
      "step 1 of 2: device read c0 i0",
      "step 2 of 2: guest g4[0] = -",
    ]);
    expect(story.scenes.map(({ walkEnds }) => walkEnds)).toEqual(["h8", "h8", "fault (stage 1, not present)"]);
  });

  it("lists what is owed, and what waits for a fence", () => {
    const { scenes } = storyFrom("dma r c0 i0; w g4[0]=-; inv iotlb d0 p0 i0; fence; inv dev c0 i0; fence");
    expect(scenes.map(({ pending }) => pending)).toEqual([
      [],
      [],
      [],
      ["inv iotlb d0 p0 i0"],
      [],
      ["inv dev c0 i0"],
      [],
    ]);
    expect(scenes.map(({ duties }) => duties.length)).toEqual([0, 0, 1, 1, 1, 1, 0]);
    expect(scenes[2]!.duties).toEqual([{ text: "s1-leaf of c0, stage 1 of 2: waits for stage1+iotlb", isFocus: true }]);
    expect(scenes.map((scene) => scene.answers[0]!.isSettled)).toEqual([true, true, false, false, false, false, true]);
  });

  it("leads strategies to host pages, also by what is stale", () => {
    const { scenes } = storyFrom("dma r c0 i0; w g4[0]=leaf g9 rw", { under: "never", properties: ["agreement"] });
    const led = scenes.at(-1)!.pages.filter((page) => page.answers.length > 0);
    expect(led).toEqual([
      { id: "h8", title: "h8", answers: ["hardware", "envelope", "shadow"], stale: ["device TLB c0 i0"] },
      { id: "h9", title: "h9", answers: ["oracle", "envelope"], stale: [] },
    ]);
  });

  it("has the same tables and rows in each scene, so that nothing jumps", () => {
    const { scenes } = storyFrom("dma r c0 i0; w g4[2]=leaf g9 rw; s2 d0 g8=-; ctx c0 root=g3; w g3[0]=-");
    const ids = scenes.map(({ tables }) => tables.map(({ id, rows }) => [id, ...rows.map((row) => row.id)].join(" ")));
    expect(new Set(ids.map((all) => all.join("\n"))).size).toBe(1);
  });

  it("marks the entries that a step has written", () => {
    const { scenes } = storyFrom("dma r c0 i0; w g4[0]=leaf g9 r; fence; s2 d0 g9=h12 rw");
    const changed = scenes.map(({ tables }) =>
      tables.flatMap(({ rows }) => rows.filter((row) => row.changed).map(({ label, text }) => `${label} ${text}`)),
    );
    expect(changed).toEqual([[], [], ["[0] leaf g9 r"], [], ["g9 h12 rw"]]);
  });

  it("has what a target told, for the request in focus and for another where it was asked", () => {
    const found = corpusAt("corpus").load("nf-db9978428b7f");
    if (!found.ok) throw new Error("it is committed");
    const result = storyOf(found.value, toldBy(found.value));
    if (!result.ok) throw new Error(result.detail);
    const { scenes, focus } = result.value;
    expect(focus).toBe("write of c1 i0");
    const told = scenes.map(({ answers }) => answers.map(({ cells }) => cells.at(-1)!.text));
    expect(told).toEqual([
      ["", ""],
      ["", ""],
      ["", found.value.target!.answers[0]],
      ["h8", ""],
    ]);
  });

  it("says which field of a setting cannot be read", () => {
    const setting = { ...storyFrom("fence").report.setting, geometry: "9x9" };
    expect(storyOf(setting)).toMatchObject({ ok: false, path: ["geometry"] });
    expect(storyOf({ ...setting, geometry: "2x4", start: "c9" })).toMatchObject({ ok: false, path: ["start"] });
  });

  it("tells of each committed counterexample what its replay does, and where its stale value is", () => {
    for (const entry of corpusAt("corpus").list().entries) {
      const told = toldBy(entry);
      const result = storyOf(entry, told);
      if (!result.ok) throw new Error(result.detail);
      const { scenes, report, columns } = result.value;
      expect(scenes).toHaveLength(report.rows.length);
      for (const [step, row] of report.rows.entries()) {
        const cells = scenes[step]!.answers[0]!.cells;
        const shown = report.columns.map((column) => cells[columns.indexOf(column)]!.text);
        expect([entry.id, step, shown]).toEqual([entry.id, step, row.focus.map(outcomesText)]);
      }
      const marked = scenes.map(({ caches }) =>
        caches.some(({ values }) => values.some(({ mark }) => mark === "stale")),
      );
      const held = report.why?.held ?? [];
      if (told !== undefined) continue;
      expect([entry.id, held.length > 0, marked.at(-1)]).toEqual([entry.id, true, true]);
      expect([entry.id, marked.indexOf(true)]).toEqual([entry.id, Math.min(...held.map((one) => one.staleSince))]);
    }
  });
});
