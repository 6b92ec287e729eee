/** The list of words is part of the format: it must not change. */

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { RAW, WORDS } from "../../commands/one-line-words.js";

describe("the words of the one-line form", () => {
  it("fit into a byte, each once", () => {
    expect(RAW + WORDS.length).toBeLessThan(256);
    expect(new Set(WORDS).size).toBe(WORDS.length);
  });

  it("are those of nf1: an old form would else be read otherwise", () => {
    expect(createHash("sha256").update(WORDS.join("\u0000")).digest("hex").slice(0, 12)).toBe("3e3e792331e6");
  });
});
