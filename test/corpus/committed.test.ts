/** The counterexamples that come with the program: they replay, and every claim that fails has one. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../corpus/entry.js";
import { sameRules } from "../../corpus/identity.js";
import { replayEntry, verifyAll } from "../../corpus/replay.js";
import { CorpusStore } from "../../corpus/store.js";
import { packageRoot } from "../../rules/home.js";
import { loadClaims } from "../../rules/load.js";

const store = new CorpusStore(`${packageRoot()}/corpus`);
const { replayed, problems } = verifyAll(store);
const { entries } = store.list();
const claims = loadClaims();
const failing = claims.ok
  ? claims.value.flatMap(({ cells }) => cells).filter(({ expected }) => expected === "fails")
  : [];

describe("the committed corpus", () => {
  it("does what it says", () => {
    expect(problems).toEqual([]);
    expect(replayed.filter((one) => one.replayed.verdict !== "same")).toEqual([]);
    expect(replayed.length).toBeGreaterThan(0);
    expect(replayed.map(({ id }) => id)).toEqual(entries.map(({ id }) => id));
  });

  it.each(failing.map((cell) => [cell.id, cell] as const))("refutes %s under the rules as they are now", (_, cell) => {
    const found = entries.find(
      (entry) =>
        sameRules(entry.architecture, cell.architecture) &&
        sameRules(entry.contract, cell.contract) &&
        sameRules(entry.shadow, cell.shadow) &&
        [...entry.strategies].sort().join() === [...cell.strategies].sort().join() &&
        [...entry.properties].sort().join() === [...cell.properties].sort().join(),
    );
    expect(found, `no counterexample for ${cell.id}: run nestfuzz fuzz ${cell.id}`).toBeDefined();
    expect(replayEntry(found!, cell).verdict).toBe("same");
    expect(found!.minimal).toEqual({ removable: false, lowerable: false });
  });

  it("holds nothing that no claim needs, nor the findings page of a real unit", () => {
    const ids = new Set(failing.map(({ id }) => id));
    const page = readFileSync(`${packageRoot()}/docs/findings.md`, "utf8");
    const isNeeded = ({ id, claim, target }: Entry): boolean =>
      target === undefined ? ids.has(claim) : page.includes(`$ nestfuzz show ${id}`);
    expect(entries.filter((entry) => !isNeeded(entry)).map(({ id }) => id)).toEqual([]);
  });

  it("has each answer of a real unit repeated, and as short as shrinking makes it", () => {
    const ofTargets = entries.flatMap((entry) => (entry.target === undefined ? [] : [entry]));
    expect(ofTargets.map(({ target }) => target!.repeats.failed)).toEqual(
      ofTargets.map(({ target }) => target!.repeats.runs),
    );
    expect(ofTargets.filter(({ minimal }) => minimal === null).map(({ id }) => id)).toEqual([]);
  });
});
