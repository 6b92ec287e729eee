/** Differences of rules: any two built-in ones are made from each other, and mistakes are told with their line. */

import { describe, expect, it } from "vitest";
import { rulesHash } from "../../corpus/identity.js";
import {
  architectureDifference,
  changedArchitecture,
  changedContract,
  contractDifference,
  ruleLineKind,
} from "../../rules/difference.js";
import { architectureNames, contractNames, loadArchitecture, loadContract } from "../../rules/load.js";
import type { Architecture, Contract } from "../../rules/vocabulary.js";

function value<T>(result: { ok: true; value: T } | { ok: false }): T {
  if (!result.ok) throw new Error("does not load");
  return result.value;
}
const architectures: Architecture[] = architectureNames().map((name) => value(loadArchitecture(name)));
const contracts: Contract[] = contractNames().map((name) => value(loadContract(name)));
const tiny = architectures.find(({ name }) => name === "tiny")!;
const contract = contracts.find(({ name }) => name === "tiny")!;

describe("a difference", () => {
  it.each(architectures)("makes any architecture from tiny, and tiny from it: $name", (architecture) => {
    for (const [base, meant] of [
      [tiny, architecture],
      [architecture, tiny],
    ] as const) {
      const lines = architectureDifference(base, meant);
      expect(lines.filter((line) => ruleLineKind(line) !== "architecture")).toEqual([]);
      expect(rulesHash(value(changedArchitecture(base, lines)))).toBe(rulesHash(meant));
    }
  });

  it.each(contracts)("makes any contract from tiny, and tiny from it: $name", (other) => {
    for (const [base, meant] of [
      [contract, other],
      [other, contract],
    ] as const) {
      const lines = contractDifference(base, meant);
      expect(lines.filter((line) => ruleLineKind(line) !== "contract")).toEqual([]);
      expect(rulesHash(value(changedContract(base, lines)))).toBe(rulesHash(meant));
    }
  });

  it("of equal rules is empty, whatever their sources", () => {
    expect(architectureDifference(tiny, { ...tiny, summary: "x", source: "y" })).toEqual([]);
    expect(contractDifference(contract, { ...contract, source: "y" })).toEqual([]);
  });

  it("is a line for each row, and for the rows of a level that say the same", () => {
    const rules = contract.rules.map((rule) => (rule.id === "s1-leaf" ? { ...rule, stages: [] } : rule));
    expect(contractDifference(contract, { ...contract, name: "mine", rules })).toEqual([
      "contract name = mine",
      "contract 1 leaf p->np/retarget/loss/gain/p->malformed = s1-leaf by=guest owes none",
    ]);
    const ordered: Architecture = { ...tiny, queue: "ordered", caches: tiny.caches.slice(1) };
    expect(architectureDifference(tiny, ordered)).toEqual([
      "architecture queue = ordered",
      `architecture cache ${tiny.caches[0]!.name} = absent`,
    ]);
  });

  it("keeps the sources of rows that it leaves alone", () => {
    const changed = value(changedContract(contract, ["contract 1 leaf p->np = mine by=guest owes none"]));
    expect(changed.rules.filter((rule, at) => rule !== contract.rules[at])).toMatchObject([{ id: "mine", stages: [] }]);
  });
});

describe("a rule line with a mistake", () => {
  it.each([
    ["contract 1 leaf x->y = a by=guest owes none", '"1 leaf x->y" is no row of a contract'],
    ["contract 1 leaf p->np = none", '"none" is no rule', "ID by=guest owes SCOPES / SCOPES"],
    ["contract 1 leaf p->np = a by=device owes none", 'unknown word "device"'],
    ["contract 1 leaf p->np = a by=guest owes iotbl", 'unknown word "iotbl"'],
    ["contract 1 leaf p->np = a by=guest owes iotlb[every]", 'unknown word "every"'],
    ["contract 1 leaf p->np = a by=guest owes [all]", '"[all]" is no scope'],
    ["contract 1 leaf p->np = absent", '"1 leaf p->np" has no rule'],
    ["contract parameters = cm", '"cm" is no parameter'],
  ])("%s", (line, seen, known = "") => {
    const made = changedContract(contract, ["contract name = mine", line]);
    expect(made).toMatchObject({ ok: false, bad: { index: 1, seen, known: expect.stringContaining(known) } });
  });

  it.each([
    ["architecture cache iotbl = x", '"cache iotbl" is no row of an architecture'],
    ["architecture cache iotlb 1 = x", '"cache iotlb 1" is no row of an architecture'],
    ["architecture command iotlb 0 = x", '"command iotlb 0" is no row of an architecture'],
    ["architecture command iotlb 1 2 = x", '"command iotlb 1 2" is no row of an architecture'],
    ["architecture cache iotlb = tags=domain", "has no negative="],
    ["architecture cache iotlb = tags=all negative=-", 'unknown word "all"'],
    ["architecture command iotlb = count=exact,block mask=aligned all=whole", "count= has not one word"],
    ["architecture queue = fast", 'unknown word "fast"'],
  ])("%s", (line, seen) => {
    expect(changedArchitecture(tiny, [line])).toMatchObject({
      ok: false,
      bad: { index: 0, seen: expect.stringContaining(seen) },
    });
  });

  it("is told apart from other text", () => {
    expect(ruleLineKind("contract name = x")).toBe("contract");
    for (const text of ["", "contract", "contract name =", "device name = x", "hello"])
      expect(ruleLineKind(text)).toBeUndefined();
  });
});
