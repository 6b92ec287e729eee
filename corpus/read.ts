/**
 * Reads the text of an entry: JSON, schema version, shape, id, and then that its commands can be run.
 *
 * The first of these that is not right ends the reading, since what follows would only repeat it; within the shape all
 * mistakes are reported.
 */

import { quote } from "../rules/messages.js";
import { ENTRY_SCHEMA, type Entry } from "./entry.js";
import { entryId } from "./identity.js";
import { parseJson, placeOf } from "./json.js";
import type { CorpusProblem, CorpusResult } from "./problems.js";
import * as problem from "./problems.js";
import { readSetting } from "./run.js";
import { entrySchema } from "./schema.js";

/** Problems shown for one file. */
const SHOWN_LIMIT = 20;

/** `file`: the name under which problems show the text, which may begin with a byte order mark. */
export function readEntry(given: string, file: string): CorpusResult<Entry> {
  const text = given.startsWith("\ufeff") ? given.slice(1) : given;
  const json = parseJson(text);
  if (!json.ok) return refused(problem.refuse(file, problem.notJson(json.seen), json.place));
  const at = (path: readonly PropertyKey[], complaint: problem.CorpusComplaint): CorpusProblem =>
    problem.refuse(file, complaint, placeOf(text, path));
  const version = fieldOf(json.value, "schema");
  if (version === undefined) return refused(at([], problem.fieldMissing("schema")));
  if (version !== ENTRY_SCHEMA) return refused(at(["schema"], problem.unknownVersion(shown(version), ENTRY_SCHEMA)));
  const shaped = entrySchema.safeParse(json.value);
  if (!shaped.success) {
    const problems = shaped.error.issues.flatMap((issue) =>
      complaintsOf(issue, json.value).map(({ path, complaint }) => at(path, complaint)),
    );
    return { ok: false, problems: problems.slice(0, SHOWN_LIMIT) };
  }
  const entry = shaped.data;
  const computed = entryId(entry);
  if (computed !== entry.id) return refused(at(["id"], problem.edited(entry.id, computed)));
  const run = readSetting(entry);
  return run.ok ? { ok: true, value: entry } : refused(at(run.path, problem.unreadableRun(run.detail)));
}

function refused(only: CorpusProblem): { ok: false; problems: CorpusProblem[] } {
  return { ok: false, problems: [only] };
}

interface Placed {
  path: readonly PropertyKey[];
  complaint: problem.CorpusComplaint;
}

interface Issue {
  code?: string | undefined;
  path: readonly PropertyKey[];
  message: string;
  keys?: readonly string[];
}

function complaintsOf(issue: Issue, root: unknown): Placed[] {
  const { path } = issue;
  const name = path.length === 0 ? "the entry" : nameOf(path);
  if (issue.code === "unrecognized_keys") {
    return (issue.keys ?? []).map((key) => ({ path: [...path, key], complaint: problem.fieldUnknown(key, name) }));
  }
  const value = path.reduce<unknown>(fieldOf, root);
  if (value === undefined) return [{ path, complaint: problem.fieldMissing(name) }];
  return [{ path, complaint: problem.valueUnfit(name, shown(value), dueOf(issue.message)) }];
}

/** `failure.request.iova`, `commands[2]`. */
function nameOf(path: readonly PropertyKey[]): string {
  return path
    .map((key, at) => (typeof key === "number" ? `[${key}]` : `${at === 0 ? "" : "."}${String(key)}`))
    .join("");
}

/** The library's sentence in our form: `Invalid input: expected string, received number` is `expected string`. */
function dueOf(message: string): string {
  const due = /expected .*?(?=, received|$)/i.exec(message)?.[0] ?? message;
  return due.charAt(0).toLowerCase() + due.slice(1);
}

function shown(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? `a list of ${value.length}` : "an object";
}

function fieldOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}
