import path from "node:path";
import { describe, expect, it } from "vitest";
import { chooseCells } from "../../cli/cells.js";
import { CorpusStore } from "../../corpus/store.js";
import { findingsFolder } from "../../nightly/run.js";
import { packageRoot } from "../../rules/home.js";
import { withStages } from "../../verdicts/rows.js";
import { night, temporary } from "./night.js";

const committed = path.join(packageRoot(), "corpus");
const [legacy] = chooseCells(["T8.vtd"], {});
const broken = { ...legacy!, contract: withStages(legacy!.contract, { id: "s1-leaf" }, []) };

describe("the verdicts of a night", () => {
  it("are green where each is as expected and all that was found is committed", async () => {
    const { summary } = await night({ claims: ["T1", "T2"], commands: 2000, corpus: [committed] });
    expect(summary).toMatchObject({ green: true, red: [], totals: { findings: 1, newFindings: 0 } });
    expect(summary.cells.map(({ mark, evidence }) => ({ mark, evidence }))).toEqual([
      { mark: "ok", evidence: "search" },
      { mark: "ok", evidence: "none" },
    ]);
  });

  it("are red where what was found is not committed, also in a cell that should fail", async () => {
    const { summary } = await night({ claims: ["T1"], commands: 2000 });
    expect(summary.green).toBe(false);
    expect(summary.red).toEqual([expect.stringMatching(/^new: nf-[0-9a-f]{12} in T1: s1-new, shadow$/)]);
    expect(summary.findings).toHaveLength(1);
    expect(summary.findings[0]!.times).toBe(summary.totals.slices);
  });

  it("rest on a committed counterexample where tonight's search was too short to find one", async () => {
    const { summary } = await night({ claims: ["SM3"], commands: 100, corpus: [committed] });
    expect(summary).toMatchObject({ green: true, cells: [{ verdict: "fails", evidence: "corpus" }] });
    const alone = await night({ claims: ["SM3"], commands: 100 });
    expect(alone.summary.red).toEqual(["SM3: expected fails, unrefuted"]);
  });

  it("are red where a cell that should stand fails, until what broke it was accepted", async () => {
    const first = await night({ cells: [broken], commands: 3000 });
    expect(first.summary).toMatchObject({ green: false, cells: [{ verdict: "fails", mark: "red" }] });
    expect(first.summary.red).toContain("T8.vtd: expected unrefuted, fails");
    const corpus = temporary();
    const [entry] = new CorpusStore(findingsFolder(first.out)).list().entries;
    expect(new CorpusStore(corpus).save(entry!).ok).toBe(true);
    const second = await night({ cells: [broken], commands: 3000, seed: "2", corpus: [corpus] });
    expect(second.summary).toMatchObject({ green: true, cells: [{ verdict: "fails", mark: "accepted" }] });
  });

  it("say for each cell what its silence is worth", async () => {
    const { summary } = await night({ claims: ["T8.vtd"], commands: 3000 });
    const [row] = summary.cells;
    for (const figure of [row!.commands, row!.settled, row!.stale, row!.coverage.tonight])
      expect(figure).toBeGreaterThan(0);
    expect(row!.coverage.reachable).toBe(44 * legacy!.architecture.caches.length);
    expect(row!.since).toMatchObject({ night: 1, seed: "1" });
    expect(row!.reasons).toContain("no proof is pinned");
  });
});
