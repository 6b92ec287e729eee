/** Messages for the tests: a text as a mailer sends it, in one of the encodings of MIME. */

import { type Draw, drawInt } from "../report/mail.mutations.js";

const HEAD = [
  "From: someone <someone@example.org>",
  "To: list@example.org",
  "Subject: =?utf-8?q?a_counterexample_=E2=80=93_again?=",
  "MIME-Version: 1.0",
];

export const ENCODINGS = ["7bit", "quoted-printable", "base64", "flowed", "multipart"] as const;
export type Encoding = (typeof ENCODINGS)[number];

export function encoded(text: string, draw: Draw): string {
  return messageOf(text, ENCODINGS[drawInt(draw, ENCODINGS.length)]!);
}

export function messageOf(text: string, encoding: Encoding): string {
  return [...HEAD, ...bodyOf(text, encoding), ""].join("\r\n");
}

function bodyOf(text: string, encoding: Encoding): string[] {
  const lines = text.replaceAll("\r", "").split("\n");
  switch (encoding) {
    case "7bit":
      return ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "", ...lines];
    case "flowed":
      return ["Content-Type: text/plain; charset=utf-8; format=flowed", "", ...lines.map(stuffed)];
    case "quoted-printable":
      return [
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        ...lines.map(quotedPrintable),
      ];
    case "base64":
      return [
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        "",
        ...(Buffer.from(lines.join("\r\n"))
          .toString("base64")
          .match(/.{1,76}/g) ?? []),
      ];
    case "multipart":
      return [
        'Content-Type: multipart/alternative; boundary="b1"',
        "",
        "--b1",
        ...bodyOf(text, "quoted-printable"),
        "--b1",
        "Content-Type: text/html; charset=utf-8",
        "",
        `<pre>${text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")}</pre>`,
        "--b1--",
      ];
  }
}

/** RFC 3676: what begins like a quote or a space has a space before it; a quote keeps its place. */
const stuffed = (line: string): string => (/^( |From )/.test(line) ? ` ${line}` : line);

function quotedPrintable(line: string): string {
  const signs = [...Buffer.from(line)].map((byte) =>
    (byte >= 33 && byte <= 126 && byte !== 61) || byte === 32
      ? String.fromCharCode(byte)
      : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`,
  );
  if (signs.at(-1) === " ") signs[signs.length - 1] = "=20";
  const lines: string[] = [""];
  for (const sign of signs) {
    if (lines.at(-1)!.length + sign.length > 75) {
      lines[lines.length - 1] += "=";
      lines.push("");
    }
    lines[lines.length - 1] += sign;
  }
  return lines.join("\r\n");
}
