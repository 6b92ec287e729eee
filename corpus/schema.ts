/**
 * The shape of an entry, checked field by field when a file is read.
 *
 * The compiler holds the schema against the types: where the vocabulary of rules changes, it points here, and the
 * version in `ENTRY_SCHEMA` must change too, since entries of the old shape are then refused.
 */

import * as z from "zod";
import { SEVERITIES } from "../properties/violation.js";
import {
  CACHE_NAMES,
  CONDITIONS,
  CONFIDENCES,
  CONTEXT_FIELDS,
  INVALIDATION_KINDS,
  MATCHES,
  PROPERTY_NAMES,
  STRATEGIES,
  TAGS,
  TRANSITIONS,
} from "../rules/vocabulary.js";
import { ENTRY_SCHEMA, type Entry } from "./entry.js";

const cache = z.enum(CACHE_NAMES);
const sourced = { source: z.string(), confidence: z.enum(CONFIDENCES) };
const count = z.int().min(0);

const architecture = z.strictObject({
  name: z.string(),
  summary: z.string(),
  source: z.string(),
  queue: z.enum(["ordered", "unordered"]),
  // Entries of before there was one have the word of the sequence language.
  fence: z.string().default("fence"),
  caches: z.array(
    z.strictObject({
      name: cache,
      tags: z.array(z.enum(TAGS)),
      lookup: z.literal("requester").optional(),
      negative: z.strictObject({ notPresent: z.boolean(), malformed: z.boolean() }),
      negativeDomain: z.enum(["own", "none"]),
      fields: z.array(z.enum(CONTEXT_FIELDS)),
      pointers: z.enum(["guest", "host", "either"]),
      superpages: z.enum(["whole", "piece"]),
      ...sourced,
    }),
  ),
  commands: z.array(
    z.strictObject({
      kind: z.enum(INVALIDATION_KINDS),
      manual: z.string(),
      range: z.strictObject({
        count: z.enum(["exact", "block", "first"]),
        mask: z.enum(["aligned", "shifted"]),
        all: z.enum(["whole", "first"]),
      }),
      removes: z.array(
        z.strictObject({
          cache,
          match: z.array(z.enum(MATCHES)),
          when: z.array(z.enum(CONDITIONS)),
          global: z.boolean(),
          levelHint: z.boolean(),
          ...sourced,
        }),
      ),
      ...sourced,
    }),
  ),
});

const scope = z.strictObject({
  caches: z.array(cache).min(1),
  range: z.enum(["affected", "all"]),
  process: z.enum(["own", "any"]),
  global: z.enum(["if-global", "always", "never"]),
});

const contract = z.strictObject({
  name: z.string(),
  summary: z.string(),
  source: z.string(),
  parameters: z.record(z.string(), z.string()),
  rules: z
    .array(
      z.strictObject({
        id: z.string(),
        by: z.enum(["guest", "host"]),
        stages: z.array(z.array(scope)),
        at: z.string(),
        ...sourced,
      }),
    )
    .length(TRANSITIONS.length),
});

const outcome = z.strictObject({ outcome: z.int(), text: z.string() });

export const entrySchema: z.ZodType<Entry> = z.strictObject({
  schema: z.literal(ENTRY_SCHEMA),
  id: z.string(),
  claim: z.string(),
  architecture,
  contract,
  strategies: z.array(z.enum(STRATEGIES)).min(1),
  shadow: z.strictObject({ followsStage2: z.boolean(), evicts: z.boolean() }),
  properties: z.array(z.enum(PROPERTY_NAMES)).min(1),
  geometry: z.string(),
  start: z.string(),
  commands: z.array(z.string()),
  failure: z.strictObject({
    property: z.enum([...PROPERTY_NAMES, "response"]),
    strategy: z.enum([...STRATEGIES, "target"]),
    step: z.int().min(1),
    request: z.strictObject({ context: count, iova: count, access: z.enum(["r", "w"]) }),
    expected: outcome,
    actual: outcome,
    severity: z.enum(SEVERITIES),
    cache: cache.nullable(),
  }),
  found: z.strictObject({ seed: z.string(), run: count, version: z.string(), lengthBefore: count }),
  target: z
    .strictObject({
      name: z.string(),
      version: z.string(),
      answers: z.array(z.string().regex(/^(h[0-9]{1,4}|fault( (context|stage [12]))?|-)$/)),
      trouble: z.string().nullable(),
      stderr: z.array(z.string()),
      repeats: z.strictObject({ runs: count, failed: count }),
    })
    .optional(),
  minimal: z
    .strictObject({
      removable: z.literal(false),
      lowerable: z.literal(false),
      shortest: z.string().exactOptional(),
    })
    .nullable(),
});
