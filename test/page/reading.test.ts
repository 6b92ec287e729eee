/** From the text of the editor to what is run. */

import { describe, expect, it } from "vitest";
import { headerText, MOST_STEPS, type Reading, readText } from "../../page/reading.js";
import type { Rules } from "../../report/page.js";
import { cellOf } from "../corpus/failures.js";

const TINY: Rules = { ...cellOf({ under: "tiny" }), geometry: "2x4", start: "all" };
const knowing = (text: string): Reading => readText(text, () => TINY);

describe("readText", () => {
  it("gives the commands under the rules of the header", () => {
    expect(knowing("geometry: 2x4\n\ndma r c0 i0; fence # at once\n")).toEqual({
      kind: "setting",
      setting: { ...TINY, commands: ["dma r c0 i0", "fence"] },
    });
  });

  it("gives mistakes with line and column, all of them", () => {
    const reading = knowing("fence\nfnce\n  dma q c0 i0\n");
    expect(reading.kind === "errors" && reading.errors.map(({ line, column }) => [line, column])).toEqual([
      [2, 1],
      [3, 7],
    ]);
  });

  it("asks for the rules of a header, and finds its lines again", () => {
    const asked: string[] = [];
    const reading = readText("# first\n\n  contract :  never\narchitecture: tiny\nfence", (header) => {
      asked.push(header);
      return undefined;
    });
    expect(asked).toEqual(["architecture: tiny\ncontract: never\n"]);
    if (reading.kind !== "rules") throw new Error(reading.kind);
    expect(reading.header).toBe(asked[0]);
    expect([1, 2].map(reading.placeOf)).toEqual([
      { line: 4, column: 15 },
      { line: 3, column: 15 },
    ]);
  });

  it("asks before it reads the words of a manual, whose architecture it has to know", () => {
    const text = "architecture: vtd-legacy\n\niotlb_inv_dsc G=1";
    expect(readText(text, () => undefined).kind).toBe("rules");
    expect(readText(text, () => ({ ...TINY, ...cellOf({ on: "vtd-legacy" }) }))).toMatchObject({
      kind: "setting",
      setting: { commands: ["inv iotlb all"] },
    });
  });

  it("takes what a mail carries, without its id and title", () => {
    expect(headerText({ id: "nf-0123456789ab", title: "a title", start: "c0" })).toBe("start: c0\n");
    const mail = "> Hello,\n>\n> --8<-- nestfuzz\n> start: c0\n>\n> fence\n> -->8--\n";
    expect(knowing(mail)).toMatchObject({ kind: "setting", setting: { commands: ["fence"] } });
  });

  it("refuses more steps than a page has room for, at the first that is too many", () => {
    const reading = knowing("fence\n".repeat(MOST_STEPS + 1));
    expect(reading).toMatchObject({ kind: "errors", errors: [{ line: MOST_STEPS + 1, column: 1 }] });
  });
});
