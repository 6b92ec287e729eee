/**
 * JSON Schemas of the rule files, for editors that complete and check YAML by them.
 *
 * Made from the same words as the readers; what takes more than one file or row to know (overlaps, scopes that nothing
 * covers, references) only `nestfuzz rules check` tells. `npm run golden` writes them to `rules/schemas/`.
 */

import { RULE_KINDS } from "./schema.js";
import {
  CACHE_NAMES,
  CONDITIONS,
  CONFIDENCES,
  CONTEXT_CHANGES,
  CONTEXT_FIELDS,
  ENTRY_CHANGES,
  INVALIDATION_KINDS,
  MATCHES,
  PROPERTY_NAMES,
  STRATEGIES,
  TAGS,
} from "./vocabulary.js";

export type JsonSchema = { [key: string]: unknown };
export type SchemaName = (typeof RULE_KINDS)[number];
export const SCHEMA_NAMES: readonly SchemaName[] = RULE_KINDS;

const text = (description: string): JsonSchema => ({ type: "string", description });
const word = (values: readonly unknown[], description: string): JsonSchema => ({ enum: [...values], description });
const list = (items: JsonSchema, description: string): JsonSchema => ({ type: "array", items, description });
const oneOrMore = (item: JsonSchema, description: string): JsonSchema => ({
  anyOf: [item, { type: "array", items: item, minItems: 1 }],
  description,
});

function record(properties: Record<string, JsonSchema>, required: readonly string[], description = ""): JsonSchema {
  const about = description === "" ? {} : { description };
  return { type: "object", ...about, properties, required: [...required], additionalProperties: false };
}

const sourced = {
  source: text("where this is from: document, revision, section"),
  confidence: word(CONFIDENCES, "how it is known; specification by default"),
};

/** A file that extends another may leave out what it inherits. */
function file(kind: SchemaName, properties: Record<string, JsonSchema>, due: readonly string[]): JsonSchema {
  const head = {
    kind: { const: kind },
    name: text("letters, digits, single dashes or dots; a letter first"),
    summary: text("one line for reports"),
    source: text("where the whole is from"),
    extends: text("a built-in name, or a path from the folder of this file"),
  };
  return {
    ...record({ ...head, ...properties }, ["kind", "name"]),
    if: { not: { required: ["extends"] } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema, never awaited.
    then: { required: ["summary", "source", ...due] },
  };
}

const perName = (names: readonly string[], row: JsonSchema, description: string): JsonSchema => ({
  ...record(Object.fromEntries(names.map((name) => [name, { anyOf: [{ const: "absent" }, row] }])), []),
  description,
});

function architecture(): JsonSchema {
  const cache = record(
    {
      tags: list(word(TAGS, ""), "what the key of an entry is made of, beside the address"),
      lookup: word(["tags", "requester"], "what a request finds entries of the IOTLB by"),
      negative: record(
        { "not-present": { type: "boolean" }, malformed: { type: "boolean" } },
        [],
        "which results without a translation it may hold",
      ),
      "negative-domain": word(["own", "none"], "the domain tag of negative entries"),
      fields: list(word(CONTEXT_FIELDS, ""), "which fields of the context entry it holds"),
      pointers: word(["guest", "host", "either"], "table pointers as read, or after stage 2"),
      superpages: word(["whole", "piece"], "what an address removes of a superpage"),
      ...sourced,
    },
    ["source"],
  );
  const removal = record(
    {
      cache: word(CACHE_NAMES, "the cache that entries are removed from"),
      match: list(word(MATCHES, ""), "operands that an entry must equal, where they are given"),
      when: list(word(CONDITIONS, ""), "operands as they must have been sent"),
      global: { type: "boolean", description: "whether global entries go too; true by default" },
      "level-hint": { type: "boolean", description: "whether a level in the command restricts it" },
      ...sourced,
    },
    ["cache", "match"],
  );
  const command = record(
    {
      manual: oneOrMore({ type: "string" }, "the manual's name of it, with its operands in braces"),
      range: record(
        {
          count: word(["exact", "block", "first"], "how a number of pages is encoded"),
          mask: word(["aligned", "shifted"], "how a mask is encoded"),
          all: word(["whole", "first"], "what a command without an address means"),
        },
        [],
      ),
      removes: list(removal, "what it removes"),
      ...sourced,
    },
    ["source"],
  );
  return file(
    "architecture",
    {
      queue: word(["ordered", "unordered"], "whether commands execute in the order of submission"),
      fence: text("the manual's name of the fence"),
      caches: perName(CACHE_NAMES, cache, "the caches that the unit may have"),
      commands: perName(INVALIDATION_KINDS, command, "its invalidation commands"),
    },
    ["queue", "caches"],
  );
}

const cacheWord = `(${CACHE_NAMES.join("|")})`;
const joined = (description: string): JsonSchema => ({
  ...text(description),
  pattern: `^ *${cacheWord}( *\\+ *${cacheWord})* *$`,
});

const scope: JsonSchema = {
  anyOf: [
    joined("a cache, or several joined by +, emptied by one command together"),
    record(
      {
        cache: joined("a cache, or several joined by +"),
        range: word(["affected", "all"], "pages that the change affects, or all"),
        process: word(["own", "any"], "entries of the process tag, or of any of the domain"),
        global: word(["if-global", "always", "never"], "whether global entries belong to it"),
      },
      ["cache"],
    ),
  ],
};

const rule: JsonSchema = record(
  {
    id: text("reports and files that extend this one name it"),
    stage: oneOrMore(word([1, 2, "context", "any"], ""), "where the changed entry is"),
    level: oneOrMore(word(["leaf", "table", "any"], ""), "not for context entries"),
    change: oneOrMore(word([...new Set([...ENTRY_CHANGES, ...CONTEXT_CHANGES]), "any"], ""), "what changed"),
    when: {
      type: "object",
      additionalProperties: oneOrMore({ type: ["integer", "string"] }, ""),
      description: "parameter values under which the row holds",
    },
    by: word(["guest", "host"], "who owes it; the host for stage 2, else the guest"),
    owes: {
      anyOf: [{ const: "none" }, list(list(scope, "scopes of one stage"), "stages in order, a fence after each")],
      description: "what is owed",
    },
    ...sourced,
  },
  ["id", "source"],
);

function contract(): JsonSchema {
  const parameter = record(
    {
      values: list({ type: ["integer", "string"] }, "the values it may have"),
      default: { type: ["integer", "string"] },
      summary: text("what it stands for"),
      source: sourced.source,
    },
    ["source"],
  );
  return file(
    "contract",
    {
      architecture: oneOrMore({ type: "string" }, "what rules check and check take it for"),
      parameters: { type: "object", additionalProperties: parameter },
      rules: { ...list(rule, "one for each transition, or more with any"), minItems: 1 },
    },
    ["rules"],
  );
}

function claims(): JsonSchema {
  const cell = record(
    {
      id: text("the claim's id, or that and a suffix behind a dot"),
      architecture: text("a name or a path"),
      contract: text("a name or a path, with parameters: vtd-legacy cm=1"),
      rules: list(rule, "rows that override the contract's"),
      strategies: list(word(STRATEGIES, ""), "who is asked"),
      shadow: record({ "follows-stage2": { type: "boolean" }, evicts: { type: "boolean" } }, []),
      properties: list(word(PROPERTY_NAMES, ""), "what is checked"),
      expected: word(["fails", "unrefuted", "holds"], "the verdict"),
      why: text("one sentence"),
    },
    ["id"],
  );
  const claim = record(
    { id: text("as T5"), says: text("the sentence"), source: text("who, when, where"), cells: list(cell, "") },
    ["id", "says", "source", "cells"],
  );
  return record({ kind: { const: "claims" }, claims: list(claim, "") }, ["kind", "claims"]);
}

const MAKERS: Readonly<Record<SchemaName, () => JsonSchema>> = { architecture, contract, claims };

/** The schema of a kind of rule file, as the file in `rules/schemas/` has it. */
export function jsonSchemaText(name: SchemaName): string {
  const schema = { $schema: "http://json-schema.org/draft-07/schema#", title: `nestfuzz ${name}`, ...MAKERS[name]() };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
