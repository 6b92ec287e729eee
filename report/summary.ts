/**
 * The summary of a night as data: `summary.json`, from which every report of it is made.
 *
 * Schema version 1; `report/schemas/nightly.schema.json` is the same for other programs. All that depends on the
 * machine or on the time stands in `machine`; the rest is the same for the same search on any machine, on any number
 * of them.
 */

import * as z from "zod";
import { SEVERITIES } from "../properties/violation.js";
import { CACHE_NAMES, VERDICTS } from "../rules/vocabulary.js";

export const SUMMARY_SCHEMA = "nestfuzz/nightly/1";

const count = z.int().min(0);
const verdict = z.enum(VERDICTS);
const id = z.string().regex(/^nf-[0-9a-f]{12}$/);

/**
 * As expected; a new finding or another verdict; nothing happened; fails where it should stand, by what was accepted;
 * or, in a shard, a part that tells too little by itself.
 */
export const MARKS = ["ok", "red", "idle", "accepted", "part"] as const;

/** By transition, in the order of the list: `0 12 3 ...`. */
const times = z.string().regex(/^[0-9]+( [0-9]+)*$/);

/** Nights one after the other in which a cell had one verdict, one mark, and one set of rules. */
const span = z.strictObject({
  first: count,
  last: count,
  verdict,
  mark: z.enum(MARKS),
  rules: z.string(),
  commands: count,
});

const cell = z.strictObject({
  cell: z.string(),
  expected: verdict,
  verdict,
  mark: z.enum(MARKS),
  /** Where a verdict `fails` is from: tonight's search, or a committed counterexample that was replayed. */
  evidence: z.enum(["search", "corpus", "none"]),
  counterexample: id.nullable(),
  slices: count,
  /** Commands that it was given, and that were run: a failure ends a slice early. */
  budget: count,
  commands: count,
  runs: count,
  inconclusive: count,
  /** Requests that became settled again after a change, and were checked. */
  settled: count,
  /** Stale answers or values seen while they were allowed: of the property that saw fewest. */
  stale: count,
  /** Kinds of change that occurred. */
  transitions: count,
  coverage: z.strictObject({
    /** Ways of transition and cache: that there are, that were seen stale tonight, in all nights. */
    reachable: count,
    tonight: count,
    ever: count,
    /** Those of all nights as bits, for the next night. */
    seen: z.string(),
  }),
  /** Slices a round, and what for. */
  weight: count,
  reasons: z.array(z.string()),
  /** A hash of what the verdict depends on. */
  rules: z.string(),
  /** The night since which the verdict stands under these rules, its seed, and all commands since then. */
  since: z.strictObject({ night: count, seed: z.string(), commands: count }),
  /** What it came to in the nights before and tonight, the newest last. */
  history: z.array(span).default([]),
});

const finding = z.strictObject({
  /** The simplest counterexample of the cause. */
  id,
  isNew: z.boolean(),
  cells: z.array(z.string()),
  architecture: z.string(),
  contract: z.string(),
  /** The row that owed too little, `file:line`, and the change it is for; empty where no row is to blame. */
  row: z.string(),
  at: z.string(),
  transition: z.string(),
  /** The cache whose value outlived it. */
  cache: z.string(),
  property: z.string(),
  strategy: z.string(),
  severity: z.enum(SEVERITIES),
  length: count,
  /** Slices that ended with it. */
  times: count,
  /** All counterexamples of the cause that were seen. */
  ids: z.array(id),
});

/** What was reached under one contract, in the cells that have it. */
const reached = z.strictObject({
  contract: z.string(),
  cells: z.array(z.string()),
  /** By transition, as the lists below: the id of the rule. */
  rules: z.array(z.string()),
  occurred: times,
  /** By cache, of those that were looked into: how often it was stale behind the transition. */
  stale: z.partialRecord(z.enum(CACHE_NAMES), times),
  /** The same as 0 and 1: whether it ever was, tonight or in a night before under the same rules. */
  ever: z.partialRecord(z.enum(CACHE_NAMES), times),
});

const canary = z.strictObject({
  family: z.string(),
  planted: z.string(),
  /** Up to its failure; null: not found. */
  commands: count.nullable(),
  id: id.nullable(),
});

const machine = z.strictObject({
  /** The day on which it began. */
  date: z.string(),
  seconds: z.number(),
  workers: count,
  commandsPerSecond: z.number(),
  platform: z.string(),
  node: z.string(),
  /** Resident bytes of all processes: when the workers were warm, at minute five, at the end. */
  memory: z.strictObject({ start: count, minute5: count.nullable(), end: count, peak: count }),
  /** Workers that died or hung and were replaced; their slices ran again. */
  replaced: z.array(z.string()),
  /** By cell: seconds that workers spent on it. */
  busy: z.record(z.string(), z.number()).default({}),
  /** The night in equal parts, of so many seconds: commands done in each, and most resident bytes of one machine. */
  course: z
    .strictObject({ seconds: z.number(), commands: z.array(count), memory: z.array(count) })
    .default({ seconds: 1, commands: [], memory: [] }),
  /** By cell: the day since which its verdict stands. */
  since: z.record(z.string(), z.string()),
});

export const summarySchema = z.strictObject({
  schema: z.literal(SUMMARY_SCHEMA),
  version: z.string(),
  seed: z.string(),
  night: count,
  /** In commands, in hours, or both; of all shards together. */
  budget: z.strictObject({ commands: count.nullable(), hours: z.number().nullable() }),
  /** One part of a divided search; null: the whole. */
  shard: z.strictObject({ index: count, of: count }).nullable(),
  green: z.boolean(),
  /** Ended before its budget was spent. */
  stopped: z.boolean(),
  /** Why it is not green, a sentence each. */
  red: z.array(z.string()),
  totals: z.strictObject({
    slices: count,
    commands: count,
    runs: count,
    settled: count,
    stale: count,
    findings: count,
    newFindings: count,
  }),
  cells: z.array(cell),
  coverage: z
    .strictObject({ transitions: z.array(z.string()), contracts: z.array(reached) })
    .default({ transitions: [], contracts: [] }),
  findings: z.array(finding),
  /** The bugs that were planted; null: it was switched off. */
  canary: z.array(canary).nullable(),
  /** Of the gallery's bugs, those that tonight's commands find with nine seeds of ten; `mean`: sum of the chances. */
  detection: z.strictObject({
    found: count,
    of: count,
    mean: z.number(),
    bugs: z.array(z.strictObject({ id: z.string(), commands: count, chance: z.number() })),
  }),
  /** The commands that search the same again, the whole without its folders, and its first slice. */
  repeat: z.strictObject({ night: z.string(), slice: z.string() }).default({ night: "", slice: "" }),
  /** Slices that ended two workers, with the command that repeats each. */
  trouble: z.array(z.strictObject({ cell: z.string(), what: z.string(), repeat: z.string() })),
  machine,
});

export type Summary = z.infer<typeof summarySchema>;
export type SummaryCell = z.infer<typeof cell>;
export type SummarySpan = z.infer<typeof span>;
export type SummaryReached = z.infer<typeof reached>;
export type SummaryFinding = z.infer<typeof finding>;

/** For programs in other languages. */
export function summaryJsonSchema(): unknown {
  return { ...z.toJSONSchema(summarySchema, { target: "draft-7" }), title: `A summary of a night, ${SUMMARY_SCHEMA}` };
}
