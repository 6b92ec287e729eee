/** One-line forms in the lines of a mail. */

import { describe, expect, it } from "vitest";
import { encodeOneLine } from "../../commands/one-line.js";
import { findOneLines } from "../../commands/one-line-find.js";

const TEXT = "contract: vtd-legacy cm=1\n\nw g4[2]=leaf g0 rw\ninv iotlb d0 p0 i0\nfence\n";
const FORM = encodeOneLine(TEXT);
const found = (text: string) => findOneLines(text.split("\n"));
const whole = (text: string) => found(text).map(({ decoded }) => decoded.ok && decoded.text === TEXT);

describe("findOneLines", () => {
  it.each([
    ["alone", FORM],
    ["in a sentence", `see (${FORM}), please`],
    ["underlined", `see _${FORM}_`],
    ["in a link", `https://example.org/#${FORM}`],
    ["in a link, escaped", `https://example.org/?s=${FORM.replace(":", "%3A")}&x=1`],
    ["broken for a shell", `nestfuzz replay ${FORM.slice(0, 20)}\\\n${FORM.slice(20, 30)}\\\n${FORM.slice(30)}`],
    ["broken and quoted", `> > ${FORM.slice(0, 20)}\n> > ${FORM.slice(20)}`],
    ["broken, with a remark between", `> ${FORM.slice(0, 20)}\nyes\n\n> ${FORM.slice(20)} that is it`],
    ["with CRLF", `${FORM.slice(0, 20)}\\\r\n${FORM.slice(20)}\r`],
  ])("finds a form %s", (_, text) => {
    expect(whole(text)).toEqual([true]);
  });

  it("finds several in a line, each with its place", () => {
    expect(found(`${FORM} ${FORM}`).map(({ place }) => place)).toEqual([
      { line: 1, column: 1 },
      { line: 1, column: FORM.length + 2 },
    ]);
  });

  it("takes words about the form for no form", () => {
    expect(found("the nf1: form, as in nf1:... or xnf1:AAAAAAAAAAAA")).toEqual([]);
  });

  it("says what is wrong with one that is cut off", () => {
    expect(found(`see ${FORM.slice(0, 30)}.\nAAAA`)).toMatchObject([
      { place: { line: 1, column: 5 }, decoded: { ok: false } },
    ]);
  });
});
