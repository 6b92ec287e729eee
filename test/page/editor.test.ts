/** The page of `nestfuzz explore`, in a real Chromium, served as the program serves it. */

import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exploreServer } from "../../cli/explore-server.js";
import { beginningOf } from "../../cli/explore-text.js";
import { pageOf } from "../../cli/page-file.js";
import { Chromium, findings, NO_CHROMIUM, type Watch } from "./chromium.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let chromium: Chromium | null = null;
const servers: Server[] = [];

beforeAll(async () => {
  chromium = await Chromium.launch();
});
afterAll(async () => {
  await chromium?.close();
  for (const server of servers) server.close();
});

async function serve(ref?: string): Promise<{ url: string; server: Server }> {
  const { title, text, setting } = await beginningOf(ref, "corpus", {});
  const page = pageOf({ title, says: "", data: { kind: "explore", setting, told: null, text }, mail: "", footer: "" });
  const server = exploreServer({ ...page, token: "abc" });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/?token=abc`, server };
}

function inChromium(sentence: string, run: (watch: Watch, server: Server) => Promise<void>, ref?: string): void {
  it(sentence, async ({ skip }) => {
    if (chromium === null) return skip(NO_CHROMIUM);
    const { url, server } = await serve(ref);
    const watch = await chromium.open(url);
    await run(watch, server);
    await watch.page.close();
    return undefined;
  });
}

const text = (page: Page): Promise<string> => page.locator("#text").inputValue();
const state = async (page: Page, expected: RegExp): Promise<void> => {
  await page.locator("#state").filter({ hasText: expected }).waitFor();
};
const errors = (page: Page): Promise<string[]> => page.locator("#errors button").allTextContents();

describe("the page of explore", () => {
  inChromium(
    "begins with a sequence, and shows what every strategy translates at each step",
    async ({ page, complaints, requests }) => {
      await state(page, /^no violation in 7 steps$/);
      const lines = await page.locator("#steps .gives").allTextContents();
      expect(lines).toHaveLength(8);
      for (const line of lines) expect(line).toMatch(/^oracle .* hardware .* envelope .* shadow /);
      expect(lines[2]).toBe("oracle h9 \u00b7 hardware h8 \u00b7 envelope h8 h9 \u00b7 shadow h8");
      expect(requests).toHaveLength(1);
      expect(complaints).toEqual([]);
    },
  );

  inChromium("runs what is typed, in the browser: it asks for nothing", async ({ page, requests }) => {
    await page.locator("#text").fill((await text(page)).replace(/inv dev.*\nfence\n/, ""));
    await state(page, /^no violation in 5 steps$/);
    await page.locator("#text").fill("w g4[0]=leaf g9 rw; w g4[0]=leaf g10 rw; dma r c0 i0");
    await state(page, /^no violation in 3 steps$/);
    expect(await page.locator("#steps .action").allTextContents()).toContain("guest g4[0] = leaf g10 rw");
    // No header means the rules by default, which the page has not seen as such: one question.
    expect(requests.slice(1).map((url) => new URL(url).pathname)).toEqual(["/rules"]);
  });

  inChromium("shows mistakes at their line, and the picture of the text before", async ({ page }) => {
    await state(page, /^no violation/);
    await page.locator("#text").fill((await text(page)).replace("fence", "fnce").replace("dma r c0", "dma q c0"));
    await state(page, /the text before/);
    const found = await errors(page);
    expect(found.map((line) => line.slice(0, line.indexOf(":")))).toEqual(["line 7, column 5", "line 10, column 1"]);
    expect(found[1]).toContain('unknown command "fnce"');
    expect(await page.locator("#gutter .bad").allTextContents()).toEqual(["\u25c6 7", "\u25c6 10"]);
    expect(await page.locator("#steps li").count()).toBe(8);
    expect(await findings(page, axe)).toEqual([]);
    await page.locator("#errors button").nth(1).click();
    const selected =
      "document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)";
    expect(await page.evaluate(selected)).toBe("fnce");
    await page.keyboard.type("fence");
    await page.locator("#errors button").nth(1).waitFor({ state: "detached" });
    expect(await errors(page)).toHaveLength(1);
  });

  inChromium(
    "asks what a header means, once for each, and shows what is wrong with it at its line",
    async ({ page, requests }) => {
      const before = await text(page);
      const other = before
        .replace("architecture: tiny", "architecture: riscv")
        .replace("contract: tiny", "contract: riscv");
      await page.locator("#text").fill(other);
      await state(page, /^no violation/);
      await page.locator("#text").fill(`# a remark\n${before.replace("architecture: tiny", "architecture:   tny")}`);
      await state(page, /the text before/);
      expect((await errors(page))[0]).toMatch(/^line 2, column 17: NF130 no architecture is called "tny"/);
      await page.locator("#text").fill(`${other}fence\n`);
      await state(page, /^no violation in 8 steps/);
      expect(requests.filter((url) => url.includes("/rules"))).toHaveLength(2);
    },
  );

  inChromium("says how a sequence fails, and why, as it is typed", async ({ page }) => {
    await page.locator("#text").fill((await text(page)).replace("contract: tiny", "contract: never"));
    await state(page, /^agreement fails for hardware after step 2 of 7$/);
    expect(await page.locator("#why h2").textContent()).toMatch(
      /^After step 2 the hardware gives h8 for the read of c0 i0/,
    );
    expect(await page.locator("#steps li").count()).toBe(3);
  });

  inChromium("leaves keys to the editor while it has the focus", async ({ page }) => {
    await page.locator("#text").focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.locator("#drawing").getAttribute("data-step")).toBe("0");
  });

  inChromium(
    "begins with a counterexample, and has the rules that are stored with it",
    async ({ page }) => {
      await state(page, /^refinement fails for shadow after step 1 of 1$/);
      expect(await text(page)).toContain("architecture: vtd-legacy\n");
      expect(await findings(page, axe)).toEqual([]);
    },
    "nf-6e6d4b65d5aa",
  );

  inChromium("says so where the program behind it has ended", async ({ page }, server) => {
    await state(page, /^no violation/);
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
    await page.locator("#text").fill("architecture: riscv\n\nfence");
    await page.locator("#errors button").waitFor();
    expect((await errors(page))[0]).toContain("nestfuzz explore does not run any more");
  });
});
