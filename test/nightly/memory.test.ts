import { describe, expect, it } from "vitest";
import { Memory } from "../../nightly/memory.js";

describe("memory", () => {
  it("is that of this process and of the workers there are, at the start, at minute five, at the end", () => {
    const memory = new Memory(2);
    memory.note(1, 1e9, 10);
    expect(memory.figures().start).toBe(0);
    memory.note(2, 1e9, 20);
    const { start } = memory.figures();
    expect(start).toBeGreaterThan(2e9);
    memory.note(1, 4e9, 300);
    expect(memory.figures().minute5).toBeGreaterThan(5e9);
    // Worker 2 was replaced by 3.
    memory.note(3, 1e9, 400);
    memory.note(1, 1e9, 500);
    expect(memory.figures().end).toBeLessThan(3e9);
    expect(memory.figures().peak).toBeGreaterThan(5e9);
  });
});
