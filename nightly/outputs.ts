/**
 * What a run leaves in its folder: the summary, and the same for those who read it elsewhere. Each file is written
 * whole or not at all; the summary comes last, so that where it is the others are.
 */

import { existsSync, readdirSync, unlinkSync } from "node:fs";
import path from "node:path";
import { writing } from "../corpus/unwritable.js";
import { writeWhole } from "../corpus/whole-file.js";
import { junitText } from "../report/junit.js";
import { nightMarkdown } from "../report/night-markdown.js";
import { sarifText } from "../report/sarif.js";
import { type Summary, summarySchema } from "../report/summary.js";

export const PAGE_FILE = "report.html";
export const SUMMARY_FILE = "summary.json";

/** `page`: the HTML of the same. */
export function writeOutputs(out: string, summary: Summary, page: string): void {
  const files: [name: string, text: string][] = [
    ["junit.xml", junitText(summary)],
    ["nightly.sarif", sarifText(summary)],
    ["summary.md", nightMarkdown(summary)],
    [PAGE_FILE, page],
    [SUMMARY_FILE, `${JSON.stringify(summarySchema.parse(summary), null, 2)}\n`],
  ];
  for (const [name, text] of files) {
    const file = path.join(out, name);
    writing(file, () => writeWhole(file, text));
  }
}

/** What a killed process had written beside its place and not yet renamed: `summary.json.1234567`. */
export function removeLeftovers(folder: string): void {
  if (!existsSync(folder)) return;
  const left = readdirSync(folder)
    .filter((name) => /^(journal|.*\.(json|md|xml|sarif|html))\.[0-9]+$/.test(name))
    .sort();
  for (const name of left) writing(path.join(folder, name), () => unlinkSync(path.join(folder, name)));
}
