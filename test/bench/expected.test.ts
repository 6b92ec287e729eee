import { describe, expect, it } from "vitest";
import {
  type Fall,
  fallen,
  fallenTwice,
  fallText,
  medianRatios,
  type Ratios,
  ratiosOf,
  recordedRatios,
} from "../../bench/expected.js";
import { briefSubjects } from "../../bench/parts/brief.js";
import { rowsOf } from "../../bench/rounds.js";

const EXPECTED: Ratios = { fuzz: 100, replay: 0.5 };

describe("recorded ratios", () => {
  it("have fallen below 60 % of what was recorded, not at it or above", () => {
    expect(fallen(EXPECTED, { fuzz: 60, replay: 0.3 })).toEqual([]);
    expect(fallen(EXPECTED, { fuzz: 59.9, replay: 0.3 })).toEqual([{ row: "fuzz", expected: 100, now: 59.9 }]);
    expect(fallen(EXPECTED, { fuzz: 5000, replay: 0.29 })).toEqual([{ row: "replay", expected: 0.5, now: 0.29 }]);
  });

  it("have fallen where the row is gone, and rows that were not recorded are no fall", () => {
    expect(fallen(EXPECTED, { fuzz: 100, other: 0.001 })).toEqual([{ row: "replay", expected: 0.5, now: null }]);
  });

  it("fall only where they do so twice, in the same row", async () => {
    const run = (...passes: Ratios[]): Promise<Fall[]> => fallenTwice(EXPECTED, () => passes.shift()!);
    const good = { fuzz: 100, replay: 0.5 };
    const bad = { fuzz: 10, replay: 0.5 };
    const worse = { fuzz: 20, replay: 0.1 };
    expect(await run(good)).toEqual([]);
    expect(await run(bad, good)).toEqual([]);
    expect(await run(bad, { fuzz: 100, replay: 0.1 })).toEqual([]);
    expect(await run(bad, worse)).toEqual([{ row: "fuzz", expected: 100, now: 20 }]);
  });

  it("are told with how far they fell", () => {
    expect(fallText({ row: "fuzz", expected: 100, now: 20 })).toBe(
      "fuzz: 20 times its baseline, recorded as 100: fell by 80 %",
    );
    expect(fallText({ row: "fuzz", expected: 100, now: null })).toContain("npm run bench -- --record");
  });

  it("are the medians of some measurements", () => {
    expect(medianRatios([{ fuzz: 1 }, { fuzz: 9 }, { fuzz: 2 }])).toEqual({ fuzz: 2 });
  });

  it("stand in the repository for each row that is measured against another", () => {
    const subjects = briefSubjects();
    const names = subjects.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const rows = rowsOf(subjects, new Map(names.map((name) => [name, [1]])));
    expect(Object.keys(recordedRatios())).toEqual(Object.keys(ratiosOf(rows)));
  });
});
