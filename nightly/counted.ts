/**
 * What the lines of one journal, or of several, come to: each slice once, in whatever order and however often it is
 * there.
 */

import type { Cell } from "../rules/vocabulary.js";
import type { CanaryResult } from "./canary.js";
import { Course } from "./course.js";
import type { Line } from "./journal.js";
import type { Planned } from "./plan.js";
import { Tally } from "./tally.js";

export class Counted {
  readonly tally: Tally;
  readonly canary = new Map<string, CanaryResult>();
  /** The longest that one of the journals ran. */
  seconds = 0;
  readonly course = new Course();
  /** By cell: seconds that workers spent on it. */
  readonly busy: number[];
  private readonly slices = new Set<string>();
  private readonly troubles = new Map<string, Line & { kind: "trouble" }>();

  constructor(cells: readonly Pick<Cell, "properties">[]) {
    this.tally = new Tally(cells);
    this.busy = cells.map(() => 0);
  }

  add(line: Line): void {
    if (line.kind === "run") return;
    this.seconds = Math.max(this.seconds, line.seconds);
    if (line.kind === "canary") this.canary.set(line.result.family, line.result);
    if (line.kind === "trouble") this.troubles.set(keyOf(line), line);
    if (line.kind !== "slice" || this.slices.has(keyOf(line))) return;
    this.slices.add(keyOf(line));
    this.tally.add(line.cell, line.budget, line.result);
    this.busy[line.cell]! += line.took ?? 0;
    this.course.add(line.seconds, line.took ?? 0, line.result.commands, line.memory ?? 0);
  }

  has(planned: Pick<Planned, "cell" | "number">): boolean {
    return this.slices.has(keyOf(planned));
  }

  canaries(): CanaryResult[] {
    return [...this.canary.values()].sort((a, b) => (a.family < b.family ? -1 : 1));
  }

  /** Slices that were given up, and that no later try has done. */
  trouble(): (Line & { kind: "trouble" })[] {
    const left = [...this.troubles.values()].filter((line) => !this.has(line));
    return left.sort((a, b) => a.cell - b.cell || a.number - b.number);
  }
}

function keyOf({ cell, number }: Pick<Planned, "cell" | "number">): string {
  return `${cell}/${number}`;
}
