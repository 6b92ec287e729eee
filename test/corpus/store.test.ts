/** A folder of entries: what is written, what is found again, what is left alone. */

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Entry } from "../../corpus/entry.js";
import { canonicalJson } from "../../corpus/json.js";
import { CorpusStore } from "../../corpus/store.js";
import { entryOf, FAILURES } from "./failures.js";

const entries = FAILURES.slice(0, 4).map(({ text, cell }) => entryOf(text, cell()));
const [first, second] = entries as [Entry, Entry];

let folder: string;
let store: CorpusStore;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "nestfuzz-corpus-"));
  store = new CorpusStore(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const codes = (result: { ok: boolean; problems?: { code: string }[] }): string[] =>
  (result.problems ?? []).map(({ code }) => code);
const fileOf = (entry: Entry): string => path.join(folder, `${entry.id}.json`);

describe("save and load", () => {
  it("gives back what was saved, and the bytes are canonical", () => {
    expect(store.save(first)).toEqual({ ok: true, value: { id: first.id, path: fileOf(first), isNew: true } });
    expect(readdirSync(folder)).toEqual([`${first.id}.json`]);
    expect(readFileSync(fileOf(first), "utf8")).toBe(canonicalJson(first));
    expect(store.load(first.id)).toEqual({ ok: true, value: first });
  });

  it("makes the folder where there is none", () => {
    const deeper = new CorpusStore(path.join(folder, "a", "b"));
    expect(deeper.save(first).ok).toBe(true);
    expect(deeper.list().entries).toEqual([first]);
  });

  it("keeps the first finder's file when the same failure is found again", () => {
    store.save(first);
    const again = { ...first, found: { seed: "later", run: 9, version: "9.9.9", lengthBefore: 7 } };
    expect(store.save(again)).toMatchObject({ ok: true, value: { isNew: false } });
    expect(store.load(first.id)).toEqual({ ok: true, value: first });
  });

  it("refuses what does not replay, and writes nothing", () => {
    const { failure } = first;
    const wrong = { ...first, failure: { ...failure, actual: { outcome: 12, text: "h12" } } };
    const result = store.save(wrong);
    expect(codes(result)).toEqual(["NF314"]);
    expect(!result.ok && result.problems[0]!.message).toMatch(/different, actual outcome was h12, is h8/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("does not write over a broken file of the same name", () => {
    writeFileSync(fileOf(first), "{");
    expect(codes(store.save(first))).toEqual(["NF304"]);
    expect(readFileSync(fileOf(first), "utf8")).toBe("{");
  });

  it("says so when the folder cannot be written", () => {
    const file = path.join(folder, "file");
    writeFileSync(file, "");
    expect(codes(new CorpusStore(path.join(file, "corpus")).save(first))).toEqual(["NF303"]);
  });

  it.skipIf(process.getuid?.() === 0)("says so when the folder is read-only", () => {
    chmodSync(folder, 0o555);
    expect(codes(store.save(first))).toEqual(["NF303"]);
    chmodSync(folder, 0o755);
  });
});

describe("load", () => {
  beforeEach(() => {
    for (const entry of entries) store.save(entry);
  });

  it("takes the beginning of an id, with nf- or without, and a path", () => {
    for (const ref of [first.id.slice(0, 9), first.id.slice(3, 9), fileOf(first)]) {
      expect(store.load(ref)).toEqual({ ok: true, value: first });
    }
  });

  it("names the known ids, and the one that may be meant", () => {
    const digits = first.id.slice(3);
    const swapped = `nf-${digits.slice(1, 2)}${digits.slice(0, 1)}${digits.slice(2)}`;
    const result = store.load(swapped);
    expect(codes(result)).toEqual(["NF312"]);
    const message = result.ok ? "" : result.problems[0]!.message;
    expect(message).toContain(`did you mean ${first.id}?`);
    for (const entry of entries) expect(message).toContain(entry.id);
  });

  it("refuses the beginning of several", () => {
    expect(codes(store.load("nf-"))).toEqual(["NF313"]);
    expect(codes(store.load(""))).toEqual(["NF312"]);
  });

  it("names a file that is not there, or is a folder", () => {
    expect(codes(store.load(path.join(folder, "nf-x.json")))).toEqual(["NF302"]);
    expect(codes(store.load(`${folder}/`))).toEqual(["NF302"]);
  });
});

describe("list", () => {
  it("sorts by id and ignores other files", () => {
    for (const entry of [...entries].reverse()) store.save(entry);
    writeFileSync(path.join(folder, "README.md"), "x");
    writeFileSync(path.join(folder, `${first.id}.json.123`), "x");
    const ids = entries.map(({ id }) => id).sort();
    expect(store.list()).toMatchObject({ entries: ids.map((id) => ({ id })), problems: [] });
  });

  it("names what is broken, keeps the rest, and leaves all files as they are", () => {
    store.save(first);
    const files: Record<string, string> = {
      "nf-000000000001.json": canonicalJson(second).slice(0, 700),
      "nf-000000000002.json": canonicalJson(second).replace("i0", "i1"),
      "nf-000000000003.json": canonicalJson({ ...second, schema: "nestfuzz/counterexample/9" }),
      "nf-000000000004.json": canonicalJson(second),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    mkdirSync(path.join(folder, "nf-000000000005.json"));
    const { entries: found, problems } = store.list();
    expect(found).toEqual([first]);
    expect(problems.map(({ code, file }) => `${code} ${path.basename(file)}`)).toEqual([
      "NF304 nf-000000000001.json",
      "NF309 nf-000000000002.json",
      "NF305 nf-000000000003.json",
      "NF310 nf-000000000004.json",
      "NF302 nf-000000000005.json",
    ]);
    for (const [name, text] of Object.entries(files)) {
      expect(readFileSync(path.join(folder, name), "utf8")).toBe(text);
    }
  });

  it("names a folder that is not there, or is a file", () => {
    expect(codes({ ok: false, ...new CorpusStore(path.join(folder, "none")).list() })).toEqual(["NF301"]);
    writeFileSync(path.join(folder, "file"), "");
    expect(codes({ ok: false, ...new CorpusStore(path.join(folder, "file")).list() })).toEqual(["NF301"]);
  });
});
