/**
 * The workers of the night: processes of their own, one slice each at a time.
 *
 * A worker that dies is replaced, and its slice runs again; so is one that takes longer over a slice than any slice
 * can. A slice that ends a second worker is given up and told of. How long is a matter of the clock, which decides
 * only that: what a slice answers does not depend on it.
 */

import path from "node:path";
import { Tinypool } from "tinypool";
import { packageRoot } from "../rules/home.js";
import type { SliceTask } from "./slice.js";
import type { WorkerAnswer } from "./worker.js";

/** How a slice ended: with its answer, given up after two tries, or unheard because the pool was stopped. */
export type Outcome = { kind: "done"; answer: WorkerAnswer } | { kind: "trouble"; what: string } | { kind: "stopped" };

export interface Pool {
  run(task: SliceTask): Promise<Outcome>;
  /** Ends all workers at once. */
  stop(): Promise<void>;
}

export interface PoolOptions {
  workers: number;
  /** A worker hangs if it takes longer than this and a second for each `COMMANDS_A_SECOND` of the slice. */
  patience: number;
  /** Told of each worker that was replaced. */
  onReplaced: (what: string, task: SliceTask) => void;
}

/** The slowest cells run ten times as fast. */
const COMMANDS_A_SECOND = 500;
const TRIES = 2;

export function startPool({ workers, patience, onReplaced }: PoolOptions): Pool {
  const pool = new Tinypool({
    runtime: "child_process",
    filename: path.join(packageRoot(), "dist/nightly/worker.js"),
    minThreads: workers,
    maxThreads: workers,
    env: process.env as Record<string, string>,
  });
  // One that dies between two slices has nothing to run again.
  pool.on("error", () => {});
  let isStopped = false;

  async function attempt(task: SliceTask): Promise<WorkerAnswer | string> {
    const controller = new AbortController();
    const seconds = patience + task.commands / COMMANDS_A_SECOND;
    const timer = setTimeout(() => controller.abort(), seconds * 1000);
    try {
      return (await pool.run(task, { signal: controller.signal })) as WorkerAnswer;
    } catch (error) {
      if (controller.signal.aborted) return `hung: no answer in ${Math.round(seconds)} s`;
      return `died: ${messageOf(error)}`;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async run(task) {
      let what = "";
      for (let tries = 0; tries < TRIES; tries++) {
        const answer = await attempt(task);
        if (isStopped) return { kind: "stopped" };
        if (typeof answer !== "string") return { kind: "done", answer };
        what = answer;
        onReplaced(what, task);
      }
      return { kind: "trouble", what };
    },
    async stop() {
      isStopped = true;
      const pids = pool.threads.map(({ threadId }) => threadId);
      const ended = pool.destroy().catch(() => {});
      // Workers have nothing to finish: they go at once, also one that is stopped or hangs.
      for (const pid of pids) kill(pid);
      await ended;
    },
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

function messageOf(error: unknown): string {
  if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
  return String(error);
}
