/**
 * Reads values out of a positioned YAML document, reporting each mistake at its own node.
 *
 * The schema is written as calls of these methods, not as zod schemas: a zod issue names a path, and finding the key,
 * the value or the parent that it means, with a suggestion, took more code than reading the nodes. Each method returns
 * `undefined` after it has reported, so that a caller goes on and one pass finds all mistakes. Keys stay in a `Map`:
 * `__proto__` is a key like any other there.
 */

import type { Document, Node } from "yaml";
import * as say from "./messages.js";
import { type Complaint, type Problem, problemAt, type Spot } from "./problems.js";
import { suggest } from "./suggest.js";
import type { YamlFile } from "./yaml.js";
import { yaml } from "./yaml-library.js";

/** A node after aliases, and where it is written (for an alias: where the alias stands). */
export interface Value {
  node: Node | null;
  offset: number;
}

export interface Field {
  key: string;
  keyOffset: number;
  value: Value;
}

export class Reader {
  readonly problems: Problem[] = [];
  readonly #file: YamlFile;

  constructor(file: YamlFile) {
    this.#file = file;
  }

  root(): Value {
    return this.#resolve(this.#file.root, 0);
  }

  spot(offset: number): Spot {
    return this.#file.spot(offset);
  }

  report(offset: number, complaint: Complaint): undefined {
    this.problems.push(problemAt(this.spot(offset), complaint));
    return undefined;
  }

  /**
   * Marks the result of `read` as broken if something in it could not be read, so that later phases do not ask for that
   * too. A missing key breaks nothing: what else is missing is still asked for.
   */
  watch<T extends object>(read: () => T): T & { broken?: true | undefined } {
    const before = this.problems.length;
    const result = read();
    const broken = this.problems.slice(before).some((problem) => problem.code !== "NF111");
    return broken ? { ...result, broken: true } : result;
  }

  /** The fields of a mapping by key. With `known`, other keys are reported. */
  mapping(value: Value, what: string, known?: readonly string[]): Map<string, Field> | undefined {
    if (!yaml().isMap(value.node)) {
      const mend = known === undefined ? "write key: value lines" : `write its keys: ${known.slice(0, 6).join(", ")}`;
      return this.report(value.offset, say.wrongType(what, describe(value), "a mapping", mend));
    }
    const fields = new Map<string, Field>();
    for (const pair of value.node.items) {
      const keyOffset = offsetOf(pair.key) ?? value.offset;
      if (!yaml().isScalar(pair.key)) {
        this.report(keyOffset, say.keyNotText(what));
        continue;
      }
      const key = String(pair.key.value);
      const field = { key, keyOffset, value: this.#resolve(pair.value, keyOffset) };
      if (known === undefined || known.includes(key)) fields.set(key, field);
      else this.#misspelled(fields, field, what, known);
    }
    return fields;
  }

  /** Reports an unknown key, and reads on as if it were the one it resembles, so that one mistake is one problem. */
  #misspelled(fields: Map<string, Field>, field: Field, what: string, known: readonly string[]): void {
    this.report(field.keyOffset, say.unknownKey(what, field.key, known));
    const near = suggest(field.key, known);
    if (near !== undefined && !fields.has(near)) fields.set(near, field);
  }

  list(value: Value, what: string): Value[] | undefined {
    if (!yaml().isSeq(value.node)) {
      return this.report(value.offset, say.wrongType(what, describe(value), "a list", "write [ ] around it"));
    }
    return value.node.items.map((item) => this.#resolve(item, value.offset));
  }

  /** One of the known words. */
  word<const T extends string>(value: Value, what: string, known: readonly T[]): T | undefined {
    const seen = this.scalarText(value, what, `one of ${known.join(", ")}`);
    if (seen === undefined) return undefined;
    const found = known.find((word) => word === seen);
    if (found !== undefined) return found;
    this.report(value.offset, say.unknownWord(what, seen, known));
    // Read on as if the nearest word stood there: one mistake is one problem.
    const near = suggest(seen, known);
    return known.find((word) => word === near);
  }

  /** A list of different known words. */
  words<const T extends string>(value: Value, what: string, known: readonly T[]): T[] | undefined {
    const items = this.list(value, `the list of ${what}s`);
    if (items === undefined) return undefined;
    const words: T[] = [];
    for (const item of items) {
      const word = this.word(item, what, known);
      if (word === undefined) continue;
      if (words.includes(word)) this.report(item.offset, say.repeated(`the list of ${what}s`, word));
      else words.push(word);
    }
    return words;
  }

  /** Free text: a sentence, a source. */
  text(value: Value, what: string): string | undefined {
    const seen = this.scalarText(value, what, "text", "put quotes around it");
    if (seen === undefined) return undefined;
    const trimmed = seen.trim();
    if (trimmed === "") return this.report(value.offset, say.emptyText(what, "it is shown to readers", "write it"));
    return trimmed;
  }

  /** A name or id: letters, digits, single dashes or dots. */
  name(value: Value, what: string): string | undefined {
    const seen = this.scalarText(value, what, "a name", "write a name");
    if (seen === undefined) return undefined;
    return isName(seen) ? seen : this.report(value.offset, say.badName(what, seen));
  }

  /** A whole number from 1 on. */
  count(value: Value, what: string): number | undefined {
    const seen = yaml().isScalar(value.node) ? value.node.value : undefined;
    if (typeof seen === "number" && Number.isSafeInteger(seen) && seen >= 1) return seen;
    return this.report(
      value.offset,
      say.wrongType(what, describe(value), "a whole number from 1 on", "write it in digits"),
    );
  }

  flag(value: Value, what: string): boolean | undefined {
    const seen = yaml().isScalar(value.node) ? value.node.value : undefined;
    if (typeof seen === "boolean") return seen;
    const mend =
      typeof seen === "string" ? "YAML 1.2 knows no yes or no; write it without quotes" : "write one of them";
    return this.report(value.offset, say.wrongType(what, describe(value), "true or false", mend));
  }

  /** The string that a scalar holds; numbers, booleans, null and collections are reported. */
  scalarText(value: Value, what: string, due: string, mend = "write one word"): string | undefined {
    const seen = yaml().isScalar(value.node) ? value.node.value : undefined;
    if (typeof seen === "string") return seen;
    return this.report(value.offset, say.wrongType(what, describe(value), due, mend));
  }

  #resolve(node: unknown, fallback: number): Value {
    const offset = offsetOf(node) ?? fallback;
    if (yaml().isAlias(node)) return { node: node.resolve(this.#file.document as Document) ?? null, offset };
    return { node: yaml().isScalar(node) || yaml().isMap(node) || yaml().isSeq(node) ? node : null, offset };
  }
}

const NAME = /^[A-Za-z][A-Za-z0-9]*(?:[-.][A-Za-z0-9]+)*$/;

export function isName(text: string): boolean {
  return text.length <= 60 && NAME.test(text);
}

function offsetOf(node: unknown): number | undefined {
  if (!yaml().isScalar(node) && !yaml().isMap(node) && !yaml().isSeq(node) && !yaml().isAlias(node)) return undefined;
  return node.range?.[0];
}

/** `walk: absent`, or `walk:` with nothing: the row takes away what a parent has. */
export function isAbsent(value: Value): boolean {
  return (
    value.node === null || (yaml().isScalar(value.node) && (value.node.value === null || value.node.value === "absent"))
  );
}

/** What a value is, for a message: `the number 3`, `a list`. */
export function describe(value: Value): string {
  const { node } = value;
  if (yaml().isMap(node)) return "a mapping";
  if (yaml().isSeq(node)) return "a list";
  if (!yaml().isScalar(node) || node.value === null) return "empty";
  if (typeof node.value === "number") return `the number ${say.quote(node.source ?? String(node.value)).slice(1, -1)}`;
  if (typeof node.value === "boolean") return `the truth value ${node.value}`;
  return `the text ${say.quote(String(node.value))}`;
}
