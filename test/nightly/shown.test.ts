import path from "node:path";
import { describe, expect, it } from "vitest";
import { chooseCells } from "../../cli/cells.js";
import { CorpusStore } from "../../corpus/store.js";
import { findingsFolder } from "../../nightly/run.js";
import { shownOf } from "../../nightly/shown.js";
import { packageRoot } from "../../rules/home.js";
import { withStages } from "../../verdicts/rows.js";
import { night, temporary } from "./night.js";

const [sound] = chooseCells(["T8.vtd"], {});
const broken = { ...sound!, contract: withStages(sound!.contract, { id: "s1-leaf" }, []) };
const says = (): string => "a sentence";

const first = night({ cells: [broken], commands: 3000 });

describe("the counterexamples of a night", () => {
  it("are new where nobody accepted them, with their cause, their line and their mail", async () => {
    const { summary, out } = await first;
    const shown = shownOf({ summary, cells: [broken], stores: [new CorpusStore(findingsFolder(out))], says });
    expect(shown.map(({ id, state }) => ({ id, state }))).toEqual([{ id: summary.findings[0]!.id, state: "new" }]);
    const [one] = shown;
    expect(one!.cells).toEqual(["T8.vtd"]);
    expect(one!.notes).toEqual([
      expect.stringMatching(/^Row s1-leaf of vtd-legacy cm=0 \(.*\), for .*; iotlb\. Seen in [0-9]+ slice/),
    ]);
    expect(one!.replay).toMatch(/^nestfuzz replay nf1:/);
    expect(one!.mail).toMatch(/^Claim T8\.vtd: a sentence$/m);
  });

  it("are known once they were accepted, whether tonight met them or not", async () => {
    const { out } = await first;
    const accepted = new CorpusStore(temporary());
    const [entry] = new CorpusStore(findingsFolder(out)).list().entries;
    expect(accepted.save(entry!).ok).toBe(true);
    const { summary } = await night({ cells: [broken], commands: 3000, seed: "2", corpus: [accepted.folder] });
    const met = shownOf({ summary, cells: [broken], stores: [accepted], says });
    expect(met.map(({ state }) => state)).toEqual(["known"]);
    const unmet = shownOf({ summary: { ...summary, findings: [] }, cells: [broken], stores: [accepted], says });
    expect(unmet[0]).toMatchObject({
      id: entry!.id,
      state: "known",
      notes: [expect.stringMatching(/^Not met tonight; /)],
    });
  });

  it("are gone where the rules of the night do not fail any more", async () => {
    const { out } = await first;
    const { summary } = await night({ cells: [sound!], commands: 2000 });
    const stores = [new CorpusStore(findingsFolder(out))];
    const shown = shownOf({ summary, cells: [sound!], stores, says });
    expect(shown.map(({ state, notes }) => ({ state, notes }))).toEqual([
      { state: "gone", notes: [expect.stringMatching(/^Replayed now: no property is broken in [0-9]+ steps\.$/)] },
    ]);
    // Rules that have changed since say nothing of the night: it is replayed under its own.
    const since = shownOf({ summary, cells: [broken], stores, says });
    expect(since.map(({ state }) => state)).toEqual(["known"]);
  });

  it("without a file are told by what the summary says; others than those of the night are left out", async () => {
    const { summary } = await first;
    const stores = [new CorpusStore(path.join(packageRoot(), "corpus"))];
    const shown = shownOf({ summary, cells: [broken], stores, says });
    const [finding] = summary.findings;
    expect(shown).toHaveLength(1);
    expect(shown[0]).toMatchObject({
      id: finding!.id,
      state: "new",
      mail: "",
      replay: `nestfuzz replay ${finding!.id}`,
    });
    expect(shown[0]!.notes.at(-1)).toBe("Its file is not there.");
  });
});
