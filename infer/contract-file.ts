/**
 * An inferred contract as a rule file: a row for the changes of one kind of entry that owe the same, and above it, as
 * comments, what refutes each recipe next below and how its strength was shown.
 */

import { wrap } from "../report/text.js";
import { TRANSITIONS } from "../rules/vocabulary.js";
import type { Shown } from "./evidence.js";
import { rowsOfShown, type ShownGroup } from "./groups.js";
import { type Recipe, recipeText } from "./recipes.js";
import { strengthText } from "./strength.js";

export interface FileFacts {
  name: string;
  /** The unit as the file names it: built-in, or a path from where the file will be. */
  architecture: string;
  /** What was inferred, in one line: `riscv, envelope`. */
  of: string;
  version: string;
  /** The command that gives the same file. */
  repeat: string;
}

const WIDTH = 116;

export function contractFile(shown: Shown, facts: FileFacts): string {
  const { name, architecture, of, version, repeat } = facts;
  const head = `Inferred by nestfuzz ${version} for ${of}: of no row can anything be left out. Above each row: how its
    strength was shown, and for each recipe next below it the counterexamples that refute it, change by change.`;
  return [
    ...comment(head, ""),
    `# Again: ${repeat}`,
    "kind: contract",
    `name: ${name}`,
    `summary: the weakest recipes that hold for ${of}, as far as they were searched`,
    `source: ${JSON.stringify(repeat)}`,
    `architecture: ${architecture}`,
    "",
    "rules:",
    ...rowsOfShown(shown).flatMap((group) => rowLines(group, shown, version)),
    "",
  ].join("\n");
}

function rowLines(group: ShownGroup, shown: Shown, version: string): string[] {
  const { id, rows, stage, level, by } = group;
  const changes = rows.map(({ transition }) => TRANSITIONS[transition]!.change);
  return [
    ...comment(strengthText(group, shown), "  "),
    ...group.weaker.flatMap(({ owes, refuted }) => {
      const ids = refuted.map(({ change, entry }) => `${change} ${entry === null ? "nothing found" : entry.id}`);
      return comment(`weaker: ${recipeText(owes)}: ${ids.join(", ")}`, "  ");
    }),
    `  - id: ${id}`,
    `    stage: ${stage === 0 ? "context" : stage}`,
    ...(stage === 0 ? [] : [`    level: ${level}`]),
    `    change: [${changes.join(", ")}]`,
    ...(by === (stage === 2 ? "host" : "guest") ? [] : [`    by: ${by}`]),
    ...owesLines(group.owes),
    `    source: nestfuzz ${version}, inferred`,
    "    confidence: inferred",
  ];
}

function owesLines(owes: Recipe): string[] {
  const line = `    owes: ${recipeText(owes)}`;
  if (line.length <= 120) return [line];
  return ["    owes:", ...owes.map((stage) => `      - ${recipeText([stage]).slice(1, -1)}`)];
}

function comment(text: string, indent: string): string[] {
  return wrap(text.replaceAll(/\s+/g, " "), WIDTH - indent.length).map((line) => `${indent}# ${line}`);
}
