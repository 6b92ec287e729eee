/** Wrapping, tables, ASCII. */

import { describe, expect, it } from "vitest";
import { ascii, tableLines, wrap, wrapAfter } from "../../report/text.js";

describe("wrap", () => {
  it("breaks at spaces and keeps longer words whole", () => {
    expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrap("a verylongword b", 6)).toEqual(["a", "verylongword", "b"]);
    expect(wrap("", 6)).toEqual([""]);
  });

  it("puts a lead before the first line and blanks before the others", () => {
    expect(wrapAfter("Why:  ", "one two three", 13)).toEqual(["Why:  one two", "      three"]);
  });
});

describe("tableLines", () => {
  const columns = [{ title: "n", align: "right" as const }, { title: "what", wraps: true }, { title: "last" }];

  it("is as narrow as its cells, without blanks at the ends of lines", () => {
    expect(
      tableLines(
        columns,
        [
          ["1", "x", ""],
          ["10", "y z", "q"],
        ],
        60,
      ),
    ).toEqual([" n  what  last", " 1  x", "10  y z   q"]);
  });

  it("breaks the cells of columns that may wrap", () => {
    const lines = tableLines(columns, [["1", "h1 h2 h3 h4 h5 h6", "x"]], 20);
    expect(lines).toEqual(["n  what         last", "1  h1 h2 h3 h4  x", "   h5 h6"]);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(20);
  });

  it("cuts words that are wider than their column", () => {
    expect(tableLines([{ title: "", wraps: true }], [["abcdefghij"]], 6)).toEqual(["", "abcdef", "ghij"]);
  });
});

describe("ascii", () => {
  it("spells out what mails lose", () => {
    expect(ascii("§6.1 “a”–b… é → \u00a0Ω\n\u001b[1m")).toBe('section 6.1 "a"-b... e ->  ? ?[1m');
  });
});
