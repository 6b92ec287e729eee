import { describe, expect, it } from "vitest";
import { nightMarkdown } from "../../report/night-markdown.js";
import { GREEN, RED } from "./summary.samples.js";

describe("the Markdown of a night", () => {
  it("says the colour first, then why, and what the verdict of each cell rests on", () => {
    const text = nightMarkdown(GREEN);
    expect(text).toMatch(/^# Night 3: green\n/);
    expect(text).not.toContain("## Why it is red");
    expect(text).toContain(
      "| T2 | unrefuted | unrefuted | ok | 3010 | 40 | 30 | 20, 30 of 44 | night 1 (2026-01-01), 9000 commands |  |",
    );
    expect(text).toContain("tonight's commands find 1 of the 2 known bugs");
    expect(nightMarkdown(RED)).toMatch(/^# Night 3: red\n[\s\S]*## Why it is red\n\n- the search is idle/);
  });

  it("keeps tables whole, whatever stands in them", () => {
    const lines = nightMarkdown(RED).split("\n");
    const rows = lines.filter((line) => line.startsWith("|"));
    const columns = (line: string): number => line.replaceAll("\\|", "").split("|").length;
    for (const [at, row] of rows.entries())
      if (at > 0 && rows[at - 1] === lines[lines.indexOf(row) - 1]) expect(columns(row)).toBe(columns(rows[at - 1]!));
    expect(nightMarkdown(RED)).not.toContain('<"');
  });

  it("says how to accept what is new, and that a canary was switched off", () => {
    expect(nightMarkdown(RED)).toContain("## New findings");
    expect(nightMarkdown(RED)).toContain("nestfuzz corpus accept ID");
    expect(nightMarkdown({ ...GREEN, canary: null })).toContain("No bug was planted");
  });
});
