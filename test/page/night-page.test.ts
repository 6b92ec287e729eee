/** The page of a night, in a real Chromium. */

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { nightPage } from "../../cli/night-page.js";
import type { Summary } from "../../report/summary.js";
import { Place } from "../cli/run.js";
import { cellsNamed, longNight } from "../report/night.samples.js";
import { Chromium, findings, testsIn } from "./chromium.js";

const place = new Place();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let chromium: Chromium | null = null;
let file = "";

beforeAll(async () => {
  chromium = await Chromium.launch();
  if (chromium === null) return;
  file = written("report.html", longNight());
}, 60_000);
afterAll(async () => {
  await chromium?.close();
  place.remove();
});

function written(name: string, summary: Summary): string {
  const page = nightPage(summary, { out: place.folder, corpus: "corpus", cells: cellsNamed(summary) });
  writeFileSync(path.join(place.folder, name), page);
  return pathToFileURL(path.join(place.folder, name)).href;
}

/** A test in Chromium. */
const inChromium = testsIn(
  () => chromium,
  () => file,
);

const NARROW = { width: 360, height: 740 };

describe("the page of a night", () => {
  inChromium("asks for nothing but itself, and has no program", async (open) => {
    const { page, requests } = await open();
    expect(requests).toEqual([file]);
    expect(await page.locator("script").count()).toBe(0);
    expect(await page.title()).toBe("Night 40: red");
  });

  inChromium("is light or dark as the system is, pictures too, and white on paper", async (open) => {
    const back = "getComputedStyle(document.body).backgroundColor";
    const bar = "getComputedStyle(document.querySelector('svg rect.is-ok')).fill";
    const [light, dark] = [(await open()).page, (await open("", { dark: true })).page];
    expect([await light.evaluate(back), await dark.evaluate(back)]).toEqual(["rgb(255, 255, 255)", "rgb(20, 23, 26)"]);
    expect([await light.evaluate(bar), await dark.evaluate(bar)]).toEqual(["rgb(26, 107, 55)", "rgb(127, 211, 155)"]);
    await dark.emulateMedia({ media: "print" });
    expect(await dark.evaluate(back)).toBe("rgb(255, 255, 255)");
    expect(await dark.locator("nav").isVisible()).toBe(false);
    expect((await dark.pdf()).length).toBeGreaterThan(10_000);
  });

  inChromium("has no finding of axe-core: wide and narrow, light and dark, with all of it open", async (open) => {
    // Of each kind of part some: axe takes a minute over all of them.
    const short = written("short.html", longNight(5));
    for (const view of [{}, { dark: true }, NARROW]) {
      const { page } = await open("", view, short);
      await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
      expect([view, await findings(page, axe)]).toEqual([view, []]);
    }
  });

  inChromium("is readable at 360 pixels: nothing is wider, no text is small", async (open) => {
    const { page } = await open("", NARROW);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    const small =
      "[...document.querySelectorAll('svg text:not([transform])')]" +
      ".filter((text) => text.getBoundingClientRect().height < 11).map((text) => text.textContent)";
    expect(await page.evaluate(small)).toEqual([]);
    const outside =
      "[...document.querySelectorAll('svg.chart')].flatMap((svg) => { const box = svg.getBoundingClientRect(); " +
      "return [...svg.querySelectorAll('text')].filter((text) => { const one = text.getBoundingClientRect(); " +
      "return one.left < box.left - 1 || one.right > box.right + 1 || one.top < box.top - 2; }); })" +
      ".map((text) => text.textContent)";
    expect(await page.evaluate(outside)).toEqual([]);
  });

  inChromium("leads from a verdict to its counterexample, with the keyboard alone", async (open) => {
    const { page } = await open();
    const link = page.locator(".cells a").first();
    const id = await link.textContent();
    await link.focus();
    await page.keyboard.press("Enter");
    expect(page.url()).toBe(`${file}#${id}`);
    expect(await page.locator(`#${id} pre.line`).textContent()).toMatch(/^nestfuzz replay nf1:/);
    await page.locator(`#${id} summary`).focus();
    await page.keyboard.press("Enter");
    expect(await page.locator(`#${id} details pre`).isVisible()).toBe(true);
  });
});
