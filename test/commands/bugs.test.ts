/** The fifty bug sequences parse: as they were first noted where possible, in the documented form where not. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseCommands, parseSequence, printSequence } from "../../commands/language.js";
import { BUG_SEQUENCES } from "./bugs.sequences.js";

const NEED_A_FORM = ["B06", "B07", "B19", "B20", "B22", "B23", "B29", "B31", "B32", "B36", "B38", "B46", "B47"];

describe("bug sequences", () => {
  it("are numbered B01 to B50", () => {
    const numbers = Array.from({ length: 50 }, (_, at) => `B${String(at + 1).padStart(2, "0")}`);
    expect(BUG_SEQUENCES.map(({ id }) => id)).toEqual(numbers);
  });

  it("parse as given, but for those that have a form", () => {
    const refused = BUG_SEQUENCES.filter(({ given }) => !parseCommands(given).ok).map(({ id }) => id);
    expect(refused).toEqual(NEED_A_FORM);
    expect(BUG_SEQUENCES.filter(({ form }) => form !== undefined).map(({ id }) => id)).toEqual(refused);
  });

  it.each(BUG_SEQUENCES)("$id parses in its form, and prints to the same commands", ({ given, form }) => {
    const parsed = parseSequence(form ?? given);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    expect(parsed.commands.length).toBeGreaterThan(1);
    const printed = printSequence(parsed);
    expect(parseSequence(printed)).toMatchObject({ ok: true, commands: parsed.commands });
  });

  it("hold a DMA each, which is where a difference shows", () => {
    const without = BUG_SEQUENCES.filter(({ given, form }) => {
      const parsed = parseCommands(form ?? given);
      return parsed.ok && !parsed.commands.some(({ kind }) => kind === "dma");
    });
    expect(without).toEqual([]);
  });

  it("that need a form are those in docs/language.md, word by word", () => {
    const page = readFileSync(new URL("../../docs/language.md", import.meta.url), "utf8");
    for (const { id, given, form, why } of BUG_SEQUENCES) {
      const section = `**${id}**: ${why}.\n\n    given: ${given}\n    form:  ${form}\n`;
      expect(page.includes(section), `${id} in docs/language.md`).toBe(form !== undefined);
    }
  });
});
