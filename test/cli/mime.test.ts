/** What a file is, and the texts in it. */

import { describe, expect, it } from "vitest";
import { mailParts, splitMailbox } from "../../cli/mime.js";
import { ENCODINGS, messageOf } from "./mime.messages.js";

const TEXT =
  "Hi,\n> a long line of somebody, w\u00f6rds and =3D signs, quoted and so on, to be wrapped by the mailer here\n\nfence\n";
const parts = async (text: string | Buffer) => mailParts(Buffer.from(text as string));
const flat = (text: string): string => text.replaceAll("\r", "").trim();

describe("mailParts", () => {
  it.each(ENCODINGS)("decodes a message of %s", async (encoding) => {
    const { parts: found, isMail, broken } = await parts(messageOf(TEXT, encoding));
    expect({ isMail, broken, labels: found.map(({ label }) => label) }).toEqual({
      isMail: true,
      broken: [],
      labels: ["text"],
    });
    expect(flat(found[0]!.text)).toBe(flat(TEXT));
  });

  it("reads the text of a mail that is HTML alone", async () => {
    const html = "<html><body><p>See:</p><pre>fence\ndma r c0 i0 &gt;</pre></body></html>";
    const { parts: found } = await parts(`From: a\nSubject: b\nContent-Type: text/html\n\n${html}`);
    expect(found[0]!.text).toContain("fence\ndma r c0 i0 >");
  });

  it("reads attachments that are text, and names them", async () => {
    const mail = [
      'From: a\nSubject: b\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\n--x\n\nHi\n--x',
      "Content-Type: application/octet-stream; name=seq.txt\nContent-Disposition: attachment; filename=seq.txt",
      `Content-Transfer-Encoding: base64\n\n${Buffer.from("fence\n").toString("base64")}\n--x`,
      "Content-Type: image/png\nContent-Disposition: attachment; filename=a.png\n\n\u0000\u0001\n--x--\n",
    ].join("\n");
    const { parts: found } = await parts(mail);
    expect(found.map(({ label, isAttachment }) => [label, isAttachment])).toEqual([
      ["text", false],
      ['attachment "seq.txt"', true],
    ]);
    expect(flat(found[1]!.text)).toBe("fence");
  });

  it("takes for plain text what does not begin as a mail does", async () => {
    for (const text of [
      "",
      "fence\n",
      "title: x\nstart: c0\n\nfence\n",
      "From: somebody\n\nthe head of a mail that was pasted\n",
      "Hi,\nFrom: a\nSubject: b\n",
    ])
      expect(await parts(text)).toEqual({
        parts: [{ label: "", text, isAttachment: false }],
        isMail: false,
        broken: [],
      });
    const marked = await parts(Buffer.from("\ufefffence\n"));
    expect(marked.parts[0]!.text).toBe("fence\n");
    const wide = await parts(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("fence\n", "utf16le")]));
    expect(wide.parts[0]!.text).toBe("fence\n");
  });

  it("says why the library refuses a message", async () => {
    const { parts: found, broken } = await parts(`From: a\nSubject: b\nX-Long: ${"x".repeat(3_000_000)}\n\nfence\n`);
    expect({ found, broken }).toEqual({
      found: [],
      broken: [{ label: "", reason: expect.stringContaining("header") }],
    });
  });

  it("reads every message of a mailbox", async () => {
    const box = ["7bit", "base64"].map(
      (encoding) => `From a@b Sat Jan  3 01:05:34 1996\n${messageOf(TEXT, encoding as "7bit")}`,
    );
    const { parts: found } = await parts(`${box.join("\n\n")}\n`);
    expect(found.map(({ label }) => label)).toEqual(["message 1, text", "message 2, text"]);
    for (const { text } of found) expect(flat(text)).toBe(flat(TEXT));
  });
});

describe("splitMailbox", () => {
  it("divides at From behind an empty line, and takes the > away that guards one in a text", () => {
    const box = "From a\nSubject: 1\n\nFrom here on\n>From there\n>>From x\n\nFrom b\nSubject: 2\n\ntext\n";
    expect(splitMailbox(Buffer.from(box)).map(String)).toEqual(
      ["Subject: 1\n\nFrom here on\nFrom there\n>From x\n", "Subject: 2\n\ntext\n"].map((text, at) =>
        at === 0 ? text.slice(0, -1) : text,
      ),
    );
  });
});
