/**
 * The one-line form of a sequence: `nf1:` and base64url of its canonical text, coded by a fixed list of words.
 *
 * The bytes are the length of the coded text (7 bits a byte, the lowest first), the coded text, and the check of the
 * text (CRC-32, highest byte first). The length stands first so that a reader of a mail knows how many lines to join.
 * Coding picks the fewest bytes; that is the same on every machine, as a deflating library is not.
 */

import { fromBase64url, fromHex, fromUtf8, toBase64url, toHex, toUtf8 } from "./bytes.js";
import { HEX, RAW, WORDS } from "./one-line-words.js";
import { checkOf } from "./seal.js";

export const ONE_LINE = "nf1:";

const FIRST_WORD = RAW + 1;
const HEX_DIGITS = 12;
const CHECK_BYTES = 4;
/** Longer ones are for a block. */
const LONGEST = 1 << 20;

/** A way to code the text from some place on: its bytes, and where the rest begins. */
interface Step {
  bytes: number[];
  next: number;
}

export function encodeOneLine(canonical: string): string {
  const body = coded(canonical);
  return `${ONE_LINE}${toBase64url([...lengthBytes(body.length), ...body, ...fromHex(checkOf(canonical))])}`;
}

/** The fewest bytes, found from the end; of equally short ways the first word of the list. */
function coded(text: string): number[] {
  const steps: Step[] = [];
  const costs = new Array<number>(text.length + 1).fill(0);
  for (let at = text.length - 1; at >= 0; at--) {
    let best = Number.POSITIVE_INFINITY;
    for (const step of waysAt(text, at)) {
      const cost = step.bytes.length + costs[step.next]!;
      if (cost >= best) continue;
      best = cost;
      steps[at] = step;
    }
    costs[at] = best;
  }
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at = steps[at]!.next) bytes.push(...steps[at]!.bytes);
  return bytes;
}

const BY_LETTER = new Map<string, { word: string; code: number }[]>();
for (const [at, word] of WORDS.entries())
  BY_LETTER.set(word[0]!, [...(BY_LETTER.get(word[0]!) ?? []), { word, code: at + FIRST_WORD }]);

const HEX_RUN = /[0-9a-f]{12}/y;

function waysAt(text: string, at: number): Step[] {
  const ways = (BY_LETTER.get(text[at]!) ?? [])
    .filter(({ word }) => text.startsWith(word, at))
    .map(({ word, code }) => ({ bytes: [code], next: at + word.length }));
  HEX_RUN.lastIndex = at;
  const run = HEX_RUN.exec(text)?.[0];
  if (run !== undefined) ways.push({ bytes: [HEX, ...fromHex(run)], next: at + HEX_DIGITS });
  if (ways.length > 0) return ways;
  const sign = String.fromCodePoint(text.codePointAt(at)!);
  return [{ bytes: toUtf8(sign).flatMap((byte) => [RAW, byte]), next: at + sign.length }];
}

function lengthBytes(length: number): number[] {
  return length < 128 ? [length] : [(length & 127) | 128, ...lengthBytes(length >> 7)];
}

export type Decoded = { ok: true; text: string } | { ok: false; seen: string };

/** Number of letters behind `nf1:`, from the first of them; undefined while there are too few to tell, or too many. */
export function lettersDue(letters: string): number | undefined {
  const head = headOf(fromBase64url(letters.slice(0, 8)));
  return head === undefined ? undefined : Math.ceil(((head.width + head.length + CHECK_BYTES) * 8) / 6);
}

function headOf(bytes: readonly number[]): { width: number; length: number } | undefined {
  let length = 0;
  for (let at = 0; at < Math.min(3, bytes.length); at++) {
    length += (bytes[at]! & 127) << (7 * at);
    if (bytes[at]! < 128) return length > LONGEST ? undefined : { width: at + 1, length };
  }
  return undefined;
}

/** The canonical text behind `nf1:`, or what is wrong with it. */
export function decodeOneLine(letters: string): Decoded {
  const due = lettersDue(letters);
  if (due === undefined) return { ok: false, seen: "it has no length" };
  const spare = letters.slice(due);
  if (letters.length < due) return { ok: false, seen: `${due - letters.length} of ${due} letters are missing` };
  // An underline or a dash behind it is somebody's punctuation.
  if (/[^-_]/.test(spare)) return { ok: false, seen: `it has ${letters.length} letters, and its length says ${due}` };
  const bytes = fromBase64url(letters.slice(0, due));
  const { width, length } = headOf(bytes)!;
  const text = decoded(bytes.slice(width, width + length));
  const stated = toHex(bytes.slice(width + length, width + length + CHECK_BYTES)).toUpperCase();
  if (text !== undefined && checkOf(text) === stated) return { ok: true, text };
  return { ok: false, seen: `its check is ${stated}, that of what it says is not` };
}

function decoded(body: readonly number[]): string | undefined {
  const bytes: number[] = [];
  for (let at = 0; at < body.length; ) {
    const code = body[at]!;
    if (code === HEX) {
      bytes.push(...toUtf8(toHex(body.slice(at + 1, at + 7))));
      at += 1 + HEX_DIGITS / 2;
    } else if (code === RAW) {
      bytes.push(...body.slice(at + 1, at + 2));
      at += 2;
    } else {
      const word = WORDS[code - FIRST_WORD];
      if (word === undefined) return undefined;
      bytes.push(...toUtf8(word));
      at += 1;
    }
  }
  return fromUtf8(bytes);
}
