import { describe, expect, it } from "vitest";
import { allClaims, cellWith } from "../../cli/cells.js";
import { detectionOf, galleryFigures } from "../../nightly/detection.js";
import { BUGS } from "../gallery/bugs.js";
import { measureBug } from "../gallery/measure.js";

const figures = galleryFigures();
const cells = allClaims().flatMap((claim) => claim.cells);

describe("detection power", () => {
  it("is reckoned from figures of every bug of the gallery, with all seeds", () => {
    expect(figures.bugs.map(({ id, architecture, contract }) => ({ id, architecture, contract }))).toEqual(
      BUGS.map(({ id, architecture, contract }) => ({ id, architecture, contract })),
    );
    for (const { commands } of figures.bugs) expect(commands).toHaveLength(figures.seeds);
  });

  it("has figures that are those of the gallery now", async () => {
    // Those that are found soon: the figures are written anew by `npm run gallery -- --write`.
    const soon = BUGS.filter((_, at) => (figures.bugs[at]!.commands[0] ?? Number.POSITIVE_INFINITY) < 100);
    expect(soon.length).toBeGreaterThan(10);
    for (const bug of soon) {
      const finding = await measureBug(bug, { seed: "gallery-0" });
      expect(finding?.commands, bug.id).toBe(figures.bugs.find(({ id }) => id === bug.id)!.commands[0]);
    }
  });

  it("grows with the commands, up to all that a cell of the claims is for", () => {
    const power = (commands: number) =>
      detectionOf(
        figures,
        cells,
        cells.map(() => commands),
      );
    expect(power(0)).toMatchObject({ found: 0, of: figures.bugs.length, mean: 0 });
    expect(power(1000).found).toBeGreaterThan(power(10).found);
    expect(power(1_000_000).found).toBeGreaterThan(0.9 * figures.bugs.length);
    expect(power(1000).mean).toBeGreaterThan(power(100).mean);
  });

  it("counts the commands of cells on the bug's unit alone, under its contract, with its strategies", () => {
    const legacy = cellWith("T8.vtd", {});
    const bugs = (cell: typeof legacy) => detectionOf(figures, [cell], [1000]).bugs.filter((bug) => bug.commands > 0);
    const named = bugs(legacy).map(({ id }) => figures.bugs.find((bug) => bug.id === id)!.contract);
    expect(new Set(named)).toEqual(new Set(["vtd-legacy cm=0"]));
    expect(bugs({ ...legacy, strategies: ["shadow"] })).toEqual([]);
  });
});
