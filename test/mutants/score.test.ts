import type { MutantResult } from "@stryker-mutator/api/core";
import { describe, expect, it } from "vitest";
import { marginOf, percentOf, scoreOf, sumOf, tableText } from "./score.js";

const results = (counts: Partial<Record<MutantResult["status"], number>>): { status: MutantResult["status"] }[] =>
  Object.entries(counts).flatMap(([status, count]) =>
    Array.from({ length: count }, () => ({ status: status as MutantResult["status"] })),
  );

describe("the score of a room", () => {
  it("counts a mutant that runs out of time as noticed, and one that no test reaches as not", () => {
    const score = scoreOf("rules", results({ Killed: 5, Timeout: 3, Survived: 1, NoCoverage: 1 }));
    expect(percentOf(score)).toBe(80);
    expect(marginOf(score)).toBe(0);
  });

  it("leaves out static mutants, and of a sample what is not in it", () => {
    const score = scoreOf("rules", results({ Killed: 90, Survived: 10, CompileError: 900, Ignored: 7 }));
    expect(score).toMatchObject({ mutants: 1000, tried: 100 });
    expect(percentOf(score)).toBe(90);
  });

  it("has a margin that shrinks as the sample grows", () => {
    const tenth = scoreOf("rules", results({ Killed: 90, Survived: 10, CompileError: 900 }));
    const half = scoreOf("rules", results({ Killed: 450, Survived: 50, CompileError: 500 }));
    expect(marginOf(tenth)).toBeCloseTo(5.58, 2);
    expect(marginOf(half)).toBeCloseTo(1.86, 2);
  });

  it("adds up, with the total on the last line", () => {
    const rooms = [scoreOf("rules", results({ Killed: 3 })), scoreOf("models", results({ Killed: 5, Survived: 2 }))];
    expect(sumOf(rooms)).toMatchObject({ name: "total", mutants: 10, killed: 8, survived: 2 });
    expect(tableText(rooms).split("\n")).toEqual([
      "room    mutants  tried  killed  survived  timeout  no coverage    score",
      "rules         3      3       3         0        0            0  100.0 %",
      "models        7      7       5         2        0            0   71.4 %",
      "total        10     10       8         2        0            0   80.0 %",
    ]);
  });
});
