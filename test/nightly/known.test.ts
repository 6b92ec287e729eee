import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { allClaims, cellWith } from "../../cli/cells.js";
import { CorpusStore } from "../../corpus/store.js";
import { causeOf } from "../../nightly/cause.js";
import { Known } from "../../nightly/known.js";
import { packageRoot } from "../../rules/home.js";
import { temporary } from "./night.js";

const committed = new CorpusStore(path.join(packageRoot(), "corpus"));
const known = new Known([committed]);

describe("what is known", () => {
  it("has a counterexample that still fails for every cell that should, and none for those that should stand", () => {
    const cells = allClaims().flatMap((claim) => claim.cells);
    const wrong = cells.filter((cell) => (known.refuting(cell) !== null) !== (cell.expected === "fails"));
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  it("is a finding by its id, or by its cause under the same rules", () => {
    const entry = committed.list().entries.find(({ id }) => id === "nf-92f06af17c62")!;
    const cause = causeOf(entry);
    expect(known.hasFinding([entry.id], { ...cause, row: "other" })).toBe(true);
    expect(known.hasFinding(["nf-000000000000"], cause)).toBe(true);
    expect(known.hasFinding(["nf-000000000000"], { ...cause, cache: "context" })).toBe(false);
    expect(known.hasFinding(["nf-000000000000"], { ...cause, rules: "other" })).toBe(false);
  });

  it("names files that are no entries, and knows the others", () => {
    const folder = temporary();
    mkdirSync(folder, { recursive: true });
    cpSync(path.join(committed.folder, "nf-999e9451b949.json"), path.join(folder, "nf-999e9451b949.json"));
    writeFileSync(path.join(folder, "nf-0123456789ab.json"), "{");
    const mixed = new Known([new CorpusStore(folder)]);
    expect(mixed.problems).toEqual([expect.stringMatching(/nf-0123456789ab\.json:1:2: NF304 /)]);
    expect(mixed.refuting(cellWith("T6a", {}))).toBe("nf-999e9451b949");
    expect(new Known([]).refuting(cellWith("T6a", {}))).toBeNull();
  });
});
