import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { Journal, journalFile, type Line, readHeader, readJournal } from "../../nightly/journal.js";
import { tinyDisk } from "./disk.js";
import { headerOf, temporary } from "./night.js";

const { header } = headerOf({ claims: ["T1"] });
const RESULT = { commands: 10, runs: 1, inconclusive: 0, settled: 2, witnesses: [3], transitions: [0, 1], stale: [] };
const line = (number: number): Line => ({
  ...{ kind: "slice", cell: 0, number, budget: 10, seconds: number },
  result: { ...RESULT, found: null },
});

let folder = "";
beforeEach(() => {
  folder = temporary();
});

const linesOf = (): Line[] => {
  const lines: Line[] = [];
  readJournal(folder, (one) => lines.push(one));
  return lines;
};

function written(count: number): void {
  const journal = Journal.begin(folder, header);
  for (let number = 0; number < count; number++) journal.append(line(number));
  journal.close();
}

describe("a journal", () => {
  it("gives back its lines, the plan first", () => {
    written(3);
    expect(readHeader(folder)).toEqual(header);
    expect(linesOf()).toEqual([{ kind: "run", header }, line(0), line(1), line(2)]);
    expect(readHeader(temporary())).toBeNull();
  });

  it("cut off at any byte keeps its whole lines, and goes on behind them", () => {
    written(3);
    const whole = readFileSync(journalFile(folder));
    const begin = whole.indexOf(10) + 1;
    for (let length = begin; length < whole.length; length += 7) {
      writeFileSync(journalFile(folder), whole);
      truncateSync(journalFile(folder), length);
      const seen: Line[] = [];
      const journal = Journal.goOn(folder, (one) => seen.push(one));
      journal.append(line(9));
      journal.close();
      expect(seen.slice(1)).toEqual([line(0), line(1), line(2)].slice(0, seen.length - 1));
      expect(linesOf()).toEqual([...seen, line(9)]);
    }
  });

  it("leaves out a line that was damaged in its middle, and no other", () => {
    written(3);
    const text = readFileSync(journalFile(folder), "utf8").split("\n");
    text[2] = text[2]!.replace('"settled":2', '"settled":9');
    writeFileSync(journalFile(folder), text.join("\n"));
    expect(readJournal(folder, () => {})).toEqual({ damaged: 1 });
    expect(linesOf()).toEqual([{ kind: "run", header }, line(0), line(2)]);
  });

  it("forgets its end and its troubles when it is gone on with", () => {
    written(1);
    const journal = Journal.goOn(folder, () => {});
    journal.append({ kind: "trouble", cell: 0, number: 1, budget: 10, what: "hung", seconds: 2 });
    journal.append({ kind: "end", seconds: 3 });
    journal.close();
    Journal.goOn(folder, () => {}).close();
    expect(linesOf()).toEqual([{ kind: "run", header }, line(0)]);
  });

  it("has no half a line when the disk is full, and says what to do", ({ skip }) => {
    const disk = tinyDisk(16);
    if (disk === null) return skip("no small file system can be mounted here");
    try {
      const journal = Journal.begin(disk.folder, header);
      const append = (): void => {
        for (let number = 0; number < 1000; number++) journal.append(line(number));
      };
      expect(append).toThrow(/journal: cannot be written \(ENOSPC\); make room on the disk, then go on with --resume$/);
      journal.close();
      expect(readJournal(disk.folder, () => {})).toEqual({ damaged: 0 });
      expect(readFileSync(journalFile(disk.folder), "utf8").endsWith("\n")).toBe(true);
    } finally {
      disk.release();
    }
    return undefined;
  });
});
