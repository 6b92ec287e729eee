import { chmodSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Place, unprivileged } from "./run.js";

const found = new Place();
let place: Place;
let id = "";
let text = "";
beforeAll(async () => {
  await found.call(["fuzz", "T1", "--commands", "200"]);
  const [name] = found.names("corpus");
  id = name!.replace(".json", "");
  text = readFileSync(path.join(found.folder, "corpus", name!), "utf8");
});
afterAll(() => found.remove());
beforeEach(() => {
  place = new Place();
  return () => place.remove();
});

const FILE = (name: string): string => `corpus/${name}.json`;
const OTHER = "nf-0123456789ab";

describe("corpus list", () => {
  it("has a line a counterexample", async () => {
    place.file(FILE(id), text);
    const { code, stdout, stderr } = await place.call(["corpus", "list"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^${id}  T1 +spurious-fault +[a-z-]+ +[0-9]+ commands?$`, "m"));
  });

  it("lists what can be read beside what is broken, which it names", async () => {
    place.file(FILE(id), text);
    place.file(FILE(OTHER), "{");
    place.file("corpus/notes.txt", "no entry");
    const { code, stdout, stderr } = await place.call(["corpus", "list"]);
    expect(code).toBe(2);
    expect(stdout).toContain(id);
    expect(stderr).toMatch(/^corpus\/nf-0123456789ab\.json:1:2: NF304 /);
  });

  it("refuses a folder that was named and is not there", async () => {
    for (const verb of ["list", "verify"]) {
      const { code, stdout, stderr } = await place.call(["corpus", verb, "--corpus", "typo"]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^typo:1:1: NF301 .*ENOENT.*; check the path\n$/);
    }
  });
});

describe("corpus verify", () => {
  it("ends with code 0 where every entry does what it says", async () => {
    place.file(FILE(id), text);
    const { code, stdout, stderr } = await place.call(["corpus", "verify"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const [, good, all] = /^([0-9]+) of ([0-9]+) do what they say\n$/.exec(stdout)!;
    expect(good).toBe(all);
    expect(Number(good)).toBeGreaterThan(0);
  });

  it.each([
    ["edited", (whole: string) => whole.replace(/"step": 1/, '"step": 2'), /NF309 /],
    ["truncated", (whole: string) => whole.slice(0, whole.length / 2), /NF304 /],
    ["empty", () => "", /NF304 /],
    [
      "of an unknown schema version",
      (whole: string) => whole.replace("nestfuzz/counterexample/1", "nestfuzz/counterexample/9"),
      /NF305 schema "nestfuzz\/counterexample\/9"; this version reads "nestfuzz\/counterexample\/1"; /,
    ],
    ["with a field too many", (whole: string) => whole.replace("{", '{\n  "colour": "red",'), /NF308 /],
    ["with a command nobody knows", (whole: string) => whole.replace(/"w g/, '"wr g'), /NF3(09|11) /],
  ])("names an entry that is %s, leaves it alone, and ends with code 2", async (_, change, message) => {
    place.file(FILE(id), text);
    const name = FILE(`${OTHER.slice(0, -1)}0`);
    const broken = change(text);
    expect(broken).not.toBe(text);
    place.file(name, broken);
    const { code, stdout, stderr } = place.run(["corpus", "verify"]);
    expect(code).toBe(2);
    expect(stdout).toMatch(/^([0-9]+) of \1 do what they say\n$/);
    expect(stderr).toMatch(new RegExp(`^${name}:[0-9]+:[0-9]+: ${message.source}.*\n$`));
    expect(readFileSync(path.join(place.folder, name), "utf8")).toBe(broken);
  });

  it("names a file that was renamed", async () => {
    place.file(FILE(OTHER), text);
    const { code, stderr } = await place.call(["corpus", "verify"]);
    expect(code).toBe(2);
    expect(stderr).toContain(`NF310 a file called "${OTHER}.json"; its entry is ${id}; rename it to ${id}.json`);
  });

  it("complains of a folder that is none, or may not be read", async () => {
    place.file("a-file", "");
    const { code, stderr } = await place.call(["corpus", "verify", "--corpus", "a-file"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^a-file:1:1: NF301 .*ENOTDIR/);
  });

  it("complains of a folder without permission", ({ skip }) => {
    const user = unprivileged();
    if (user === null) return skip("no user without privileges here");
    place.file(FILE(id), text);
    chmodSync(place.folder, 0o755);
    chmodSync(path.join(place.folder, "corpus"), 0);
    const { code, stderr } = place.run(["corpus", "verify"], "", user);
    chmodSync(path.join(place.folder, "corpus"), 0o755);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^corpus:1:1: NF301 .*EACCES/);
    return undefined;
  });

  it("works in a folder that has no corpus yet", async () => {
    expect((await place.call(["corpus", "verify"])).code).toBe(0);
    expect((await place.call(["corpus", "list"])).code).toBe(0);
    expect(place.names(".")).toEqual([]);
  });
});
