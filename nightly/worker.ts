/**
 * What a worker process of the night does: one slice after the other, each told and answered by message.
 *
 * It reads rules from the message and writes no file, so that one that is killed leaves nothing behind. Ctrl-C in a
 * terminal reaches every process of the group; when to end is the parent's to say. A worker whose parent is gone ends.
 */

import { runSlice, type SliceAnswer, type SliceTask } from "./slice.js";

process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());

export interface WorkerAnswer extends SliceAnswer {
  pid: number;
  /** Resident bytes of the worker after the slice. */
  rss: number;
}

export default async function work(task: SliceTask): Promise<WorkerAnswer> {
  const answer = await runSlice(task);
  return { ...answer, pid: process.pid, rss: process.memoryUsage.rss() };
}
