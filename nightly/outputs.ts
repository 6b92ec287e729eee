/**
 * What a run leaves in its folder: the summary, and the same for those who read it elsewhere. Each file is written
 * whole or not at all; the summary comes last, so that where it is the others are.
 */

import { existsSync, readdirSync, unlinkSync } from "node:fs";
import path from "node:path";
import writeFileAtomic from "write-file-atomic";
import { writing } from "../corpus/unwritable.js";
import { junitText } from "../report/junit.js";
import { nightMarkdown } from "../report/night-markdown.js";
import { sarifText } from "../report/sarif.js";
import { type Summary, summarySchema } from "../report/summary.js";

export const SUMMARY_FILE = "summary.json";

export function writeOutputs(out: string, summary: Summary): void {
  const files: [name: string, text: string][] = [
    ["junit.xml", junitText(summary)],
    ["nightly.sarif", sarifText(summary)],
    ["summary.md", nightMarkdown(summary)],
    [SUMMARY_FILE, `${JSON.stringify(summarySchema.parse(summary), null, 2)}\n`],
  ];
  for (const [name, text] of files) {
    const file = path.join(out, name);
    writing(file, () => writeFileAtomic.sync(file, text, { fsync: true }));
  }
}

/** What a killed process had written beside its place and not yet renamed: `summary.json.1234567`. */
export function removeLeftovers(folder: string): void {
  if (!existsSync(folder)) return;
  const left = readdirSync(folder)
    .filter((name) => /^(journal|.*\.(json|md|xml|sarif))\.[0-9]+$/.test(name))
    .sort();
  for (const name of left) writing(path.join(folder, name), () => unlinkSync(path.join(folder, name)));
}
