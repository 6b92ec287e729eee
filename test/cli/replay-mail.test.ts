/** Mails and mailboxes through the program: each sequence once, and every mistake with its place. */

import seedrandom from "seedrandom";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CorpusStore } from "../../corpus/store.js";
import { drawInt, HARMFUL, HARMLESS } from "../report/mail.mutations.js";
import { ENCODINGS, messageOf } from "./mime.messages.js";
import { Place, root, UNIT, WEAK } from "./run.js";

const place = new Place();
const { entries } = new CorpusStore(`${root}/corpus`).list();
const IDS = ["T6a", "RV1.published"].map((claim) => entries.find((entry) => entry.claim === claim)!.id);
const mails: { id: string; text: string; replayed: string }[] = [];
let line = "";
beforeAll(async () => {
  for (const id of IDS) {
    const { stdout: text } = await place.call(["show", id]);
    const { stdout: replayed } = await replay(text);
    // An entry keeps the lines that its rules stood on; a mail names the rules as they are now.
    const placeless = (output: string): string => output.replace(/(\.yaml):[0-9]+/g, "$1");
    expect(placeless(replayed)).toBe(placeless((await place.call(["replay", id])).stdout));
    mails.push({ id, text, replayed });
  }
  line = (await place.call(["show", IDS[1]!, "--one-line"])).stdout.trim();
});
afterAll(() => place.remove());

const quote = (text: string): string => text.replace(/^/gm, "> ");
async function replay(text: string | Buffer, name = "mail.txt", ...flags: string[]) {
  place.file(name, text);
  return place.call(["replay", name, ...flags]);
}

describe("replay of a mail", () => {
  it.each(ENCODINGS)("prints what replay of its id prints, from a message of %s", async (encoding) => {
    for (const { text, replayed } of mails) {
      const got = await replay(messageOf(`Hello\n\n${quote(text)}\nyes\n`, encoding), "message.eml");
      expect(got).toEqual({ code: 1, stdout: replayed, stderr: "" });
    }
  });

  it("takes the one-line form, as it is printed and as a shell joins it", async () => {
    const { replayed, text } = mails[1]!;
    expect(await place.call(["replay", line])).toEqual({ code: 1, stdout: replayed, stderr: "" });
    const command = /^nestfuzz replay nf1:(?:.*\\\n)*.*$/m.exec(text)![0];
    expect(place.shell(command)).toEqual({ code: 1, stdout: replayed, stderr: "" });
    expect((await replay(`see https://example.org/#${line}`)).stdout).toBe(replayed);
  });

  it("says what is wrong with a one-line form", async () => {
    const short = await place.call(["replay", "nf1:AB"]);
    expect(short.stderr).toMatch(/^nf1:1:1: NF219 a one-line form that is damaged: it is too short to be one; /);
    const cut = await place.call(["replay", line.slice(0, -9)]);
    expect(cut).toMatchObject({ code: 2, stdout: "" });
    expect(cut.stderr).toMatch(/^nf1:1:1: NF219 a one-line form that is damaged: 9 of [0-9]+ letters are missing; /);
  });

  it("replays several sequences, each once, and says which is which", async () => {
    const [first, second] = mails;
    const { code, stdout, stderr } = await replay(`${first!.text}\n${quote(second!.text)}\n${quote(first!.text)}`);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^sequence 1 of 2: mail\.txt:[0-9]+:1\n\n/);
    expect(stdout).toContain(`\n\nsequence 2 of 2: mail.txt:`);
    expect(stdout).toContain(`${first!.replayed}\n`);
    expect(stdout.endsWith(second!.replayed)).toBe(true);
    expect(stderr).toMatch(/^mail\.txt:[0-9]+:3: the same sequence as in line [0-9]+: it is run once\n$/);
  });

  it("knows a sequence again in other messages of a mailbox, whole or cut", async () => {
    const [first, second] = mails;
    const cut = quote(first!.text).split("\n").slice(0, -4).join("\n");
    const box = [
      messageOf(first!.text, "base64"),
      messageOf(`${cut}\nWhy?\n`, "quoted-printable"),
      messageOf(`${quote(first!.text)}\n\n${second!.text}`, "flowed"),
    ];
    const text = box.map((message) => `From a@b Sat Jan  3 01:05:34 1996\r\n${message}\r\n`).join("");
    const { code, stdout, stderr } = await replay(text, "thread.mbox");
    expect(code).toBe(1);
    expect([...stdout.matchAll(/^sequence .*$/gm)].map(String)).toEqual([
      expect.stringMatching(/^sequence 1 of 2: thread\.mbox \(message 1, text\):[0-9]+:1$/),
      expect.stringMatching(/^sequence 2 of 2: thread\.mbox \(message 3, text\):[0-9]+:1$/),
    ]);
    expect(stderr).toMatch(
      /\(message 2, text\):[0-9]+:3: a cut copy of the sequence in thread\.mbox \(message 1, text\):[0-9]+:1: it is not run/,
    );
    expect(stderr).toMatch(/\(message 3, text\):[0-9]+:3: the same sequence as in thread\.mbox \(message 1, text\):/);
  });

  it("reads a block or a whole sequence in an attachment, and leaves others alone", async () => {
    const attached = (name: string, text: string): string =>
      `--x\nContent-Type: text/plain\nContent-Disposition: attachment; filename=${name}\n\n${text}\n`;
    const head = 'From: a\nSubject: b\nContent-Type: multipart/mixed; boundary="x"\n\n';
    const mail = `${head}--x\n\nHi\n${attached("a.txt", mails[0]!.text)}${attached("b.patch", "diff --git\n+fence\n")}--x--\n`;
    expect(await replay(mail, "m.eml")).toEqual({ code: 1, stdout: mails[0]!.replayed, stderr: "" });
    const plain = `${head}--x\n\nHi\n${attached("a.txt", "dma r c0 i0\nfence")}--x--\n`;
    expect(await replay(plain, "m.eml")).toMatchObject({ code: 0, stderr: "" });
  });

  it("says that a mail has no sequence, and where it looked", async () => {
    const { code, stdout, stderr } = await replay(messageOf("Hello,\n\nno.\n", "base64"), "m.eml");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      /^m\.eml:1:1: there is no sequence in this mail \(looked in: text\); known: a block from a line/,
    );
  });

  it("runs what is whole and refuses what is damaged, with its place in the part", async () => {
    const [first, second] = mails;
    const damaged = second!.text.replace("5. inv iotlb d0 p0 all", "5. inv iotlb d0 p1 all");
    const { code, stdout, stderr } = await replay(messageOf(`${first!.text}\n${damaged}`, "base64"), "m.eml");
    expect(code).toBe(2);
    expect(stdout).toContain(first!.replayed);
    expect(stderr).toMatch(
      /^m\.eml \(text\):[0-9]+:1: NF216 step 5 is "inv iotlb d0 p1 all" here, and "inv iotlb d0 p0 all" in the one-line form/,
    );
    const at = Number(/:([0-9]+):1:/.exec(stderr)![1]);
    expect(`${first!.text}\n${damaged}`.split("\n")[at - 1]).toBe("5. inv iotlb d0 p1 all");
  });

  it("runs a sequence that was changed on purpose once its check says so", async () => {
    const changed = mails[1]!.text.replace("5. inv iotlb d0 p0 all", "5. inv iotlb d0 all");
    const { stderr } = await replay(changed);
    const ending = /if it was changed on purpose, end it with: (.*)\n$/.exec(stderr)![1]!;
    const { code, stdout } = await replay(
      changed.replace(/^-->8--.*$/m, ending).replace(/^nestfuzz replay nf1[^-]*/m, ""),
    );
    // The other form of the old sequence is gone, and this one ends well: the id is of what failed.
    expect({ code, last: stdout.trimEnd().split("\n").at(-1) }).toEqual({
      code: 1,
      last: `${IDS[1]} gone: no property is broken in 6 steps`,
    });
  });

  it("says so where the failure is another one than the id says", async () => {
    const text = mails[0]!.text
      .replace(`id: ${IDS[0]}`, "id: nf-000000000000")
      .replace(/^nestfuzz replay nf1[^-]*/m, "");
    const ending = /end it with: (.*)\n$/.exec((await replay(text)).stderr)![1]!;
    const { stdout } = await replay(text.replace(/^-->8--.*$/m, ending));
    expect(stdout).toContain(`nf-000000000000 different: this is ${IDS[0]}`);
  });

  it("survives binary, empty and huge input", async () => {
    const bytes = Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 7919) % 256));
    for (const input of [bytes, Buffer.concat([Buffer.from("From: a\nSubject: b\n\n"), bytes]), Buffer.alloc(0)])
      expect(await replay(input, "x.eml")).toMatchObject({ code: 2, stdout: "" });
    const huge = `${"> some words of somebody in a long thread\n".repeat(250_000)}${mails[0]!.text}`;
    expect((await replay(huge)).stdout).toBe(mails[0]!.replayed);
    expect((await replay(messageOf(huge, "base64"), "m.eml")).stdout).toBe(mails[0]!.replayed);
  });
});

describe("the mail of a finding in a real unit", () => {
  it("is judged by the answers in it where the unit is not installed", async () => {
    const { id } = entries.find(({ target }) => target !== undefined && target.trouble === null)!;
    const { stdout: mail } = await place.call(["show", id]);
    const nowhere = { env: { ...process.env, PATH: place.folder } };
    const kept = place.run(["replay", id], "", nowhere);
    expect(kept.stdout).toMatch(/ same\njudged by the answers of qemu:/);
    expect(place.run(["replay", "-"], quote(mail), nowhere)).toEqual(kept);
    // Other answers are another counterexample, and the seal is not of them.
    const changed = place.run(["replay", "-"], mail.replace(/^answers: h[0-9]+/m, "answers: h9"), nowhere);
    expect(changed).toMatchObject({ code: 2, stdout: "" });
    expect(changed.stderr).toContain("NF216 the header of this block is not the one in the one-line form in line");
  });
});

describe("the mail of rules of one's own", () => {
  it("replays without them, from another folder", async () => {
    place.file("weak.yaml", WEAK);
    place.file("unit.yaml", UNIT);
    await place.call(["fuzz", "--contract", "weak.yaml", "--architecture", "unit.yaml", "--commands", "3000"]);
    const [name] = place.names("corpus");
    const id = name!.replace(".json", "");
    const { stdout: mail } = await place.call(["show", id]);
    expect(mail).toContain("rule: contract name = weak\n");
    expect(mail).toContain("rule: architecture cache device-tlb = absent\n");
    const { stdout: replayed } = await place.call(["replay", id]);
    const elsewhere = new Place();
    elsewhere.file("m.txt", quote(quote(mail)));
    const got = await elsewhere.call(["replay", "m.txt"]);
    elsewhere.remove();
    expect(got).toMatchObject({ code: 1, stderr: "" });
    expect(got.stdout.trimEnd().split("\n").at(-1)).toBe(`${id} same`);
    // Where a rule was written is no part of it.
    const steps = (text: string): string => text.split("\n\n")[1]!;
    expect(steps(got.stdout)).toBe(steps(replayed));
  });
});

describe("mails that were bent or damaged, through the program", () => {
  it("replay as they were sent, or are refused with a line, 60 times", async () => {
    const draw = seedrandom("program");
    const bad: string[] = [];
    for (let run = 0; run < 60; run++) {
      const { text, replayed } = mails[drawInt(draw, mails.length)]!;
      const harmful =
        run % 2 === 0 ? [] : [HARMFUL[drawInt(draw, HARMFUL.length)]!, HARMFUL[drawInt(draw, HARMFUL.length)]!];
      const steps = [...HARMLESS.map((choices) => choices[drawInt(draw, choices.length)]!), ...harmful];
      const lines = steps.reduce<string[]>((now, step) => step.change(now, draw), text.trimEnd().split("\n"));
      const { code, stdout, stderr } = await replay(lines.join("\n"));
      const isRight = code === 1 && stdout === replayed;
      // What is whole is run even where something else is refused: the one-line form beside a cut block.
      const ran = stdout.replace(/^sequence 1 of 1: .*\n\n/, "");
      const isRefused = code === 2 && (ran === "" || ran === replayed) && /^mail\.txt:[0-9]+:[0-9]+: /m.test(stderr);
      if (!isRight && !(isRefused && harmful.length > 0))
        bad.push(`${steps.map(({ name }) => name).join(", ")}\n${stderr}${stdout}`);
    }
    expect(bad.slice(0, 3)).toEqual([]);
  });

  it("say nothing of where the program is", () => {
    const { stderr } = place.run(["replay", "-"], mails[0]!.text.replace("guest", "guest").replace(/-->8--.*/, ""));
    expect(stderr).toContain("(standard input):");
    expect(stderr).not.toContain(root);
  });
});
