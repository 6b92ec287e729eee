/**
 * What a cell rests on that no specification says in so many words: rows that were inferred, seen in code only, or are
 * from memory. A verdict is no surer than they are.
 */

import { type Cell, CONFIDENCES, type Confidence } from "../rules/vocabulary.js";

/** The names of the rows of each confidence: caches and commands of the architecture, rules of the contract. */
export function groundsOf({
  architecture,
  contract,
}: Pick<Cell, "architecture" | "contract">): Map<Confidence, string[]> {
  const rows: [Confidence, string][] = [
    ...architecture.caches.map(({ confidence, name }): [Confidence, string] => [confidence, `cache ${name}`]),
    ...architecture.commands.flatMap((command): [Confidence, string][] => [
      [command.confidence, `inv ${command.kind}`],
      ...command.removes.map((rule): [Confidence, string] => [rule.confidence, `inv ${command.kind} on ${rule.cache}`]),
    ]),
    ...contract.rules.map(({ confidence, id }): [Confidence, string] => [confidence, id]),
  ];
  const grounds = new Map<Confidence, string[]>(CONFIDENCES.map((confidence) => [confidence, []]));
  for (const [confidence, name] of rows) {
    const names = grounds.get(confidence)!;
    if (!names.includes(name)) names.push(name);
  }
  return grounds;
}

/** `inferred: s1-table; from memory: cache walk`; empty where every row is in a specification. */
export function groundsText(cell: Pick<Cell, "architecture" | "contract">): string {
  const grounds = groundsOf(cell);
  const words = { code: "seen in code", inferred: "inferred", memory: "from memory" } as const;
  return (["code", "inferred", "memory"] as const)
    .filter((confidence) => grounds.get(confidence)!.length > 0)
    .map((confidence) => `${words[confidence]}: ${grounds.get(confidence)!.join(", ")}`)
    .join("; ");
}
