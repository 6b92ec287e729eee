import { describe, expect, it } from "vitest";
import { withThreads } from "../../cli/prove-search.js";
import type { Prover } from "../../prove/prover.js";
import { ThreadLost } from "../../prove/thread.js";
import { captured } from "./run.js";

describe("a search in threads", () => {
  it("ends with what helps, and closes all threads, when one is lost", async () => {
    let isClosed = false;
    const prover = {
      close: async () => {
        isClosed = true;
      },
    } as Prover;
    const err = captured("stderr");
    const ended = withThreads(prover, () => Promise.reject(new ThreadLost("it ended with code 1")));
    await expect(ended).rejects.toMatchObject({ code: 3 });
    err.release();
    expect(err.text()).toMatch(/^prove: a thread ended before its search did: it ended with code 1; .*--threads 1/);
    expect(isClosed).toBe(true);
  });
});
