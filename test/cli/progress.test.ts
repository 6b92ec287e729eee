import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { Progress } from "../../cli/progress.js";
import { Place } from "./run.js";

const place = new Place();
afterAll(() => place.remove());

let written = "";
function on(isTerminal: boolean, columns: number): void {
  written = "";
  vi.spyOn(process.stderr, "write").mockImplementation((part) => {
    written += String(part);
    return true;
  });
  Object.defineProperty(process.stderr, "isTTY", { value: isTerminal, configurable: true });
  Object.defineProperty(process.stderr, "columns", { value: columns, configurable: true });
}
const before = (["isTTY", "columns"] as const).map(
  (name) => [name, Object.getOwnPropertyDescriptor(process.stderr, name)] as const,
);
afterEach(() => {
  vi.restoreAllMocks();
  for (const [name, was] of before) {
    Reflect.deleteProperty(process.stderr, name);
    if (was !== undefined) Object.defineProperty(process.stderr, name, was);
  }
});

describe("progress", () => {
  it("rewrites one line on a terminal and leaves nothing", () => {
    on(true, 40);
    const progress = new Progress(true);
    progress.show("1 of 2: T1, 100 commands");
    progress.show("2 of 2: T2");
    progress.end("done");
    expect(written).toBe(`\r1 of 2: T1, 100 commands\r2 of 2: T2${" ".repeat(14)}\r${" ".repeat(10)}\r`);
  });

  it("fits into the terminal, and into one that does not know its width", () => {
    on(true, 10);
    new Progress(true).show("0123456789abc");
    expect(written).toBe("\r012345678");
    on(true, 0);
    new Progress(true).show("0123456789abc");
    expect(written).toBe("\r0123456789abc");
  });

  it("is a plain line for each part that is done where there is no terminal", () => {
    on(false, 0);
    const progress = new Progress(true);
    progress.show("1 of 2: T1, 100 commands");
    progress.end("1 of 2: T1 fails");
    expect(written).toBe("1 of 2: T1 fails\n");
  });

  it("is silent where it is not wanted", () => {
    for (const isTerminal of [true, false]) {
      on(isTerminal, 80);
      const progress = new Progress(false);
      progress.show("a");
      progress.end("b");
      expect(written).toBe("");
    }
  });

  it("of a search is seen on a real terminal, and gone at the end", ({ skip }) => {
    const seen = place.terminal(["fuzz", "T1", "T2", "--commands", "6000"]);
    if (seen === null) return skip("no script(1) here");
    expect(seen.code).toBe(0);
    expect(seen.stdout).toMatch(/\r2 of 2: T2, [0-9]+ commands/);
    expect(seen.stdout).toMatch(/\r +\rcell +expected/);
    return undefined;
  }, 30_000);
});
