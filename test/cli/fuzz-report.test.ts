import { beforeAll, describe, expect, it } from "vitest";
import { cellWith } from "../../cli/cells.js";
import { jsonReport, type RunReport, rowOf, textReport } from "../../cli/fuzz-report.js";
import { type CampaignResult, runCampaign } from "../../verdicts/campaign.js";

let report: RunReport;
let results: CampaignResult[];
beforeAll(async () => {
  results = [
    await runCampaign(cellWith("T1", {}), { seed: "1", commands: 300 }),
    await runCampaign(cellWith("T2", {}), { seed: "1", commands: 300 }),
  ];
  report = { results, seed: "1", repeat: "nestfuzz fuzz T1 T2", stopped: null };
});

describe("a row", () => {
  it("has the least that a property of the cell has seen", () => {
    const [, stands] = results;
    expect(rowOf(stands!)).toMatchObject({ cellId: "T2", expected: "unrefuted", verdict: "unrefuted" });
    expect(rowOf(stands!).staleSeen).toBe(Math.min(...stands!.fuzz.witnesses.map(({ seen }) => seen)));
    expect(rowOf(results[0]!).id).toBe(results[0]!.entry!.id);
  });
});

describe("the text", () => {
  it("has rules, verdicts, coverage, what was found, and the line that repeats, in this order", () => {
    const text = textReport(report, ["own: on tiny"], ["counterexample nf-1"], false);
    const parts = [
      "own: on tiny\n\ncell ",
      "settled: ",
      " transitions occurred; ",
      "\n\ncounterexample nf-1\n\n",
      "green: ",
    ];
    const places = parts.map((part) => text.indexOf(part));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(Math.min(...places)).toBe(0);
    expect(text.endsWith("\ngreen: 2 of 2 cells as expected\nrepeat with: nestfuzz fuzz T1 T2")).toBe(true);
  });

  it("has a row a transition unless that is not wanted", () => {
    expect(textReport(report, [], [], false)).not.toContain("stage 1 leaf np->p");
    expect(textReport(report, [], [], true)).toContain("stage 1 leaf np->p");
  });

  it("says of a run that was stopped how to go on, and gives no verdict on the whole", () => {
    const text = textReport({ ...report, stopped: { cells: 5, goOn: "nestfuzz fuzz T2" } }, [], [], false);
    expect(text).toMatch(
      /\nstopped in cell 2 of 5; what was found is kept\ngo on with: nestfuzz fuzz T2\nrepeat with: /,
    );
    expect(text).not.toMatch(/^(green|red):/m);
  });

  it("says of how many runs nothing is known", () => {
    const [first, second] = results as [CampaignResult, CampaignResult];
    const full = { ...second, fuzz: { ...second.fuzz, inconclusive: 3 } };
    expect(textReport({ ...report, results: [first, full] }, [], [], false)).toContain(
      "\n3 runs ended at a capacity of a model and say nothing\n",
    );
  });
});

describe("the JSON", () => {
  it("has the same in fields", () => {
    const document = JSON.parse(jsonReport(report));
    expect(document).toMatchObject({ schema: "nestfuzz/run/1", green: true, stopped: false, goOn: null });
    expect(document.cells.map(({ cellId }: { cellId: string }) => cellId)).toEqual(["T1", "T2"]);
    expect(document.coverage).toHaveLength(2 * 44);
    expect(document.coverage[0]).toMatchObject({ contract: "vtd-legacy cm=0", transition: "stage 1 leaf np->p" });
    const stopped = JSON.parse(jsonReport({ ...report, stopped: { cells: 5, goOn: "x" } }));
    expect(stopped).toMatchObject({ green: false, stopped: true, goOn: "x" });
  });
});
