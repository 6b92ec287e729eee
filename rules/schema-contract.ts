/**
 * The schema of a contract file: `kind: contract`, its parameters and its rules.
 *
 * Follows the design page, sections 3 and 4. One rule answers a set of transitions with a recipe: stages in order, each
 * a set of scopes, a fence after each. `any` in stage, level or change makes a rule a fallback; which rule wins is
 * decided in `contract.ts`. The inline rules of a claim have the same form.
 */

import * as say from "./messages.js";
import { describe, type Field, type Reader, type Value } from "./reader.js";
import type { ContractFile, ParameterRow, Placed, RuleRow, Selection, StageName, WhenRow } from "./rows.js";
import {
  checkKind,
  HEAD_KEYS,
  oneOrMore,
  optional,
  placed,
  readConfidence,
  readHead,
  readParameterValue,
  readReference,
  readSource,
  required,
} from "./schema.js";
import { suggest } from "./suggest.js";
import {
  CACHE_NAMES,
  type CacheName,
  CONTEXT_CHANGES,
  type ContextChange,
  ENTRY_CHANGES,
  type EntryChange,
  type Scope,
  TRANSITIONS,
} from "./vocabulary.js";

type Fields = ReadonlyMap<string, Field>;

const FILE_KEYS = [...HEAD_KEYS, "architecture", "parameters", "rules"];
const PARAMETER_KEYS = ["values", "default", "summary", "source"] as const;
const RULE_KEYS = ["id", "stage", "level", "change", "when", "by", "owes", "source", "confidence"] as const;
const SCOPE_KEYS = ["cache", "range", "process", "global"] as const;

/** Changes of table entries and of context entries, each once. */
const CHANGES = [...new Set<EntryChange | ContextChange>([...ENTRY_CHANGES, ...CONTEXT_CHANGES])];

export function readContractFile(reader: Reader): ContractFile | undefined {
  const any = reader.mapping(reader.root(), "a contract");
  if (any === undefined || !checkKind(reader, any, "contract")) return undefined;
  const fields = reader.mapping(reader.root(), "a contract", FILE_KEYS)!;
  const rules = fields.get("rules");
  return reader.watch(
    (): ContractFile => ({
      ...readHead(reader, fields, "contract"),
      architectures: optional(fields, "architecture", (value) => readArchitectures(reader, value)),
      parameters: optional(fields, "parameters", (value) => readParameters(reader, value)) ?? [],
      rules: rules === undefined ? [] : readRules(reader, rules.value),
      rulesSpot: reader.spot(rules === undefined ? reader.root().offset : rules.keyOffset),
    }),
  );
}

function readArchitectures(reader: Reader, value: Value): Placed<string>[] | undefined {
  return oneOrMore(reader, value, "architecture")
    ?.map((item) => readReference(reader, item, "architecture"))
    .filter((item) => item !== undefined);
}

function readParameters(reader: Reader, value: Value): ParameterRow[] {
  const rows: ParameterRow[] = [];
  for (const field of reader.mapping(value, "parameters")?.values() ?? []) {
    const keyValue = { node: null, offset: field.keyOffset };
    if (!/^[a-z][a-z0-9-]{0,29}$/.test(field.key)) reader.report(keyValue.offset, say.badName("parameter", field.key));
    else rows.push(reader.watch(() => readParameter(reader, field)));
  }
  return rows;
}

function readParameter(reader: Reader, field: Field): ParameterRow {
  const what = `parameter ${field.key}`;
  const spot = reader.spot(field.keyOffset);
  const fields = reader.mapping(field.value, what, PARAMETER_KEYS);
  if (fields === undefined) return { name: field.key, spot };
  const values = optional(fields, "values", (value) => reader.list(value, "values"));
  if (values?.length === 0) {
    const complaint = say.emptyText("values", "a parameter has at least one value", "name the values");
    reader.report(fields.get("values")!.value.offset, complaint);
  }
  const summary = optional(fields, "summary", (value) => reader.text(value, "summary"));
  return {
    name: field.key,
    spot,
    values: values?.map((value) => readParameterValue(reader, value, "a value")).filter((item) => item !== undefined),
    default: optional(fields, "default", (value) => readParameterValue(reader, value, "default")),
    summary,
    source: readSource(reader, fields, field.keyOffset, what),
  };
}

/** A list of rules, of a contract or of a claim's cell; ids that stand twice are reported. */
export function readRules(reader: Reader, value: Value): RuleRow[] {
  const rows: RuleRow[] = [];
  const lines = new Map<string, number>();
  for (const item of reader.list(value, "rules") ?? []) {
    const row = readRule(reader, item);
    if (row === undefined) continue;
    const earlier = lines.get(row.id);
    if (earlier === undefined) {
      lines.set(row.id, row.spot.line);
      rows.push(row);
    } else reader.report(item.offset, say.duplicateId("rule", row.id, earlier));
  }
  return rows;
}

function readRule(reader: Reader, value: Value): RuleRow | undefined {
  const fields = reader.mapping(value, "a rule", RULE_KEYS);
  if (fields === undefined) return undefined;
  const owner = { offset: value.offset, what: "a rule", why: "reports and children name it", mend: "add id:" };
  const id = required(reader, fields, "id", owner, (seen) => reader.name(seen, "id"));
  const what = id === undefined ? "the rule" : `rule ${id}`;
  const row = reader.watch(
    (): Omit<RuleRow, "id"> => ({
      spot: reader.spot(value.offset),
      stage: optional(fields, "stage", (seen) => readSelection(reader, seen, "stage", readStage)),
      level: optional(fields, "level", (seen) => readSelection(reader, seen, "level", readLevel)),
      change: optional(fields, "change", (seen) => readSelection(reader, seen, "change", readChange)),
      when: optional(fields, "when", (seen) => readWhen(reader, seen)),
      by: optional(fields, "by", (seen) => reader.word(seen, "actor", ["guest", "host"])),
      owes: optional(fields, "owes", (seen) => readRecipe(reader, seen, what)),
      source: readSource(reader, fields, value.offset, what),
      confidence: readConfidence(reader, fields),
    }),
  );
  checkLevel(reader, fields, row, what);
  checkChanges(reader, fields, row);
  return id === undefined ? undefined : { id, ...row };
}

/** `any`, one item, or a list of different items. */
function readSelection<T>(
  reader: Reader,
  value: Value,
  what: string,
  read: (reader: Reader, value: Value) => T | undefined,
): Selection<T> | undefined {
  const isAny = (item: Value) => item.node !== null && "value" in item.node && item.node.value === "any";
  if (isAny(value)) return "any";
  const items = oneOrMore(reader, value, what);
  if (items === undefined) return undefined;
  const selected: T[] = [];
  for (const item of items) {
    const seen = read(reader, item);
    if (seen === undefined) continue;
    if (selected.includes(seen)) reader.report(item.offset, say.repeated(what, String(seen)));
    else selected.push(seen);
  }
  // Nothing readable: the mistakes are reported, and a guess here would cause more.
  return selected.length === 0 ? undefined : selected;
}

function readStage(reader: Reader, value: Value): StageName | undefined {
  const seen = value.node !== null && "value" in value.node ? value.node.value : undefined;
  if (seen === 1 || seen === 2 || seen === "context") return seen;
  if (typeof seen === "string" && !/^[0-9]/.test(seen)) {
    return reader.report(value.offset, say.unknownWord("stage", seen, ["1", "2", "context", "any"]));
  }
  const mend = "write one of them without quotes";
  return reader.report(value.offset, say.wrongType("stage", describe(value), "1, 2, context or any", mend));
}

function readLevel(reader: Reader, value: Value): "leaf" | "table" | undefined {
  const seen = reader.word(value, "level", ["leaf", "table", "any"]);
  return seen === "any" ? anyInList(reader, value, "level") : seen;
}

function readChange(reader: Reader, value: Value): EntryChange | ContextChange | undefined {
  const seen = reader.word(value, "change", [...CHANGES, "any"]);
  return seen === "any" ? anyInList(reader, value, "change") : seen;
}

function anyInList(reader: Reader, value: Value, what: string): undefined {
  const mend = `write ${what}: any without a list`;
  return reader.report(value.offset, say.wrongType(what, 'the word "any" in a list', "any alone or a list", mend));
}

/** Context entries have no level; entries of the two stages have one. */
function checkLevel(reader: Reader, fields: Fields, row: Omit<RuleRow, "id">, what: string): void {
  const level = fields.get("level");
  if (row.stage === undefined) return;
  const contextOnly = row.stage !== "any" && row.stage.every((stage) => stage === "context");
  if (contextOnly && level !== undefined) {
    reader.report(level.keyOffset, say.keyWithoutMeaning("level", what, "stage 1 and 2"));
  }
}

/** Each named change must occur at one of the selected stages and levels. */
function checkChanges(reader: Reader, fields: Fields, row: Omit<RuleRow, "id">): void {
  const { stage, level, change } = row;
  if (stage === undefined || change === undefined || change === "any") return;
  const chosen = TRANSITIONS.filter((transition) => {
    const stageFits = stage === "any" || stage.includes(transition.stage === 0 ? "context" : transition.stage);
    const levelFits = transition.level === "context" || !level || level === "any" || level.includes(transition.level);
    return stageFits && levelFits;
  });
  const known = [...new Set(chosen.map((transition) => transition.change))];
  const where = `stage ${stage}${level === undefined ? "" : ` level ${level}`}`;
  for (const name of change) {
    if (!known.includes(name)) {
      reader.report(fields.get("change")!.value.offset, say.matchesNothing(name, where, known));
    }
  }
}

function readWhen(reader: Reader, value: Value): WhenRow[] | undefined {
  const fields = reader.mapping(value, "when");
  if (fields === undefined) return undefined;
  return [...fields.values()].map((field) => ({
    parameter: { value: field.key, spot: reader.spot(field.keyOffset) },
    values: (oneOrMore(reader, field.value, `when ${say.quote(field.key)}`) ?? [])
      .map((item) => readParameterValue(reader, item, "a value"))
      .filter((item) => item !== undefined),
  }));
}

/** `none`, or stages of scopes. */
function readRecipe(reader: Reader, value: Value, what: string): Placed<Scope>[][] | undefined {
  const isNone = value.node !== null && "value" in value.node && value.node.value === "none";
  if (isNone) return [];
  if (value.node === null || !("items" in value.node)) {
    const mend = "write none, or [[iotlb, stage1], [device-tlb]]";
    return reader.report(value.offset, say.wrongType("owes", describe(value), "none or a list of stages", mend));
  }
  const stages = reader.list(value, "owes");
  if (stages?.length === 0) {
    return reader.report(value.offset, say.emptyText(`owes of ${what}`, "a recipe has stages", "write owes: none"));
  }
  return stages?.map((stage) => readStageOfRecipe(reader, stage)).filter((stage) => stage !== undefined);
}

function readStageOfRecipe(reader: Reader, value: Value): Placed<Scope>[] | undefined {
  const items = reader.list(value, "a stage of owes");
  if (items?.length === 0) {
    const complaint = say.emptyText("a stage of owes", "a stage has scopes", "name a cache or delete the stage");
    return reader.report(value.offset, complaint);
  }
  const scopes: Placed<Scope>[] = [];
  for (const item of items ?? []) {
    const scope = placed(reader, item, readScope(reader, item));
    if (scope === undefined) continue;
    const named = scopes.flatMap((other) => other.value.caches);
    const twice = scope.value.caches.find(
      (cache, at) => named.includes(cache) || scope.value.caches.indexOf(cache) !== at,
    );
    if (twice !== undefined) reader.report(item.offset, say.repeated("a stage of owes", twice));
    else scopes.push(scope);
  }
  return scopes;
}

/** Cache names joined by `+`, or a mapping with them and what differs from the defaults. */
function readScope(reader: Reader, value: Value): Scope | undefined {
  const defaults = { range: "affected", process: "own", global: "if-global" } as const;
  if (value.node !== null && "value" in value.node) {
    const caches = readCaches(reader, value);
    return caches === undefined ? undefined : { caches, ...defaults };
  }
  const fields = reader.mapping(value, "a scope", SCOPE_KEYS);
  if (fields === undefined) return undefined;
  const owner = { offset: value.offset, what: "a scope", why: "it says which cache is emptied", mend: "add cache:" };
  const caches = required(reader, fields, "cache", owner, (seen) => readCaches(reader, seen));
  const range = optional(fields, "range", (seen) => reader.word(seen, "range", ["affected", "all"]));
  const process = optional(fields, "process", (seen) => reader.word(seen, "process", ["own", "any"]));
  const global = optional(fields, "global", (seen) => reader.word(seen, "global", ["if-global", "always", "never"]));
  if (caches === undefined) return undefined;
  return {
    caches,
    range: range ?? defaults.range,
    process: process ?? defaults.process,
    global: global ?? defaults.global,
  };
}

/** `walk + stage1 + iotlb`: the caches that one command must empty together; a list of names says the same. */
function readCaches(reader: Reader, value: Value): CacheName[] | undefined {
  if (value.node !== null && "items" in value.node) {
    const listed = reader.words(value, "cache", CACHE_NAMES);
    if (listed === undefined || listed.length > 0) return listed;
    return reader.report(value.offset, say.emptyText("the list of caches", "a scope names at least one", "name one"));
  }
  const text = reader.text(value, "cache");
  if (text === undefined) return undefined;
  const caches: CacheName[] = [];
  for (const part of text.split("+").map((name) => name.trim())) {
    const cache = CACHE_NAMES.find((name) => name === part);
    if (cache === undefined) reader.report(value.offset, say.unknownWord("cache", part, CACHE_NAMES));
    // Read on as if the nearest name stood there: one mistake is one problem.
    const near = CACHE_NAMES.find((name) => name === (cache ?? suggest(part, CACHE_NAMES)));
    if (near === undefined) return undefined;
    if (caches.includes(near)) reader.report(value.offset, say.repeated("a scope", near));
    else caches.push(near);
  }
  return caches;
}
