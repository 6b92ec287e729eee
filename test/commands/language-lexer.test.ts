/** Words, symbols and remarks of a line, and the places where a round bracket is no remark. */

import { describe, expect, it } from "vitest";
import { lexLine } from "../../commands/language-lexer.js";

const words = (line: string): string[][] => lexLine(line).map(({ tokens }) => tokens.map(({ text }) => text));

describe("lexLine", () => {
  it.each([
    ["", []],
    [" ;; # F", []],
    ["(no command)", []],
    ["F;F", [["F"], ["F"]]],
    ["F # F; F", [["F"]]],
    ["F (one; # two (three)) ; walk+ c0 i0", [["F"], ["walk+", "c0", "i0"]]],
    ["w g4[0]=-", [["w", "g4", "[", "0", "]", "=", "-"]]],
    ["w (d1) g4", [["w", "d1", "g4"]]],
    ["w ( v1 )g4", [["w", "v1", "g4"]]],
    ["w (d1 is meant) g4", [["w", "g4"]]],
    ["inv (d1) d0", [["inv", "d0"]]],
    ["ctx c0=(d0, (tag) p0)", [["ctx", "c0", "=", "(", "d0", ",", "p0", ")"]]],
    ["w g4[0]=(new)-", [["w", "g4", "[", "0", "]", "=", "-"]]],
    ["[i0+4] i0+4", [["[", "i0", "+", "4", "]", "i0+4"]]],
    ["[i0;i0+4", [["[", "i0"], ["i0+4"]]],
    ["d-;\u00a0d0->0\ufeff\r", [["d-"], ["d0->0"]]],
  ])("%j", (line, expected) => {
    expect(words(line)).toEqual(expected);
  });

  it("keeps the place of each word", () => {
    const line = "F; (x)\tw (d12) g4[0]=-";
    for (const { text, start, end } of lexLine(line).flatMap(({ tokens }) => tokens)) {
      expect(line.slice(start, end)).toBe(text);
    }
  });

  it.each([
    ["F (a (b)", 2],
    ["F )", 2],
    ["F ) (", 2],
    ["(", 0],
    ["ctx c0=(d0))", 11],
    ["F (closed)", -1],
  ])("%j has its first stray bracket at %i", (line, offset) => {
    expect(lexLine(line)[0]!.bracket).toBe(offset);
  });
});
