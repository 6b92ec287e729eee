/**
 * Bytes as text, where there is no `Buffer`: the language runs in browsers too.
 *
 * Readers are lenient, as a mail may have been cut anywhere: letters of another alphabet are left out, and so are bits
 * that make no whole byte.
 */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

export function toBase64url(bytes: readonly number[]): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a, b, c] = [bytes[at]!, bytes[at + 1], bytes[at + 2]];
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    const count = c !== undefined ? 4 : b !== undefined ? 3 : 2;
    for (let letter = 0; letter < count; letter++) text += LETTERS[(bits >> (18 - 6 * letter)) & 63];
  }
  return text;
}

export function fromBase64url(text: string): number[] {
  const bytes: number[] = [];
  let bits = 0;
  let count = 0;
  for (const letter of text) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) continue;
    bits = ((bits << 6) | value) & 0xfff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push((bits >> count) & 255);
  }
  return bytes;
}

export const toHex = (bytes: readonly number[]): string =>
  bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");

export const fromHex = (text: string): number[] =>
  (text.match(/../g) ?? []).map((digits) => Number.parseInt(digits, 16));

export const toUtf8 = (text: string): number[] => [...new TextEncoder().encode(text)];

/** What is no UTF-8 becomes U+FFFD. */
export const fromUtf8 = (bytes: readonly number[]): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));
