/** Summaries of nights: one that is green, one that is red for every reason there is. */

import { SUMMARY_SCHEMA, type Summary, type SummaryCell, type SummaryFinding } from "../../report/summary.js";

const CELL: SummaryCell = {
  ...{ cell: "T2", expected: "unrefuted", verdict: "unrefuted", mark: "ok", evidence: "none", counterexample: null },
  ...{ slices: 3, budget: 3000, commands: 3010, runs: 90, inconclusive: 0, settled: 40, stale: 30, transitions: 20 },
  coverage: { reachable: 44, tonight: 20, ever: 30, seen: "ff" },
  ...{ weight: 2, reasons: ["no proof is pinned"], rules: "0123456789ab" },
  since: { night: 1, seed: "night-1", commands: 9000 },
  history: [{ first: 1, last: 3, verdict: "unrefuted", mark: "ok", rules: "0123456789ab", commands: 9000 }],
};

export const FINDING: SummaryFinding = {
  ...{ id: "nf-0123456789ab", isNew: true, cells: ["T8.vtd"], architecture: "vtd-legacy", contract: "vtd-legacy cm=0" },
  ...{ row: "s1-leaf", at: "rules/contracts/vtd-legacy.yaml:31", transition: "stage 1 leaf p->np", cache: "iotlb" },
  ...{ property: "agreement", strategy: "envelope", severity: "stale-access", length: 3, times: 9 },
  ids: ["nf-0123456789ab", "nf-0123456789ac"],
};

export const GREEN: Summary = {
  ...{ schema: SUMMARY_SCHEMA, version: "0.1.0", seed: "night-3", night: 3, shard: null, green: true, stopped: false },
  budget: { commands: 3000, hours: null },
  red: [],
  totals: { slices: 3, commands: 3010, runs: 90, settled: 40, stale: 30, findings: 1, newFindings: 0 },
  cells: [CELL],
  findings: [{ ...FINDING, isNew: false }],
  coverage: {
    transitions: ["stage 1 leaf np->p", "stage 1 leaf p->np", "context set"],
    contracts: [
      {
        ...{ contract: "vtd-legacy cm=0", cells: ["T2"], rules: ["new", "s1-leaf", "s1-leaf"], occurred: "3 1200 0" },
        stale: { iotlb: "0 1100 0", "device-tlb": "0 0 0" },
        ever: { iotlb: "1 1 0", "device-tlb": "0 0 0" },
      },
      { contract: "shadow-alone", cells: ["T1"], rules: ["a", "a", "b"], occurred: "1 1 1", stale: {}, ever: {} },
    ],
  },
  repeat: {
    night: "nestfuzz nightly T2 --seed night-3 --commands 3000",
    slice: "nestfuzz fuzz T2 --seed night-3/0 --commands 1000",
  },
  canary: [{ family: "vtd", planted: "vtd-legacy cm=0: s1-leaf owes nothing", commands: 71, id: "nf-aaaaaaaaaaaa" }],
  detection: { found: 1, of: 2, mean: 1.5, bugs: [{ id: "B01", commands: 3010, chance: 1 }] },
  trouble: [],
  machine: {
    ...{ date: "2026-01-03", seconds: 12.5, workers: 2, commandsPerSecond: 240, platform: "linux x64", node: "v20" },
    memory: { start: 2e8, minute5: null, end: 2.1e8, peak: 2.2e8 },
    replaced: [],
    busy: { T2: 12.5 },
    course: { seconds: 4, commands: [1000, 800, 1210], memory: [2e8, 2.2e8, 2.1e8] },
    since: { T2: "2026-01-01" },
  },
};

const NASTY = 'it\'s <"&">\u0001\n|';

export const RED: Summary = {
  ...GREEN,
  ...{ green: false, stopped: true, shard: { index: 1, of: 4 } },
  red: ["the search is idle: it did not find the bug planted tonight", NASTY],
  cells: [
    CELL,
    {
      ...CELL,
      history: [
        ...CELL.history,
        { first: 2, last: 3, verdict: "fails", mark: "red", rules: "0123456789ab", commands: 3010 },
      ],
      ...{ cell: "T8.vtd", mark: "red", verdict: "fails", evidence: "search", counterexample: FINDING.id },
    },
    { ...CELL, cell: "T1", expected: "fails", mark: "red" },
    { ...CELL, cell: "T6", mark: "idle" },
    { ...CELL, cell: "own", mark: "accepted", verdict: "fails" },
    { ...CELL, cell: "T15", mark: "part" },
  ],
  findings: [FINDING, { ...FINDING, id: "nf-0123456789ad", row: "", at: "", cells: ["T3"], isNew: false }],
  canary: [{ family: "amd", planted: NASTY, commands: null, id: null }],
  trouble: [{ cell: "T2", what: `hung ${NASTY}`, repeat: "nestfuzz fuzz T2 --seed 1/1 --commands 1000" }],
  machine: { ...GREEN.machine, replaced: [NASTY], since: { "T8.vtd": "2026-01-03" } },
};
