/** The check of a block. */

import { describe, expect, it } from "vitest";
import { checkOf, crc32 } from "../../commands/seal.js";

describe("the check", () => {
  it("is the CRC-32 of zip and PNG", () => {
    expect(crc32("")).toBe(0);
    // The check value of the catalogue of CRCs.
    expect(crc32("123456789")).toBe(0xcbf43926);
  });

  it("is written as eight digits in upper case, and taken over UTF-8", () => {
    expect(checkOf("123456789")).toBe("CBF43926");
    expect(checkOf("\u00e9")).toBe(crc32("\u00e9").toString(16).toUpperCase().padStart(8, "0"));
    expect(checkOf("fence\n")).toMatch(/^[0-9A-F]{8}$/);
  });
});
