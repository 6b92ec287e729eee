/**
 * The schema of an architecture file: `kind: architecture`, its caches and its commands.
 *
 * Follows the design page, section 3. What a key means is said in `vocabulary.ts`; here is which keys there are, what
 * values they take, and which of them have a meaning for which cache. Whether a file with its parents is complete is
 * decided in `architecture.ts`.
 */

import { parseManual } from "./manual.js";
import * as say from "./messages.js";
import type { Field, Reader, Value } from "./reader.js";
import { isAbsent } from "./reader.js";
import type { ArchitectureFile, CacheRow, CommandRow, Loose, Placed } from "./rows.js";
import { checkKind, HEAD_KEYS, optional, readConfidence, readHead, readSource, required } from "./schema.js";
import { suggest } from "./suggest.js";
import {
  CACHE_NAMES,
  type CacheName,
  CONDITIONS,
  CONTEXT_FIELDS,
  type Condition,
  INVALIDATION_KINDS,
  type InvalidationKind,
  MATCHES,
  type Match,
  type RangeEncoding,
  type RemovalRule,
  TAGS,
} from "./vocabulary.js";
import { yaml } from "./yaml-library.js";

type Fields = ReadonlyMap<string, Field>;

const FILE_KEYS = [...HEAD_KEYS, "queue", "fence", "caches", "commands"];
const CACHE_KEYS = [
  "tags",
  "lookup",
  "negative",
  "negative-domain",
  "fields",
  "pointers",
  "superpages",
  "source",
  "confidence",
] as const;
const COMMAND_KEYS = ["manual", "range", "removes", "source", "confidence"] as const;
const REMOVAL_KEYS = ["cache", "match", "when", "global", "level-hint", "source", "confidence"] as const;

/** Keys that have a meaning for some caches only. */
const MEANING: Readonly<Record<string, readonly CacheName[]>> = {
  fields: ["context", "pasid"],
  pointers: ["context", "pasid", "walk"],
  lookup: ["iotlb"],
  superpages: ["walk", "stage1", "stage2-walk", "stage2", "iotlb", "device-tlb"],
};

export function readArchitectureFile(reader: Reader): ArchitectureFile | undefined {
  const any = reader.mapping(reader.root(), "an architecture");
  if (any === undefined || !checkKind(reader, any, "architecture")) return undefined;
  const fields = reader.mapping(reader.root(), "an architecture", FILE_KEYS)!;
  return reader.watch(
    (): ArchitectureFile => ({
      ...readHead(reader, fields, "architecture"),
      queue: optional(fields, "queue", (value) => reader.word(value, "queue", ["ordered", "unordered"])),
      fence: optional(fields, "fence", (value) => reader.text(value, "fence")),
      caches: readRows(reader, fields, "caches", "cache", CACHE_NAMES, readCache),
      commands: readRows(reader, fields, "commands", "command kind", INVALIDATION_KINDS, readCommand),
    }),
  );
}

/** The rows of a mapping whose keys are known names. */
function readRows<N extends string, R extends object>(
  reader: Reader,
  fields: Fields,
  key: string,
  what: string,
  names: readonly N[],
  read: (reader: Reader, name: N, field: Field) => R | undefined,
): R[] {
  const rows = optional(fields, key, (value) => reader.mapping(value, key));
  const result: R[] = [];
  for (const field of rows?.values() ?? []) {
    const exact = names.find((known) => known === field.key);
    if (exact === undefined) reader.report(field.keyOffset, say.unknownWord(what, field.key, names));
    // Read on under the nearest name: the mistakes inside are told at once.
    const near = suggest(field.key, names);
    const name = exact ?? names.find((known) => known === near);
    const { row, broken } = reader.watch(() => ({ row: name === undefined ? undefined : read(reader, name, field) }));
    if (row !== undefined) result.push({ ...row, broken });
  }
  return result;
}

function readCache(reader: Reader, name: CacheName, field: Field): CacheRow | undefined {
  const spot = reader.spot(field.keyOffset);
  if (isAbsent(field.value)) return { name, spot, absent: true };
  const what = `cache ${name}`;
  const fields = reader.mapping(field.value, what, CACHE_KEYS);
  if (fields === undefined) return undefined;
  for (const [key, caches] of Object.entries(MEANING)) {
    const given = fields.get(key);
    if (given === undefined || caches.includes(name)) continue;
    reader.report(given.keyOffset, say.keyWithoutMeaning(key, what, caches.join(", ")));
  }
  const negative = optional(fields, "negative", (value) =>
    reader.mapping(value, "negative", ["not-present", "malformed"]),
  );
  const flag = (key: string) => optional(negative ?? new Map(), key, (value) => reader.flag(value, key));
  return {
    name,
    spot,
    absent: false,
    tags: optional(fields, "tags", (value) => reader.words(value, "tag", TAGS)),
    lookup: optional(fields, "lookup", (value) => reader.word(value, "lookup", ["tags", "requester"])),
    notPresent: flag("not-present"),
    malformed: flag("malformed"),
    negativeDomain: optional(fields, "negative-domain", (value) =>
      reader.word(value, "negative-domain", ["own", "none"]),
    ),
    fields: optional(fields, "fields", (value) => reader.words(value, "field", CONTEXT_FIELDS)),
    pointers: optional(fields, "pointers", (value) => reader.word(value, "pointers", ["guest", "host", "either"])),
    superpages: optional(fields, "superpages", (value) => reader.word(value, "superpages", ["whole", "piece"])),
    source: readSource(reader, fields, field.keyOffset, what),
    confidence: readConfidence(reader, fields),
  };
}

function readCommand(reader: Reader, kind: InvalidationKind, field: Field): CommandRow | undefined {
  const spot = reader.spot(field.keyOffset);
  if (isAbsent(field.value)) return { kind, spot, absent: true };
  const what = `command ${kind}`;
  const fields = reader.mapping(field.value, what, COMMAND_KEYS);
  if (fields === undefined) return undefined;
  const source = readSource(reader, fields, field.keyOffset, what);
  const confidence = readConfidence(reader, fields);
  const inherited = { source: source ?? "", confidence: confidence ?? "specification" } as const;
  const removes = optional(fields, "removes", (value) => reader.list(value, "removes"));
  return {
    kind,
    spot,
    absent: false,
    manual: optional(fields, "manual", (value) => readManual(reader, value)),
    range: optional(fields, "range", (value) => readRange(reader, value)),
    removes: removes
      ?.map((value) => readRemoval(reader, kind, value, inherited))
      .filter((removal) => removal !== undefined),
    source,
    confidence,
  };
}

/** One form, or a list of them. */
function readManual(reader: Reader, value: Value): string | undefined {
  const items = yaml().isSeq(value.node) ? reader.list(value, "manual")! : [value];
  const forms: string[] = [];
  for (const item of items) {
    const text = reader.text(item, "manual");
    if (text === undefined) continue;
    const parsed = parseManual(text);
    if ("seen" in parsed) reader.report(item.offset, say.badManual(parsed.seen, parsed.known));
    forms.push(text);
  }
  if (items.length === 0)
    reader.report(value.offset, say.emptyText("manual", "reports use the manual's own name", "write it"));
  return forms.length === 0 ? undefined : forms.join(" | ");
}

function readRange(reader: Reader, value: Value): Loose<RangeEncoding> | undefined {
  const fields = reader.mapping(value, "range", ["count", "mask", "all"]);
  if (fields === undefined) return undefined;
  return {
    count: optional(fields, "count", (seen) => reader.word(seen, "count", ["exact", "block", "first"])),
    mask: optional(fields, "mask", (seen) => reader.word(seen, "mask", ["aligned", "shifted"])),
    all: optional(fields, "all", (seen) => reader.word(seen, "all", ["whole", "first"])),
  };
}

function readRemoval(
  reader: Reader,
  kind: InvalidationKind,
  value: Value,
  inherited: Pick<RemovalRule, "source" | "confidence">,
): Placed<RemovalRule> | undefined {
  const what = `a removal of command ${kind}`;
  const fields = reader.mapping(value, what, REMOVAL_KEYS);
  if (fields === undefined) return undefined;
  const owner = { offset: value.offset, what, why: "a removal says what it compares, [] for nothing" };
  const cache = required(reader, fields, "cache", { ...owner, mend: "add cache:" }, (seen) =>
    reader.word(seen, "cache", CACHE_NAMES),
  );
  const match = required(reader, fields, "match", { ...owner, mend: "add match: [ ]" }, (seen) =>
    readMatch(reader, seen, kind, cache),
  );
  const when = optional(fields, "when", (seen) => readConditions(reader, seen));
  const global = optional(fields, "global", (seen) => reader.flag(seen, "global"));
  const levelHint = optional(fields, "level-hint", (seen) => reader.flag(seen, "level-hint"));
  const source = optional(fields, "source", (seen) => reader.text(seen, "source"));
  const confidence = readConfidence(reader, fields);
  if (cache === undefined || match === undefined) return undefined;
  const rule: RemovalRule = {
    cache,
    match,
    when: when ?? [],
    global: global ?? true,
    levelHint: levelHint ?? false,
    source: source ?? inherited.source,
    confidence: confidence ?? inherited.confidence,
  };
  return { value: rule, spot: reader.spot(value.offset) };
}

/** The compared operands; an address is compared only where entries have one. */
function readMatch(
  reader: Reader,
  value: Value,
  kind: InvalidationKind,
  cache: CacheName | undefined,
): Match[] | undefined {
  const match = reader.words(value, "operand", MATCHES);
  if (match === undefined || cache === undefined) return match;
  if (match.includes("address")) {
    const known = addressMeaning(kind, cache);
    if (known !== undefined) reader.report(value.offset, say.cannotCompare("address", cache, known));
  }
  if (match.includes("guest-address") && (kind !== "s2" || cache !== "iotlb")) {
    const known = "guest-address is for iotlb under command s2";
    reader.report(value.offset, say.cannotCompare("guest-address", cache, known));
  }
  return match;
}

/** Why the address of a command cannot be compared with entries of a cache; undefined if it can. */
function addressMeaning(kind: InvalidationKind, cache: CacheName): string | undefined {
  if (cache === "context" || cache === "pasid") return "its entries have no address";
  const byGuestPage = cache === "stage2" || cache === "stage2-walk";
  if (byGuestPage && kind !== "s2") return "its entries are by GPA, and only command s2 gives one";
  if (!byGuestPage && kind === "s2") return "its entries are by IOVA, and command s2 gives a GPA";
  return undefined;
}

function readConditions(reader: Reader, value: Value): Condition[] | undefined {
  const conditions = reader.words(value, "condition", CONDITIONS);
  for (const condition of conditions ?? []) {
    const opposite = condition === "leaf" ? "not-leaf" : `no-${condition}`;
    if (conditions!.some((other) => other === opposite)) {
      reader.report(value.offset, say.contradiction(condition, opposite));
    }
  }
  return conditions;
}
