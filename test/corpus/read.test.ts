/** What is said of a text that is no entry. */

import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../corpus/json.js";
import { formatCorpusProblem } from "../../corpus/problems.js";
import { readEntry } from "../../corpus/read.js";
import { entryOf, FAILURES } from "./failures.js";

const entry = entryOf(FAILURES[0]!.text, FAILURES[0]!.cell());
const text = canonicalJson(entry);

function problemsOf(given: string): string[] {
  const read = readEntry(given, "nf.json");
  return read.ok ? [] : read.problems.map(formatCorpusProblem);
}
const change = (fields: object): string => canonicalJson({ ...entry, ...fields });

describe("readEntry", () => {
  it("reads what canonicalJson wrote, value for value", () => {
    expect(readEntry(text, "nf.json")).toEqual({ ok: true, value: entry });
  });

  it("reads an entry in any layout", () => {
    expect(readEntry(JSON.stringify(entry), "nf.json")).toEqual({ ok: true, value: entry });
    expect(readEntry(`\ufeff${text.replaceAll("\n", "\r\n")}`, "nf.json").ok).toBe(true);
  });

  it("places the end of a truncated file", () => {
    const cut = text.slice(0, text.indexOf('"commands"') + 14);
    expect(problemsOf(cut)[0]).toMatch(
      /^nf\.json:\d+:\d+: NF304 the text ends here; .*; fetch or write the file again$/,
    );
  });

  it("names another schema version and what this one reads, before anything else", () => {
    const [only, ...more] = problemsOf(change({ schema: "nestfuzz/counterexample/2", failure: 7 }));
    expect(only).toMatch(
      /NF305 schema "nestfuzz\/counterexample\/2"; this version reads "nestfuzz\/counterexample\/1"/,
    );
    expect(only).toMatch(/the file is left as it is/);
    expect(more).toEqual([]);
  });

  it("says of edited content which id it would have", () => {
    const edited = text.replace("w g4[0]=leaf g9 rw", "w g4[0]=leaf g9 r");
    const line = text.slice(0, text.lastIndexOf('\n  "id": ')).split("\n").length + 1;
    expect(problemsOf(edited)[0]).toMatch(new RegExp(`^nf\\.json:${line}:9: NF309 .*${entry.id}.*gives nf-`));
  });

  it("reports missing fields, wrong values and unknown fields, each at its place", () => {
    const { start: _start, ...rest } = entry;
    const broken = canonicalJson({ ...rest, strategies: ["envelop"], minimal: 3, extra: 1 });
    expect(problemsOf(broken).map((line) => line.replace(/^nf\.json:\d+:\d+: /, ""))).toEqual([
      expect.stringMatching(/^NF307 strategies\[0\] is "envelop"; .*"hardware"/),
      expect.stringMatching(/^NF306 start is missing/),
      expect.stringMatching(/^NF307 minimal is 3/),
      expect.stringMatching(/^NF308 field "extra" in the entry/),
    ]);
  });

  it("reports fields of the rules too", () => {
    const { rules, ...contract } = entry.contract;
    expect(problemsOf(change({ contract: { ...contract, rules: rules.slice(1) } }))[0]).toMatch(
      /NF307 contract\.rules/,
    );
    const old = rules.map((rule) => ({ ...rule, stages: [[{ cache: "iotlb" }]] }));
    const problems = problemsOf(change({ contract: { ...contract, rules: old } }));
    expect(problems[0]).toMatch(/NF306 contract\.rules\[0\]\.stages\[0\]\[0\]\.caches is missing/);
    expect(problems.length).toBeLessThanOrEqual(20);
  });

  it.each(["", "null", "[]", '"x"', "{}", "7"])("refuses %j without a throw", (given) => {
    expect(problemsOf(given)).toHaveLength(1);
  });
});
