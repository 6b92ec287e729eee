/** The mail: its width, its words, and that it can be replayed as it comes back from a thread. */

import { describe, expect, it } from "vitest";
import { parseSequence, printCommand, shadowOptions } from "../../commands/language.js";
import type { Entry } from "../../corpus/entry.js";
import { entryId } from "../../corpus/identity.js";
import { MAIL_WIDTH, mailText, oneLineText } from "../../report/mail.js";
import { cellOf, entryOf, FAILURES } from "../corpus/failures.js";

const quoted = (text: string): string =>
  text
    .split("\n")
    .map((line) => `> > ${line}`.trimEnd())
    .join("\n");
const wrapped = (text: string): string => `Hi,\n\n> On Monday somebody wrote:\n${quoted(text)}\n\nI agree.\n`;

function parsed(text: string) {
  const sequence = parseSequence(text);
  if (!sequence.ok) throw new Error(sequence.errors[0]!.message);
  return { header: sequence.header, commands: sequence.commands.map(printCommand) };
}

describe.each(FAILURES)("the mail of $name", ({ text, cell }) => {
  const entry = entryOf(text, { ...cell(), id: "T1" });
  const mail = mailText(entry, {
    says: "a “naïve” claim – with § and a rather long sentence, so that it must be wrapped",
  });

  it("has at most 72 columns, of ASCII", () => {
    for (const line of mail.split("\n")) {
      expect(line.length, line).toBeLessThanOrEqual(MAIL_WIDTH);
      expect(line).toMatch(/^[\x20-\x7e]*$/);
      expect(line).toBe(line.trimEnd());
    }
  });

  it.each([
    ["as it is", (one: string) => one],
    ["with CRLF", (one: string) => one.replaceAll("\n", "\r\n")],
    ["quoted twice", wrapped],
    ["quoted twice, with CRLF", (one: string) => wrapped(one).replaceAll("\n", "\r\n")],
  ])("gives the same commands back %s", (_, change) => {
    const { header, commands } = parsed(change(mail));
    expect(commands).toEqual(entry.commands);
    expect(header.strategies).toEqual(entry.strategies);
    expect(header.properties).toEqual(entry.properties);
    expect(shadowOptions(header)).toEqual(entry.shadow);
  });

  it("names request, outcomes, severity, rule and how to replay it", () => {
    const flat = mail.replace(/\s+/g, " ");
    expect(flat).toContain(`expected ${entry.failure.expected.text}`);
    expect(flat).toContain(`actual ${entry.failure.actual.text}`);
    expect(flat).toContain(`severity ${entry.failure.severity}`);
    expect(flat).toContain(`nestfuzz replay ${entry.id}`);
    expect(flat).toContain('Claim T1: a "naive" claim - with section and a rather long sentence');
  });
});

describe("mailText", () => {
  const entry = entryOf(FAILURES[0]!.text, FAILURES[0]!.cell());

  it("says how to replay it without the corpus", () => {
    expect(mailText(entry)).toContain("or pipe this mail into: nestfuzz replay -");
    const joined = mailText(entry).replaceAll("\\\n", "");
    expect(joined).toContain(`nestfuzz replay ${oneLineText(entry).line}\n`);
    expect(parsed(mailText(entry)).header).toMatchObject({ architecture: "tiny", contract: "never" });
  });

  it("tells rules that are not built in by what they change", () => {
    const own = { ...entry, contract: { ...entry.contract, name: "mine" } };
    const mail = mailText({ ...own, id: entryId(own) });
    expect(mail).toContain("nestfuzz replay -\n");
    expect(mail).toContain("Contract      mine, changed by the rule lines below\n");
    expect(parsed(mail).header).toMatchObject({ contract: "never", rule: ["contract name = mine"] });
  });

  it("names no rules that would not be the same ones", () => {
    const contract = { ...entry.contract, parameters: { cm: "a b" } };
    const mail = mailText({ ...entry, contract, id: entryId({ ...entry, contract }) });
    expect(mail).not.toContain("nestfuzz replay -\n");
    expect(mail).not.toContain("nf1:");
    expect(mail).toContain("(it takes the corpus, since the contract is not built in)");
    // A name that no built-in contract has: a replay of the mail alone refuses, and does not run other rules.
    expect(parsed(mail).header.contract).toBe("changed-never");
    expect(mail).toContain("# its contract is not built in: never");
  });

  it("has no line in what is replayed that six quotes would make too long", () => {
    for (const { text, cell } of FAILURES) {
      const lines = mailText(entryOf(text, cell())).split("\n");
      const from = lines.findIndex((line) => line.startsWith("nestfuzz replay nf1:"));
      expect(from).toBeGreaterThan(0);
      expect(lines.slice(from).filter((line) => line.length > 60)).toEqual([]);
    }
  });

  it("has geometry and start in its header only where they are not the default", () => {
    const { header } = parsed(mailText(entry));
    expect([header.geometry, header.start, header.shadow]).toEqual([undefined, undefined, undefined]);
    const other: Entry = { ...entryOf("w g4[0]=leaf g9 rw", cellOf(), "2x4 contexts=1"), start: "none" };
    expect(parsed(mailText(other)).header).toMatchObject({ geometry: "2x4 contexts=1", start: "none" });
  });

  it("is the same bytes each time", () => {
    expect(mailText(entry)).toBe(mailText(structuredClone(entry)));
  });
});
