/** Header lines: what each key takes, how it is printed, and where a comment may stand. */

import { describe, expect, it } from "vitest";
import {
  HEADER_KEYS,
  parseSequence,
  printSequence,
  type SequenceHeader,
  shadowOptions,
} from "../../commands/language.js";

const FULL: Required<SequenceHeader> = {
  id: "nf-0123456789ab",
  claim: "T1",
  architecture: "vtd-legacy",
  contract: "vtd-legacy cm=1",
  hash: ["architecture=0123456789ab", "contract=ba9876543210"],
  rule: ["contract name = x", "contract 1 leaf np->p = s1-leaf by=guest owes none"],
  strategies: ["hardware", "qemu-intel"],
  properties: ["agreement", "isolation"],
  shadow: ["ignores-stage2", "evicts"],
  geometry: "2 levels of 4 entries",
  start: "as in docs/design.md",
  target: "qemu:amd 10.0.2",
  answers: ["h8", "fault stage 1", "-"],
  title: "stale page: #12; (again)",
};

function headerOf(text: string): SequenceHeader {
  const parsed = parseSequence(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.header;
}

describe("header", () => {
  it("prints in the order of its keys and reads back", () => {
    const text = printSequence({ header: FULL, commands: [{ kind: "fence" }] });
    expect(
      text
        .split("\n\n")[0]!
        .split("\n")
        .map((line) => line.split(":")[0]),
    ).toEqual(HEADER_KEYS.flatMap((key) => (key === "rule" ? ["rule", "rule"] : [key])));
    expect(text.endsWith("(again)\n\nfence\n")).toBe(true);
    expect(headerOf(text)).toEqual(FULL);
    const reversed = text.split("\n\n")[0]!.split("\n").reverse().join("\r\n");
    expect(headerOf(reversed)).toEqual({ ...FULL, rule: [...FULL.rule].reverse() });
  });

  it("divides words by spaces and commas, each once", () => {
    expect(headerOf("  strategies :shadow,hardware ,  shadow")).toEqual({ strategies: ["shadow", "hardware"] });
    expect(headerOf("contract:\tvtd-legacy\t cm=1 ")).toEqual({ contract: "vtd-legacy cm=1" });
  });

  it("ends words at a comment, and text at the end of the line", () => {
    expect(headerOf("architecture: tiny # the toy\ntitle: a  # b")).toEqual({ architecture: "tiny", title: "a # b" });
  });

  it("prints nothing for a key without a value", () => {
    expect(printSequence({ header: { title: " \n", strategies: [] }, commands: [] })).toBe("");
  });

  it("prints text that holds line breaks on one line", () => {
    expect(printSequence({ header: { title: "a\nF" }, commands: [] })).toBe("title: a F\n");
  });

  it("gives the options of the shadow", () => {
    expect(shadowOptions({})).toEqual({ followsStage2: true, evicts: false });
    expect(shadowOptions(FULL)).toEqual({ followsStage2: false, evicts: true });
  });
});
