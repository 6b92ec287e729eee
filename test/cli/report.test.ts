/** `nestfuzz report`: a run on the terminal and as a page, and what is no run. */

import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Summary } from "../../report/summary.js";
import { Place, WEAK } from "./run.js";

const place = new Place();
const at = (...names: string[]): string => path.join(place.folder, ...names);
const read = (...names: string[]): string => readFileSync(at(...names), "utf8");
const lines = (text: string, word: string): string[] => text.split("\n").filter((line) => line.startsWith(word));
/** A copy of the run, to be spoilt. */
function copy(name: string, of = "runs"): string {
  cpSync(at(of), at(name), { recursive: true });
  return name;
}

beforeAll(async () => {
  place.file("weak.yaml", WEAK);
  const night = ["nightly", "--contract", "weak.yaml", "--commands", "3000", "--no-canary", "--workers", "1"];
  for (const seed of ["1", "2"]) await place.call([...night, "--seed", seed, "--out", "runs"]);
  await place.call(["nightly", "merge", "runs", "--out", "whole"]);
}, 60_000);
afterAll(() => place.remove());

describe("the report of a run", () => {
  it("prints the night, and the line that repeats it", async () => {
    const { code, stdout, stderr } = await place.call(["report", "runs"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^own +unrefuted +fails +RED +[0-9]+ /m);
    expect(stdout).toMatch(
      /\nred: night 2, seed 2\nrepeat with: nestfuzz nightly --seed 2 .*--contract weak\.yaml --no-canary\n$/,
    );
  });

  it("as a page is what the night has left in its folder, also where a whole was merged", async () => {
    for (const folder of ["runs", "whole"]) {
      const { code, stdout } = await place.call(["report", folder, "--html", "page.html"]);
      expect({ code, stdout }).toEqual({ code: 0, stdout: "page.html written\n" });
      expect(read("page.html")).toBe(read(folder, "report.html"));
    }
    expect((await place.call(["report", "runs", "--html", "-"])).stdout).toBe(read("runs", "report.html"));
    expect((await place.call(["report", "--html", "runs/"])).stdout).toBe("report.html written\n");
    expect(read("report.html")).toBe(read("runs", "report.html"));
  });

  it("is the same bytes wherever the folder lies, and holds lines that replay what is new", async () => {
    const moved = copy("else/where");
    const page = (await place.call(["report", moved, "--html", "-"])).stdout;
    expect(page).toBe(read("runs", "report.html"));
    expect(page).not.toContain(place.folder);
    const [, line] = /<pre class="line">nestfuzz replay (nf1:[^<]*)</.exec(page)!;
    const { code, stdout } = await place.call(["replay", line!]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/ same\n$/);
  });

  it("knows the night before: a bar for each, and since when", () => {
    expect(read("runs", "report.html")).toContain('aria-label="nights 1 to 2: fails, red"');
  });
});

describe("a run that is not finished", () => {
  it("is told as far as it came, and how to go on; also where an older summary lies in its folder", async () => {
    const killed = copy("killed");
    const journal = read(killed, "journal").split("\n");
    writeFileSync(at(killed, "journal"), `${journal.slice(0, 3).join("\n")}\n`);
    rmSync(at(killed, "summary.json"));
    const { code, stdout } = await place.call(["report", killed]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Not finished: 2 slices are done; it still runs, or it was killed\.\n/);
    expect(stdout).toContain("\nstopped before its budget was spent\n");
    expect(lines(stdout, "go on with")).toEqual(["go on with: nestfuzz nightly --resume --out killed"]);
    const page = (await place.call(["report", killed, "--html", "-"])).stdout;
    expect(page).toContain("<b>Not finished: 2 slices are done; it still runs, or it was killed.</b>");
    expect(page).toContain("nestfuzz nightly --resume --out FOLDER");
    const older = { ...(JSON.parse(read("runs", "summary.json")) as Summary), night: 1, seed: "1" };
    writeFileSync(at(killed, "summary.json"), JSON.stringify(older));
    expect((await place.call(["report", killed])).stdout).toBe(stdout);
  });

  it("with all but its summary is told whole; with a torn last line by the others", async () => {
    const whole = copy("unsummed");
    rmSync(at(whole, "summary.json"));
    const { stdout } = await place.call(["report", whole]);
    expect(stdout).toMatch(/^Its summary was not written; this is what the journal of [0-9]+ slices comes to\.\n/);
    expect(stdout).toMatch(/\nred: night 2, seed 2\n/);
    truncateSync(at(whole, "journal"), read(whole, "journal").length - 5);
    expect((await place.call(["report", whole])).stdout).toMatch(/^Not finished: /);
  });

  it("whose rules have changed since is refused; one that was summed up is told", async () => {
    const other = copy("other");
    writeFileSync(at("weak.yaml"), WEAK.replace("owes: none", "owes: [iotlb]"));
    try {
      expect((await place.call(["report", other])).code).toBe(0);
      rmSync(at(other, "summary.json"));
      const { code, stderr } = await place.call(["report", other]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^other: the rules have changed since this run began|^weak\.yaml:/);
    } finally {
      place.file("weak.yaml", WEAK);
    }
  });
});

describe("what is no run", () => {
  const spoilt = (name: string, change: (summary: Summary) => unknown): string => {
    copy(name);
    rmSync(at(name, "journal"));
    writeFileSync(at(name, "summary.json"), JSON.stringify(change(JSON.parse(read("runs", "summary.json")))));
    return name;
  };

  it.each<[string, () => string, RegExp]>([
    ["a folder that is not there", () => "none", /^none: no such folder; known: what nestfuzz nightly --out wrote; /],
    ["a file", () => "weak.yaml", /^weak\.yaml: a file; known: /],
    [
      "an empty folder",
      () => path.dirname(place.file("empty/notes.txt", "")),
      /^empty: no run: neither summary\.json /,
    ],
    [
      "counterexamples",
      () => "runs/corpus",
      /^runs\/corpus: counterexamples, and no run; .*nestfuzz corpus list --corpus /,
    ],
    ["a folder of runs", () => ".", /^\.: no run, but folders of runs: .*runs.*; name one, or .*nightly merge\n$/],
    [
      "a summary of another schema",
      () => spoilt("newer", (summary) => ({ ...summary, schema: "nestfuzz/nightly/9", version: "9.1.0" })),
      /schema nestfuzz\/nightly\/9; known: files of schema nestfuzz\/nightly\/1; use the nestfuzz that wrote it \(version 9\.1\.0\)/,
    ],
    ["a summary of nothing", () => spoilt("torn", () => []), /no summary of a night; known: files of schema /],
    [
      "a summary with a field too many",
      () => spoilt("more", (one) => ({ ...one, colour: 1 })),
      /no summary of a night/,
    ],
  ])("%s is refused with code 2 and what to do", async (_what, folder, message) => {
    for (const more of [[], ["--html", "-"]]) {
      const { code, stdout, stderr } = await place.call(["report", folder(), ...more]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/^ {4}at /m);
      for (const name of ["newer", "torn", "more"]) rmSync(at(name), { recursive: true, force: true });
    }
  });

  it("is asked for by name; what cannot be written is said", async () => {
    expect((await place.call(["report"])).stderr).toContain("missing required argument 'folder'");
    const { code, stderr } = await place.call(["report", "runs", "--html", "no/such/page.html"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^--html: no\/such\/page\.html cannot be written \(ENOENT\)/);
  });
});
