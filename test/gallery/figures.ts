/** The gallery's figures as the package ships them, for the detection power of a night: a bug a line. */

import type { GalleryBug } from "../../nightly/detection.js";
import { type Bug, wrongVariant } from "./mutation.js";
import type { BugFigures, PoolOptions } from "./pool.js";

export function figuresText(
  bugs: readonly Bug[],
  figures: readonly Pick<BugFigures, "id" | "biased">[],
  { budget, seeds }: Pick<PoolOptions, "budget" | "seeds">,
): string {
  const rows = bugs.map((bug): GalleryBug => {
    const { biased } = figures.find(({ id }) => id === bug.id)!;
    const commands = biased.map((needed) => (needed !== null && Number.isFinite(needed) ? needed : null));
    const { strategies } = wrongVariant(bug).cell;
    const { id, class: kind, what, architecture, contract } = bug;
    return { id, class: kind, what, architecture, contract, strategies, commands };
  });
  const lines = rows.map((row) => `    ${JSON.stringify(row)}`).join(",\n");
  return `{\n  "budget": ${budget},\n  "seeds": ${seeds},\n  "bugs": [\n${lines}\n  ]\n}\n`;
}
