import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { removeLeftovers, writeOutputs } from "../../nightly/outputs.js";
import { GREEN } from "../report/summary.samples.js";
import { readOnly, tinyDisk } from "./disk.js";
import { temporary } from "./night.js";

const NAMES = ["junit.xml", "nightly.sarif", "report.html", "summary.json", "summary.md"];

describe("what a run leaves", () => {
  it("is the summary, and the same for others", () => {
    const out = temporary();
    writeOutputs(out, GREEN, "<!doctype html>");
    expect(readdirSync(out).sort()).toEqual(NAMES);
    expect(JSON.parse(readFileSync(path.join(out, "summary.json"), "utf8"))).toEqual(GREEN);
  });

  it("is whole or not there, on a disk that is full or may only be read", ({ skip }) => {
    const disk = tinyDisk(24);
    if (disk === null) return skip("no small file system can be mounted here");
    try {
      writeOutputs(disk.folder, GREEN, "<!doctype html>");
      const before = readFileSync(path.join(disk.folder, "summary.json"), "utf8");
      const long = { ...GREEN, red: ["x".repeat(60_000)] };
      expect(() => writeOutputs(disk.folder, long, "<!doctype html>")).toThrow(
        /cannot be written \(ENOSPC\); make room on the disk/,
      );
      expect(readdirSync(disk.folder).sort()).toEqual(NAMES);
      expect(readFileSync(path.join(disk.folder, "summary.json"), "utf8")).toBe(before);
      if (readOnly(disk.folder))
        expect(() => writeOutputs(disk.folder, GREEN, "<!doctype html>")).toThrow(/cannot be written \(EROFS\)/);
    } finally {
      disk.release();
    }
    return undefined;
  });

  it("is cleared of what a killed process had not renamed yet, and of nothing else", () => {
    const out = temporary();
    const kept = ["summary.json", "nf-0123456789ab.json", "journal", "notes.1", "corpus.json.bak"];
    for (const name of [...kept, "summary.json.123", "report.html.5", "journal.77", "nf-0123456789ab.json.9"])
      writeFileSync(path.join(out, name), "");
    mkdirSync(path.join(out, "corpus"));
    removeLeftovers(out);
    expect(readdirSync(out).sort()).toEqual([...kept, "corpus"].sort());
    removeLeftovers(path.join(out, "none"));
  });
});
