/** The block in a mail, quoted to any depth, with the line numbers of the whole mail. */

import { describe, expect, it } from "vitest";
import { parseSequence } from "../../commands/language.js";
import { type ExtractedSequence, findBlocks, plainReading, wholeReading } from "../../commands/language-mail.js";

/** The first block by its letters, or the whole text. */
function extractSequence(text: string): ExtractedSequence {
  const lines = text.split("\n");
  const [block] = findBlocks(lines).blocks;
  return block === undefined ? wholeReading(lines) : plainReading(lines, block);
}

const MAIL = [
  "From: someone",
  "",
  "  > On Monday somebody wrote:",
  "> > Look: it fails.",
  "> > --8<-- nestfuzz -------------------------   ",
  "> > title: stale page",
  ">",
  "> >",
  "> > dma r c0 i0",
  "> >   w g4[0]=-; F  ",
  "> > # dma r c0 i0",
  "> > dma r c0 i0",
  "> > ----------------------------------->8--",
  "I see.",
];

describe("a block without a seal", () => {
  it.each([
    ["\n", 0],
    ["\r\n", 0],
    ["\n", 3],
  ])("finds the block in a quoted mail, lines ending in %j, quoted %i times more", (end, deeper) => {
    const text = MAIL.map((line) => `${"> ".repeat(deeper)}${line}`).join(end);
    const extracted = extractSequence(text);
    expect(extracted.lines).toEqual([6, 7, 8, 9, 10, 11, 12]);
    expect(parseSequence(text)).toMatchObject({ ok: true, header: { title: "stale page" }, lines: [9, 10, 10, 12] });
  });

  it("places errors in the whole mail", () => {
    const text = MAIL.join("\n").replace("w g4[0]=-", "w g4[0]=none");
    expect(parseSequence(text)).toMatchObject({ ok: false, errors: [{ line: 10, column: 15, code: "NF203" }] });
  });

  it("takes the first block that is there", () => {
    const text = "--8<-- nestfuzz\nF\n-->8--\n--8<-- nestfuzz\ndma r c0 i0\n-->8--\n";
    expect(parseSequence(text)).toMatchObject({ commands: [{ kind: "fence" }], lines: [2] });
  });

  it("strips quotes without a block if all lines with text have one", () => {
    expect(extractSequence(">F\n>\n\n>  F")).toEqual({ text: "F\n\n\n F", lines: [1, 2, 3, 4], indents: [1, 1, 0, 2] });
    expect(extractSequence("> F\nF").text).toBe("> F\nF");
  });

  it("leaves the deeper quotes of single lines, which are then refused", () => {
    expect(extractSequence("> F\n> > F").text).toBe("F\n> F");
    expect(parseSequence("> F\n> > F")).toMatchObject({ errors: [{ line: 2, column: 3, code: "NF201" }] });
  });

  it("says that a block does not end", () => {
    expect(findBlocks("a\n> --8<-- nestfuzz\n> F\n".split("\n"))).toMatchObject({
      blocks: [],
      unclosed: [{ start: { place: { line: 2, column: 3 } } }],
    });
  });
});
