/** Bytes as text: the same as Node's own, on whole texts and on what is left of them. */

import { describe, expect, it } from "vitest";
import { fromBase64url, fromHex, fromUtf8, toBase64url, toHex, toUtf8 } from "../../commands/bytes.js";

const SAMPLES = Array.from({ length: 40 }, (_, length) =>
  Array.from({ length }, (_, at) => (at * 89 + length * 37) & 255),
);

describe("bytes as text", () => {
  it("are base64url and hex as Node has them", () => {
    for (const bytes of SAMPLES) {
      expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
      expect(toHex(bytes)).toBe(Buffer.from(bytes).toString("hex"));
      expect(fromBase64url(toBase64url(bytes))).toEqual(bytes);
      expect(fromHex(toHex(bytes))).toEqual(bytes);
    }
  });

  it("are read from what was cut anywhere, as Node does", () => {
    const text = toBase64url(SAMPLES[30]!);
    for (let cut = 0; cut <= text.length; cut++)
      expect(fromBase64url(text.slice(0, cut))).toEqual([...Buffer.from(text.slice(0, cut), "base64url")]);
  });

  it("are UTF-8, with a sign for what is none", () => {
    for (const text of ["", "h8", "\u2192 \u{1f600}", "\ufeffbom", "\ud800"]) {
      expect(toUtf8(text)).toEqual([...Buffer.from(text)]);
      expect(fromUtf8(toUtf8(text))).toBe(Buffer.from(text).toString());
    }
    expect(fromUtf8([0x68, 0xff, 0x38])).toBe("h\ufffd8");
  });
});
