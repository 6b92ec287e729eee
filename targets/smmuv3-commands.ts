/**
 * Commands of Arm SMMUv3's queue (Arm IHI 0070, 4.1 to 4.7) for the invalidations of the models.
 *
 * VMID and ASID are a model's domain and process plus 1. A range is (NUM + 1) * 2^SCALE granules from an address on, by
 * one command; where no such range covers the pages of the model's and none beside them there is no command. Leaf
 * tables have room between the last page that is looked at and the first of the next table, so most ranges have one.
 */

import { ANY, RANGE, STRIDE, slots } from "../commands/command.js";
import { INVALIDATION_KINDS } from "../rules/vocabulary.js";
import { PAGE, REAL_ENTRIES, spaceAddress } from "./memory-map.js";

const I = slots("invalidate");

export type Command = readonly [low: bigint, high: bigint];

const OPCODE = {
  cfgiSte: 0x03,
  cfgiSteRange: 0x04,
  cfgiCd: 0x05,
  nhAll: 0x10,
  nhAsid: 0x11,
  nhVa: 0x12,
  nhVaa: 0x13,
  s12VmAll: 0x28,
  s2Ipa: 0x2a,
  nsnhAll: 0x30,
  sync: 0x46,
};
/** 4 KiB. */
const GRANULE = 1n;
const MOST_SCALE = 31;
const MOST_NUM = 31;
/** Of CMD_CFGI_STE_RANGE: 2^32 streams, which is CMD_CFGI_ALL. */
const ALL_STREAMS = 31;
/** Tags are sent in 16 bits. */
const TAGS = 0xffff;
/** Streams of a device are 8 apart: one for each function of its slot. */
const STREAM_SHIFT = 3;
const FIRST_SLOT = 8;

export const vmid = (domain: number): bigint => BigInt(domain + 1);
export const asid = (process: number): bigint => BigInt(process + 1);

/** Slots are a multiple of 8 and up, so that low bits of a context's number are bits of its StreamID. */
export const slotOf = (context: number): number => FIRST_SLOT + context;
export const streamOf = (context: number): number => slotOf(context) << STREAM_SHIFT;

export const sync: Command = [BigInt(OPCODE.sync), 0n];
export const cfgiAll: Command = [BigInt(OPCODE.cfgiSteRange), BigInt(ALL_STREAMS)];
export const nsnhAll: Command = [BigInt(OPCODE.nsnhAll), 0n];

/** The range of a command as sent: from an address on, a granule if `granules` is 1. */
export interface Span {
  address: number;
  num: number;
  scale: number;
}

/** The range that covers pages `first` to `last` of a space and no others that are looked at, or null. */
export function spanOf(first: number, last: number): Span | null {
  const start = spaceAddress(first);
  const end = spaceAddress(last) + PAGE;
  const lowest = first > 0 && first % REAL_ENTRIES === 0 ? spaceAddress(first - 1) + PAGE : start;
  const highest = last % REAL_ENTRIES === REAL_ENTRIES - 1 ? spaceAddress(last + 1) : end;
  for (let scale = 0; scale <= MOST_SCALE; scale++) {
    const unit = PAGE * 2 ** scale;
    const count = Math.ceil((end - start) / unit);
    if (count > MOST_NUM + 1) continue;
    const room = { num: count - 1, scale };
    if (start + count * unit <= highest) return { address: start, ...room };
    if (end - count * unit >= lowest) return { address: end - count * unit, ...room };
  }
  return null;
}

/** The span of the command's address operand in a space of `pages` pages; null if it has none, or no encoding. */
function operandSpan(sequence: Float64Array, from: number, pages: number): Span | null {
  const base = sequence[from + I.base]!;
  const size = sequence[from + I.size]!;
  const count = sequence[from + I.form] === RANGE.mask ? 2 ** Math.min(size, 52) : size;
  if (base >= pages || count < 1) return null;
  return spanOf(base, Math.min(base + count, pages) - 1);
}

/** A command that names addresses: `tags` are its VMID and ASID in place. TTL is level 3 for a last-level leaf. */
function addressed(opcode: number, tags: bigint, span: Span, leaf: boolean, level: number): Command {
  const isRange = span.num > 0 || span.scale > 0 || level > 0;
  const range = isRange ? (BigInt(span.num) << 12n) | (BigInt(span.scale) << 20n) : 0n;
  const hint = isRange ? (GRANULE << 10n) | (BigInt(level > 0 ? 4 - level : 0) << 8n) : 0n;
  return [BigInt(opcode) | range | tags, BigInt(span.address) | hint | (leaf ? 1n : 0n)];
}

/** What the invalidation at position `at` is sent as; null if there is no such command. */
export function commandAt(sequence: Float64Array, at: number, iovaPages: number, guestPages: number): Command | null {
  const from = at * STRIDE;
  switch (INVALIDATION_KINDS[sequence[from + I.invalidation]!]) {
    case "iotlb":
      return stage1Command(sequence, from, iovaPages);
    case "s2":
      return stage2Command(sequence, from, guestPages);
    case "ctx":
      return contextCommand(sequence[from + I.requester]!, sequence[from + I.requesterMask]!);
    case "pasid": {
      const requester = sequence[from + I.requester]!;
      if (requester === ANY || sequence[from + I.requesterMask] !== 0) return null;
      return [BigInt(OPCODE.cfgiCd) | (BigInt(streamOf(requester)) << 32n), 1n];
    }
    default:
      return null;
  }
}

/** Domain and process in their places; null where one has no number. */
function tagsOf(sequence: Float64Array, from: number): bigint | null {
  const domain = sequence[from + I.domain]!;
  const process = sequence[from + I.process]!;
  if (domain < 0 || domain >= TAGS || process >= TAGS) return null;
  return (vmid(domain) << 32n) | (process === ANY ? 0n : asid(process) << 48n);
}

/** A block is level 2: its range must begin where one does. */
function hintOf(sequence: Float64Array, from: number, span: Span): number | null {
  const level = sequence[from + I.level]!;
  if (level > 2) return null;
  return level === 2 && span.address % spaceAddress(REAL_ENTRIES) !== 0 ? null : level;
}

function stage1Command(sequence: Float64Array, from: number, pages: number): Command | null {
  const hasAddress = sequence[from + I.form] !== RANGE.all;
  const hasProcess = sequence[from + I.process] !== ANY;
  if (sequence[from + I.domain] === ANY) return hasAddress || hasProcess ? null : nsnhAll;
  const tags = tagsOf(sequence, from);
  if (tags === null) return null;
  if (!hasAddress) return [BigInt(hasProcess ? OPCODE.nhAsid : OPCODE.nhAll) | tags, 0n];
  return withAddress(hasProcess ? OPCODE.nhVa : OPCODE.nhVaa, tags, sequence, from, pages);
}

function stage2Command(sequence: Float64Array, from: number, pages: number): Command | null {
  const hasAddress = sequence[from + I.form] !== RANGE.all;
  if (sequence[from + I.domain] === ANY) return hasAddress ? null : nsnhAll;
  if (sequence[from + I.process] !== ANY) return null;
  const tags = tagsOf(sequence, from);
  if (tags === null) return null;
  if (!hasAddress) return [BigInt(OPCODE.s12VmAll) | tags, 0n];
  return withAddress(OPCODE.s2Ipa, tags, sequence, from, pages);
}

function withAddress(
  opcode: number,
  tags: bigint,
  sequence: Float64Array,
  from: number,
  pages: number,
): Command | null {
  const span = operandSpan(sequence, from, pages);
  const level = span === null ? null : hintOf(sequence, from, span);
  if (span === null || level === null) return null;
  return addressed(opcode, tags, span, sequence[from + I.leaf] === 1, level);
}

/** Streams by an aligned block of them: 2^(Range + 1). */
function contextCommand(requester: number, mask: number): Command | null {
  if (requester === ANY) return cfgiAll;
  if (requester >= FIRST_SLOT) return null;
  const stream = BigInt(streamOf(requester)) << 32n;
  if (mask === 0) return [BigInt(OPCODE.cfgiSte) | stream, 1n];
  const bits = Math.log2(mask + 1);
  if (!Number.isInteger(bits) || bits > STREAM_SHIFT) return null;
  return [BigInt(OPCODE.cfgiSteRange) | stream, BigInt(STREAM_SHIFT + bits - 1)];
}
