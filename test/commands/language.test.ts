/** Parser and printer are inverses, docs/language.md tells the truth, and no text whatever makes them throw. */

import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LANGUAGE_CODES, parseSequence, printCommand, printSequence } from "../../commands/language.js";
import { BUG_SEQUENCES } from "./bugs.sequences.js";
import { CANONICAL, commandsOf, printedAgain } from "./language.examples.js";
import { commandArbitrary, disturbed } from "./language.random.js";

describe("language: round trips", () => {
  it("parse(print(command)) is the command", () => {
    fc.assert(
      fc.property(commandArbitrary(), (command) => {
        expect(commandsOf(printCommand(command))).toEqual([command]);
      }),
      { seed: 1, numRuns: 3000 },
    );
  });

  it("printing again changes nothing, header included", () => {
    fc.assert(
      fc.property(fc.array(commandArbitrary(), { minLength: 1, maxLength: 8 }), (commands) => {
        const header = { contract: "vtd-legacy cm=1", title: "a: b # c" };
        const text = printSequence({ header, commands });
        const parsed = parseSequence(text);
        expect(parsed).toMatchObject({ ok: true, header, commands });
        if (parsed.ok) expect(printSequence(parsed)).toBe(text);
      }),
      { seed: 1 },
    );
  });

  it("white space, remarks and comments do not change the commands", () => {
    const disturbedText = fc.array(commandArbitrary(), { minLength: 1, maxLength: 5 }).chain((commands) => {
      const text = printSequence({ header: {}, commands });
      return fc.tuple(fc.constant(commands), disturbed(text));
    });
    fc.assert(
      fc.property(disturbedText, ([commands, text]) => {
        expect(commandsOf(text)).toEqual(commands);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it("gives the source line of each command", () => {
    const parsed = parseSequence("title: t\n\n# c\ndma r c0 i0; F\r\n(remark)\n  F\n");
    expect(parsed).toMatchObject({ ok: true, lines: [4, 4, 6] });
  });

  it("an empty text is a sequence without commands", () => {
    expect(parseSequence("")).toEqual({ ok: true, header: {}, commands: [], lines: [] });
    expect(printSequence({ header: {}, commands: [] })).toBe("");
  });
});

describe("language: any text", () => {
  /** No throw; on refusal each error stands in the text, has a known code, and names the word that it points at. */
  function checkAnswer(text: string): void {
    const answer = parseSequence(text);
    if (answer.ok) {
      expect(parseSequence(printSequence(answer))).toMatchObject({ header: answer.header, commands: answer.commands });
      return;
    }
    const lines = text.split("\n");
    expect(answer.errors.length).toBeGreaterThan(0);
    expect(answer.errors.length).toBeLessThanOrEqual(21);
    for (const { line, column, code, message } of answer.errors) {
      expect(Object.keys(LANGUAGE_CODES)).toContain(code);
      expect(line).toBeGreaterThanOrEqual(1);
      expect(line).toBeLessThanOrEqual(lines.length);
      expect(column).toBeGreaterThanOrEqual(1);
      expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1);
      expect(message).toMatch(/^[ -~]*$/);
      if (code === "NF214") expect(message).toMatch(/^and [0-9]+ more$/);
      else expect(message.split("; ").length).toBeGreaterThanOrEqual(3);
      const quoted = /^[^"]*"((?:[^"\\]|\\.)*)"/.exec(message);
      if (["NF201", "NF203", "NF204", "NF205", "NF206", "NF207", "NF208"].includes(code)) {
        const word = (JSON.parse(`"${quoted![1]!}"`) as string).replace(/\.\.\.$/, "");
        expect(lines[line - 1]!.slice(column - 1, column - 1 + word.length)).toBe(word);
      }
    }
  }

  const texts = [...BUG_SEQUENCES.map(({ given }) => given.replaceAll("; ", "\n")), ...Object.values(CANONICAL).flat()];

  it("mutated sequences are read or refused, never thrown at", () => {
    const pieces = fc.constantFrom(
      ...[
        "",
        "\n",
        ";",
        "(",
        ")",
        "[",
        "]",
        "=",
        ",",
        "+",
        "-",
        " ",
        "#",
        "> ",
        ":",
        "g",
        "i0",
        "99999999999999999999",
      ],
      ...[
        "w",
        "inv",
        "host ",
        "mask=1",
        "all",
        "title: x\n",
        "\u0000",
        "\u00e9",
        "\ud800",
        "--8<-- nestfuzz\n",
        "-->8--\n",
      ],
    );
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 4 }), pieces), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(fc.constantFrom(...texts), edits, (text, changes) => {
        let changed = text;
        for (const [place, dropped, inserted] of changes) {
          const at = place % (changed.length + 1);
          changed = changed.slice(0, at) + inserted + changed.slice(at + dropped);
        }
        checkAnswer(changed);
      }),
      { seed: 1, numRuns: 4000 },
    );
  });

  it("random text and bytes are read or refused, never thrown at", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), checkAnswer), { seed: 1, numRuns: 1000 });
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."wicsg0=[]()-+;# \n>d"), maxLength: 40 }), checkAnswer),
      {
        seed: 1,
        numRuns: 2000,
      },
    );
  });

  it.each([
    ["a word of 5 MB", () => "x".repeat(5_000_000), false],
    ["a number of 5 MB", () => `dma r c0 i${"9".repeat(5_000_000)}`, false],
    ["5 MB of commands that are none", () => "x;".repeat(2_500_000), false],
    ["5 MB of open brackets", () => "(".repeat(5_000_000), false],
    ["5 MB of closed brackets", () => "w ()".repeat(1_250_000), false],
    ["5 MB of quotes", () => ">".repeat(5_000_000), true],
    ["5 MB of quoted lines", () => "> > F\n".repeat(800_000), true],
    ["5 MB of spaces", () => " ".repeat(5_000_000), true],
    ["5 MB of empty lines", () => "\n".repeat(5_000_000), true],
    ["5 MB of a header key", () => `${"k".repeat(5_000_000)}:`, false],
    [
      "5 MB of bytes",
      () =>
        Buffer.alloc(
          5_000_000,
          Uint8Array.from({ length: 256 }, (_, at) => at),
        ).toString("latin1"),
      false,
    ],
    ["100,000 commands", () => "inv iotlb d0 p0 [i0+4] leaf\n".repeat(100_000), true],
    ["5 MB of operands", () => `inv iotlb ${"d0 ".repeat(1_600_000)}`, false],
  ])(
    "%s takes linear time",
    (_, text, ok) => {
      const made = text();
      const start = performance.now();
      const answer = parseSequence(made);
      expect(answer.ok).toBe(ok);
      expect(performance.now() - start).toBeLessThan(20_000);
    },
    60_000,
  );
});

describe("docs/language.md", () => {
  const page = readFileSync(new URL("../../docs/language.md", import.meta.url), "utf8");

  it("shows sequences that parse, in canonical form where it says so", () => {
    const blocks = [...page.matchAll(/^```nestfuzz( canonical)?\n([\s\S]*?)^```$/gm)];
    expect(blocks.length).toBeGreaterThanOrEqual(3);
    for (const [, canonical, text] of blocks) {
      const parsed = parseSequence(text!);
      if (!parsed.ok) throw new Error(`${text}${JSON.stringify(parsed.errors)}`);
      if (canonical !== undefined) expect(printSequence(parsed)).toBe(text);
    }
  });

  it("lists the examples of the grammar in canonical form", () => {
    const examples = [...page.matchAll(/^\| `([^`]+)` \| (?:`([^`]+)`)? *\|/gm)];
    expect(examples.length).toBeGreaterThan(20);
    for (const [, form, variant] of examples) {
      expect(printedAgain(form!)).toBe(form);
      if (variant !== undefined) expect(printedAgain(variant)).toBe(form);
    }
  });

  it("lists every error code with its meaning", () => {
    const listed = [...page.matchAll(/^\| (NF2[0-9]{2}) \| ([^|]+) \|/gm)].map(([, code, meaning]) => [code, meaning]);
    expect(listed).toEqual(Object.entries(LANGUAGE_CODES));
  });
});
