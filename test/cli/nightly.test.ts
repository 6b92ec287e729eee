import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import seedrandom from "seedrandom";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { Summary } from "../../report/summary.js";
import { tinyDisk } from "../nightly/disk.js";
import { type Outcome, Place, root, unprivileged, WEAK } from "./run.js";

const places: Place[] = [];
let place: Place;
beforeEach(() => {
  place = new Place();
  places.push(place);
});
afterAll(() => {
  for (const one of places) one.remove();
});

/** Two workers, no canaries, a fraction of a second's search; nothing is known. */
const FEW = ["nightly", "T1", "T2", "T6a", "--commands", "9000", "--seed", "1", "--workers", "2"];
const SHORT = [...FEW, "--no-canary", "--corpus", "none"];

const read = (out: string, name = "summary.json"): string => readFileSync(path.join(place.folder, out, name), "utf8");
const summary = (out: string): Summary => JSON.parse(read(out));

/** What depends on neither machine nor time. */
function lasting(out: string): unknown {
  const { machine: _machine, ...rest } = summary(out);
  const found = place.names(`${out}/corpus`).map((name) => read(out, `corpus/${name}`));
  return { rest, found, reports: ["junit.xml", "nightly.sarif"].map((name) => read(out, name)) };
}

describe("a night", () => {
  it("is green where all that was found is committed, and leaves its reports", async () => {
    const { code, stdout } = await place.call([...FEW, "--out", "runs"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^T2 +unrefuted +unrefuted +ok +[0-9]+ /m);
    expect(stdout).toContain("canary: 4 of 4 planted bugs found");
    expect(stdout).toMatch(/\ngreen: 3 cells, night 1, seed 1\n$/);
    expect(place.names("runs")).toEqual([
      "journal",
      "junit.xml",
      "nightly.sarif",
      "report.html",
      "summary.json",
      "summary.md",
    ]);
    expect(summary("runs")).toMatchObject({ schema: "nestfuzz/nightly/1", green: true, stopped: false });
  });

  it("knows the night before: since when a verdict stands, what was seen, and its own number", async () => {
    await place.call([...SHORT, "--out", "runs"]);
    const first = summary("runs");
    const flags = ["--commands", "9000", "--workers", "2", "--no-canary", "--corpus", "none"];
    await place.call(["nightly", "T1", "T2", "T6a", ...flags]);
    const second = summary("runs");
    expect(second).toMatchObject({ night: 2, seed: "night-2" });
    expect(second.cells[1]!.since).toMatchObject({ night: 1, seed: "1" });
    expect(second.cells[1]!.since.commands).toBe(first.cells[1]!.commands + second.cells[1]!.commands);
  });

  it("that finds something new is red until it is accepted, and known from then on", async () => {
    place.file("weak.yaml", WEAK);
    const args = ["nightly", "--contract", "weak.yaml", "--commands", "20000", "--no-canary", "--workers", "2"];
    const first = await place.call([...args, "--seed", "1"]);
    expect(first.code).toBe(1);
    const [name] = place.names("runs/corpus");
    const id = name!.replace(".json", "");
    const { totals, findings } = summary("runs");
    expect(totals).toMatchObject({ findings: 1, newFindings: 1 });
    expect(findings[0]!.times).toBeGreaterThan(5);
    const accepted = await place.call(["corpus", "accept", id]);
    expect(accepted).toMatchObject({ code: 0, stdout: `${id}: accepted, now in corpus\n` });
    expect(readFileSync(path.join(place.folder, "corpus", name!))).toEqual(
      readFileSync(path.join(place.folder, "runs/corpus", name!)),
    );
    expect((await place.call(["corpus", "accept", id])).stdout).toBe(`${id}: was accepted before\n`);
    const second = await place.call([...args, "--seed", "2"]);
    expect(second.code).toBe(0);
    expect(second.stdout).toMatch(/\ngreen: 1 cells, 1 of them failing as was accepted, night 2, seed 2\n$/);
  });

  it("is the same on one worker and on three", async () => {
    await place.call([...SHORT, "--workers", "1", "--out", "one"]);
    await place.call([...SHORT, "--workers", "3", "--out", "three"]);
    expect(lasting("three")).toEqual(lasting("one"));
  });

  it("in shards, merged, is the night of one machine; the folders merge as folders, too", async () => {
    await place.call([...SHORT, "--out", "whole"]);
    for (const shard of ["1/3", "2/3", "3/3"]) await place.call([...SHORT, "--shard", shard, "--out", `s${shard[0]}`]);
    const merged = await place.call(["nightly", "merge", "s3", "s1", "s2", "--out", "m", "--corpus", "none"]);
    expect(merged.code).toBe(1);
    expect(lasting("m")).toEqual(lasting("whole"));
    await place.call(["corpus", "merge", "s2", "s1", "s3", "s1", "--into", "folder"]);
    expect(place.names("folder")).toEqual(place.names("whole/corpus"));
    for (const name of place.names("folder")) expect(read("folder", name)).toBe(read("whole/corpus", name));
  });
});

describe("a night that is killed", () => {
  // All of them: NESTFUZZ_KILLS=200 npx vitest run test/cli/nightly.test.ts
  const kills = Number(process.env.NESTFUZZ_KILLS ?? 2);

  it(`by kill -9 at ${kills} random moments ends as if it had not been`, async () => {
    const args = ["nightly", "T1", "T2", "T6a", "T9", "--commands", `${kills * 25_000}`, "--seed", "1"];
    const all = [...args, "--workers", "2", "--corpus", "none"];
    const random = seedrandom("kills");
    for (let killed = 0; killed < kills; killed++) {
      await killedAfter([...all, "--resume", "--out", "killed"], Math.floor(random() * 1500), "killed");
      for (const name of place.names("killed/corpus").filter((one) => one.endsWith(".json")))
        expect(() => JSON.parse(read("killed", `corpus/${name}`))).not.toThrow();
    }
    await place.call(["nightly", "--resume", "--out", "killed", "--corpus", "none", "--workers", "2"]);
    await place.call([...all, "--out", "whole"]);
    expect(lasting("killed")).toEqual(lasting("whole"));
    expect(place.names("killed").filter((name) => /\.[0-9]+$|lock/.test(name))).toEqual([]);
  }, 3_600_000);

  it("is refused without --resume, with what can be done, and gone on with by it alone", async () => {
    await killedAfter([...SHORT, "--commands", "900000", "--out", "runs"], 500, "runs");
    const refused = await place.call([...SHORT, "--out", "runs"]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toMatch(/^runs: a run with seed 1 was not finished \([0-9]+ slices are done\); .*--resume/);
    const other = await place.call(["nightly", "T1", "--seed", "2", "--canary", "--resume", "--out", "runs"]);
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/^runs: the run that is to be gone on with has other: claims, --seed, --canary; /);
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "by %s keeps what it has, says how to go on, and ends red",
    async (signal) => {
      const args = [...FEW.slice(0, 4), "--commands", "100000000", "--seed", "1", "--corpus", "none", "--out", "long"];
      const begun = (): boolean =>
        existsSync(path.join(place.folder, "long/journal")) && read("long", "journal").length > 2500;
      const { code, stdout, stderr } = await place.interrupted(args, begun, signal);
      expect(code).toBe(1);
      expect(stdout).toContain("\nstopped before its budget was spent\n");
      expect(stdout).toMatch(/go on with: nestfuzz nightly --resume --out long\n$/);
      expect(stderr).not.toMatch(/^ {4}at /m);
      expect(summary("long")).toMatchObject({ stopped: true, green: false });
      expect(place.names("long/corpus").length).toBeGreaterThan(0);
    },
    60_000,
  );
});

describe("a night that cannot write", () => {
  it("for the disk is full ends with code 3, one sentence, and nothing half-written", async ({ skip }) => {
    const disk = tinyDisk(48);
    if (disk === null) return skip("no small file system can be mounted here");
    try {
      const { code, stdout, stderr } = await place.call([...SHORT, "--commands", "400000", "--out", disk.folder]);
      expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
      expect(stderr).toMatch(/: cannot be written \(ENOSPC\); make room on the disk, then go on with --resume\n$/);
      const left = readdirSync(disk.folder).sort();
      expect(left.filter((name) => !["corpus", "journal"].includes(name))).toEqual([]);
    } finally {
      disk.release();
    }
    return undefined;
  });

  it("in a folder of others says so before it searches", ({ skip }) => {
    const user = unprivileged();
    if (user === null) return skip("no user without privileges here");
    mkdirSync(path.join(place.folder, "theirs"));
    chmodSync(place.folder, 0o755);
    chmodSync(path.join(place.folder, "theirs"), 0o555);
    const { code, stderr } = place.run([...SHORT, "--out", "theirs"], "", user);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^theirs\/lock: cannot be written \(EACCES\); name a folder that may be written\n$/);
    return undefined;
  });

  it("needs no right to write in the corpus, until something is accepted", ({ skip }) => {
    const user = unprivileged();
    if (user === null) return skip("no user without privileges here");
    mkdirSync(path.join(place.folder, "corpus"));
    copyFileSync(
      path.join(root, "corpus/nf-6e6d4b65d5aa.json"),
      path.join(place.folder, "corpus/nf-6e6d4b65d5aa.json"),
    );
    mkdirSync(path.join(place.folder, "out"));
    chmodSync(place.folder, 0o755);
    chmodSync(path.join(place.folder, "corpus"), 0o555);
    chmodSync(path.join(place.folder, "out"), 0o777);
    const args = ["nightly", "T1", "T6a", "--commands", "3000", "--seed", "1", "--no-canary"];
    const known = path.join(place.folder, "corpus");
    const { code } = place.run([...args, "--corpus", known, "--out", "out"], "", user);
    expect(code).toBe(1);
    const [id] = place.names("out/corpus");
    const accepted = place.run(["corpus", "accept", id!.replace(".json", ""), "--from", "out"], "", user);
    expect(accepted.code).toBe(3);
    expect(accepted.stderr).toMatch(/NF303 .*EACCES/);
    return undefined;
  });
});

describe("two nights at once", () => {
  it("on one corpus do not mind each other", async () => {
    const args = ["nightly", "T1", "T2", "--commands", "9000", "--seed", "1", "--no-canary", "--workers", "1"];
    const both = await Promise.all(["a", "b"].map((out) => started([...args, "--out", out])));
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(lasting("a")).toEqual(lasting("b"));
  });

  it("in one folder: the second is refused", async () => {
    const first = spawnNight([...SHORT, "--commands", "100000000", "--out", "runs"]);
    while (!existsSync(path.join(place.folder, "runs/journal")))
      await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await place.call([...SHORT, "--resume", "--out", "runs"]);
    expect(second.code).toBe(2);
    expect(second.stderr).toMatch(
      /^runs: process [0-9]+ writes there; known: one run a folder; name another with --out\n$/,
    );
    first.kill("SIGKILL");
    await new Promise((resolve) => first.on("close", resolve));
  });
});

describe("what is asked for wrongly", () => {
  it.each([
    [["--workers", "0"], /--workers: "0"/],
    [["--since", "none.json"], /none\.json: cannot be read \(ENOENT\)/],
    [["--geometry", "9x9x9"], /--geometry: /],
    [["--shard", "9/3"], /--shard: "9\/3"/],
  ])("%j is refused with code 2", async (flags, message) => {
    const { code, stdout, stderr } = await place.call([...SHORT, ...flags]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it("in accept and merge: ids and folders that are not there", async () => {
    expect(await place.call(["corpus", "accept", "nf-0123456789ab"])).toMatchObject({ code: 2 });
    expect((await place.call(["corpus", "merge", "typo"])).stderr).toMatch(/^corpus merge: no folder typo; known: /);
    expect((await place.call(["nightly", "merge", "typo"])).stderr).toMatch(/^typo: no journal of a run; /);
  });
});

const program = path.join(root, "bin/nestfuzz.js");
const spawnNight = (args: readonly string[]) =>
  spawn(process.execPath, [program, ...args], { cwd: place.folder, stdio: "ignore" });

function started(args: readonly string[]): Promise<Pick<Outcome, "code">> {
  return new Promise((resolve) => spawnNight(args).on("close", (code) => resolve({ code })));
}

/** Killed so many milliseconds after its journal was begun. */
async function killedAfter(args: readonly string[], milliseconds: number, out: string): Promise<void> {
  const child = spawnNight(args);
  const closed = new Promise((resolve) => child.on("close", resolve));
  while (!existsSync(path.join(place.folder, out, "journal"))) await new Promise((resolve) => setTimeout(resolve, 10));
  setTimeout(() => child.kill("SIGKILL"), milliseconds);
  await closed;
}
