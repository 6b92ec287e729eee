import { afterEach, describe, expect, it } from "vitest";
import { Thread, ThreadLost } from "../../prove/thread.js";
import type { ThreadTask } from "../../prove/worker.js";
// The thread is that of the build, which this brings up to date.
import "../cli/run.js";

const threads: Thread[] = [];
afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.close()));
});

/** A thread that cannot begin: its scope has no page of that number. */
function broken(onLost: () => void): Thread {
  const task = { geometry: "1x2", scope: "tables=g99", saved: { scalars: {}, arrays: [] } };
  const thread = new Thread(task as unknown as ThreadTask, () => {}, onLost);
  threads.push(thread);
  return thread;
}

describe("a thread", () => {
  it("that ends before its search is lost, and says why, once", async () => {
    let count = 0;
    const thread = await new Promise<Thread>((resolve) => {
      const begun = broken(() => {
        count++;
        resolve(begun);
      });
    });
    expect([count, thread.lost]).toEqual([1, expect.any(ThreadLost)]);
    expect(thread.lost!.message).toContain('tables=g99: "g99" names no pages');
    await expect(thread.save()).rejects.toBe(thread.lost);
    await thread.close();
    expect(count).toBe(1);
  });

  it("that is asked for its states while it is lost gives none", async () => {
    await expect(broken(() => {}).save()).rejects.toBeInstanceOf(ThreadLost);
  });
});
