/**
 * The seal of a sequence: a CRC-32 over its canonical text.
 *
 * It stands for what a block means, not for its bytes: the block is parsed and printed again before it is summed, so
 * that quotes, white space and wrapping do not count and any change of meaning does. The polynomial is that of zip and
 * PNG; `zlib.crc32` is not in every Node 20.
 */

const POLYNOMIAL = 0xedb88320;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
  return value;
});

/** CRC-32 of the UTF-8 bytes of `text`. */
export function crc32(text: string): number {
  let sum = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) sum = TABLE[(sum ^ byte) & 0xff]! ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

/** The check as a block states it: eight hexadecimal digits in upper case. */
export function checkOf(canonical: string): string {
  return crc32(canonical).toString(16).toUpperCase().padStart(8, "0");
}
