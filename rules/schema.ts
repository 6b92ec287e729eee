/**
 * The schema of what all rule files share: kind, head, confidence, references, parameter values.
 *
 * Here and in its two neighbours (`schema-architecture.ts`, `schema-contract.ts`) a YAML document becomes the rows of
 * `rows.ts`; nothing is merged or looked up in another file yet. Keys are in kebab-case in YAML.
 */

import * as say from "./messages.js";
import { describe, type Field, type Reader, type Value } from "./reader.js";
import type { FileHead, Placed } from "./rows.js";
import { CONFIDENCES, type Confidence } from "./vocabulary.js";
import { yaml } from "./yaml-library.js";

export const RULE_KINDS = ["architecture", "contract", "claims"] as const;
export type FileKind = (typeof RULE_KINDS)[number];

export const HEAD_KEYS = ["kind", "name", "summary", "source", "extends"] as const;

type Fields = ReadonlyMap<string, Field>;

/** Reads an optional key: `read` is called with its value, if it is there. */
export function optional<T>(fields: Fields, key: string, read: (value: Value) => T | undefined): T | undefined {
  const field = fields.get(key);
  return field === undefined ? undefined : read(field.value);
}

/** As `optional`, but a missing key is reported at `owner`, with `why` it is due and how to `mend` it. */
export function required<T>(
  reader: Reader,
  fields: Fields,
  key: string,
  owner: { offset: number; what: string; why: string; mend: string },
  read: (value: Value) => T | undefined,
): T | undefined {
  if (!fields.has(key)) reader.report(owner.offset, say.missingKey(owner.what, key, owner.why, owner.mend));
  return optional(fields, key, read);
}

/** Checks the key `kind`. False for a file of another kind: its other keys would only be reported as unknown. */
export function checkKind(reader: Reader, fields: Fields, due: FileKind): boolean {
  const owner = { offset: reader.root().offset, what: "the file", why: `kind ${due} is due`, mend: `add kind: ${due}` };
  const kind = required(reader, fields, "kind", owner, (value) => reader.word(value, "kind", RULE_KINDS));
  if (kind === undefined || kind === due) return true;
  reader.report(fields.get("kind")!.value.offset, say.wrongKind(kind, due));
  return false;
}

/** Name, summary, source, extends. A child may leave out summary and source; it has its parent's. */
export function readHead(reader: Reader, fields: Fields, kind: FileKind): FileHead {
  const child = fields.has("extends");
  const { offset } = reader.root();
  const owner = { offset, what: `the ${kind}`, why: "it is shown in reports", mend: "add it at the top" };
  const read = (key: string) => {
    const text = (value: Value) => reader.text(value, key);
    return child ? optional(fields, key, text) : required(reader, fields, key, owner, text);
  };
  return {
    spot: reader.spot(offset),
    name: required(reader, fields, "name", owner, (value) => reader.name(value, "name")),
    summary: read("summary"),
    source: read("source"),
    extends: optional(fields, "extends", (value) => readReference(reader, value, "extends")),
  };
}

/** A built-in name or a path; looked up later. */
export function readReference(reader: Reader, value: Value, what: string): Placed<string> | undefined {
  return placed(reader, value, reader.text(value, what));
}

export function placed<T>(reader: Reader, value: Value, read: T | undefined): Placed<T> | undefined {
  return read === undefined ? undefined : { value: read, spot: reader.spot(value.offset) };
}

/** `source:`, due on every row of every file: the document, its revision and section. */
export function readSource(reader: Reader, fields: Fields, offset: number, what: string): string | undefined {
  const why = "each row says where it is from";
  const owner = { offset, what, why, mend: "add source: with document and section" };
  return required(reader, fields, "source", owner, (value) => reader.text(value, "source"));
}

export function readConfidence(reader: Reader, fields: Fields): Confidence | undefined {
  return optional(fields, "confidence", (value) => reader.word(value, "confidence", CONFIDENCES));
}

/** The value of a parameter: a whole number or a word. A quoted number is refused, since 0 and "0" would look alike. */
export function readParameterValue(reader: Reader, value: Value, what: string): Placed<string> | undefined {
  const seen = value.node !== null && "value" in value.node ? value.node.value : undefined;
  if (typeof seen === "number" && Number.isSafeInteger(seen) && seen >= 0) return placed(reader, value, String(seen));
  if (typeof seen === "string" && !/^[0-9.+-]/.test(seen)) return placed(reader, value, reader.name(value, what));
  const mend = typeof seen === "string" ? "write the number without quotes" : "write 0, 1, ... or a word";
  return reader.report(value.offset, say.wrongType(what, describe(value), "a whole number or a word", mend));
}

/** A list, or one item that stands for a list of one. */
export function oneOrMore(reader: Reader, value: Value, what: string): Value[] | undefined {
  if (!yaml().isSeq(value.node)) return [value];
  const items = reader.list(value, what);
  if (items?.length !== 0) return items;
  return reader.report(value.offset, say.emptyText(what, "at least one is due", "name one or delete the key"));
}
