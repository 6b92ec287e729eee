/**
 * How long each cell of a run is searched: in commands, which repeat on every machine, or until some seconds are over.
 *
 * A run that is limited by seconds is repeated by the commands that each cell came to, so `--commands` also takes a
 * list: one number for each cell.
 */

import type { Cell } from "../rules/vocabulary.js";
import { refuse } from "./exit.js";

export const DEFAULT_COMMANDS = 30_000;

export interface BudgetFlags {
  commands?: string;
  seconds?: string;
}

export interface Budget {
  /** By cell; infinite where only time limits. */
  commands: number[];
  /** For the whole run. */
  seconds: number | undefined;
}

/** A counterexample that is expected may be rare, and ends the search: by default that goes on so many times longer. */
const PATIENCE = 20;

export function budgetFrom(flags: BudgetFlags, cells: readonly Pick<Cell, "expected">[]): Budget {
  const cellCount = cells.length;
  const seconds = flags.seconds === undefined ? undefined : numberFrom(flags.seconds, "--seconds", "10");
  const texts = flags.commands?.split(",") ?? [];
  const given = texts.map((text) => numberFrom(text, "--commands", "1000"));
  if (given.length > 1 && given.length !== cellCount)
    refuse(
      `--commands: ${given.length} numbers, and ${cellCount} cell${cellCount === 1 ? "" : "s"}; ` +
        "known: one number, or one for each cell; give as many as there are cells",
    );
  const usual = (cell: Pick<Cell, "expected">): number =>
    seconds !== undefined ? Number.POSITIVE_INFINITY : DEFAULT_COMMANDS * (cell.expected === "fails" ? PATIENCE : 1);
  return { commands: cells.map((cell, at) => given[at] ?? given[0] ?? usual(cell)), seconds };
}

/** A whole number from 1 on; `example` is shown where it is none. */
export function numberFrom(text: string, flag: string, example: string): number {
  if (/^[0-9]+$/.test(text) && Number(text) >= 1) return Number(text);
  return refuse(
    `${flag}: "${text}" is no number to search by; known: whole numbers from 1 on; e.g. ${flag} ${example}`,
  );
}
