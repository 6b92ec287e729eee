/**
 * Ten thousand mails that were bent on their way: each sequence is read as it was sent, or refused with a line.
 *
 * A tenth of them are encoded as MIME besides. What is compared is the canonical text of what was read; replaying it
 * gives what replaying the original gives, and test/cli/replay-mail.test.ts does that for some.
 */

import seedrandom from "seedrandom";
import { describe, expect, it } from "vitest";
import { mailParts } from "../../cli/mime.js";
import { type MailReading, readMail } from "../../commands/language.js";
import { CorpusStore } from "../../corpus/store.js";
import { mailText } from "../../report/mail.js";
import { packageRoot } from "../../rules/home.js";
import { encoded } from "../cli/mime.messages.js";
import { cellOwing, entryOf } from "../corpus/failures.js";
import { type Draw, drawInt, HARMFUL, HARMLESS } from "./mail.mutations.js";

const store = new CorpusStore(`${packageRoot()}/corpus`).list();
/** A claim's rules, a target's answers, rules that are told by difference, and others. */
const entries = [
  ...store.entries.filter((_, at) => at % 3 === 0),
  ...store.entries.filter(({ target }) => target !== undefined).slice(0, 3),
  entryOf(
    "dma r c0 i0\nw g4[0]=-",
    cellOwing("s1-leaf", () => []),
  ),
];
const mails = entries.map((entry) => {
  const text = mailText(entry);
  return { lines: text.trimEnd().split("\n"), canonical: readMail(text).sequences[0]!.canonical };
});

const pickMail = (draw: Draw) => mails[drawInt(draw, mails.length)]!;

/** What is wrong with a reading; empty if it is right or refused with a line. */
function wrong({ sequences, errors }: MailReading, sent: readonly string[], text: string, isCut: boolean): string[] {
  const lines = text.split("\n").length;
  // A text without a command is refused where it is run.
  const full = sequences.filter(({ parsed }) => parsed.commands.length > 0);
  const read = new Set(full.map(({ canonical }) => canonical));
  const lost = sent.filter((canonical) => !read.has(canonical));
  return [
    ...(lost.length > 0 && errors.length === 0 && full.length > 0 && !isCut ? [`lost without a word: ${lost[0]}`] : []),
    ...full.filter(({ canonical }) => !sent.includes(canonical)).map(({ canonical }) => `misread: ${canonical}`),
    ...(sequences.length + errors.length === 0 ? ["nothing, and no error"] : []),
    ...errors
      .filter(({ line, column }) => !(line >= 1 && line <= lines && column >= 1))
      .map((error) => `a place that is not there: ${JSON.stringify(error)}`),
  ];
}

describe("a mail that was bent by mailers", () => {
  it("is read as it was sent, 4,000 times", () => {
    const draw = seedrandom("harmless");
    const bad: string[] = [];
    for (let run = 0; run < 4000; run++) {
      const { lines, canonical } = pickMail(draw);
      const steps = HARMLESS.map((choices) => choices[drawInt(draw, choices.length)]!);
      const text = steps.reduce((now, step) => step.change(now, draw), [...lines]).join("\n");
      const { sequences, errors } = readMail(text);
      if (errors.length > 0 || sequences.length !== 1 || sequences[0]!.canonical !== canonical)
        bad.push(`${run}: ${steps.map(({ name }) => name).join(", ")}: ${errors[0]?.message ?? "misread"}\n${text}`);
    }
    expect(bad.slice(0, 3)).toEqual([]);
  });

  it("is read as it was sent from quoted-printable and base64, 500 times", async () => {
    const draw = seedrandom("encoded");
    const bad: string[] = [];
    for (let run = 0; run < 500; run++) {
      const { lines, canonical } = pickMail(draw);
      const steps = HARMLESS.map((choices) => choices[drawInt(draw, choices.length)]!);
      const text = steps.reduce((now, step) => step.change(now, draw), [...lines]).join("\n");
      const { parts } = await mailParts(Buffer.from(encoded(text, draw)));
      const read = readMail(parts.map((part) => part.text).join("\n"));
      if (read.errors.length > 0 || read.sequences.length !== 1 || read.sequences[0]!.canonical !== canonical)
        bad.push(
          `${run}: ${steps.map(({ name }) => name).join(", ")}: ${read.errors[0]?.message ?? "misread"}\n${text}`,
        );
    }
    expect(bad.slice(0, 3)).toEqual([]);
  });
});

describe("a mail that was damaged", () => {
  it("is read as it was sent or refused with a line, 5,000 times", () => {
    const draw = seedrandom("harmful");
    const bad: string[] = [];
    const count = { right: 0, refused: 0 };
    for (let run = 0; run < 5000; run++) {
      const sent = drawInt(draw, 4) === 0 ? [pickMail(draw), pickMail(draw)] : [pickMail(draw)];
      const steps = [
        ...HARMLESS.map((choices) => choices[drawInt(draw, choices.length)]!),
        ...Array.from({ length: 1 + drawInt(draw, 4) }, () => HARMFUL[drawInt(draw, HARMFUL.length)]!),
      ];
      const start = sent.flatMap(({ lines }) => [...lines, ""]);
      const text = steps.reduce((now, step) => (now.length === 0 ? now : step.change(now, draw)), start).join("\n");
      const reading = readMail(text);
      const isCut = steps.some(({ name }) => name.includes("cut off"));
      const complaints = wrong(
        reading,
        sent.map(({ canonical }) => canonical),
        text,
        isCut,
      );
      if (complaints.length > 0)
        bad.push(`${run}: ${steps.map(({ name }) => name).join(", ")}: ${complaints[0]}\n${text}`);
      const isRead = reading.sequences.some(({ parsed }) => parsed.commands.length > 0);
      count[reading.errors.length > 0 || !isRead ? "refused" : "right"]++;
    }
    expect(bad.slice(0, 3)).toEqual([]);
    // Neither all nor nothing: the mutations reach what matters.
    expect(count.right).toBeGreaterThan(1000);
    expect(count.refused).toBeGreaterThan(1000);
  });

  it("is the same from MIME whose bytes were damaged, 500 times", async () => {
    const draw = seedrandom("bytes");
    const bad: string[] = [];
    for (let run = 0; run < 500; run++) {
      const { lines, canonical } = pickMail(draw);
      const bytes = Buffer.from(encoded(lines.join("\n"), draw));
      for (let times = 1 + drawInt(draw, 8); times > 0; times--)
        bytes[drawInt(draw, bytes.length)] = drawInt(draw, 256);
      const { parts, isMail } = await mailParts(bytes);
      const text = parts.map((part) => part.text).join("\n");
      const reading = readMail(text, { isMail });
      const misread = reading.sequences.filter((sequence) => sequence.canonical !== canonical);
      if (misread.length > 0) bad.push(`${run}: ${misread[0]!.canonical}\n${text}`);
    }
    expect(bad.slice(0, 3)).toEqual([]);
  });
});
