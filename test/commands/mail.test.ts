/** Whole mails: several sequences, copies, remarks, damage. test/report/mail-mutations.test.ts has thousands. */

import { describe, expect, it } from "vitest";
import { parseSequence, printCommand, printSequence, readMail } from "../../commands/language.js";
import { encodeOneLine } from "../../commands/one-line.js";
import { checkOf } from "../../commands/seal.js";

function sequence(text: string): { block: string; line: string; canonical: string } {
  const parsed = parseSequence(text);
  if (!parsed.ok) throw new Error(parsed.errors[0]!.message);
  const canonical = printSequence(parsed);
  const steps = `${parsed.commands.length} step${parsed.commands.length === 1 ? "" : "s"}`;
  const head = printSequence({ header: parsed.header, commands: [] });
  const body = parsed.commands.map((command, at) => `${at + 1}. ${printCommand(command)}`).join("\n");
  const block = `--8<-- nestfuzz, ${steps}\n${head}\n${body}\n-->8-- ${steps}, check ${checkOf(canonical)}\n`;
  return { block, line: encodeOneLine(canonical), canonical };
}

const quote = (text: string, mark = "> "): string => text.trimEnd().replace(/^/gm, mark);
const A = sequence("id: nf-0123456789ab\nstrategies: envelope\n\ndma r c0 i0\nw g4[0]=-\nfence\ndma r c0 i0");
const B = sequence("contract: never\n\nw g4[1]=leaf g9 rw");

const read = (text: string): string[] => readMail(text).sequences.map(({ canonical }) => canonical);
const errors = (text: string): string[] =>
  readMail(text).errors.map(({ line, code, message }) => `${line} ${code} ${message}`);
const notes = (text: string): string[] => readMail(text).notes.map(({ line, message }) => `${line}: ${message}`);

describe("a mail", () => {
  it("holds as many sequences as it has, in their order", () => {
    const mail = `Hi,\n\n${A.block}\nand\n\n${quote(B.block)}\n`;
    expect(read(mail)).toEqual([A.canonical, B.canonical]);
    expect(readMail(mail).sequences.map(({ place }) => place)).toEqual([
      { line: 3, column: 1 },
      { line: 15, column: 3 },
    ]);
    expect(read(`${B.line} and ${A.line}`)).toEqual([B.canonical, A.canonical]);
  });

  it("holds a sequence once that it shows again, and says so", () => {
    const mail = `${A.block}\n${quote(A.block)}\n`;
    expect(read(mail)).toEqual([A.canonical]);
    expect(notes(mail)).toEqual(["11: the same sequence as in line 1: it is run once"]);
  });

  it("says nothing of a one-line form beside its block", () => {
    expect(read(`${A.line}\n\n${A.block}`)).toEqual([A.canonical]);
    expect(notes(`${A.line}\n\n${A.block}`)).toEqual([]);
  });

  it("may be answered between the lines of its block, even with another block", () => {
    const lines = quote(A.block).split("\n");
    for (let at = 1; at < lines.length; at++) {
      const remark = ["", "fence", "That is not needed:", "", ...B.block.split("\n")];
      expect(read([...lines.slice(0, at), ...remark, ...lines.slice(at)].join("\n")).sort()).toEqual(
        [A.canonical, B.canonical].sort(),
      );
    }
  });

  it("may have lost the quote of the end of a line that was wrapped", () => {
    const mail = quote(A.block)
      .replace("strategies: envelope", "strategies:\nenvelope")
      .replace("dma r c0", "dma r\nc0");
    expect(read(`Hm.\n\n${mail}\n`)).toEqual([A.canonical]);
    expect(read(`${mail.replace("w g4", "no,\n\nw g4")}`)).toEqual([]);
  });

  it("has its places in the whole text, also in a line that was wrapped", () => {
    const mail = `Hi\n${quote(A.block).replace("dma r c0 i0", "dma r\n> c0 x0")}`;
    expect(readMail(mail).errors).toMatchObject([{ line: 7, column: 6, code: "NF203" }]);
  });
});

describe("a damaged block", () => {
  const changed = A.block.replace("w g4[0]=-", "w g4[1]=-");

  it("is refused at its end, with the check that it would have", () => {
    const parsed = parseSequence(
      "id: nf-0123456789ab\nstrategies: envelope\n\ndma r c0 i0\nw g4[1]=-\nfence\ndma r c0 i0",
    );
    const check = parsed.ok ? checkOf(printSequence(parsed)) : "";
    expect(errors(changed)).toEqual([expect.stringContaining(`9 NF216 what this block says has the check ${check}`)]);
    expect(errors(changed)[0]).toContain(`if it was changed on purpose, end it with: -->8-- 4 steps, check ${check}`);
    // And so it is.
    expect(readMail(changed.replace(/check .*/, `check ${check}`))).toMatchObject({ errors: [], sequences: [{}] });
  });

  it("is refused at the line that differs from its one-line form, which is then not run", () => {
    const mail = `${A.line}\n\n${changed}`;
    expect(read(mail)).toEqual([]);
    expect(errors(mail)).toEqual([
      expect.stringContaining('8 NF216 step 2 is "w g4[1]=-" here, and "w g4[0]=-" in the one-line form in line 1; '),
    ]);
  });

  it("is refused at a step that was lost, doubled or moved", () => {
    const lines = A.block.split("\n");
    const without = lines.filter((_, at) => at !== 5).join("\n");
    expect(errors(without)).toEqual([expect.stringMatching(/^6 NF216 step 3 where step 2 is due; /)]);
    const twice = [...lines.slice(0, 6), lines[5]!, ...lines.slice(6)].join("\n");
    expect(errors(twice)).toEqual([expect.stringMatching(/^7 NF216 step 2 where step 3 is due; /)]);
  });

  it("is no reason not to read the others", () => {
    expect(read(`${changed}\n${B.block}`)).toEqual([B.canonical]);
    expect(errors(`${changed}\n${B.block}`)).toHaveLength(1);
  });

  it("without its end is refused, or a remark where the whole is there too", () => {
    const cut = quote(A.block.split("\n").slice(0, 6).join("\n"));
    expect(errors(cut)).toEqual([expect.stringContaining("1 NF215 a block of 4 steps starts")]);
    expect(errors(`${cut}\n\n${B.block}`)).toEqual([expect.stringContaining("before the next, in line 8")]);
    expect(read(`${A.block}\n${cut}\n`)).toEqual([A.canonical]);
    expect(notes(`${A.block}\n${cut}\n`)).toEqual(["11: a cut copy of the sequence in line 1: it is not run"]);
  });

  it("without its start is refused where it ends", () => {
    const cut = A.block.split("\n").slice(1).join("\n");
    expect(errors(cut)).toEqual([expect.stringMatching(/^8 NF218 /)]);
    expect(errors(`${B.block}\nhash: contract=0123456789ab\n`)).toEqual([expect.stringMatching(/NF218 "hash:"/)]);
    expect(errors(`${A.block}\n${quote(cut)}`)).toEqual([]);
    expect(notes(`${A.block}\n${quote(cut)}`)).toEqual([
      "18: the end of a cut copy of a sequence that is whole elsewhere",
    ]);
  });

  it("is never taken for one without a seal, though both marks lost theirs", () => {
    const bare = A.block.replace(/, 4 steps\n/, "\n").replace(/-->8--.*/, "-->8--");
    expect(errors(bare.replace(/^[0-9]\. /gm, ""))).toEqual([expect.stringMatching(/NF217 /)]);
    expect(errors(bare)[0]).toContain('unknown command "1."');
    // Nor is its one-line form run instead.
    expect(read(`${A.line}\n\n${A.block.replace(/check .*/, "check 0")}`)).toEqual([]);
  });
});

describe("a piece of a block", () => {
  it("is no sequence by itself: its steps are numbered", () => {
    const lines = A.block.split("\n");
    for (let from = 0; from < lines.length - 1; from++)
      for (let to = from + 1; to < lines.length - 1; to++) {
        const { sequences } = readMail(lines.slice(from, to).join("\n"));
        expect(sequences.filter(({ parsed }) => parsed.commands.length > 0)).toEqual([]);
      }
  });
});

describe("a damaged one-line form", () => {
  const damaged = A.line.replace(/.$/, "").replace(/..$/, "AB");

  it("is refused with its line", () => {
    expect(errors(`See\n${damaged} .`)).toEqual([expect.stringMatching(/^2 NF219 a one-line form that is damaged: /)]);
  });

  it("is a remark beside its block", () => {
    const mail = `${damaged}\n\n${A.block}`;
    expect(read(mail)).toEqual([A.canonical]);
    expect(notes(mail)).toEqual([expect.stringMatching(/^1: this one-line form is damaged: .*; its block is whole$/)]);
    // But not where the block has its own.
    expect(errors(`${A.line}\n${mail}`)).toHaveLength(1);
  });

  it("is no matter in the remark of a sequence file", () => {
    expect(read(`# as ${damaged}\nfence\n`)).toEqual(["fence\n"]);
  });
});

describe("a mail of megabytes", () => {
  it("is read in one pass", () => {
    const junk = "> some text that is not a sequence --- 8< >8 nf1:AAAAAAA hash:\n".repeat(40_000);
    expect(read(`${junk}${A.block}${junk}`)).toEqual([A.canonical]);
    const { errors: many } = readMail("--8<-- nestfuzz, 1 step\n".repeat(100_000));
    expect(many.slice(20)).toEqual([{ line: 21, column: 1, code: "NF214", message: "and 99980 more" }]);
  });
});
