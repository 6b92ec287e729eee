/**
 * Runs SPIN on a Promela model: `spin -a`, a C compiler, and the program that comes of it, in a folder of its own.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

export type SpinVerdict = "holds" | "fails";

/** Where SPIN and a compiler are missing, or did not end: a sentence. */
export type SpinTrouble = { trouble: string };

/** Whether both programs are there. */
export function hasSpin(): boolean {
  return ["spin", "gcc"].every((program) => spawnSync(program, ["-V"], { stdio: "ignore" }).error === undefined);
}

export interface SpinLimits {
  /** Compile for long runs. */
  optimise: boolean;
  /** Most that a run may take. */
  megabytes: number;
  seconds?: number | undefined;
  /** As SPIN searches by itself: fast, but no shortest way. */
  depthFirst?: boolean;
}

/** A model that was compiled; `remove` takes its folder away. */
export class Spin {
  readonly trouble: string | null;
  /** States that the last run stored. */
  states = 0;
  private readonly folder = mkdtempSync(path.join(tmpdir(), "nestfuzz-spin-"));

  constructor(
    text: string,
    private readonly limits: SpinLimits,
  ) {
    writeFileSync(path.join(this.folder, "model.pml"), text);
    const order = limits.depthFirst === true ? [] : ["-DBFS"];
    const flags = ["-w", "-DSAFETY", "-DNOREDUCE", ...order, `-DMEMLIM=${limits.megabytes}`];
    this.trouble =
      this.call("spin", ["-a", "model.pml"]) ??
      this.call("gcc", [...flags, limits.optimise ? "-O2" : "-O0", "-o", "pan", "pan.c"]);
  }

  private call(program: string, args: readonly string[]): string | null {
    const { error, status, stderr, stdout } = spawnSync(program, args, { cwd: this.folder, encoding: "utf8" });
    if (error !== undefined) return `${program} cannot be run; Debian's packages spin and gcc have what is needed`;
    return status === 0 ? null : `${program} says: ${`${stdout}${stderr}`.trim().split("\n").slice(0, 3).join(" ")}`;
  }

  run(environment: Record<string, string> = {}): SpinVerdict | SpinTrouble {
    if (this.trouble !== null) return { trouble: this.trouble };
    const { error, stdout } = spawnSync(
      path.join(this.folder, "pan"),
      this.limits.depthFirst === true ? ["-m10000000"] : [],
      {
        cwd: this.folder,
        encoding: "utf8",
        env: { ...process.env, ...environment },
        maxBuffer: 1 << 28,
        ...(this.limits.seconds === undefined ? {} : { timeout: this.limits.seconds * 1000 }),
      },
    );
    if (error !== undefined) return { trouble: "SPIN did not end in time" };
    this.states = Number(/([0-9]+) states, stored/.exec(stdout)?.[1] ?? 0);
    const errors = Number(/errors: ([0-9]+)/.exec(stdout)?.[1] ?? Number.NaN);
    if (errors > 0) return "fails";
    const isWhole = errors === 0 && !/Search not completed|out of memory|memory limit/.test(stdout);
    return isWhole ? "holds" : { trouble: `SPIN did not search all: ${this.limits.megabytes} MB are not enough` };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
