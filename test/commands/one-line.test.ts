/** The one-line form: coding and decoding are inverses, and nothing but what was coded is decoded. */

import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMail } from "../../commands/language.js";
import { decodeOneLine, encodeOneLine, lettersDue, ONE_LINE } from "../../commands/one-line.js";
import { packageRoot } from "../../rules/home.js";

const lettersOf = (text: string): string => encodeOneLine(text).slice(ONE_LINE.length);
const TEXT = "contract: vtd-legacy cm=1\n\nw g4[2]=leaf g0 rw\ninv iotlb d0 p0 i0\nfence\n";

describe("the one-line form", () => {
  it("gives any text back, in letters that a link may hold", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), (text) => {
        const letters = lettersOf(text);
        expect(letters).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(lettersDue(letters)).toBe(letters.length);
        expect(decodeOneLine(letters)).toEqual({ ok: true, text: Buffer.from(text).toString() });
      }),
      { seed: 1 },
    );
  });

  it("is read as it was by the first version that wrote it", () => {
    const form = "nf1:EUZSUVdVREZXHQOHmnHGy_SpKJBT5A";
    expect(encodeOneLine(TEXT)).toBe(form);
  });

  it("is shorter than 200 letters for every counterexample that comes with the program, and says what its block does", () => {
    const folder = `${packageRoot()}/test/golden`;
    const mails = readdirSync(folder)
      .sort()
      .filter((name) => name.startsWith("nf-"))
      .map((name) => readFileSync(`${folder}/${name}`, "utf8"));
    expect(mails.length).toBeGreaterThan(0);
    for (const mail of mails) {
      const line = /^nestfuzz replay (nf1:\S+)$/m.exec(mail.replaceAll("\\\n", ""))![1]!;
      expect(line.length).toBeLessThan(200);
      const { sequences, errors, notes } = readMail(mail);
      expect({ count: sequences.length, errors, notes }).toEqual({ count: 1, errors: [], notes: [] });
      expect(readMail(line).sequences.map(({ canonical }) => canonical)).toEqual([sequences[0]!.canonical]);
    }
  });

  it("is refused with any one letter changed, lost or added", () => {
    const letters = lettersOf(TEXT);
    const decoded = [...letters].flatMap((letter, at) => {
      const other = letter === "A" ? "B" : "A";
      return [other, "", `${letter}${other}`].map((put) =>
        decodeOneLine(letters.slice(0, at) + put + letters.slice(at + 1)),
      );
    });
    const taken = decoded.flatMap((one) => (one.ok ? [one.text] : []));
    // The last letter has bits that stand for nothing.
    expect(taken.filter((text) => text !== TEXT)).toEqual([]);
    expect(taken.length).toBeLessThan(4);
  });

  it("says how many letters are missing", () => {
    const letters = lettersOf(TEXT);
    expect(decodeOneLine(letters.slice(0, 20))).toEqual({
      ok: false,
      seen: `${letters.length - 20} of ${letters.length} letters are missing`,
    });
    expect(decodeOneLine("").ok).toBe(false);
    expect(decodeOneLine("____________").ok).toBe(false);
  });
});
