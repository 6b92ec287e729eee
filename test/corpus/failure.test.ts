/** Failures and answers in the words of an entry. */

import { describe, expect, it } from "vitest";
import { answerOf, answerText, entryFailure } from "../../corpus/failure.js";
import { geometryOf } from "../../models/geometry.js";
import { ANY_FAULT, stageFault } from "../../models/values.js";
import { Runner } from "../../search/runner.js";
import { cellOf, commandsOf } from "./failures.js";

describe("the answers of a target", () => {
  it("are kept as text that gives the same outcome again", () => {
    for (const outcome of [0, 8, ANY_FAULT, stageFault(0), stageFault(1), stageFault(2), null])
      expect(answerOf(answerText(outcome))).toBe(outcome);
    expect([8, ANY_FAULT, stageFault(1), null].map(answerText)).toEqual(["h8", "fault", "fault stage 1", "-"]);
  });
});

describe("entryFailure", () => {
  it("counts steps from 1 and names pages by their numbers", () => {
    const geometry = geometryOf("2x4");
    const failure = new Runner(cellOf(), geometry).runCommands(commandsOf("dma r c0 i1; w g4[1]=-"))!;
    expect(entryFailure(failure, geometry)).toMatchObject({
      step: 2,
      request: { context: 0, iova: 1, access: "r" },
      expected: { text: "fault (stage 1, not present)" },
      actual: { outcome: 9, text: "h9" },
      cache: null,
    });
  });
});
