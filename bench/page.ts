/**
 * How long the page takes to draw a step, in a real Chromium: a sequence of two hundred steps, in small and large
 * geometries. From the key to the frame behind it; 100 ms is what a reader takes for at once.
 */

import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { rulesFrom } from "../cli/cells.js";
import { pageOf } from "../cli/page-file.js";
import { decodeAll, STRIDE } from "../commands/command.js";
import { printCommand } from "../commands/language.js";
import type { Setting } from "../corpus/entry.js";
import { geometryOf } from "../models/geometry.js";
import { tableLines } from "../report/text.js";
import { DEFAULT_SHADOW } from "../rules/vocabulary.js";
import { Runner } from "../search/runner.js";

export interface PageTimes {
  geometry: string;
  steps: number;
  /** Milliseconds: from the page's address to its first picture, then of a step. */
  open: number;
  median: number;
  worst: number;
}

const STEPS = 200;
const GEOMETRIES = ["2x4", "3x8", "4x512"];

export async function measurePage(executablePath: string): Promise<PageTimes[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "nestfuzz-bench-"));
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const rows: PageTimes[] = [];
    for (const geometry of GEOMETRIES) {
      const file = path.join(folder, `${geometry}.html`);
      const data = { kind: "step", setting: settingOf(geometry), told: null, text: "" } as const;
      writeFileSync(file, pageOf({ title: geometry, says: "", data, mail: "", footer: "" }).html);
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      const before = performance.now();
      await page.goto(pathToFileURL(file).href);
      await page.locator("#drawing svg").waitFor();
      const open = performance.now() - before;
      const times = (await page.evaluate(STEP_TIMES)) as number[];
      await page.close();
      const sorted = times.sort((a, b) => a - b);
      rows.push({ geometry, steps: times.length, open, median: sorted[sorted.length >> 1]!, worst: sorted.at(-1)! });
    }
    return rows;
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

/** Presses the key for the next step to the end; waits for the frame in which it is painted. */
const STEP_TIMES = `(async () => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const drawing = document.querySelector("#drawing");
  const last = document.querySelectorAll("#steps li").length - 1;
  const times = [];
  for (let step = 1; step <= last; step++) {
    const before = performance.now();
    dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", cancelable: true }));
    while (drawing.dataset.step !== String(step)) await new Promise((done) => setTimeout(done));
    await painted();
    times.push(performance.now() - before);
  }
  return times;
})()`;

/** Commands as a search draws them, from genes that are hashes of their number. */
function settingOf(geometry: string): Setting {
  const rules = { ...rulesFrom({ strategies: "hardware envelope shadow" }), properties: [], shadow: DEFAULT_SHADOW };
  const runner = new Runner(rules, geometryOf(geometry));
  const genes = Array.from({ length: STEPS }, (_, at) => {
    const digest = createHash("sha256").update(`${geometry} ${at}`).digest();
    return digest.readUInt32BE() >>> 2;
  });
  runner.runGenes(genes);
  const commands = decodeAll(runner.commands.subarray(0, runner.length * STRIDE)).map(printCommand);
  const { architecture, contract, strategies } = rules;
  return {
    architecture,
    contract,
    strategies,
    properties: [],
    shadow: DEFAULT_SHADOW,
    geometry,
    start: "all",
    commands,
  };
}

export function pageText(rows: readonly PageTimes[]): string {
  const titles = ["geometry", "steps", "first picture", "median", "worst"].map((title, at) =>
    at === 0 ? { title } : { title, align: "right" as const },
  );
  const ms = (time: number): string => `${time.toFixed(1)} ms`;
  const cells = rows.map((row) => [row.geometry, `${row.steps}`, ms(row.open), ms(row.median), ms(row.worst)]);
  return `${tableLines(titles, cells, 100).join("\n")}\n\nfrom the key to the frame behind it; at once is 100 ms`;
}
