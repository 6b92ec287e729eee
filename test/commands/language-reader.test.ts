/** The reader remembers the first problem and reads no further. */

import { describe, expect, it } from "vitest";
import { lexLine } from "../../commands/language-lexer.js";
import { nearestOr, TokenReader } from "../../commands/language-reader.js";

const PAGE = { what: "a page", form: "gN" };
const readerOf = (line: string) => new TokenReader(lexLine(line)[0]?.tokens ?? [], "F");

describe("TokenReader", () => {
  it("reads words, numbers and symbols in order", () => {
    const reader = readerOf("g4[12]");
    expect(reader.peekNumbered("gh")).toBe(true);
    expect(reader.numbered("gh", PAGE)).toBe(4);
    reader.symbol("[");
    expect(reader.number(PAGE)).toBe(12);
    expect(reader.takeIf("[")).toBe(false);
    expect(reader.takeIf("]")).toBe(true);
    reader.finish("");
    expect(reader.problem).toBeUndefined();
  });

  it("gives 0 after a problem, and keeps the first one", () => {
    const reader = readerOf("x g4");
    expect(reader.numbered("g", PAGE)).toBe(0);
    const first = reader.problem;
    expect(first).toMatchObject({ offset: 0, code: "NF203" });
    reader.skip();
    expect(reader.peek()).toBeUndefined();
    expect(reader.numbered("g", PAGE)).toBe(0);
    reader.finish("");
    expect(reader.problem).toBe(first);
  });

  it("points behind the last word where one is missing", () => {
    const reader = readerOf("  g4 ");
    reader.skip();
    reader.number(PAGE);
    expect(reader.problem).toMatchObject({ offset: 4, code: "NF202" });
  });

  it("takes the largest number and refuses the next", () => {
    expect(readerOf("1048575").number(PAGE)).toBe(1_048_575);
    const reader = readerOf("1048576");
    expect(reader.number(PAGE)).toBe(0);
    expect(reader.problem).toMatchObject({ code: "NF205" });
  });
});

describe("nearestOr", () => {
  it("suggests a word of one letter for its other case alone", () => {
    expect(nearestOr("f", ["F", "w"], "no")).toBe("did you mean F?");
    expect(nearestOr("x", ["F", "w"], "no")).toBe("no");
    expect(nearestOr("fecne", ["F", "fence"], "no")).toBe("did you mean fence?");
  });
});
