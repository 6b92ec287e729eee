import { describe, expect, it } from "vitest";
import { isDrawn, isSurvivor, keyOf, reportedAs } from "./sample.js";

const PLACES = Array.from({ length: 2000 }, (_, at) => ({
  fileName: "models/world.ts",
  location: { start: { line: at, column: 4 }, end: { line: at + 2, column: 9 } },
  mutatorName: "BlockStatement",
  replacement: "{}",
}));

describe("a sample of mutants", () => {
  it("takes about the share that was asked for, and all or none at the ends", () => {
    const drawn = (share: number): number => PLACES.filter((place) => isDrawn(place, share)).length;
    expect([drawn(0), drawn(1)]).toEqual([0, 2000]);
    expect(drawn(0.1)).toBeGreaterThan(150);
    expect(drawn(0.1)).toBeLessThan(250);
  });

  it("is the same each time, and part of every larger one", () => {
    const small = PLACES.filter((place) => isDrawn(place, 0.05));
    expect(small.every((place) => isDrawn(place, 0.2))).toBe(true);
  });

  it("draws mutants at one place apart", () => {
    const others = PLACES.map((place) => ({ ...place, replacement: "true" }));
    const both = PLACES.filter((place, at) => isDrawn(place, 0.5) && isDrawn(others[at]!, 0.5));
    expect(both.length).toBeGreaterThan(400);
    expect(both.length).toBeLessThan(600);
  });

  it("is known again in a report by file, place, kind and replacement", () => {
    const keys = new Set(PLACES.map((place) => keyOf(reportedAs(place))));
    expect(keys.size).toBe(PLACES.length);
    expect(reportedAs(PLACES[3]!)).toEqual({
      place: "models/world.ts:3:4",
      end: "5:9",
      mutatorName: "BlockStatement",
      replacement: "{}",
    });
    const statuses = ["Killed", "Timeout", "Survived", "NoCoverage"] as const;
    expect(statuses.filter((status) => isSurvivor({ status }))).toEqual(["Survived", "NoCoverage"]);
  });
});
