/**
 * The lines that a run can be repeated or gone on with: complete commands, fit to be pasted into a shell.
 */

import { flagWords, quotedWord } from "../report/shell.js";
import type { BudgetFlags } from "./budget.js";
import type { RuleRefs } from "./cells.js";
import { DEFAULT_CORPUS } from "./stores.js";

export interface RunFlags extends RuleRefs, BudgetFlags {
  seed: string;
  json?: boolean;
  /** False: without the table of transitions. */
  coverage: boolean;
  corpus: string;
  geometry?: string;
  target?: string;
  without?: string;
}

const REPEATED = [
  "commands",
  "seconds",
  "architecture",
  "contract",
  "strategies",
  "properties",
  "geometry",
  "target",
  "without",
] as const;

/** The command that searches `claims` with these flags. */
export function runLine(claims: readonly string[], flags: RunFlags): string {
  const words = ["nestfuzz", "fuzz", ...claims, "--seed", flags.seed, ...flagWords(flags, REPEATED)];
  if (!flags.coverage) words.push("--no-coverage");
  if (flags.json === true) words.push("--json");
  return quotedLine(words, flags.corpus);
}

/** The words as a shell takes them, and the corpus where it is another than the usual. */
export function quotedLine(words: readonly string[], corpus: string): string {
  return `${words.map(quotedWord).join(" ")}${corpusWords(corpus)}`;
}

/** The command that gives the same bytes again: what time has limited is limited by the commands it came to. */
export function repeatLine(claims: readonly string[], flags: RunFlags, commands: readonly number[]): string {
  const { seconds, ...others } = flags;
  return runLine(claims, seconds === undefined ? flags : { ...others, commands: commands.join(",") });
}

/** The command that searches the cells from number `from` on, as the whole run would have. */
export function goOnLine(
  claims: readonly string[],
  flags: RunFlags,
  cells: readonly { id: string }[],
  from: number,
): string {
  if (from === 0) return runLine(claims, flags);
  const numbers = flags.commands?.split(",") ?? [];
  const left = numbers.length > 1 ? { ...flags, commands: numbers.slice(from).join(",") } : flags;
  const ids = cells.slice(from).map(({ id }) => id);
  return runLine(ids, left);
}

/** The command that prints a counterexample. */
export function showLine(id: string, corpus: string): string {
  return `nestfuzz show ${id}${corpusWords(corpus)}`;
}

function corpusWords(folder: string): string {
  return folder === DEFAULT_CORPUS ? "" : ` --corpus ${quotedWord(folder)}`;
}
