/**
 * Runs the built program as a user does: a child process in a folder of its own.
 *
 * The build is brought up to date first, where a source is newer than it; one of the test workers builds, the others
 * wait.
 */

import { type SpawnSyncOptions, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { vi } from "vitest";
import { Ended } from "../../cli/exit.js";
import { main } from "../../cli/main.js";
import { packageRoot } from "../../rules/home.js";
import { ROOMS } from "../rooms.js";

export const root = packageRoot();
const program = path.join(root, "bin/nestfuzz.js");
const built = path.join(root, "dist/cli/main.js");
const lock = path.join(root, "dist/.building");

const bundled = ["dist/page/page.js", "dist/program/main.js", "dist/rules/index.json"].map((file) =>
  path.join(root, file),
);

function isStale(): boolean {
  if (![built, ...bundled].every((file) => existsSync(file))) return true;
  const since = statSync(built).mtimeMs;
  return ROOMS.some((room) =>
    readdirSync(path.join(root, room))
      .sort()
      .some((name) => name.endsWith(".ts") && statSync(path.join(root, room, name)).mtimeMs > since),
  );
}

function build(): void {
  if (!isStale()) return;
  mkdirSync(path.dirname(lock), { recursive: true });
  try {
    mkdirSync(lock);
  } catch {
    // Another worker builds: it takes some seconds.
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let tries = 0; tries < 600 && existsSync(lock); tries++) Atomics.wait(pause, 0, 0, 100);
    return;
  }
  try {
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    const done = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, encoding: "utf8" });
    const page = spawnSync(process.execPath, [path.join(root, "page/build.mjs")], { encoding: "utf8" });
    if (isStale()) throw new Error(`the build failed:\n${done.stdout}${page.stderr}`);
  } finally {
    rmdirSync(lock);
  }
}
build();

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A folder for one test file; `remove` it after all. */
export class Place {
  readonly folder = mkdtempSync(path.join(tmpdir(), "nestfuzz-cli-"));

  file(name: string, content: string | Buffer): string {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return name;
  }

  names(folder: string): string[] {
    const at = path.join(this.folder, folder);
    return existsSync(at) ? readdirSync(at).sort() : [];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** `nestfuzz ARGS` here, with standard input. */
  run(args: readonly string[], input: string | Buffer = "", options: SpawnSyncOptions = {}): Outcome {
    const done = spawnSync(process.execPath, [program, ...args], {
      cwd: this.folder,
      input,
      maxBuffer: 1 << 28,
      ...options,
    });
    return { code: done.status, stdout: String(done.stdout), stderr: String(done.stderr) };
  }

  /** The same inside this process, without standard input: faster, for tables of small cases. */
  async call(args: readonly string[]): Promise<Outcome> {
    const [out, err] = [captured("stdout"), captured("stderr")];
    const before = process.cwd();
    process.chdir(this.folder);
    try {
      const code = await main(["node", "nestfuzz", ...args]);
      return { code, stdout: out.text(), stderr: err.text() };
    } finally {
      process.chdir(before);
      for (const stream of [out, err]) stream.release();
    }
  }

  /** A line of shell in which `nestfuzz` is the program: for pipes, and for lines that the program printed. */
  shell(line: string): Outcome {
    const script = `set -o pipefail; nestfuzz() { "${process.execPath}" "${program}" "$@"; }\n${line}`;
    const done = spawnSync("bash", ["-c", script], { cwd: this.folder, encoding: "utf8", maxBuffer: 1 << 28 });
    return { code: done.status, stdout: done.stdout, stderr: done.stderr };
  }

  /** The same under a terminal, as the text that the terminal gets; null where there is no script(1) of util-linux. */
  terminal(args: readonly string[]): Outcome | null {
    const line = [process.execPath, program, ...args].map((word) => `'${word}'`).join(" ");
    const done = spawnSync("script", ["-qec", line, "/dev/null"], { cwd: this.folder, encoding: "utf8", input: "" });
    return done.error !== undefined || done.stderr.includes("script:")
      ? null
      : { code: done.status, stdout: done.stdout, stderr: done.stderr };
  }

  /** Starts it, sends `signal` once standard error has `mark`, or `mark` says so, and waits for the end. */
  interrupted(args: readonly string[], mark: string | (() => boolean), signal: NodeJS.Signals): Promise<Outcome> {
    const child = spawn(process.execPath, [program, ...args], { cwd: this.folder, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data) => {
      stdout += data;
    });
    child.stderr.on("data", (data) => {
      stderr += data;
    });
    const isReached = typeof mark === "string" ? () => stderr.includes(mark) : mark;
    const watch = setInterval(() => {
      if (!isReached()) return;
      clearInterval(watch);
      child.kill(signal);
    }, 20);
    return new Promise((resolve) => {
      child.on("close", (code) => {
        clearInterval(watch);
        resolve({ code, stdout, stderr });
      });
    });
  }
}

/** Runs as a user who may not write everywhere: no option where we are one, null where we cannot become one. */
export function unprivileged(): SpawnSyncOptions | null {
  if (process.getuid?.() !== 0) return {};
  const options = { uid: 65534, gid: 65534 };
  const tried = spawnSync(process.execPath, [program, "--version"], { ...options, cwd: "/" });
  return tried.status === 0 ? options : null;
}

/** What this process writes on a stream, until it is released. */
export function captured(stream: "stdout" | "stderr"): { text: () => string; release: () => void } {
  let text = "";
  const spy = vi.spyOn(process[stream], "write").mockImplementation((part) => {
    text += String(part);
    return true;
  });
  return { text: () => text, release: () => spy.mockRestore() };
}

/** What a call inside this process prints on standard error, and the code it ends with (0: it does not). */
export function complaint(call: () => unknown): { code: number; text: string } {
  const err = captured("stderr");
  try {
    call();
    return { code: 0, text: err.text() };
  } catch (error) {
    if (error instanceof Ended) return { code: error.code, text: err.text() };
    throw error;
  } finally {
    err.release();
  }
}

/** A contract under which an unmapped page owes nothing. */
export const WEAK = `kind: contract
name: weak
summary: what if an unmapped page owed nothing?
extends: tiny
rules:
  - id: s1-leaf
    owes: none
    source: an idea
`;
/** tiny under another name. */
export const RIGHT = "kind: contract\nname: right\nextends: tiny\nsummary: tiny under another name\n";
/** tiny without its device TLB. */
export const UNIT = "kind: architecture\nname: unit\nextends: tiny\ncaches:\n  device-tlb: absent\n";
