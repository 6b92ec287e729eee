/** What an id is of, and what not. */

import { describe, expect, it } from "vitest";
import type { Entry } from "../../corpus/entry.js";
import { entryId, sameRules } from "../../corpus/identity.js";
import { entryOf, FAILURES } from "./failures.js";

const entry = entryOf(FAILURES[0]!.text, FAILURES[0]!.cell());

/** The same value with the keys of all its objects turned around. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, turned(part)]),
  );
}

describe("entryId", () => {
  it("is nf- and twelve hexadecimal digits", () => {
    expect(entry.id).toMatch(/^nf-[0-9a-f]{12}$/);
    expect(entryId(entry)).toBe(entry.id);
  });

  it("does not depend on the order of keys, nor on that of strategies and properties", () => {
    expect(entryId(turned(entry) as Entry)).toBe(entry.id);
    const cell = {
      ...FAILURES[0]!.cell(),
      strategies: ["envelope", "shadow"],
      properties: ["isolation", "agreement"],
    } as const;
    const other = { ...cell, strategies: ["shadow", "envelope"], properties: ["agreement", "isolation"] } as const;
    expect(entryOf(FAILURES[0]!.text, other).id).toBe(entryOf(FAILURES[0]!.text, cell).id);
  });

  it("does not change with claim, finder, sources, summaries, confidence and places of rules", () => {
    const { architecture, contract } = entry;
    const noted: Entry = {
      ...entry,
      claim: "T99",
      found: { seed: "other", run: 1, version: "9", lengthBefore: 2 },
      minimal: { removable: false, lowerable: false },
      architecture: {
        ...architecture,
        summary: "x",
        source: "x",
        caches: architecture.caches.map((cache) => ({ ...cache, source: "x", confidence: "memory" })),
        commands: architecture.commands.map((command) => ({ ...command, manual: "X", source: "x" })),
      },
      contract: {
        ...contract,
        summary: "x",
        rules: contract.rules.map((rule) => ({ ...rule, at: "x:1", source: "x" })),
      },
    };
    expect(entryId(noted)).toBe(entry.id);
  });

  it("changes with each thing that defines the failure", () => {
    const { architecture, contract, failure } = entry;
    const changed: Entry[] = [
      { ...entry, architecture: { ...architecture, queue: "ordered" } },
      { ...entry, architecture: { ...architecture, caches: architecture.caches.slice(1) } },
      { ...entry, contract: { ...contract, parameters: { source: "x" } } },
      { ...entry, contract: { ...contract, rules: contract.rules.map((rule) => ({ ...rule, by: "host" })) } },
      { ...entry, strategies: ["hardware"] },
      { ...entry, shadow: { followsStage2: false, evicts: false } },
      { ...entry, properties: ["isolation"] },
      { ...entry, geometry: "3x4" },
      { ...entry, start: "c0" },
      { ...entry, commands: [...entry.commands].reverse() },
      { ...entry, failure: { ...failure, step: 1 } },
      { ...entry, failure: { ...failure, actual: { outcome: 7, text: "h8" } } },
      { ...entry, failure: { ...failure, request: { ...failure.request, access: "w" } } },
    ];
    const ids = new Set([entry, ...changed].map(entryId));
    expect(ids.size).toBe(changed.length + 1);
  });

  it("takes the number of an outcome, not its wording", () => {
    const { failure } = entry;
    expect(entryId({ ...entry, failure: { ...failure, actual: { ...failure.actual, text: "page 8" } } })).toBe(
      entry.id,
    );
  });
});

describe("sameRules", () => {
  it("ignores sources, but not what a rule owes", () => {
    const [rule] = entry.contract.rules;
    expect(sameRules(rule, { ...rule!, source: "x", at: "y" })).toBe(true);
    expect(sameRules(rule, { ...rule!, by: "host" })).toBe(false);
  });
});
