/**
 * From the bytes of a file to the texts in it: a plain text, a message with its parts and attachments, or a mailbox.
 *
 * What a file is shows in its first lines, not in its name: `From ` begins a mailbox, a header field that only mails
 * have begins a message. MIME is the library's affair (quoted-printable, base64, character sets, HTML alone, messages
 * in messages). Texts keep a label, since lines are counted in the decoded text.
 */

import PostalMime, { type Attachment } from "postal-mime";

/** A text of a file. */
export interface MailPart {
  /** Where it stands, behind the name of the file: empty for the file itself. */
  label: string;
  text: string;
  isAttachment: boolean;
}

export interface MailParts {
  parts: MailPart[];
  /** The file is no plain text but a message or a mailbox. */
  isMail: boolean;
  /** Messages that the library refuses, with its reason. */
  broken: { label: string; reason: string }[];
}

const FIELD = /^[!-9;-~]+:/;
const OF_MAILS = /^(?:received|return-path|from|to|subject|date|message-id|mime-version|content-[a-z-]+)[ \t]*:/i;

export async function mailParts(bytes: Buffer): Promise<MailParts> {
  const head = bytes
    .subarray(0, 4096)
    .toString("latin1")
    .replace(/^\u00ef\u00bb\u00bf/, "");
  if (/^From [^\n]*\r?\n[!-9;-~]+:/.test(head)) return mailbox(bytes);
  if (isMessage(head)) return messageParts(bytes, "");
  return { parts: [{ label: "", text: plainText(bytes), isAttachment: false }], isMail: false, broken: [] };
}

/** Two header fields, one of them of the kind that mails have. */
function isMessage(head: string): boolean {
  const lines = head.split(/\r?\n/);
  const end = lines.indexOf("");
  const fields = lines.slice(0, end < 0 ? lines.length : end).filter((line) => !/^[ \t]/.test(line));
  return fields.length >= 2 && fields.every((line) => FIELD.test(line)) && fields.some((line) => OF_MAILS.test(line));
}

function plainText(bytes: Buffer): string {
  const isLittle = bytes[0] === 0xff && bytes[1] === 0xfe;
  if (isLittle) return new TextDecoder("utf-16le").decode(bytes);
  return bytes.toString("utf8").replace(/^\ufeff/, "");
}

async function mailbox(bytes: Buffer): Promise<MailParts> {
  const found: MailParts = { parts: [], isMail: true, broken: [] };
  for (const [at, message] of splitMailbox(bytes).entries()) {
    const { parts, broken } = await messageParts(message, `message ${at + 1}`);
    found.parts.push(...parts);
    found.broken.push(...broken);
  }
  return found;
}

/** Messages begin at `From ` behind an empty line; what begins so in a message has a `>` before it. */
export function splitMailbox(bytes: Buffer): Buffer[] {
  const text = bytes.toString("latin1");
  const starts = [...text.matchAll(/(?:^|\n\r?\n)From [^\n]*\n(?=[!-9;-~]+:)/g)];
  return starts.map((start, at) => {
    const message = text.slice(start.index + start[0].length, starts[at + 1]?.index);
    return Buffer.from(message.replace(/^>(>*From )/gm, "$1"), "latin1");
  });
}

async function messageParts(bytes: Buffer, label: string): Promise<MailParts> {
  try {
    const message = await PostalMime.parse(withoutFlow(bytes));
    const text = message.text ?? (message.html === undefined ? "" : await textOfHtml(message.html));
    const body = { label: joinLabel(label, "text"), text, isAttachment: false };
    const attached = message.attachments.flatMap((attachment, at): MailPart[] => {
      const name = attachment.filename ?? `${at + 1}`;
      return isText(attachment)
        ? [
            {
              label: joinLabel(label, `attachment ${JSON.stringify(name)}`),
              text: textOf(attachment),
              isAttachment: true,
            },
          ]
        : [];
    });
    return { parts: [body, ...attached], isMail: true, broken: [] };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { parts: [], isMail: true, broken: [{ label, reason }] };
  }
}

/**
 * Lines of format=flowed as they were sent: joining them puts the quote of the next line into the middle of a text, and
 * makes one line of a block whose lines a mailer ended in spaces. The reader of blocks joins what belongs together.
 */
function withoutFlow(bytes: Buffer): Buffer {
  const text = bytes.toString("latin1");
  return Buffer.from(text.replace(/(\bformat\s*=\s*"?)flowed/gi, "$1fixed "), "latin1");
}

/** The library makes text of HTML where a message has text besides. */
async function textOfHtml(html: string): Promise<string> {
  const lines = [
    'Content-Type: multipart/mixed; boundary="part"',
    "\n--part\nContent-Type: text/plain\n\n\n--part",
    "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n",
    Buffer.from(html).toString("base64").replace(/.{76}/g, "$&\n"),
    "--part--\n",
  ];
  return (await PostalMime.parse(lines.join("\n"))).text ?? "";
}

const joinLabel = (label: string, part: string): string => (label === "" ? part : `${label}, ${part}`);

function isText({ mimeType, filename }: Attachment): boolean {
  return /^text\/|^message\//.test(mimeType) || /\.(txt|nestfuzz|mail|eml)$/i.test(filename ?? "");
}

function textOf({ content }: Attachment): string {
  return typeof content === "string" ? content : plainText(Buffer.from(content as ArrayBuffer));
}
