/**
 * A real Chromium without a screen, driven by playwright-core; one for all tests of a worker.
 *
 * Where there is none the tests that need it are skipped, which `test/setup.ts` says in one line.
 */

import { type Browser, chromium, type Page } from "playwright-core";
import { expect, it } from "vitest";
import { chromiumPath } from "../../bench/chromium.js";

export const NO_CHROMIUM = "needs Chromium";

/** What a page asked for and complained of. */
export interface Watch {
  page: Page;
  requests: string[];
  complaints: string[];
}

/** Opens the page that a test is about, or another, and notes what it asks for. */
export type Open = (hash?: string, view?: View, url?: string) => Promise<Watch>;

export interface View {
  width?: number;
  height?: number;
  dark?: boolean;
}

export class Chromium {
  private constructor(private readonly browser: Browser) {}

  /** Null where none is installed. */
  static async launch(): Promise<Chromium | null> {
    const executablePath = chromiumPath();
    if (executablePath === undefined) return null;
    // A container has no sandbox to offer, and root may not use it.
    return new Chromium(await chromium.launch({ executablePath, args: ["--no-sandbox"] }));
  }

  async open(url: string, { width = 1280, height = 900, dark = false }: View = {}): Promise<Watch> {
    const page = await this.browser.newPage({ viewport: { width, height }, colorScheme: dark ? "dark" : "light" });
    const watch: Watch = { page, requests: [], complaints: [] };
    page.on("request", (request) => watch.requests.push(request.url()));
    page.on("console", (message) => watch.complaints.push(message.text()));
    page.on("pageerror", (error) => watch.complaints.push(error.message));
    await page.goto(url);
    return watch;
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

/** Tests in Chromium, of one page; both are there only when a test runs. Nothing may be complained of. */
export function testsIn(chromium: () => Chromium | null, file: () => string) {
  return (sentence: string, run: (open: Open) => Promise<void>): void => {
    it(sentence, async ({ skip }) => {
      const browser = chromium();
      if (browser === null) return skip(NO_CHROMIUM);
      const watches: Watch[] = [];
      try {
        await run(async (hash = "", view = {}, url = file()) => {
          const watch = await browser.open(`${url}${hash}`, view);
          watches.push(watch);
          return watch;
        });
        expect(watches.flatMap(({ complaints }) => complaints)).toEqual([]);
      } finally {
        for (const { page } of watches) await page.close();
      }
      return undefined;
    });
  };
}

/** What axe-core finds on a page, as `rule: element`. */
export async function findings(page: Page, axe: string): Promise<string[]> {
  // Playwright's own world: the page's policy forbids scripts that it does not name.
  await page.evaluate(axe);
  const results = (await page.evaluate("axe.run()")) as {
    violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[];
  };
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
}
