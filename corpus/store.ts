/**
 * The store: a folder of counterexamples, one JSON file each, named by its id.
 *
 * Files are left as they are: what is broken, edited or of another version is reported with its place and never
 * rewritten, and an entry that is there already is not written again, so the first finder's data stay. A file is
 * written beside its place, flushed, and renamed, so that a reader never sees half of one.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { quote } from "../rules/messages.js";
import type { Entry } from "./entry.js";
import { canonicalJson } from "./json.js";
import type { CorpusProblem, CorpusResult } from "./problems.js";
import * as problem from "./problems.js";
import { readEntry } from "./read.js";
import { type Replayed, replayEntry } from "./replay.js";
import { writeWhole } from "./whole-file.js";

const ENTRY_FILE = /^nf-.*\.json$/;

/** What is in the folder: what can be read, sorted by id, and what is wrong with the rest. */
export interface Listing {
  entries: Entry[];
  problems: CorpusProblem[];
}

export interface Saved {
  id: string;
  path: string;
  /** False: the same failure was there already. */
  isNew: boolean;
}

export class CorpusStore {
  constructor(readonly folder: string) {}

  list(): Listing {
    const read = [...this.each()];
    return {
      entries: read.flatMap((result) => (result.ok ? [result.value] : [])),
      problems: read.flatMap((result) => (result.ok ? [] : result.problems)),
    };
  }

  /** Each file of the folder, in the order of ids; where it cannot be read at all, that. */
  *each(): Generator<CorpusResult<Entry>> {
    const names = this.names();
    if (!names.ok) yield names;
    else for (const name of names.value) yield this.read(path.join(this.folder, name), name);
  }

  /** `ref`: an id, the beginning of one (with or without `nf-`), or a path (it has a slash or ends in .json). */
  load(ref: string): CorpusResult<Entry> {
    if (ref.includes("/") || ref.endsWith(".json")) return this.read(ref);
    const names = this.names();
    if (!names.ok) return names;
    const ids = names.value.map((name) => name.slice(0, -".json".length));
    const wanted = ref.startsWith("nf-") ? ref : `nf-${ref}`;
    const found = ids.includes(wanted) ? [wanted] : ids.filter((id) => ref !== "" && id.startsWith(wanted));
    const [only] = found;
    if (only === undefined) return this.refused(problem.unknownId(ref, ids));
    if (found.length > 1) return this.refused(problem.severalIds(ref, found));
    const name = `${only}.json`;
    return this.read(path.join(this.folder, name), name);
  }

  /** Saves a failure that two replays confirm. */
  save(entry: Entry): CorpusResult<Saved> {
    for (const replayed of [replayEntry(entry), replayEntry(entry)]) {
      if (replayed.verdict !== "same") return this.refused(problem.notReproducible(reasons(replayed)));
    }
    const name = `${entry.id}.json`;
    const file = path.join(this.folder, name);
    const saved = { id: entry.id, path: file };
    if (existsSync(file)) {
      const there = this.read(file, name);
      return there.ok ? { ok: true, value: { ...saved, isNew: false } } : there;
    }
    try {
      mkdirSync(this.folder, { recursive: true });
      writeWhole(file, canonicalJson(entry));
    } catch (error) {
      return { ok: false, problems: [problem.refuse(file, problem.fileUnwritable(reasonOf(error)))] };
    }
    return { ok: true, value: { ...saved, isNew: true } };
  }

  /** Names of the files that are meant to be entries, sorted by code unit. */
  private names(): CorpusResult<string[]> {
    try {
      return {
        ok: true,
        value: readdirSync(this.folder)
          .filter((name) => ENTRY_FILE.test(name))
          .sort(),
      };
    } catch (error) {
      return this.refused(problem.folderUnreadable(reasonOf(error)));
    }
  }

  /** `name`: the file's name, where it must be that of the id. */
  private read(file: string, name?: string): CorpusResult<Entry> {
    let bytes: Buffer;
    try {
      bytes = readFileSync(file);
    } catch (error) {
      return { ok: false, problems: [problem.refuse(file, problem.fileUnreadable(reasonOf(error)))] };
    }
    const result = readEntry(bytes.toString("utf8"), file);
    if (!result.ok || name === undefined || name === `${result.value.id}.json`) return result;
    return { ok: false, problems: [problem.refuse(file, problem.misnamed(name, result.value.id))] };
  }

  private refused(complaint: problem.CorpusComplaint): { ok: false; problems: CorpusProblem[] } {
    return { ok: false, problems: [problem.refuse(this.folder, complaint)] };
  }
}

function reasons({ verdict, details }: Replayed): string {
  return `${verdict}, ${details.join(", ")}`;
}

/** The system's own word for what went wrong: `ENOENT`, `EACCES`. */
function reasonOf(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : error;
  return typeof code === "string" ? code : quote(String(code));
}
