import { describe, expect, it } from "vitest";
import { replayEntry } from "../../corpus/replay.js";
import { compareWith, type RowDifference } from "../../infer/compare.js";
import { contractFile } from "../../infer/contract-file.js";
import { evidenceFor } from "../../infer/evidence.js";
import { rowsOfShown } from "../../infer/groups.js";
import { strengthText } from "../../infer/strength.js";
import { loadContract } from "../../rules/load.js";
import { must, write } from "../rules/files.js";
import { cellOf, inferred, SMALL, transitionOf } from "./inferred.js";

const cell = cellOf("tiny");
const shown = evidenceFor(cell, inferred("tiny"), SMALL);
const FACTS = { name: "inferred-tiny", architecture: "tiny", of: "tiny, envelope", version: "0", repeat: "again" };

describe("what is shown of an inferred contract", () => {
  it("has an entry against each weaker recipe, which replays", () => {
    const entries = shown.rows.flatMap(({ refuted }) => refuted.flatMap(({ entry }) => entry ?? []));
    expect(entries.length).toBeGreaterThan(10);
    for (const entry of entries) {
      expect(replayEntry(entry).failure).not.toBeNull();
      expect(entry).toMatchObject({ claim: "", minimal: { removable: false } });
    }
  });

  it("has a proof for changes that occur in the smallest geometry, and says for which", () => {
    expect(shown.proof.states).toBeGreaterThan(100);
    expect(shown.rows[transitionOf("stage 1 leaf p->np")]!.isProved).toBe(true);
    // The proof has no entries that are malformed.
    expect(shown.rows[transitionOf("stage 1 leaf p->malformed")]!.isProved).toBe(false);
  });

  it("is told as how far it was searched and what was proved", () => {
    const group = rowsOfShown(shown).find(({ id }) => id === "s1-leaf")!;
    const text = strengthText(group, shown);
    expect(text).toMatch(/^unrefuted after \d+ commands with \d+ of these changes; stale behind them: .*IOTLB/);
    expect(text).toMatch(/2 of 5 changes proved for 1x2 .* \(\d+ states, fixpoint\)$/);
  });
});

describe("an inferred contract as a file", () => {
  it("loads as the contract that was inferred", () => {
    const file = write("inferred.yaml", contractFile(shown, FACTS));
    const loaded = must(loadContract(file, {}, cell.architecture));
    const owed = ({ rules }: { rules: readonly { stages: unknown; by: string }[] }) =>
      rules.map(({ stages, by }) => ({ stages, by }));
    expect(owed(loaded)).toEqual(owed(shown.contract));
  });

  it("names for each row what refutes the recipes next below", () => {
    const text = contractFile(shown, FACTS);
    const { refuted } = shown.rows[transitionOf("stage 1 leaf p->np")]!;
    for (const { entry } of refuted) expect(text).toContain(`p->np ${entry!.id}`);
    expect(text.split("\n").every((line) => line.length <= 120)).toBe(true);
  });
});

describe("a contract beside the inferred one", () => {
  const differences = (rows: string, name: string): Record<string, RowDifference> => {
    const file = write(name, `kind: contract\nname: mine\nextends: tiny\nrules:\n${rows}`);
    const own = cellOf("tiny", file);
    const weakest = inferred("tiny", file);
    const compared = compareWith(own, weakest, evidenceFor(own, weakest, SMALL), SMALL);
    for (const { difference, entry } of compared) {
      expect(entry === null).toBe(difference !== "too weak");
      if (entry !== null) expect(replayEntry(entry, { ...own }).failure).not.toBeNull();
    }
    return Object.fromEntries(compared.map(({ transition, difference }) => [transition, difference]));
  };

  it("tells a row that is too weak, with a counterexample to the contract as it is", () => {
    const found = differences("  - { id: s1-leaf, owes: [[iotlb], [device-tlb]], source: test }\n", "less.yaml");
    expect(found[transitionOf("stage 1 leaf p->np")]).toBe("too weak");
    expect(found[transitionOf("stage 1 leaf np->p")]).toBe("just right");
  });

  it("tells a row that owes more than is needed", () => {
    const found = differences("  - { id: new-entry, owes: [[iotlb]], source: test }\n", "more.yaml");
    expect(found[transitionOf("stage 1 leaf np->p")]).toBe("more than needed");
    expect(found[transitionOf("stage 1 table np->p")]).toBe("not reached");
  });
});
