/**
 * The page on architectures: for each its caches and commands, and the recipes of the contracts that are for it.
 *
 * Made from the rules, so that it cannot differ from them.
 */

import {
  architectureNames,
  type ContractUses,
  contractNames,
  contractUses,
  loadArchitecture,
  loadContract,
} from "../rules/load.js";
import type { Loaded } from "../rules/problems.js";
import {
  type Architecture,
  type CacheRule,
  type CommandRule,
  type Contract,
  type RangeEncoding,
  TRANSITIONS,
  transitionName,
} from "../rules/vocabulary.js";
import { confidenceText, owesText } from "./words.js";

const HEAD = `# Architectures

What each built-in architecture may cache, what its commands remove, and what the contracts for it say is owed. Made
from \`rules/\` by \`npm run golden\`; [rules.md](rules.md) says what the words mean. A source without a remark is a
specification that was read; \`(inferred)\`, \`(seen in code)\` and \`(from memory)\` are less. The contracts
\`always\`, which asks for everything after every change, and \`never\`, which asks for nothing, are for all of them.
`;

/** Contracts that are for every architecture. */
const GENERAL = ["always", "never"];

/** The whole page, Markdown. */
export function architecturesPage(): string {
  const contracts = contractNames()
    .filter((name) => !GENERAL.includes(name))
    .map((name) => ({ name, uses: given(contractUses(name)) }));
  const sections = architectureNames().map((name) => {
    const architecture = given(loadArchitecture(name));
    const own = contracts.filter(({ uses }) => uses.architectures.some((one) => one.name === name));
    return [
      `## ${name}`,
      `${architecture.summary}. Queue ${architecture.queue}, fence \`${architecture.fence}\`. ` +
        `Source: ${architecture.source}.`,
      cacheTable(architecture.caches),
      commandTable(architecture.commands),
      ...own.map((contract) => recipes(architecture, contract)),
    ].join("\n\n");
  });
  return `${[HEAD.trimEnd(), index(), ...sections].join("\n\n")}\n`;
}

const index = (): string =>
  architectureNames()
    .map((name) => `[${name}](#${name})`)
    .join(" · ");

function cacheTable(caches: readonly CacheRule[]): string {
  const rows = caches.map((cache) => [
    cache.name,
    cache.tags.join(", ") || "none",
    negativeText(cache),
    remarksOn(cache),
    `${cache.source}${confidenceText(cache.confidence)}`,
  ]);
  return table(["cache", "tags", "negative", "more", "source"], rows);
}

function negativeText({ negative, negativeDomain }: CacheRule): string {
  const kinds = [...(negative.notPresent ? ["not present"] : []), ...(negative.malformed ? ["malformed"] : [])];
  if (kinds.length === 0) return "no";
  return `${kinds.join(", ")}${negativeDomain === "none" ? "; under the reserved domain" : ""}`;
}

function remarksOn({ name, lookup, fields, pointers, superpages }: CacheRule): string {
  const isDirectory = name === "context" || name === "pasid";
  const hasPointers = isDirectory || name === "walk";
  return [
    ...(lookup === "requester" ? ["found by requester and address alone"] : []),
    ...(isDirectory ? [`holds ${fields.join(", ")}`] : []),
    ...(hasPointers && pointers !== "guest" ? [`pointers as ${pointers === "host" ? "HPA" : "GPA or HPA"}`] : []),
    ...(superpages === "piece" ? ["a superpage goes piece by piece"] : []),
  ].join("; ");
}

function commandTable(commands: readonly CommandRule[]): string {
  const rows = commands.flatMap((command) => {
    const lead = [
      `inv ${command.kind}`,
      command.manual
        .split("|")
        .map((form) => `\`${form.trim()}\``)
        .join("<br>"),
      rangeText(command.range),
    ];
    return command.removes.map((rule, at) => [
      ...(at === 0 ? lead : ["", "", ""]),
      rule.cache,
      rule.match.join(", ") || "nothing: all of it",
      [
        ...rule.when,
        ...(rule.global ? [] : ["leaves global entries"]),
        ...(rule.levelHint ? ["level hint counts"] : []),
      ].join(", "),
      `${rule.source}${confidenceText(rule.confidence)}`,
    ]);
  });
  return table(["command", "manual", "range", "removes from", "compares", "if sent with", "source"], rows);
}

function rangeText({ count, mask, all }: RangeEncoding): string {
  const counts = { exact: "exact pages", block: "aligned power of two", first: "first page only" } as const;
  return [
    counts[count],
    ...(mask === "shifted" ? ["mask counts from the base"] : []),
    ...(all === "first" ? ["all means page 0"] : []),
  ].join("; ");
}

interface NamedContract {
  name: string;
  uses: ContractUses;
}

/** The rules of a contract on one architecture, under every choice of parameters: what is owed alike stands once. */
function recipes(architecture: Architecture, { name, uses }: NamedContract): string {
  const rows = new Map<string, { cells: string[]; changes: string[]; choices: string[] }>();
  for (const choice of uses.choices) {
    const contract = given(loadContract(name, choice, architecture));
    for (const [at, rule] of contract.rules.entries()) {
      const owes = owesText(withoutAbsent(contract, at, architecture));
      const key = [rule.id, owes, rule.by].join("|");
      const source = `${rule.source}${confidenceText(rule.confidence)}`;
      const row = rows.get(key) ?? { cells: [rule.id, owes, rule.by, source], changes: [], choices: [] };
      rows.set(key, row);
      addOnce(row.changes, transitionName(TRANSITIONS[at]!));
      addOnce(
        row.choices,
        Object.entries(choice)
          .map(([key, value]) => `${key}=${value}`)
          .join(" "),
      );
    }
  }
  const lines = [...rows.values()].map(({ cells: [id, owes, by, source], changes, choices }) => [
    id!,
    choices.length === uses.choices.length ? "" : choices.join(", "),
    changesText(changes),
    owes!,
    owes === "none" ? "" : by!,
    source!,
  ]);
  return [`Contract \`${name}\`:`, table(["rule", "under", "change", "owes", "by", "source"], lines)].join("\n\n");
}

/** On an architecture that lacks a cache, scopes on it are void. */
function withoutAbsent(contract: Contract, at: number, { caches }: Architecture): Contract["rules"][number]["stages"] {
  const present = new Set(caches.map(({ name }) => name));
  return contract.rules[at]!.stages.map((stage) =>
    stage
      .map((scope) => ({ ...scope, caches: scope.caches.filter((cache) => present.has(cache)) }))
      .filter((scope) => scope.caches.length > 0),
  ).filter((stage) => stage.length > 0);
}

/** `stage 1 leaf: np->p, retarget; stage 1 table: split`. */
function changesText(names: readonly string[]): string {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const cut = name.lastIndexOf(" ");
    const lead = name.slice(0, cut);
    groups.set(lead, [...(groups.get(lead) ?? []), name.slice(cut + 1)]);
  }
  return [...groups].map(([lead, changes]) => `${lead}: ${changes.join(", ")}`).join("; ");
}

function addOnce(list: string[], item: string): void {
  if (!list.includes(item)) list.push(item);
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(" | ")} |`;
  return [line(titles), `|${titles.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

const escaped = (text: string): string => text.replaceAll("|", "\\|");

function given<T>(found: Loaded<T>): T {
  if (found.ok) return found.value;
  throw new Error(found.problems.map(({ message }) => message).join("\n"));
}
