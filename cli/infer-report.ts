/**
 * What `nestfuzz infer` prints beside the contract itself: what it comes to, and a comparison row by row.
 */

import type { Compared, RowDifference } from "../infer/compare.js";
import type { Shown } from "../infer/evidence.js";
import { rowsOfShown } from "../infer/groups.js";
import { type Recipe, recipeKey } from "../infer/recipes.js";
import { strengthText } from "../infer/strength.js";
import { contractRef } from "../report/built-in.js";
import { mailText } from "../report/mail.js";
import { wrapAfter } from "../report/text.js";
import { owesText } from "../report/words.js";
import { TRANSITIONS, transitionName } from "../rules/vocabulary.js";
import type { RunCell } from "../search/runner.js";
import type { Row } from "../verdicts/rows.js";
import { version } from "../verdicts/version.js";

const WIDTH = 100;

/** Where the contract went into a file. */
export function weakestText(shown: Shown, file: string, repeat: string): string {
  const groups = rowsOfShown(shown);
  const refuted = shown.rows.flatMap((row) => row.refuted);
  const open = refuted.filter(({ entry }) => entry === null).length;
  const lines = [
    `${file}: ${groups.length} rows, ${refuted.length - open} weaker recipes refuted`,
    ...(open === 0 ? [] : [`${open} weaker recipes neither refuted nor tried to the end`]),
    ...beyondLines(shown),
    `repeat with: ${repeat}`,
  ];
  return lines.join("\n");
}

export function comparedText(cell: RunCell, compared: readonly Compared[], shown: Shown, repeat: string): string {
  const { architecture, contract, strategies } = cell;
  const rows = [...new Set(compared.map(({ row }) => row))];
  const blocks = [
    `${contractRef(contract)} on ${architecture.name}, ${strategies.join(" and ")}`,
    rows.map((row) => rowLines(row, compared, shown).join("\n")).join("\n"),
    ...tooWeak(compared),
    ...beyondLines(shown),
    `${summary(compared)}\nrepeat with: ${repeat}`,
  ];
  return blocks.join("\n\n");
}

/** A mail for each counterexample, under the first row that it is against. */
function tooWeak(compared: readonly Compared[]): string[] {
  const told = new Set<string>();
  return compared.flatMap(({ row, entry }) => {
    if (entry === null || told.has(entry.id)) return [];
    told.add(entry.id);
    return [`row ${row.id}, ${row.at}, is too weak:\n\n${mailText(entry).trimEnd()}`];
  });
}

/** A row, and for each verdict the changes that it is about. */
function rowLines(row: Row, compared: readonly Compared[], shown: Shown): string[] {
  const members = compared.filter((one) => one.row === row);
  const parts = new Map<string, Compared[]>();
  for (const one of members) {
    const key = `${one.difference} ${recipeKey(one.needs)}`;
    parts.set(key, [...(parts.get(key) ?? []), one]);
  }
  return [
    `${row.at}: ${row.id}`,
    ...wrapAfter("  owes     ", owesText(row.stages), WIDTH),
    ...[...parts.values()].flatMap((part) => partLines(part, parts.size === 1, shown)),
  ];
}

function partLines(part: readonly Compared[], isWhole: boolean, shown: Shown): string[] {
  const { difference, needs } = part[0]!;
  const changes = isWhole ? "" : `${[...new Set(part.map(({ transition }) => nameOf(transition)))].join(", ")}: `;
  return wrapAfter("  verdict  ", `${changes}${verdict(difference, needs, part, shown)}`, WIDTH);
}

function nameOf(transition: number): string {
  const { stage, level, change } = TRANSITIONS[transition]!;
  return stage === 0 ? change : `stage ${stage} ${level} ${change}`;
}

function verdict(difference: RowDifference, needs: Recipe, part: readonly Compared[], shown: Shown): string {
  const will = `${owesText(needs)} will do`;
  switch (difference) {
    case "just right":
      return needs.length === 0 ? "nothing is owed, and nothing need be" : "just right, every weaker recipe is refuted";
    case "more than needed":
      return `owes more than is needed: ${will}; ${strengthText({ rows: part.map((one) => one.shown) }, shown)}`;
    case "too weak":
      return `too weak: ${[...new Set(part.flatMap(({ entry }) => entry?.id ?? []))].join(", ")}; ${will}`;
    case "traded":
      return `nothing found against it; what was inferred owes ${owesText(needs)} here, since other rows owe less`;
    case "not reached":
      return "not reached: the geometry has none of these changes";
  }
}

function summary(compared: readonly Compared[]): string {
  const words: RowDifference[] = ["just right", "more than needed", "too weak", "traded", "not reached"];
  const counts = words.map((word) => [compared.filter(({ difference }) => difference === word).length, word] as const);
  const parts = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return `${compared.length} transitions: ${parts.join(", ")}`;
}

function beyondLines({ beyond }: Shown): string[] {
  return beyond.map((entry) => `no rule prevents this:\n\n${mailText(entry).trimEnd()}`);
}

export function inferJson(
  shown: Shown,
  compared: readonly Compared[] | null,
  { seed, stopped }: { seed: string; stopped: boolean },
): string {
  const transitions = shown.rows.map(({ transition, owes, refuted, changes, stale, isProved }) => ({
    transition: transitionName(TRANSITIONS[transition]!),
    owes,
    weaker: refuted.map((one) => ({ owes: one.owes, counterexample: one.entry?.id ?? null })),
    strength: { commands: shown.whole, changes, stale, proved: isProved },
  }));
  const rows = compared?.map(({ row, transition, difference, needs, entry }) => ({
    row: row.id,
    at: row.at,
    transition: transitionName(TRANSITIONS[transition]!),
    verdict: difference,
    needs,
    counterexample: entry?.id ?? null,
  }));
  const beyond = shown.beyond.map(({ id, commands, failure }) => ({ id, commands, failure }));
  const { proof } = shown;
  return `${JSON.stringify({ version: version(), seed, transitions, proof, beyond, rows, stopped }, null, 2)}\n`;
}
