/**
 * A real Chromium without a screen, driven by playwright-core; one for all tests of a worker.
 *
 * Where there is none the tests that need it are skipped, which `test/setup.ts` says in one line.
 */

import { type Browser, chromium, type Page } from "playwright-core";
import { chromiumPath } from "../../bench/chromium.js";

export const NO_CHROMIUM = "needs Chromium";

/** What a page asked for and complained of. */
export interface Watch {
  page: Page;
  requests: string[];
  complaints: string[];
}

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

/** What axe-core finds on a page, as `rule: element`. */
export async function findings(page: Page, axe: string): Promise<string[]> {
  // Playwright's own world: the page's policy forbids scripts that it does not name.
  await page.evaluate(axe);
  const results = (await page.evaluate("axe.run()")) as {
    violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[];
  };
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
}
