/**
 * What `nestfuzz check` prints: each row with its verdict, the mails of those that are wrong, what it comes to.
 */

import type { Entry } from "../corpus/entry.js";
import { mailText } from "../report/mail.js";
import { wrapAfter } from "../report/text.js";
import { CACHE_WORDS, owesText, scopeText } from "../report/words.js";
import { type CacheName, transitionName } from "../rules/vocabulary.js";
import type { CheckResult, RowVerdict, RowWord } from "../verdicts/check.js";
import { transitionsOf } from "../verdicts/rows.js";
import { version } from "../verdicts/version.js";

const WIDTH = 100;

/** `rules`: what is checked, in one line; `others`: rows not in force; `repeat`: the command that gives the same. */
export function checkText(result: CheckResult, rules: string, others: readonly string[], repeat: string): string {
  const { verdicts, unexplained } = result;
  const wrong = verdicts.filter(({ word }) => word === "wrong");
  const blocks = [
    rules,
    verdicts.flatMap(verdictLines).join("\n"),
    ...(others.length === 0 ? [] : [wrapAfter("not in force: ", others.join(", "), WIDTH).join("\n")]),
    ...wrong.map(({ row, witness }) => `row ${row.id}, ${row.at}, is wrong:\n\n${mailText(witness!).trimEnd()}`),
    ...(unexplained === null ? [] : [`no single row accounts for this:\n\n${mailText(unexplained).trimEnd()}`]),
    `${summaryLine(result)}\nrepeat with: ${repeat}`,
  ];
  return blocks.join("\n\n");
}

/** A row: place, verdict, what it owes, what was found. */
export function verdictLines(verdict: RowVerdict): string[] {
  const { row, word, superfluous } = verdict;
  const scopes = superfluous.map(({ stage, scope }) => scopeText(row.stages[stage]![scope]!));
  return [
    `${row.at}: ${row.id}: ${word}`,
    ...wrapAfter("  owes     ", owesText(row.stages), WIDTH),
    ...wrapAfter("  found    ", evidence(verdict), WIDTH),
    ...(scopes.length === 0 ? [] : wrapAfter("  less     ", `nothing found without ${scopes.join(", or ")}`, WIDTH)),
  ];
}

function evidence({ word, witness, commands, changes, stale }: RowVerdict): string {
  switch (word) {
    case "needed":
      return `${failureOf(witness!)} without it`;
    case "wrong":
      return `${failureOf(witness!)}: ${witness!.id}, below`;
    case "not reached":
      return `nothing to tell by: none of its changes occurred in ${commands} commands`;
    default: {
      const lead = word === "superfluous" ? "nothing without it" : "nothing";
      return `${lead}, in ${commands} commands with ${changes} of its changes; stale behind them: ${staleText(stale)}`;
    }
  }
}

function staleText(stale: readonly CacheName[]): string {
  return stale.length === 0 ? "nothing" : stale.map((cache) => CACHE_WORDS[cache]).join(", ");
}

function failureOf({ commands, failure }: Entry): string {
  return `${failure.severity} by "${commands.join("; ")}"`;
}

export function summaryLine({ verdicts, unexplained, stopped }: CheckResult): string {
  const words: RowWord[] = ["needed", "nothing owed", "superfluous", "not reached", "wrong"];
  const counts = words.map((word) => [verdicts.filter((one) => one.word === word).length, word] as const);
  const parts = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const less = verdicts.filter(({ superfluous }) => superfluous.length > 0).length;
  const more =
    less === 0
      ? ""
      : `; ${less} of those needed owe${less === 1 ? "s" : ""} more than ${less === 1 ? "it needs" : "they need"}`;
  const rows = `${verdicts.length} row${verdicts.length === 1 ? "" : "s"}: ${parts.join(", ")}${more}`;
  if (stopped) return `stopped; ${rows}`;
  return unexplained === null ? rows : `${rows}; a counterexample without a row`;
}

export function checkJson(result: CheckResult, seed: string): string {
  const rows = result.verdicts.map(({ row, word, witness, superfluous, commands, changes, stale }) => ({
    row: row.id,
    at: row.at,
    by: row.by,
    transitions: transitionsOf(row).map(transitionName),
    owes: row.stages,
    verdict: word,
    superfluousScopes: superfluous,
    counterexample: witness === null ? null : { id: witness.id, commands: witness.commands, failure: witness.failure },
    commands,
    changes,
    stale,
  }));
  const { unexplained, stopped } = result;
  return `${JSON.stringify({ version: version(), seed, rows, unexplained, stopped }, null, 2)}\n`;
}
