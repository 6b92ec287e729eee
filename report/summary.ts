/**
 * The summary of a night as data: `summary.json`, from which every report of it is made.
 *
 * Schema version 1; `report/schemas/nightly.schema.json` is the same for other programs. All that depends on the
 * machine or on the time stands in `machine`; the rest is the same for the same search on any machine, on any number
 * of them.
 */

import { z } from "zod";
import { SEVERITIES } from "../properties/violation.js";
import { VERDICTS } from "../rules/vocabulary.js";

export const SUMMARY_SCHEMA = "nestfuzz/nightly/1";

const count = z.int().min(0);
const verdict = z.enum(VERDICTS);
const id = z.string().regex(/^nf-[0-9a-f]{12}$/);

/**
 * As expected; a new finding or another verdict; nothing happened; fails where it should stand, by what was accepted;
 * or, in a shard, a part that tells too little by itself.
 */
export const MARKS = ["ok", "red", "idle", "accepted", "part"] as const;

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
  /** Slices that ended two workers, with the command that repeats each. */
  trouble: z.array(z.strictObject({ cell: z.string(), what: z.string(), repeat: z.string() })),
  machine,
});

export type Summary = z.infer<typeof summarySchema>;
export type SummaryCell = z.infer<typeof cell>;
export type SummaryFinding = z.infer<typeof finding>;

/** For programs in other languages. */
export function summaryJsonSchema(): unknown {
  return { ...z.toJSONSchema(summarySchema, { target: "draft-7" }), title: `A summary of a night, ${SUMMARY_SCHEMA}` };
}
