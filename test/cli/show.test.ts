import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { corpusAt } from "../../cli/stores.js";
import { Place } from "./run.js";

const place = new Place();
let ids: string[] = [];
beforeAll(async () => {
  await place.call(["fuzz", "T1", "T6a", "T16.deaf", "--commands", "3000"]);
  ids = place.names("corpus").map((name) => name.replace(".json", ""));
});
afterAll(() => place.remove());

describe("show", () => {
  it("prints the mail form: at most 72 columns of ASCII, the same bytes each time", async () => {
    expect(ids.length).toBeGreaterThan(1);
    for (const id of ids) {
      const { code, stdout, stderr } = await place.call(["show", id]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout.startsWith(`${id}: `)).toBe(true);
      expect(stdout).toMatch(/^Claim T[0-9a-z.]+: [a-z]/m);
      expect(stdout).toContain(`Replay with: nestfuzz replay ${id}\n`);
      for (const line of stdout.split("\n")) {
        expect(line.length).toBeLessThanOrEqual(72);
        expect(line).toMatch(/^[\x20-\x7e]*$/);
      }
    }
    expect(place.run(["show", ids[0]!])).toEqual(await place.call(["show", ids[0]!]));
  });

  it("prints what replays to the same violation, without the corpus", async () => {
    for (const id of ids) {
      const { stdout } = await place.call(["show", id]);
      place.file("mail.txt", stdout.replace(/^/gm, "> "));
      const { code, stdout: steps } = await place.call(["replay", "mail.txt"]);
      expect(code).toBe(1);
      expect(steps).toBe((await place.call(["replay", id])).stdout);
    }
  });

  it("prints the sequence alone in one line, which replays to the same violation", async () => {
    for (const id of ids) {
      const { code, stdout: line } = await place.call(["show", id, "--one-line"]);
      expect({ code, form: /^nf1:[A-Za-z0-9_-]{40,195}\n$/.test(line) }).toEqual({ code: 0, form: true });
      expect(await place.call(["replay", line.trim()])).toEqual(await place.call(["replay", id]));
      expect((await place.call(["show", id])).stdout.replaceAll("\\\n", "")).toContain(`nestfuzz replay ${line}`);
    }
  });

  it("takes the beginning of an id, with or without nf-, or a file", async () => {
    const [id] = ids;
    const whole = await place.call(["show", id!]);
    for (const ref of [id!.slice(0, 9), id!.slice(3, 10), `corpus/${id}.json`])
      expect(await place.call(["show", ref])).toEqual(whole);
  });

  it("names the known ids where there is none of that name, and all of a beginning that several have", async () => {
    const unknown = await place.call(["show", "nope"]);
    expect(unknown).toMatchObject({ code: 2, stdout: "" });
    expect(unknown.stderr).toMatch(/^corpus:1:1: NF312 no counterexample is called "nope"; known: nf-/);
    for (const id of ids) expect(unknown.stderr).toContain(id);
    const several = await place.call(["show", "nf-"]);
    expect(several).toMatchObject({ code: 2, stdout: "" });
    expect(several.stderr).toMatch(/^corpus:1:1: NF313 /);
  });

  it("writes a page of less than 300 KB for each committed counterexample, which names no other place", async () => {
    const committed = corpusAt("corpus")
      .list()
      .entries.map(({ id }) => id);
    for (const id of committed) {
      const { code, stdout } = await place.call(["show", id, "--html", "-"]);
      expect([id, code, Buffer.byteLength(stdout) < 300 * 1024]).toEqual([id, 0, true]);
      expect(stdout).not.toMatch(/<(link|img|iframe|script)[^>]* (src|href)="(?!data:)/);
      expect(stdout.match(/https?:\/\/[a-z0-9.]+/g)?.filter((url) => url !== "http://www.w3.org") ?? []).toEqual([]);
    }
  });

  it("writes pages and drawings where it is told to, else by the id, and says where", async () => {
    const [id] = ids;
    for (const form of ["html", "svg"]) {
      const named = await place.call(["show", id!, `--${form}`, `named.${form}`]);
      expect(named).toMatchObject({ code: 0, stderr: "" });
      expect(named.stdout).toBe(`named.${form} written\n`);
      const unnamed = await place.call(["show", id!, `--${form}`]);
      expect(unnamed.stdout).toBe(`${id}.${form} written\n`);
      expect(await place.call(["show", `--${form}`, id!])).toEqual(unnamed);
      const { stdout } = await place.call(["show", id!, `--${form}`, "-"]);
      expect(readFileSync(path.join(place.folder, `${id}.${form}`), "utf8")).toBe(stdout);
      expect(readFileSync(path.join(place.folder, `named.${form}`), "utf8")).toBe(stdout);
    }
  });

  it("draws the failing step, named above it", async () => {
    const [id] = ids;
    const { stdout } = await place.call(["show", id!, "--svg", "-"]);
    expect(stdout).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
    expect(stdout).toMatch(
      new RegExp(`aria-label="${id}: [a-z-]+ fails for [a-z]+ \\([a-z-]+\\), step ([0-9]+) of \\1: `),
    );
  });

  it("has one form at a time, and needs an id", async () => {
    for (const [args, message] of [
      [["--html", "--svg"], /^--html and --svg: .* one form at a time/],
      [["--one-line", "--svg"], /^--one-line and --svg: /],
    ] as const)
      expect(await place.call(["show", ids[0]!, ...args])).toMatchObject({
        code: 2,
        stdout: "",
        stderr: expect.stringMatching(message),
      });
    for (const args of [[], ["--html"], ["--svg", "drawing.svg"]])
      expect(await place.call(["show", ...args])).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/^error: missing required argument 'id'/),
      });
  });
});
