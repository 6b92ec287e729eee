/** The page of a counterexample, in a real Chromium. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { pageOf } from "../../cli/page-file.js";
import type { Setting } from "../../corpus/entry.js";
import { Place } from "../cli/run.js";
import { cellOf } from "../corpus/failures.js";
import { Chromium, findings, testsIn } from "./chromium.js";

const ID = "nf-63bb7866227a";
const LAST = 4;
const place = new Place();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let chromium: Chromium | null = null;
let file = "";

beforeAll(async () => {
  chromium = await Chromium.launch();
  if (chromium === null) return;
  await place.call(["show", ID, "--html", "page.html"]);
  file = pathToFileURL(path.join(place.folder, "page.html")).href;
});
afterAll(async () => {
  await chromium?.close();
  place.remove();
});

/** A test in Chromium. */
const inChromium = testsIn(
  () => chromium,
  () => file,
);

const step = (page: Page): Promise<string | null> => page.locator("#drawing").getAttribute("data-step");
/** After what a key or a link has set off. */
const settled = (page: Page): Promise<unknown> =>
  page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");
const current = (page: Page): Promise<string[]> => page.locator("#steps [aria-current=step]").allInnerTexts();

async function press(page: Page, ...keys: string[]): Promise<(string | null)[]> {
  const steps: (string | null)[] = [];
  for (const key of keys) {
    await page.keyboard.press(key);
    await settled(page);
    steps.push(await step(page));
  }
  return steps;
}

describe("the page of a counterexample", () => {
  inChromium("asks for nothing but itself", async (open) => {
    const { page, requests } = await open();
    await press(page, "End", "Home");
    expect(requests).toEqual([file]);
  });

  inChromium("is stepped through by arrows, home and end, no further than its ends", async (open) => {
    const { page } = await open();
    expect(await step(page)).toBe("0");
    expect(await press(page, "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowLeft")).toEqual([
      "1",
      "2",
      "1",
      "0",
      "0",
    ]);
    expect(await press(page, "End", "ArrowRight", "Home")).toEqual([`${LAST}`, `${LAST}`, "0"]);
    expect(await page.title()).toMatch(new RegExp(`^${ID}: `));
  });

  inChromium("leads to a step by its address, and says the step there", async (open) => {
    const { page } = await open("#step-3");
    expect(await step(page)).toBe("3");
    await press(page, "ArrowRight");
    expect(page.url()).toBe(`${file}#step-4`);
    expect(await page.locator("#title").textContent()).toBe("Step 4 of 4: fence");
    await page.locator("#steps a").nth(1).click();
    expect([await step(page), page.url()]).toEqual(["1", `${file}#step-1`]);
    await page.goBack();
    await settled(page);
    expect(await step(page)).toBe("4");
    for (const [hash, shown] of [
      ["#step-99", "4"],
      ["#nonsense", "0"],
      ["#step--1", "0"],
    ] as const)
      expect([hash, await step((await open(hash)).page)]).toEqual([hash, shown]);
  });

  inChromium("marks one step of the list, and draws one picture", async (open) => {
    const { page } = await open();
    for (const at of [1, 2]) {
      await press(page, "ArrowRight");
      expect((await current(page)).map((text) => text.split("\n")[0])).toEqual([`${at}`]);
      expect(await page.locator("#drawing svg").count()).toBe(1);
    }
  });

  inChromium("works by buttons and without a mouse", async (open) => {
    const { page } = await open();
    await page.locator("#next").focus();
    await press(page, "Enter", "Enter");
    expect(await step(page)).toBe("2");
    await page.locator("#last").focus();
    await press(page, "Space");
    expect(await step(page)).toBe(`${LAST}`);
    expect(await page.locator("#next").isDisabled()).toBe(true);
    await page.locator("#steps a").first().focus();
    await press(page, "Enter");
    expect(await step(page)).toBe("0");
    expect(await page.locator("#back").isDisabled()).toBe(true);
  });

  inChromium("lists its keys at ?, which Esc closes; other keys rest meanwhile", async (open) => {
    const { page } = await open();
    await press(page, "?");
    expect(await page.locator("#help").isVisible()).toBe(true);
    expect(await press(page, "ArrowRight")).toEqual(["0"]);
    await press(page, "Escape");
    expect(await page.locator("#help").isVisible()).toBe(false);
    expect(await press(page, "ArrowRight", "Control+ArrowRight")).toEqual(["1", "1"]);
  });

  inChromium("shows the stale value in one colour from the step where it was cached", async (open) => {
    const { page } = await open();
    const cached = page.locator("[data-box=cache-device-tlb] .row-cached[data-row]");
    const stale = page.locator("[data-box=cache-device-tlb] .row-stale[data-row]");
    expect([await cached.count(), await stale.count()]).toEqual([1, 0]);
    const remark = page.locator("[data-box=cache-device-tlb] .remark");
    expect(await remark.textContent()).toContain("\u25c7 cached; stale from step 1 on");
    const colourOf = (selector: string, property: string): Promise<unknown> =>
      page.evaluate(`getComputedStyle(document.querySelector(${JSON.stringify(selector)})).${property}`);
    const own = await colourOf("#drawing rect.cached", "stroke");
    for (let at = 1; at <= LAST; at++) {
      await press(page, "ArrowRight");
      expect([await cached.count(), await stale.count()]).toEqual([0, 1]);
      expect(await colourOf("#drawing rect.stale", "stroke")).toBe(own);
      expect(await remark.textContent()).toContain("\u25c6 stale since step 1");
    }
    const all = ["ink", "soft", "line", "walk", "change"].map(
      (role) => `getComputedStyle(document.documentElement).getPropertyValue("--${role}")`,
    );
    expect(await page.evaluate(`[${all}]`)).not.toContain(own);
  });

  inChromium("draws the walk of the failing request, in order", async (open) => {
    const { page } = await open("#step-0");
    const tags = await page.locator("#drawing .row-walk .tag").allTextContents();
    const reads = tags.map((tag) => Number(/#([0-9]+)/.exec(tag)?.[1])).sort((a, b) => a - b);
    expect(reads.length).toBeGreaterThan(5);
    expect(reads[0]).toBe(1);
    expect(await page.locator("#drawing path.arrow.on").count()).toBeGreaterThan(5);
    expect(await page.locator("#drawing .heading").nth(1).textContent()).toMatch(
      /^Memory: the walk of the read of c0 i0 ends at /,
    );
  });

  inChromium("is light or dark as the system is, or as its button says", async (open) => {
    const back = (page: Page): Promise<unknown> => page.evaluate("getComputedStyle(document.body).backgroundColor");
    const [light, dark] = [(await open()).page, (await open("", { dark: true })).page];
    expect([await back(light), await back(dark)]).toEqual(["rgb(255, 255, 255)", "rgb(20, 23, 26)"]);
    for (const [page, other] of [
      [light, "rgb(20, 23, 26)"],
      [dark, "rgb(255, 255, 255)"],
    ] as const) {
      await page.locator("#theme").click();
      expect(await back(page)).toBe(other);
    }
  });

  inChromium("prints the step on white paper, without what only a screen needs", async (open) => {
    const { page } = await open("#step-2", { dark: true });
    expect((await page.pdf()).subarray(0, 5).toString()).toBe("%PDF-");
    await page.emulateMedia({ media: "print" });
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(255, 255, 255)");
    expect(await page.locator("#next").isVisible()).toBe(false);
    expect(await page.locator("#drawing svg").isVisible()).toBe(true);
    expect(await page.locator("#why").isVisible()).toBe(true);
  });

  inChromium("has no finding of axe-core: wide and narrow, light and dark, with all of it open", async (open) => {
    for (const view of [{}, { dark: true }, { width: 360, height: 740 }]) {
      const { page } = await open(`#step-${LAST}`, view);
      expect([view, await findings(page, axe)]).toEqual([view, []]);
      for (const summary of await page.locator("summary").all()) await summary.click();
      expect([view, await findings(page, axe)]).toEqual([view, []]);
      await page.locator("#keys").click();
      expect([view, await findings(page, axe)]).toEqual([view, []]);
    }
  });

  inChromium("is readable at 360 pixels: nothing is wider, no text is small", async (open) => {
    const { page } = await open(`#step-${LAST}`, { width: 360, height: 740 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    expect(
      await page.evaluate(
        "document.querySelector('#drawing').scrollWidth <= document.querySelector('#drawing').clientWidth",
      ),
    ).toBe(true);
    const small =
      "[...document.querySelectorAll('#drawing text')].filter((text) => text.getBoundingClientRect().height < 12).length";
    expect(await page.evaluate(small)).toBe(0);
  });

  inChromium("has no text over another, nor out of its box, in any step", async (open) => {
    const ids = [ID, "nf-ce8ec837034d", "nf-db9978428b7f"];
    for (const id of ids) {
      await place.call(["show", id, "--html", `${id}.html`]);
      const url = pathToFileURL(path.join(place.folder, `${id}.html`)).href;
      for (const width of [1280, 360]) {
        const { page } = await open("", { width }, url);
        for (let at = 0, last = -1; at !== last; ) {
          expect([id, width, at, await page.evaluate(OVERLAPS)]).toEqual([id, width, at, []]);
          last = at;
          at = Number((await press(page, "ArrowRight"))[0]);
        }
      }
    }
  });
});

/** The texts of the picture whose boxes meet, or that reach out of the rectangle they stand in. */
const OVERLAPS = `(() => {
  const texts = [...document.querySelectorAll("#drawing text")].map((node) => ({ node, box: node.getBBox() }));
  const found = [];
  texts.forEach((a, at) => {
    const outer = a.node.closest("[data-box]")?.querySelector("rect.box").getBBox();
    if (outer && (a.box.x < outer.x || a.box.x + a.box.width > outer.x + outer.width + 0.5)) found.push("out: " + a.node.textContent);
    for (const b of texts.slice(at + 1)) {
      const isApart = a.box.x + a.box.width <= b.box.x + 0.5 || b.box.x + b.box.width <= a.box.x + 0.5 ||
        a.box.y + a.box.height <= b.box.y + 2 || b.box.y + b.box.height <= a.box.y + 2;
      if (!isApart) found.push(a.node.textContent + " / " + b.node.textContent);
    }
  });
  return found;
})()`;

describe("the page of two hundred steps", () => {
  inChromium("changes the picture and one mark a step, and nothing else", async (open) => {
    const commands = Array.from({ length: 50 }, (_, at) => [
      `w g4[0]=leaf g${8 + (at % 3)} rw`,
      "inv iotlb d0 p0 i0",
      "fence",
      "dma r c0 i0",
    ]).flat();
    const setting: Setting = { ...cellOf({ under: "tiny", properties: [] }), geometry: "2x4", start: "c0", commands };
    const data = { kind: "step", setting, told: null, text: "" } as const;
    place.file("long.html", pageOf({ title: "long", says: "", data, mail: "", footer: "" }).html);
    const { page } = await open("", {}, pathToFileURL(path.join(place.folder, "long.html")).href);
    expect(await page.locator("#steps li").count()).toBe(201);
    expect(await press(page, "End")).toEqual(["200"]);
    await page.evaluate(`(() => {
      globalThis.touched = new Set();
      new MutationObserver((records) => {
        for (const { target } of records) touched.add((target.closest?.("[id]") ?? target.parentElement.closest("[id]")).id);
      }).observe(document.documentElement, { subtree: true, childList: true, attributes: true, characterData: true });
    })()`);
    expect(await press(page, "ArrowLeft", "ArrowLeft")).toEqual(["199", "198"]);
    expect(await page.evaluate("[...touched].sort()")).toEqual(["drawing", "last", "next", "says", "steps", "title"]);
    const inSight = `(() => {
      const list = document.querySelector(".side").getBoundingClientRect();
      const link = document.querySelector("[aria-current]").getBoundingClientRect();
      return link.top >= list.top - 1 && link.bottom <= list.bottom + 1;
    })()`;
    expect(await page.evaluate(inSight)).toBe(true);
  });
});
