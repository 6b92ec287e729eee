import { describe, expect, it } from "vitest";
import { nightText } from "../../report/night-text.js";
import { GREEN, RED } from "./summary.samples.js";

describe("a night on the terminal", () => {
  it("has a line a cell, what the silence is worth, and the colour last", () => {
    const text = nightText(GREEN);
    expect(text).toMatch(/^T2 +unrefuted +unrefuted +ok +3010 +40 +30 +20\/44 +1$/m);
    expect(text).toContain("canary: 1 of 1 planted bugs found");
    expect(text).toMatch(/\ngreen: 1 cells, night 3, seed night-3$/);
  });

  it("names what is new with its row and cache, and each reason why it is red", () => {
    const text = nightText(RED);
    expect(text.replace(/\n +/g, " ")).toContain(
      "new nf-0123456789ab: stale-access in T8.vtd: s1-leaf (rules/contracts/vtd-legacy.yaml:31), iotlb; seen 9 times\n",
    );
    expect(text).toMatch(/^T8\.vtd +unrefuted +fails +RED /m);
    expect(text).toContain("the search is idle: it did not find the bug planted tonight\n");
    expect(text).toMatch(/\nred: night 3, seed night-3, shard 1 of 4$/);
    expect(nightText({ ...GREEN, canary: null })).toContain("canary: switched off");
  });

  it("says of accepted failures that they are there", () => {
    const cells = [{ ...GREEN.cells[0]!, mark: "accepted" as const, verdict: "fails" as const }];
    expect(nightText({ ...GREEN, cells })).toMatch(/\ngreen: 1 cells, 1 of them failing as was accepted, night 3,/);
  });
});
