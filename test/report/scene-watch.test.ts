/** The requests that a picture shows, and their walks read by read. */

import { describe, expect, it } from "vitest";
import { decodeAll } from "../../commands/command.js";
import { Machine } from "../../models/machine.js";
import { MOST_WATCHED, readsOf, watchedRequests, writtenBy } from "../../report/scene-watch.js";
import { Timeline } from "../../report/timeline.js";
import { requestText } from "../../report/words.js";
import { cellOf, commandsOf } from "../corpus/failures.js";

function timelineOf(text: string): { timeline: Timeline; last: number } {
  const sequence = commandsOf(text);
  const commands = decodeAll(sequence);
  return { timeline: new Timeline(new Machine(cellOf()), sequence, commands), last: commands.length };
}
const watched = (text: string, focus: Parameters<typeof watchedRequests>[1] = null): string[] => {
  const { timeline, last } = timelineOf(text);
  return watchedRequests(timeline, focus, last).map(({ request }) => requestText(request));
};

describe("watchedRequests", () => {
  it("are the one in focus, then those of the DMAs, each once", () => {
    expect(watched("dma r c0 i0; dma w c1 i2; dma r c0 i0", { context: 2, iova: 1, access: "r" })).toEqual([
      "read of c2 i1",
      "read of c0 i0",
      "write of c1 i2",
    ]);
  });

  it("are what the writes changed where there is no DMA, else the first page", () => {
    expect(watched("w g4[1]=-; fence")).toContain("read of c0 i1");
    expect(watched("fence")).toEqual(["read of c0 i0"]);
  });

  it("are only requests that there are, and no more than there is room for", () => {
    expect(watched("dma r c0 i999; dma r c0 i3")).toEqual(["read of c0 i3"]);
    const many = Array.from({ length: 12 }, (_, at) => `dma r c0 i${at}`).join("; ");
    expect(watched(many)).toHaveLength(MOST_WATCHED);
  });
});

describe("readsOf", () => {
  it("is the context entry, then stage 2 of each table before its entry, then of the page", () => {
    const { timeline } = timelineOf("fence");
    const reads = readsOf(timeline.after(0), { context: 0, page: 0 }).map((read) =>
      read.kind === "context" ? "context" : `${read.kind} g${read.page} ${read.depth}`,
    );
    const stage2 = (page: number): string[] => [`stage2 g${page} 0`, `stage2 g${page} 1`];
    expect(reads).toEqual(["context", ...stage2(2), "stage1 g2 0", ...stage2(4), "stage1 g4 1", ...stage2(8)]);
  });

  it("ends where the walk faults", () => {
    const { timeline, last } = timelineOf("s2 d0 g4=-");
    expect(readsOf(timeline.after(last), { context: 0, page: 0 }).at(-1)).toEqual({
      kind: "stage2",
      page: 4,
      depth: 1,
    });
    const gone = timelineOf("ctx c0=-");
    expect(readsOf(gone.timeline.after(1), { context: 0, page: 0 })).toEqual([{ kind: "context" }]);
  });
});

describe("writtenBy", () => {
  it("is the entry of either stage, or none where nothing was written", () => {
    const written = (text: string) => {
      const { timeline, last } = timelineOf(text);
      return writtenBy(timeline.command(last), timeline.after(last));
    };
    expect(written("w g4[3]=leaf g9 rw")).toMatchObject({ kind: "stage1", vm: 0, page: 4, index: 3 });
    expect(written("s2 d1 g5=-")).toMatchObject({ kind: "stage2", vm: 1, page: 5, depth: 1 });
    expect(written("w g4[3]=-")).toBeNull();
    expect(written("ctx c0=-")).toBeNull();
  });
});
