import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { writeWhole } from "../../corpus/whole-file.js";
import { tinyDisk } from "../nightly/disk.js";
import { temporary } from "../nightly/night.js";

describe("writeWhole", () => {
  it("puts a text into the place of another, and leaves nothing else", () => {
    const folder = temporary();
    const file = path.join(folder, "a.txt");
    for (const text of ["first, and longer", "grüße", ""]) {
      writeWhole(file, text);
      expect(readFileSync(file, "utf8")).toBe(text);
    }
    expect(readdirSync(folder)).toEqual(["a.txt"]);
  });

  it("leaves what was there where the disk fills up on the way", ({ skip }) => {
    const disk = tinyDisk(24);
    if (disk === null) return skip("no small file system can be mounted here");
    try {
      const file = path.join(disk.folder, "a.txt");
      writeWhole(file, "whole");
      // There is room for a part of each.
      for (const size of [25_000, 60_000, 500_000]) expect(() => writeWhole(file, "x".repeat(size))).toThrow(/ENOSPC/);
      expect(readFileSync(file, "utf8")).toBe("whole");
      expect(readdirSync(disk.folder)).toEqual(["a.txt"]);
    } finally {
      disk.release();
    }
    return undefined;
  });
});
