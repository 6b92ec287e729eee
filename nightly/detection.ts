/**
 * How sharp a night was: of the known bugs of the gallery, how many its budget would have found.
 *
 * `gallery.json` has, for each bug, the commands that the ordinary search took to its first failure, with twenty seeds
 * (`npm run gallery -- --write`). A bug lies in a unit; what counts for it are the commands of tonight's cells on that
 * unit under that contract, with the bug's strategies. It would have been found if those were enough with nine seeds of
 * ten; the chance is the share of seeds with which they were. Sizes of slices are left out of account: a failure may
 * come late in a slice that is cut, so the chance is a little too good for nights whose slices are smaller than that.
 */

import { readFileSync } from "node:fs";
import path from "node:path";
import { contractRef } from "../report/built-in.js";
import { packageRoot } from "../rules/home.js";
import type { Cell } from "../rules/vocabulary.js";

export interface GalleryBug {
  id: string;
  class: string;
  what: string;
  architecture: string;
  contract: string;
  strategies: readonly string[];
  /** By seed: commands up to the failure, null for none within the budget. */
  commands: readonly (number | null)[];
}

export interface GalleryFigures {
  budget: number;
  seeds: number;
  bugs: readonly GalleryBug[];
}

export interface Detection {
  /** Bugs that nine seeds of ten find with tonight's commands. */
  found: number;
  of: number;
  /** The sum of the chances. */
  mean: number;
  bugs: { id: string; commands: number; chance: number }[];
}

const SURE = 0.9;

export function galleryFile(): string {
  return path.join(packageRoot(), "nightly/gallery.json");
}

export function galleryFigures(): GalleryFigures {
  return JSON.parse(readFileSync(galleryFile(), "utf8")) as GalleryFigures;
}

/** `commands`: by cell, those of tonight. */
export function detectionOf(
  { bugs }: GalleryFigures,
  cells: readonly Pick<Cell, "architecture" | "contract" | "strategies">[],
  commands: readonly number[],
): Detection {
  const rows = bugs.map((bug) => {
    const spent = cells.reduce((sum, cell, at) => sum + (isSameUnit(bug, cell) ? commands[at]! : 0), 0);
    const enough = bug.commands.filter((needed) => needed !== null && needed <= spent).length;
    return { id: bug.id, commands: spent, chance: enough / bug.commands.length };
  });
  const mean = rows.reduce((sum, { chance }) => sum + chance, 0);
  return { found: rows.filter(({ chance }) => chance >= SURE).length, of: rows.length, mean: round(mean), bugs: rows };
}

function isSameUnit(bug: GalleryBug, cell: Pick<Cell, "architecture" | "contract" | "strategies">): boolean {
  return (
    cell.architecture.name === bug.architecture &&
    contractRef(cell.contract) === bug.contract &&
    bug.strategies.every((name) => (cell.strategies as readonly string[]).includes(name))
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
