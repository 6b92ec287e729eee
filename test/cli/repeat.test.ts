import { describe, expect, it } from "vitest";
import { goOnLine, repeatLine, runLine, showLine } from "../../cli/repeat.js";

const FLAGS = { seed: "1", coverage: true, corpus: "corpus" };
const CELLS = [{ id: "T1" }, { id: "T5.riscv" }, { id: "T5.tiny" }];

describe("the line of a run", () => {
  it("has every flag that matters, and leaves the default budget to the program", () => {
    expect(runLine([], FLAGS)).toBe("nestfuzz fuzz --seed 1");
    const all = { contract: "my.yaml cm=0", geometry: "3x8/2x4", coverage: false, json: true, corpus: "a b" };
    expect(runLine(["T1"], { ...FLAGS, ...all })).toBe(
      "nestfuzz fuzz T1 --seed 1 --contract 'my.yaml cm=0' --geometry 3x8/2x4 --no-coverage --json --corpus 'a b'",
    );
  });

  it("is quoted for a shell", () => {
    expect(runLine([], { ...FLAGS, seed: "it's $HOME" })).toContain("--seed 'it'\\''s $HOME'");
    expect(runLine([], { ...FLAGS, seed: "" })).toContain("--seed ''");
  });
});

describe("the line that repeats", () => {
  it("has the commands that each cell came to in place of the seconds", () => {
    const repeated = repeatLine(["T1", "T2"], { ...FLAGS, seconds: "5", commands: "1000" }, [23, 4711]);
    expect(repeated).toBe("nestfuzz fuzz T1 T2 --seed 1 --commands 23,4711");
    expect(repeatLine(["T1"], { ...FLAGS, commands: "1000" }, [23])).toBe("nestfuzz fuzz T1 --seed 1 --commands 1000");
  });
});

describe("the line that goes on", () => {
  it("names the cells that are left, with their budgets", () => {
    expect(goOnLine(["T1", "T5"], FLAGS, CELLS, 1)).toBe("nestfuzz fuzz T5.riscv T5.tiny --seed 1");
    expect(goOnLine([], { ...FLAGS, commands: "1,2,3" }, CELLS, 2)).toBe("nestfuzz fuzz T5.tiny --seed 1 --commands 3");
  });

  it("is that of the run where nothing was finished", () => {
    expect(goOnLine([], FLAGS, CELLS, 0)).toBe(runLine([], FLAGS));
  });
});

describe("the line that shows", () => {
  it("names the corpus where it is not the default", () => {
    expect(showLine("nf-1", "corpus")).toBe("nestfuzz show nf-1");
    expect(showLine("nf-1", "runs/a")).toBe("nestfuzz show nf-1 --corpus runs/a");
  });
});
