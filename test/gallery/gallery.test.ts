/**
 * The gallery itself: each known bug is shown by its sequence and found by the ordinary fuzz; without it all is clean.
 *
 * `npm run gallery` measures over twenty seeds; here one seed is enough as a rule.
 */

import { describe, expect, it } from "vitest";
import { BUG_SEQUENCES } from "../commands/bugs.sequences.js";
import { BUGS } from "./bugs.js";
import { measure, measureBug, replay, showing, verdicts } from "./measure.js";
import { type Bug, CLASSES, rightVariant, wrongVariant } from "./mutation.js";
import { distinctRights } from "./pool.js";
import { quantile, tableText, totalText } from "./table.js";

const BUDGET = 20_000;
/** Seeds that find a rare bug early; a change of the generator only makes the test slower. */
const PINNED: Readonly<Record<string, string>> = { B04: "2", B27: "6" };
const OTHERS = ["one", "two", "three", "four", "five", "six", "seven", "eight"];

/** Whether one of the seeds, tried in turn, finds the bug. */
async function isFound(bug: Bug): Promise<boolean> {
  for (const seed of [PINNED[bug.id] ?? "one", ...OTHERS]) {
    if ((await measureBug(bug, { seed, budget: BUDGET })) !== null) return true;
  }
  return false;
}

const named = (bugs: readonly Bug[]): [string, Bug][] => bugs.map((bug) => [`${bug.id}: ${bug.what}`, bug]);

describe("the gallery", () => {
  it("has every known bug once, and one of every class", () => {
    expect(BUGS.map(({ id }) => id)).toEqual(BUG_SEQUENCES.map(({ id }) => id));
    expect(CLASSES.filter((name) => !BUGS.some((bug) => bug.class === name))).toEqual([]);
  });

  it.each(named(BUGS))("%s: is shown", (_, bug) => {
    const { wrong, right } = verdicts(bug);
    expect(wrong?.violation.severity).toBe(showing(bug).severity);
    expect(right).toBeNull();
  });

  it("says of a given sequence that it does not show the bug only where that is so", () => {
    const others = BUGS.filter(({ shows }) => shows?.sequence !== undefined);
    const shown = others.filter((bug) => {
      const severity = replay(wrongVariant(bug), bug.given)?.violation.severity;
      return severity === bug.severity;
    });
    expect(shown.map(({ id }) => id)).toEqual([]);
  });

  it.each(named(BUGS))("%s: is found", async (_, bug) => {
    expect(await isFound(bug)).toBe(true);
  });

  it.each(distinctRights(BUGS).map((bug) => [rightVariant(bug).cell.id, bug] as const))(
    "%s is clean",
    async (_, bug) => {
      expect(await measure(rightVariant(bug), { seed: "one", budget: 3000 })).toBeNull();
    },
  );

  it("takes a bug in a geometry of its own", async () => {
    const bug: Bug = { ...BUGS.find(({ id }) => id === "B02")!, id: "X03", geometry: "3x4", given: "w g6[0]=-" };
    expect(replay(wrongVariant(bug), bug.given)?.violation.severity).toBe("stale-access");
    expect(replay(rightVariant(bug), bug.given)).toBeNull();
    expect(await isFound(bug)).toBe(true);
    expect(() => wrongVariant({ ...bug, geometry: "4" })).toThrow(/X03: .*geometry/);
  });

  it("tells a mistake in a mutation by its place", () => {
    const broken: Bug = { ...BUGS[0]!, id: "X01", mutate: { architecture: "\n  caches:\n    iotbl: absent" } };
    expect(() => wrongVariant(broken)).toThrow(/X01\/unit\.yaml:6:3: NF112 .*did you mean iotlb/);
    const rule = "- { id: cleared, change: p->np, stage: 1, level: leaf, owes: nothing, source: X01 }";
    expect(() => wrongVariant({ ...BUGS[0]!, id: "X02", mutate: { contract: rule } })).toThrow(
      /contract\.yaml:6:\d+: NF1/,
    );
  });
});

describe("the table", () => {
  it("takes quantiles of what was found, a miss being infinite", () => {
    const values = [5, 1, 3, Number.POSITIVE_INFINITY];
    expect([quantile(values, 0.5), quantile(values, 0.9), quantile([], 0.5)]).toEqual([
      3,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it("has a line a bug and a total", () => {
    const options = { seeds: 2, uniformSeeds: 1, budget: 1000 };
    const bug = BUGS.find(({ id }) => id === "B02")!;
    const figures = { id: "B02", property: "agreement", severity: "stale-access", minimal: ["w g4[0]=-"] } as const;
    const found = { ...figures, biased: [40, 20], uniform: [Number.POSITIVE_INFINITY] };
    expect(tableText([bug], [found], options).split("\n")[1]!.split(/ +/)).toEqual([
      "B02",
      "missing",
      "2/2",
      "20",
      "40",
      ">1000",
      ">50.0",
      "agreement",
      "stale-access",
      "1",
      "4",
    ]);
    expect(totalText([found], options)).toBe(
      "total: 1 of 1 found, 1 in at least 2 of 2 seeds; median over bugs 20 commands; the bias pays 50.0 times in the median",
    );
  });
});
