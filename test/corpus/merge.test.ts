import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../corpus/entry.js";
import { mergeEntry, mergeFolder } from "../../corpus/merge.js";
import { CorpusStore } from "../../corpus/store.js";
import { packageRoot } from "../../rules/home.js";

const folder = (): string => mkdtempSync(path.join(tmpdir(), "nestfuzz-merge-"));
const committed = new CorpusStore(path.join(packageRoot(), "corpus")).list().entries.slice(0, 4);

/** The entry as another seed would have found it: the same id. */
const foundBy = (entry: Entry, seed: string): Entry => ({ ...entry, found: { ...entry.found, seed } });

const bytes = (at: string): string[] =>
  readdirSync(at)
    .sort()
    .map((name) => `${name}\n${readFileSync(path.join(at, name), "utf8")}`);

function folderOf(entries: readonly Entry[]): string {
  const at = folder();
  for (const entry of entries) mergeEntry(at, entry);
  return at;
}

const found = fc.record({ which: fc.nat(committed.length - 1), seed: fc.constantFrom("1", "2", "10", "night-3") });
const folders = fc
  .array(fc.array(found, { maxLength: 5 }), { minLength: 2, maxLength: 3 })
  .map((all) => all.map((some) => some.map(({ which, seed }) => foundBy(committed[which]!, seed))));

describe("merging", () => {
  it("comes to the same in any order, in any grouping, and however often it is done", () => {
    fc.assert(
      fc.property(folders, (parts) => {
        const sources = parts.map(folderOf);
        const merged = (order: readonly string[]): string[] => {
          const into = folder();
          for (const source of order) mergeFolder(source, into);
          return bytes(into);
        };
        const once = merged(sources);
        expect(merged([...sources].reverse())).toEqual(once);
        expect(merged([...sources, ...sources])).toEqual(once);
        // Into one of them, and by way of another.
        const [first, ...rest] = sources;
        for (const source of [...rest].reverse()) mergeFolder(source, first!);
        expect(bytes(first!)).toEqual(once);
      }),
      { numRuns: 15 },
    );
  });

  it("says what it did, and leaves alone what is no entry, on either side", () => {
    const [one, two] = [committed[0]!, committed[1]!];
    const from = folderOf([foundBy(one, "1"), two]);
    writeFileSync(path.join(from, "nf-0123456789ab.json"), "{");
    writeFileSync(path.join(from, "notes.txt"), "no entry");
    const into = folderOf([foundBy(one, "2")]);
    writeFileSync(path.join(into, `${two.id}.json`), "~ broken");
    const { counts, problems } = mergeFolder(from, into);
    expect(counts).toEqual({ added: 0, replaced: 1, kept: 1 });
    expect(problems.map(({ file }) => path.basename(file))).toEqual(["nf-0123456789ab.json"]);
    expect(readFileSync(path.join(into, `${two.id}.json`), "utf8")).toBe("~ broken");
    expect(readdirSync(into)).not.toContain("notes.txt");
  });

  it("of a folder that is not there adds nothing", () => {
    expect(mergeFolder(path.join(folder(), "none"), folder()).counts).toEqual({ added: 0, replaced: 0, kept: 0 });
  });
});
