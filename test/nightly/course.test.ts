import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Course } from "../../nightly/course.js";

const sum = (list: readonly number[]): number => list.reduce((total, one) => total + one, 0);

describe("the course of a night", () => {
  it("spreads commands over the time that they took, and holds the most memory of each part", () => {
    const course = new Course();
    course.add(1, 0.5, 400, 10);
    course.add(0.9, 0, 7, 30);
    const { seconds, commands, memory } = course.figures();
    expect(seconds).toBe(0.125);
    expect(commands).toEqual([0, 0, 0, 0, 100, 100, 100, 107, 0]);
    expect(memory.slice(6)).toEqual([0, 30, 10]);
  });

  it("has at most 120 parts however long it is, all commands in them, in whatever order lines come", () => {
    const line = fc.record({ ended: fc.nat(500_000), took: fc.nat(4000), commands: fc.nat(1000), memory: fc.nat(9) });
    const lines = fc.array(line, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(lines, (list) => {
        const figures = [list, [...list].reverse()].map((order) => {
          const course = new Course();
          for (const { ended, took, commands, memory } of order) course.add(ended, took, commands, memory);
          return course.figures();
        });
        const [one, other] = figures as [(typeof figures)[0], (typeof figures)[0]];
        expect(one.commands.length).toBeLessThanOrEqual(120);
        expect(Math.abs(sum(one.commands) - sum(list.map(({ commands }) => commands)))).toBeLessThanOrEqual(60);
        expect({ ...one, commands: [] }).toEqual({ ...other, commands: [] });
        one.commands.forEach((count, at) => {
          expect(Math.abs(count - other.commands[at]!)).toBeLessThanOrEqual(1);
        });
      }),
      { seed: 1, numRuns: 100 },
    );
  });
});
