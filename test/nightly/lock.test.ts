import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { Lock } from "../../nightly/lock.js";
import { temporary } from "./night.js";

let folder = "";
beforeEach(() => {
  folder = temporary();
});
const hold = (holder: unknown): void => writeFileSync(path.join(folder, "lock"), JSON.stringify(holder));

/** A number that no process has any more. */
const gone = (): number => Number(spawnSync(process.execPath, ["-p", "process.pid"], { encoding: "utf8" }).stdout);

describe("the lock of a folder", () => {
  it("names who writes there, and is gone when it is released", () => {
    const lock = Lock.take(folder, false) as Lock;
    expect(JSON.parse(readFileSync(path.join(folder, "lock"), "utf8"))).toMatchObject({ pid: process.pid });
    lock.release();
    expect(existsSync(path.join(folder, "lock"))).toBe(false);
  });

  it("is refused while another process lives, whether it resumes or not", () => {
    hold({ pid: process.ppid, host: hostname(), began: null });
    expect(Lock.take(folder, false)).toBe(`process ${process.ppid} writes there`);
    expect(Lock.take(folder, true)).toBe(`process ${process.ppid} writes there`);
  });

  it("counts no more when its process was killed, or its number is another's by now", () => {
    hold({ pid: gone(), host: hostname(), began: null });
    expect(Lock.take(folder, false)).toBeInstanceOf(Lock);
    hold({ pid: process.ppid, host: hostname(), began: "0" });
    expect(Lock.take(folder, false)).toBeInstanceOf(Lock);
  });

  it("that was torn counts no more", () => {
    writeFileSync(path.join(folder, "lock"), '{"pid":');
    expect(Lock.take(folder, false)).toBeInstanceOf(Lock);
  });

  it("of another machine is taken over by who resumes alone", () => {
    hold({ pid: 1, host: "elsewhere.example", began: null });
    expect(Lock.take(folder, false)).toMatch(/on elsewhere\.example .*--resume goes on$/);
    expect(Lock.take(folder, true)).toBeInstanceOf(Lock);
  });
});
