/**
 * The thread that owns a child process: it writes what it is told, reads all that comes, and answers when the lines
 * that were asked for are there, the child is gone, or no line came for too long.
 *
 * The other side (`child.ts`) waits blocked, so that a run with a target is as plain a loop as one without. The child
 * has a process group of its own, which is killed as a whole.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { workerData } from "node:worker_threads";
import type { ChildSetup, Received, Request } from "./child.js";

const { command, args, signal, port } = workerData as ChildSetup;
/**
 * The child, and beside it a watchman at the end of a pipe whose other end is this process's: when that closes, however
 * this process came to its end, the whole group is killed. QEMU does not end when its stdin does.
 */
const WATCHED = `exec 4<&0 </dev/null
"$@" <&4 3<&- 4<&- & child=$!
(read -r _ <&3; kill -KILL -$$) >/dev/null 2>&1 4<&- & watchman=$!
exec 3<&- 4<&-
wait $child; code=$?
kill -KILL $watchman
exit $code`;
/** Unread output beyond this is a flood: the child is ended. */
const MOST_UNREAD = 64 * 2 ** 20;
/** Milliseconds that are waited for what a program that ended has written. */
const LAST_WORDS = 300;
const STDERR_LINES = 20;
const STDERR_COLUMNS = 400;

let unread = "";
let newlines = 0;
let ended: string | null = null;
let wanted: { lines: number; quiet: number } | null = null;
let timer: NodeJS.Timeout | undefined;
let stderrTail = "";

const child: ChildProcess = spawn("/bin/sh", ["-c", WATCHED, "sh", command, ...args], {
  detached: true,
  stdio: ["pipe", "pipe", "pipe", "pipe"],
});

child.on("error", (error) => end(`cannot be started: ${error.message}`));
child.on("exit", (code, killed) => {
  const how = killed === null ? exitText(code ?? 0) : `ended by ${killed}`;
  // What it wrote last is still in the pipes, which a child of its own may keep open.
  child.on("close", () => end(how));
  setTimeout(() => end(how), LAST_WORDS);
});
// A child that is gone takes no input; that it is gone is told by `close`.
child.stdin!.on("error", () => undefined);
child.stdout!.setEncoding("latin1");
child.stdout!.on("data", (text: string) => {
  unread += text;
  const lines = countNewlines(text);
  newlines += lines;
  if (unread.length > MOST_UNREAD) {
    kill();
    end("wrote without end, more than was asked for");
  }
  if (wanted === null || lines === 0) return;
  startTimer();
  answerIfDone();
});
child.stderr!.setEncoding("latin1");
child.stderr!.on("data", (text: string) => {
  stderrTail = (stderrTail + text).slice(-STDERR_LINES * STDERR_COLUMNS);
});

port.on("message", (request: Request) => {
  switch (request.kind) {
    case "send":
      if (ended === null) child.stdin!.write(request.text, "latin1");
      return;
    case "receive":
      wanted = { lines: request.lines, quiet: request.quiet };
      startTimer();
      answerIfDone();
      return;
    case "close":
      kill();
      return;
  }
});

post({ state: "started", text: "", pid: child.pid ?? 0, stderr: [] });

/** A shell ends with 128 and the number of the signal that ended what it ran. */
function exitText(code: number): string {
  const signalName = Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
  return signalName === undefined ? `ended with exit code ${code}` : `ended by ${signalName}`;
}

function countNewlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

function startTimer(): void {
  clearTimeout(timer);
  timer = setTimeout(() => answer("silent", takeLines(newlines)), wanted!.quiet);
}

function answerIfDone(): void {
  if (wanted === null) return;
  if (newlines >= wanted.lines) answer("complete", takeLines(wanted.lines));
  else if (ended !== null) answer("ended", takeLines(newlines));
}

/** The first `lines` complete lines. */
function takeLines(lines: number): string {
  let at = -1;
  if (lines === newlines) at = unread.lastIndexOf("\n");
  else for (let line = 0; line < lines; line++) at = unread.indexOf("\n", at + 1);
  const text = unread.slice(0, at + 1);
  unread = unread.slice(at + 1);
  newlines -= lines;
  return text;
}

function answer(state: Received["state"], text: string): void {
  clearTimeout(timer);
  wanted = null;
  post({ state, text, pid: 0, stderr: stderrLines(), ...(state === "ended" ? { how: ended! } : {}) });
}

function stderrLines(): string[] {
  return stderrTail
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-STDERR_LINES)
    .map((line) => line.slice(0, STDERR_COLUMNS));
}

function post(message: Received): void {
  port.postMessage(message);
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
}

function end(how: string): void {
  ended ??= how;
  answerIfDone();
}

function kill(): void {
  try {
    process.kill(-child.pid!, "SIGKILL");
  } catch {
    child.kill("SIGKILL");
  }
}
