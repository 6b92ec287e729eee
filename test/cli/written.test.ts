/** Files that a command makes. */

import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { writeOut } from "../../cli/written.js";
import { captured, complaint, Place } from "./run.js";

const place = new Place();
afterAll(() => place.remove());

/** What is printed on standard output. */
function printed(file: string): string {
  const out = captured("stdout");
  try {
    writeOut("text", file, "--svg");
    return out.text();
  } finally {
    out.release();
  }
}

describe("writeOut", () => {
  it("writes the text, and says where", () => {
    const file = path.join(place.folder, "a.svg");
    expect(printed(file)).toBe(`${file} written\n`);
    expect(readFileSync(file, "utf8")).toBe("text");
  });

  it("takes - for standard output, and says nothing else there", () => {
    expect(printed("-")).toBe("text");
  });

  it("writes to a device and leaves it one", () => {
    expect(printed("/dev/null")).toBe("/dev/null written\n");
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  it("refuses what cannot be written, with the flag that named it", () => {
    const file = path.join(place.folder, "nowhere/a.svg");
    expect(complaint(() => writeOut("text", file, "--svg"))).toEqual({
      code: 2,
      text: `--svg: ${file} cannot be written (ENOENT); name another file, or - for standard output\n`,
    });
  });
});
