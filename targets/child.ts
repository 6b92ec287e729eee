/**
 * A child process that is spoken to in lines, from a plain loop: `send` returns at once, `receive` waits.
 *
 * A thread owns the process (`child-worker.ts`), so the caller may block while output is read and may go on while the
 * child works. No child outlives this process: it is killed when closed and when the process exits.
 */

import path from "node:path";
import { pathToFileURL } from "node:url";
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { packageRoot } from "../rules/home.js";

export interface ChildSetup {
  command: string;
  args: readonly string[];
  /** One number, counted up with each message that `port` carries to this side. */
  signal: Int32Array;
  port: MessagePort;
}

export type Request =
  | { kind: "send"; text: string }
  | { kind: "receive"; lines: number; quiet: number }
  | { kind: "close" };

/** What came: all lines that were asked for, or fewer because the child ended or fell silent. */
export interface Received {
  state: "started" | "complete" | "ended" | "silent";
  /** Whole lines, each with its newline. */
  text: string;
  pid: number;
  /** The last lines of its stderr. */
  stderr: readonly string[];
  /** State `ended`: how. */
  how?: string;
}

/** Milliseconds that a killed child may take to go. */
const CLOSING = 2_000;
/** Milliseconds, beyond the pause that is allowed, for the lines of one sequence or for the thread to start. */
const LONGEST = 600_000;

/** Process groups that are alive, to be ended with this process. */
const alive = new Set<number>();
process.on("exit", () => {
  for (const pid of alive) endGroup(pid);
});

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}

export class Child {
  readonly pid: number;
  private readonly signal = new Int32Array(new SharedArrayBuffer(4));
  private readonly port: MessagePort;
  private readonly worker: Worker;
  private heard = 0;

  constructor(command: string, args: readonly string[]) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const workerData: ChildSetup = { command, args, signal: this.signal, port: port2 };
    this.worker = new Worker(workerFile(), { workerData, transferList: [port2], execArgv: [] });
    this.worker.unref();
    port1.unref();
    this.pid = this.next(0).pid;
    if (this.pid > 0) alive.add(this.pid);
  }

  /** Hands `text` to the child's stdin; does not wait. */
  send(text: string): void {
    this.post({ kind: "send", text });
  }

  /** Waits for so many lines, while no pause is longer than `quiet` milliseconds. */
  receive(lines: number, quiet: number): Received {
    this.post({ kind: "receive", lines, quiet });
    return this.next(quiet);
  }

  /** Ends the child and all that it started. */
  close(): void {
    this.post({ kind: "close" });
    if (this.pid > 0) endGroup(this.pid);
    alive.delete(this.pid);
    // Until all of it is gone, and its pipes are closed.
    this.receive(Number.MAX_SAFE_INTEGER, CLOSING);
    void this.worker.terminate();
    this.port.close();
  }

  private post(request: Request): void {
    this.port.postMessage(request);
  }

  /** The thread answers by itself within `quiet` of the last sign of life; if it does not, it is not there. */
  private next(quiet: number): Received {
    while (Atomics.load(this.signal, 0) === this.heard) {
      const waited = Atomics.wait(this.signal, 0, this.heard, LONGEST + quiet);
      if (waited === "timed-out") throw new Error("the thread of a child process does not answer");
    }
    this.heard++;
    return receiveMessageOnPort(this.port)!.message as Received;
  }
}

/** The compiled thread, whether this runs from the sources, as a module of its own or in the bundle. */
function workerFile(): URL {
  return pathToFileURL(path.join(packageRoot(), "dist/targets/child-worker.js"));
}
