import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { cellWith } from "../../cli/cells.js";
import { type Pool, startPool } from "../../nightly/pool.js";
import { runSlice, type SliceTask } from "../../nightly/slice.js";
// The workers are those of the build, which this brings up to date.
import "../cli/run.js";

const task = (commands: number): SliceTask => ({ cell: cellWith("T2", {}), seed: "1", commands, geometry: null });

let pool: Pool | undefined;
afterEach(() => pool?.stop());

function started(workers: number, patience = 60): string[] {
  const replaced: string[] = [];
  pool = startPool({ workers, patience, onReplaced: (what) => replaced.push(what) });
  return replaced;
}

/** The workers of this process, by their command line. */
function pids(): number[] {
  const text = execFileSync("ps", ["-o", "pid=,args=", "--ppid", `${process.pid}`], { encoding: "utf8" });
  return text
    .split("\n")
    .filter((line) => line.includes("tinypool"))
    .map((line) => Number.parseInt(line, 10));
}

async function oneOf(count: number): Promise<number> {
  for (;;) {
    const found = pids();
    if (found.length >= count) return found[0]!;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("the pool", () => {
  it("answers what a slice answers in this process", async () => {
    started(1);
    const outcome = await pool!.run(task(500));
    const { result, entry } = await runSlice(task(500));
    expect(outcome).toMatchObject({ kind: "done", answer: { result, entry } });
  });

  it("replaces a worker that was killed, and runs its slice again", async () => {
    const replaced = started(1);
    const answer = pool!.run(task(60_000));
    process.kill(await oneOf(1), "SIGKILL");
    expect(await answer).toMatchObject({ kind: "done", answer: { result: { found: null } } });
    expect(replaced).toEqual([expect.stringMatching(/^died: /)]);
    expect(await pool!.run(task(500))).toMatchObject({ kind: "done" });
  });

  it("replaces a worker that hangs, and gives a slice up that hangs twice", async () => {
    const replaced = started(1, 1);
    // A second and one for each 500 commands is due: what stands still needs longer.
    const answer = pool!.run(task(400));
    const stop = setInterval(() => {
      for (const pid of pids()) process.kill(pid, "SIGSTOP");
    }, 10);
    expect(await answer).toEqual({ kind: "trouble", what: "hung: no answer in 2 s" });
    clearInterval(stop);
    expect(replaced).toHaveLength(2);
  });

  it("that is stopped leaves no worker, and hands back what was in hand as unheard", async () => {
    started(2);
    const answers = [pool!.run(task(1_000_000)), pool!.run(task(1_000_000))];
    await oneOf(2);
    await pool!.stop();
    expect(await Promise.all(answers)).toEqual([{ kind: "stopped" }, { kind: "stopped" }]);
    expect(pids()).toEqual([]);
  });
});
