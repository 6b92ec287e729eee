import { describe, expect, it } from "vitest";
import { replayEntry } from "../../corpus/replay.js";
import { loadArchitecture, loadContract } from "../../rules/load.js";
import { DEFAULT_SHADOW } from "../../rules/vocabulary.js";
import type { RunCell } from "../../search/runner.js";
import { type CheckOptions, type CheckResult, checkRows } from "../../verdicts/check.js";
import { must, write } from "../rules/files.js";

const architecture = must(loadArchitecture("tiny"));
const HEAD = "kind: contract\nname: mine\nextends: tiny\nrules:\n";

function cellOf(rows: string, file = "checked.yaml"): RunCell {
  return {
    architecture,
    contract: must(loadContract(rows === "" ? "tiny" : write(file, `${HEAD}${rows}`), {}, architecture)),
    strategies: ["envelope"],
    properties: ["agreement", "cache-validity", "isolation"],
    shadow: DEFAULT_SHADOW,
  };
}

const check = (rows: string, more: Partial<CheckOptions> = {}): Promise<CheckResult> =>
  checkRows(cellOf(rows), { seed: "1", commands: 2000, ...more });

/** Each is looked at by several tests. */
const once = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
};
const plain = once(() => check(""));
const weak = once(() => check(WEAK));

const words = ({ verdicts }: CheckResult) => Object.fromEntries(verdicts.map(({ row, word }) => [row.id, word]));

const WEAK = "  - { id: s1-leaf, owes: none, source: test }\n";
const MUCH = "  - { id: new-entry, owes: [[stage1 + iotlb], [device-tlb]], source: test }\n";

describe("checking a contract", () => {
  it("tells the rows that are needed from those that owe nothing, and why", async () => {
    const result = await plain();
    expect(words(result)).toEqual({
      "new-entry": "nothing owed",
      "s1-leaf": "needed",
      "s1-table": "needed",
      "s2-leaf": "needed",
      "s2-table": "needed",
      "context-new": "nothing owed",
      "context-domain": "needed",
      "context-process": "needed",
    });
    for (const { word, witness, changes } of result.verdicts) {
      if (word === "needed") expect(replayEntry(witness!).verdict).toBe("same");
      else expect(changes).toBeGreaterThan(0);
    }
    expect([result.unexplained, result.stopped]).toEqual([null, false]);
  });

  it("names a wrong row by file and line, with a counterexample, and judges the others all the same", async () => {
    const result = await weak();
    expect(words(result)).toMatchObject({ "s1-leaf": "wrong", "s1-table": "needed", "s2-leaf": "needed" });
    const { row, witness } = result.verdicts.find(({ word }) => word === "wrong")!;
    expect(row.at).toMatch(/checked\.yaml:5$/);
    expect(witness!.commands).toEqual(["w g4[0]=-"]);
    expect(witness!.claim).toBe("");
    expect(replayEntry(witness!, cellOf(WEAK)).verdict).toBe("same");
  });

  it("finds two wrong rows", async () => {
    const rows = `${WEAK}  - { id: s2-leaf, owes: [[stage2]], source: test }\n`;
    expect(words(await check(rows))).toMatchObject({ "s1-leaf": "wrong", "s2-leaf": "wrong", "s1-table": "needed" });
  });

  it("calls superfluous what nothing was found without, with what was seen", async () => {
    const { verdicts } = await check(MUCH);
    const found = verdicts.find(({ row }) => row.id === "new-entry")!;
    expect(found.word).toBe("superfluous");
    expect(found.commands).toBeGreaterThanOrEqual(2000);
    expect(found.changes).toBeGreaterThan(0);
  });

  it("says of a row whose changes never occurred that there is nothing to tell by", async () => {
    const result = await check("", { commands: 1 });
    expect(Object.values(words(result))).toContain("not reached");
  });

  it("leaves out scopes where that is asked for", async () => {
    const rows = "  - { id: s1-leaf, owes: [[stage1 + iotlb], [device-tlb], [context]], source: test }\n";
    const scopesOf = ({ verdicts }: CheckResult) => verdicts.find(({ row }) => row.id === "s1-leaf")!.superfluous;
    expect(scopesOf(await check(rows))).toEqual([]);
    expect(scopesOf(await check(rows, { scopes: true, commands: 400 }))).toEqual([{ stage: 2, scope: 0 }]);
  });

  it("does not search again for what still fails under changed rules", async () => {
    const before = (await weak()).verdicts;
    const searches: string[] = [];
    const after = await check(WEAK, { before, onSearch: (what) => searches.push(what) });
    expect(searches).toEqual(["the contract"]);
    expect(after.verdicts.map(({ witness }) => witness?.id)).toEqual(before.map(({ witness }) => witness?.id));
  });

  it("forgets what a change has mended", async () => {
    const before = (await weak()).verdicts;
    const after = await checkRows(cellOf(MUCH), { seed: "1", commands: 2000, before });
    expect(words(after)).toMatchObject({ "s1-leaf": "needed", "new-entry": "superfluous" });
    for (const { witness } of after.verdicts) if (witness !== null) expect(replayEntry(witness).verdict).toBe("same");
  });

  it("gives the same again, and ends where it is asked to", async () => {
    expect(JSON.stringify(await check(WEAK))).toBe(JSON.stringify(await weak()));
    const stopped = await check("", { shouldStop: () => true });
    expect([stopped.stopped, stopped.verdicts]).toEqual([true, []]);
  });
});
