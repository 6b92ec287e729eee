/** From a runner's failure to an entry. */

import { describe, expect, it } from "vitest";
import { makeEntry } from "../../corpus/make.js";
import { geometryOf } from "../../models/geometry.js";
import { Runner } from "../../search/runner.js";
import { cellOf, commandsOf, entryOf, FAILURES, FOUND } from "./failures.js";

describe("makeEntry", () => {
  it("says the failure in the words of the language, steps from 1", () => {
    const entry = entryOf("dma r c0 i0; w g4[0]=leaf g9 rw; fence", { ...cellOf(), id: "T1.x" });
    expect(entry).toMatchObject({
      schema: "nestfuzz/counterexample/1",
      claim: "T1.x",
      geometry: "2x4",
      start: "c0 c1 c2",
      commands: ["dma r c0 i0", "w g4[0]=leaf g9 rw"],
      failure: {
        property: "agreement",
        strategy: "envelope",
        step: 2,
        request: { context: 0, iova: 0, access: "r" },
        expected: { outcome: 9, text: "h9" },
        actual: { outcome: 8, text: "h8" },
        severity: "wrong-page",
        cache: null,
      },
      found: FOUND,
      minimal: null,
    });
  });

  it("names pages by their numbers where not all are in play, and the contexts of the start", () => {
    const geometry = geometryOf("3x16", [1234]);
    const start = new Set([0]);
    const commands = commandsOf("w g2[0]=-");
    const failure = new Runner(cellOf(), geometry, start).runCommands(commands)!;
    const page = geometry.iova.pages.indexOf(1234);
    const moved = { ...failure, violation: { ...failure.violation, page } };
    const entry = makeEntry({ cell: cellOf(), geometry, start, commands, failure: moved, found: FOUND, minimal: null });
    expect(entry).toMatchObject({ start: "c0", geometry: "3x16", failure: { request: { iova: 1234 } } });
  });

  it("names the cache of an invalid value", () => {
    const last = FAILURES.at(-1)!;
    expect(entryOf(last.text, last.cell()).failure).toMatchObject({ property: "cache-validity", cache: "walk" });
  });
});
