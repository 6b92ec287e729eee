import { describe, expect, it } from "vitest";
import { measureRounds, rowsOf } from "../../bench/rounds.js";
import type { Subject } from "../../bench/subject.js";

const base = { clock: "processor" as const, batch: () => 1 };

describe("rounds", () => {
  it("tell medians, the spread, and ratios in which more is faster", () => {
    const subjects: Subject[] = [
      { ...base, name: "own", unit: "commands/s", against: "other" },
      { ...base, name: "other", unit: "commands/s" },
      { ...base, name: "quick", unit: "ms", against: "slow", details: () => ({ left: 4 }) },
      { ...base, name: "slow", unit: "ms" },
    ];
    const figures = new Map([
      ["own", [300, 100, 200]],
      ["other", [10, 20, 30]],
      ["quick", [2, 2, 8]],
      ["slow", [6, 6, 6]],
    ]);
    const [own, other, quick] = rowsOf(subjects, figures);
    expect(own).toMatchObject({ value: 200, spread: [100, 300], against: "other", ratio: 10 });
    expect(other).toMatchObject({ value: 20, against: null, ratio: null });
    expect(quick).toMatchObject({ value: 2, ratio: 3, details: { left: 4 } });
  });

  it("give each subject its turn in each round, from its start", () => {
    const turns: string[] = [];
    const subject = (name: string): Subject => ({
      ...base,
      name,
      unit: "entries/s",
      restart: () => void turns.push(name),
    });
    const rows = measureRounds([subject("a"), subject("b")], { rounds: 2, milliseconds: 1 });
    expect(turns.join(" ")).toBe("a b a b a b");
    expect(rows.every(({ value }) => value > 0)).toBe(true);
  });
});
