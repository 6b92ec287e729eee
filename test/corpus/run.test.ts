/** From a setting to a runner, or to what is wrong with it. */

import { describe, expect, it } from "vitest";
import { parseCommands } from "../../commands/language.js";
import { namedPages, prepareRun, startText } from "../../corpus/run.js";
import { cellOf } from "./failures.js";

const setting = { ...cellOf(), geometry: "2x4", start: "all", commands: ["dma r c0 i0"] };

describe("prepareRun", () => {
  it("gives a runner and its commands", () => {
    const run = prepareRun(setting);
    expect(run).toMatchObject({ ok: true, commands: [{ kind: "dma" }] });
  });

  it.each([
    [{ ...setting, commands: ["fence", "dma r"] }, ["commands", 1]],
    [{ ...setting, commands: ["fence; fence"] }, ["commands", 0]],
    [{ ...setting, commands: [""] }, ["commands", 0]],
    [{ ...setting, geometry: "9x9" }, ["geometry"]],
    [{ ...setting, start: "c7" }, ["start"]],
  ])("says which field cannot be read", (broken, path) => {
    expect(prepareRun(broken)).toMatchObject({ ok: false, path });
  });

  it("has the pages that the commands name in play", () => {
    const run = prepareRun({ ...setting, geometry: "4x512", commands: ["dma r c0 i68719476735", "inv iotlb i777"] });
    expect(run.ok && [...run.runner.machine.geometry.iova.pages]).toEqual(expect.arrayContaining([777, 68719476735]));
  });
});

describe("namedPages", () => {
  it("takes IOVA pages of requests and ranges, not guest pages", () => {
    const parsed = parseCommands("dma r c0 i5\nprefetch c0 i6\ninv iotlb base=i8 mask=2\ninv s2 d0 g9\nw g4[0]=-");
    expect(parsed.ok && namedPages(parsed.commands)).toEqual([5, 6, 8]);
  });
});

describe("startText", () => {
  it("names contexts in order, or none", () => {
    expect([startText(new Set([2, 0])), startText(new Set())]).toEqual(["c0 c2", "none"]);
  });
});
