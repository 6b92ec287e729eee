import path from "node:path";
import { describe, expect, it } from "vitest";
import { CorpusStore } from "../../corpus/store.js";
import { causeKey, causeOf } from "../../nightly/cause.js";
import { packageRoot } from "../../rules/home.js";

const { entries } = new CorpusStore(path.join(packageRoot(), "corpus")).list();

describe("the cause of a failure", () => {
  it("is the row of the contract, at its place, and the cache that kept the value", () => {
    const entry = entries.find(({ id }) => id === "nf-92f06af17c62")!;
    expect(causeOf(entry)).toMatchObject({
      row: "table-as-leaf",
      cache: "walk",
      architecture: entry.architecture.name,
    });
    expect(causeOf(entry).at).toMatch(/^rules\/claims\.yaml:[0-9]+$/);
  });

  it("has no row where none is to blame", () => {
    const evicted = entries.find(({ id }) => id === "nf-a3bc315a8b9d")!;
    expect(causeOf(evicted)).toMatchObject({ row: "", at: "", cache: "shadow" });
  });

  it("is another under other rules, and the same wherever a row stands", () => {
    const entry = entries.find(({ id }) => id === "nf-999e9451b949")!;
    const cause = causeOf(entry);
    const moved = entry.contract.rules.map((rule) => ({ ...rule, at: "elsewhere.yaml:1" }));
    expect(causeKey(causeOf({ ...entry, contract: { ...entry.contract, rules: moved } }))).toBe(causeKey(cause));
    const renamed = { ...entry, contract: { ...entry.contract, name: "other" } };
    expect(causeKey(causeOf(renamed))).not.toBe(causeKey(cause));
  });
});
