import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
});
