import { describe, expect, it } from "vitest";
import { cellWith } from "../../cli/cells.js";
import { type Before, cellHash } from "../../nightly/header.js";
import { bitsText, waysOf } from "../../nightly/ways.js";
import { weightOf } from "../../nightly/weight.js";
import type { Cell } from "../../rules/vocabulary.js";

const known = (cell: Cell, rules = cellHash(cell)): Before => ({
  ...{ rules, verdict: "unrefuted", since: { night: 1, seed: "1", commands: 9 }, history: [], date: null },
  seen: bitsText(waysOf(cell).reachable),
});
const weigh = (cell: Cell, was: Before | null, isFirst = false) => weightOf(cell, was, cellHash(cell), isFirst);

const proved = cellWith("T5.riscv", {});
const unproved = { ...proved, proofs: [] };

describe("the weight of a cell", () => {
  it("is one where a counterexample is expected, or a proof stands and all was seen", () => {
    expect(weigh(cellWith("T1", {}), null, true)).toEqual({ weight: 1, reasons: ["a counterexample is expected"] });
    expect(weigh(proved, known(proved))).toEqual({ weight: 1, reasons: [] });
  });

  it("is more without a proof, with ways that were never seen, and after a change of the rules", () => {
    expect(weigh(unproved, known(unproved)).weight).toBe(2);
    expect(weigh(proved, { ...known(proved), seen: "" }).weight).toBe(3);
    // What was seen under other rules is to be seen again.
    expect(weigh(proved, known(proved, "other"))).toEqual({
      weight: 5,
      reasons: ["its rules changed since the last night", "100 % of its ways were never seen"],
    });
    expect(weigh(unproved, null).reasons[1]).toBe("new since the last night");
  });

  it("calls nothing new in the first night", () => {
    expect(weigh(proved, null, true)).toEqual({ weight: 3, reasons: ["100 % of its ways were never seen"] });
  });
});
