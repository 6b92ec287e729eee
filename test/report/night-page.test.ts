/** The page of a night as a file: all of it there, nothing that it could be tricked into. */

import { describe, expect, it } from "vitest";
import { type NightPageParts, nightPageHtml } from "../../report/night-page.js";
import type { Shown } from "../../report/night-shown.js";
import { NIGHT_CSS } from "../../report/night-style.js";
import type { Summary } from "../../report/summary.js";
import { FINDING, GREEN, RED } from "./summary.samples.js";

const EVIL = `</pre></style><script>alert("1")</script><img src=x onerror='alert(1)'>&amp;`;

const shown: Shown[] = [
  {
    ...{ id: FINDING.id, state: "new", title: EVIL, cells: [EVIL], notes: [EVIL] },
    ...{ replay: `nestfuzz replay ${EVIL}`, mail: EVIL },
  },
  { id: "nf-0123456789ad", state: "gone", title: "t", cells: ["T2"], notes: [], replay: "r", mail: "" },
];
const parts = (summary: Summary, more: Partial<NightPageParts> = {}): NightPageParts => ({
  summary,
  shown,
  claimOf: (cell) => ({ claim: cell.split(".")[0]!, says: EVIL }),
  hash: (text) => `sha256-${text.length}`,
  ...more,
});
const page = (summary: Summary, more: Partial<NightPageParts> = {}): string => nightPageHtml(parts(summary, more));

/** Every text of a summary that comes from files or flags, made hostile. */
const HOSTILE = JSON.parse(
  JSON.stringify(RED, (key, value: unknown) =>
    typeof value === "string" && !/^(schema|verdict|expected|mark|evidence|occurred|severity|id|first)$/.test(key)
      ? EVIL
      : value,
  ),
) as Summary;

describe("the page of a night", () => {
  it("allows its own style alone, no program and no connection", () => {
    const policy = `default-src 'none'; style-src 'sha256-${NIGHT_CSS.length}'; img-src data:; base-uri 'none'; form-action 'none'`;
    expect(page(GREEN)).toContain(`<meta http-equiv="Content-Security-Policy" content="${policy}">`);
    const plain = page(GREEN, { shown: [], claimOf: (cell) => ({ claim: cell, says: "" }) });
    expect(plain).not.toMatch(/<script|style="|\son[a-z]+=|https?:(?!\/\/www\.w3\.org\/2000\/svg")/);
  });

  it("escapes whatever stands in files: claims, ids, rules, reasons, mails", () => {
    const html = page({ ...HOSTILE, coverage: GREEN.coverage }, { remark: EVIL });
    const all = html + page({ ...GREEN, coverage: { ...HOSTILE.coverage, contracts: evilContracts() } });
    expect(all).not.toMatch(/<script|<img|<\/pre><\/style>|alert\("/);
    expect(all.match(/<style>/g)).toHaveLength(2);
    expect(html.split("&lt;img src=x").length).toBeGreaterThan(20);
  });

  it("opens each element that it closes, in order", () => {
    const open: string[] = [];
    for (const summary of [GREEN, RED, HOSTILE]) {
      const text = page({ ...summary, coverage: GREEN.coverage }).replace(/<style>[^<]*<\/style>|<!doctype html>/g, "");
      for (const [, end, name, self] of text.matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
        if (end === "/") expect(open.pop()).toBe(name);
        else if (self === "" && !["meta", "link"].includes(name!)) open.push(name!);
      }
      expect(open).toEqual([]);
    }
  });

  it("is the same bytes for the same night", () => {
    expect(page(RED)).toBe(page(structuredClone(RED)));
  });

  it("says the colour first and why, and leads from a cell and a reason to the counterexample", () => {
    expect(page(GREEN)).toContain("<h1>Night 3: green</h1>");
    expect(page(GREEN)).not.toContain("Why it is red");
    const red = page({ ...RED, red: [`new: ${FINDING.id} in T8.vtd`] });
    expect(red).toContain("<h1>Night 3: red, shard 1 of 4</h1>");
    expect(red).toContain(`<li>new: <a href="#${FINDING.id}">${FINDING.id}</a> in T8.vtd</li>`);
    expect(red).toMatch(new RegExp(`<tr><th scope="row"[^>]*>T8.vtd</th>.*href="#${FINDING.id}"`));
    expect(red).toContain(`id="${FINDING.id}"`);
  });

  it("has every part: history, counterexamples by state, coverage, rates, canary, power, lines to repeat", () => {
    const html = page(GREEN);
    for (const text of [
      'aria-label="nights 1 to 3: unrefuted"',
      "night 1 (2026-01-01), 9\u202f000 commands",
      "<h3>New: 1</h3>",
      "<h3>Known: 0</h3>",
      "<h3>Gone: 1</h3>",
      "<b>vtd-legacy cm=0</b>",
      "stale in 1 of 6 ways tonight, in 2 in all",
      "no cell looks into caches",
      'aria-label="Commands a second over the night: ',
      'aria-label="Memory: 220MB at most"',
      'aria-label="Commands for each second of a worker: T2 241"',
      "in 71 commands: vtd-legacy cm=0: s1-leaf owes nothing",
      "Detection power: 1 of 2 known bugs",
      '<pre class="line">nestfuzz nightly T2 --seed night-3 --commands 3000 --out again/</pre>',
      '<pre class="line">nestfuzz fuzz T2 --seed night-3/0 --commands 1000</pre>',
      "<code>--since</code> and the summary of night 2",
    ])
      expect(html).toContain(text);
    expect(page(RED)).toContain("nestfuzz nightly --resume --out FOLDER");
    expect(page({ ...GREEN, canary: null })).toContain("The canary is switched off.");
  });

  it("tells what a summary of an older build tells, and that the rest is not there", () => {
    const older: Summary = {
      ...GREEN,
      cells: GREEN.cells.map((cell) => ({ ...cell, history: [] })),
      coverage: { transitions: [], contracts: [] },
      repeat: { night: "", slice: "" },
      machine: { ...GREEN.machine, busy: {}, course: { seconds: 1, commands: [], memory: [] } },
    };
    const html = page(older);
    expect(html).toContain("This summary is of an older version, which does not tell.");
    expect(html).not.toMatch(/NaN|undefined|Infinity|--out again/);
    const killed = { ...older, machine: { ...older.machine, platform: "", node: "", workers: 0 } };
    expect(page(killed)).not.toContain("<dt>Machine</dt>");
  });

  it("stays under a megabyte with a thousand counterexamples: the first have their mail, all their line", () => {
    const mail = "x".repeat(2500);
    const ids = Array.from({ length: 1000 }, (_, at) => `nf-${`${at}`.padStart(12, "0")}`);
    const many = ids.map((id): Shown => ({ ...shown[1]!, id, state: "known", mail, replay: `nestfuzz replay ${id}` }));
    const html = page(GREEN, { shown: many });
    expect(html.length).toBeLessThan(1_000_000);
    expect(ids.filter((id) => !html.includes(`nestfuzz replay ${id}<`))).toEqual([]);
    expect(html.split(mail).length - 1).toBeGreaterThan(100);
  });
});

function evilContracts(): Summary["coverage"]["contracts"] {
  return GREEN.coverage.contracts.map((reached) => ({
    ...reached,
    contract: EVIL,
    rules: reached.rules.map(() => EVIL),
  }));
}
