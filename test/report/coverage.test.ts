import { describe, expect, it } from "vitest";
import { coverageByContract, coverageLines, coverageRecords, coverageSummary } from "../../report/coverage.js";
import { CACHE_NAMES, TRANSITIONS, transitionName } from "../../rules/vocabulary.js";
import { emptyCoverage } from "../../search/runner.js";
import { cell } from "../properties/cells.js";

const at = (name: string): number => TRANSITIONS.findIndex((transition) => transitionName(transition) === name);
const MAP = at("stage 1 leaf np->p");
const DOMAIN = at("context domain");

/** A cell that saw one transition so often, with one cache stale. */
function seen(contract: string, transition: number, times: number, cache: string, architecture = "tiny") {
  const coverage = emptyCoverage();
  coverage.transitions[transition] = times;
  coverage.stale[transition * CACHE_NAMES.length + CACHE_NAMES.indexOf(cache as "iotlb")] = times;
  return { cell: cell(contract, ["cache-validity"], ["envelope"], architecture), coverage };
}

describe("coverage by contract", () => {
  it("adds up the cells of a contract, and keeps contracts apart", () => {
    const contracts = coverageByContract([
      seen("tiny", MAP, 3, "iotlb"),
      seen("tiny", MAP, 4, "walk"),
      seen("always", DOMAIN, 1, "pasid"),
    ]);
    expect(contracts.map(({ contract }) => contract)).toEqual(["tiny", "always"]);
    expect(contracts[0]!.occurred[MAP]).toBe(7);
    expect(contracts[1]!.occurred[MAP]).toBe(0);
    expect(contracts[0]!.caches.size).toBe(CACHE_NAMES.length);
  });

  it("reaches only caches that the architecture has, and none where nobody looks", () => {
    expect([...coverageByContract([seen("vtd-legacy", MAP, 1, "iotlb", "vtd-legacy")])[0]!.caches]).toHaveLength(4);
    const shadow = { ...seen("tiny", MAP, 1, "iotlb"), cell: cell("tiny", ["cache-validity"], ["shadow"]) };
    const unlooked = { ...seen("tiny", MAP, 1, "iotlb"), cell: cell("tiny", ["agreement"], ["envelope"]) };
    expect(coverageByContract([shadow])[0]!.caches.size).toBe(0);
    expect(coverageByContract([unlooked])[0]!.caches.size).toBe(0);
  });
});

describe("the lines", () => {
  const contracts = coverageByContract([seen("vtd-legacy", MAP, 123_456, "iotlb", "vtd-legacy")]);

  it("have a row for what occurred, in columns that stay narrow", () => {
    const lines = coverageLines(contracts);
    expect(lines.slice(0, 3)).toEqual([
      "transition          times  context  pasid  walk  stage1  s2-walk  stage2  iotlb  device",
      "stage 1 leaf np->p   123k        0      0     0       0        0       0   123k       0",
      "",
    ]);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  });

  it("end with the share that was reached, and name the rest by rule, transition and cache", () => {
    const [first, second, ...rest] = coverageSummary(contracts);
    expect(`${first} ${second}`).toContain(
      `1 of 44 transitions occurred; behind them a cache went stale in 1 of ${44 * 4} ways`,
    );
    const text = rest.join(" ").replaceAll(/\s+/g, " ");
    expect([second, ...rest].join(" ")).toContain("not reached: ");
    expect(text).toMatch(/vtd-legacy cm=0 [a-z0-9-]+: stage 1 leaf np->p x walk/);
    expect(text).toContain(`and ${44 * 4 - 1 - 24} more (--json has all)`);
  });

  it("say nothing of a rest where there is none", () => {
    const all = seen("tiny", MAP, 1, "iotlb");
    all.coverage.transitions.fill(1);
    all.coverage.stale.fill(1);
    expect(coverageSummary(coverageByContract([all]))).toEqual([
      "44 of 44 transitions occurred; behind them a cache went stale in 352 of 352 ways of rule, transition",
      "and cache (100.0 %).",
    ]);
  });
});

describe("the records", () => {
  it("are one for each contract and transition, with the rule and the caches that count", () => {
    const records = coverageRecords(coverageByContract([seen("vtd-legacy", MAP, 2, "iotlb", "vtd-legacy")]));
    expect(records).toHaveLength(44);
    expect(records[MAP]).toEqual({
      contract: "vtd-legacy cm=0",
      rule: expect.stringMatching(/^[a-z]/),
      transition: "stage 1 leaf np->p",
      occurred: 2,
      stale: { context: 0, walk: 0, stage1: 0, iotlb: 2 },
    });
  });
});
