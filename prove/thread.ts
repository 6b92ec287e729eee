/**
 * One thread of a proof, seen from the main one: it keeps the states of one request and searches on when asked.
 *
 * A thread of its own a request, not a pool: the states stay where they are, so a portion cannot go to another thread.
 * One that ends before it is closed, by whatever, loses its states: then there is no verdict, and `lost` says why.
 */

import path from "node:path";
import { Worker } from "node:worker_threads";
import { packageRoot } from "../rules/home.js";
import type { Saved } from "./checkpoint.js";
import type { Step } from "./step.js";
import type { Asked, ThreadTask, Told } from "./worker.js";

/** A thread is gone, and with it what it had searched. */
export class ThreadLost extends Error {}

export class Thread {
  lost: ThreadLost | null = null;
  /** Whether a portion is being searched. */
  isBusy = false;
  private readonly worker: Worker;
  private isClosed = false;
  private whenSaved: { resolve: (saved: Saved) => void; reject: (reason: ThreadLost) => void } | null = null;

  /** `onStep`: told of each portion's end; `onLost`: of the thread's own. */
  constructor(
    task: ThreadTask,
    private readonly onStep: (step: Step) => void,
    private readonly onLost: () => void,
  ) {
    const transferList = task.saved.arrays.map(({ buffer }) => buffer as ArrayBuffer);
    const file = path.join(packageRoot(), "dist/prove/worker.js");
    this.worker = new Worker(file, { workerData: task, transferList, execArgv: [] });
    this.worker.on("message", (told: Told) => this.hear(told));
    this.worker.on("error", ({ message }) => this.lose(message));
    this.worker.on("messageerror", ({ message }) => this.lose(message));
    this.worker.on("exit", (code) => this.lose(`it ended with code ${code}`));
  }

  advance(portion: number): void {
    this.isBusy = true;
    this.ask({ portion });
  }

  /** All that the search has come to, behind the portion that is being searched. */
  save(): Promise<Saved> {
    return new Promise((resolve, reject) => {
      if (this.lost !== null) reject(this.lost);
      this.whenSaved = { resolve, reject };
      this.ask("save");
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.worker.terminate();
  }

  private ask(asked: Asked): void {
    this.worker.postMessage(asked);
  }

  private hear(told: Told): void {
    if (this.isClosed) return;
    if ("saved" in told) this.whenSaved?.resolve(told.saved);
    else {
      this.isBusy = false;
      this.onStep(told.step);
    }
  }

  private lose(why: string): void {
    if (this.isClosed || this.lost !== null) return;
    this.lost = new ThreadLost(why);
    this.whenSaved?.reject(this.lost);
    this.onLost();
  }
}
