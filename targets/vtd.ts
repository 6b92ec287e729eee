/**
 * What QEMU's `intel-iommu` needs in either mode: machine, registers, the invalidation queue and its descriptors.
 *
 * Encodings are those of the Intel VT-d specification, 6.5.2 (descriptors of the invalidation queue) and chapter 11
 * (registers). The devices are functions of one slot, numbered so that the function mask of a context-cache descriptor
 * means what the mask over the requesters of a model does. A descriptor always names one domain id: a command for any
 * domain is sent as one descriptor for each.
 */

import { RANGE, slots } from "../commands/command.js";
import { BAR, Lsi } from "./lsi.js";
import { blockLog2, GIB, type MemoryMap, PAGE, realLog2 } from "./memory-map.js";
import { configurePorts } from "./pci.js";
import type { Batch, Reply } from "./qtest.js";

const I = slots("invalidate");

const UNIT = 0xfed9_0000;
const DEVICES = 0xe000_0000;
const SLOT = 4;
const REG = { gcmd: 0x18, rtaddr: 0x20, fsts: 0x34, iqh: 0x80, iqt: 0x88, iqa: 0x90, frcd: 0x220 };
/** Global commands: translation, root table pointer, queued invalidation. */
const GCMD = { te: 2 ** 31, srtp: 2 ** 30, qie: 2 ** 26 };
const FSTS = { overflow: 1, queueError: 1 << 4 };
const IQA_WIDE = 1n << 11n;
/** RTADDR: the root table is a scalable-mode one. */
const SCALABLE = 1n << 10n;
/** Largest address mask (CAP.MAMV). */
const MOST_MASK = 18;
/** Tags that have a number in a descriptor, and IOVA pages below the scripts'. */
export const TAGS = 16;
const PAGES = 2048;

export const RESERVED = 1n << 50n;
/** Global, domain-selective, and within the domain: device-selective or page-selective. */
export const GRANULARITY = { global: 1, domain: 2, narrow: 3 } as const;
/** Those of the PASID-cache descriptor. */
export const PASID_GRANULARITY = { domain: 0, pasid: 1, global: 3 } as const;

/** The machine with the unit's own options and a device for each context. */
export function machineArgs(unit: string): string[] {
  const functions = [0, 1, 2].map((context) => functionOf(context));
  return [
    ..."-machine q35,kernel-irqchip=split -m 128M -device".split(" "),
    unit,
    ...functions.flatMap((fn) => ["-device", `lsi53c895a,addr=${SLOT}.${fn}${fn === 0 ? ",multifunction=on" : ""}`]),
  ];
}

/** Bit 0 of a context's number is bit 2 of its function, bit 1 is bit 1: the order in which FM masks them. */
function functionOf(context: number): number {
  return ((context & 1) << 2) | (context & 2);
}

export function sourceId(context: number): number {
  return (SLOT << 3) | functionOf(context);
}

/** FM for a mask over the numbers of contexts; -1 if there is none. */
export function functionMask(requesterMask: number): number {
  return requesterMask === 3 ? 2 : requesterMask < 2 ? requesterMask : -1;
}

export function devicesFor(contexts: number): Lsi[] {
  return Array.from({ length: contexts }, (_, context) => new Lsi(deviceAt(context), GIB));
}

function deviceAt(context: number): number {
  return DEVICES + context * PAGE;
}

export function configureDevices(batch: Batch, contexts: number): void {
  for (let context = 0; context < contexts; context++) configurePorts(batch, sourceId(context), BAR, deviceAt(context));
}

/**
 * The address mask (AM) with which a descriptor covers the model pages of the command at `from` and no others; -1 if
 * there is none. A block of 4 pages lies in one leaf table, larger ones span whole leaf tables.
 */
export function addressMask(sequence: Float64Array, from: number): number {
  const base = sequence[from + I.base]!;
  const size = sequence[from + I.size]!;
  const log2 = sequence[from + I.form] === RANGE.mask ? size : blockLog2(base, size);
  if (log2 < 0 || base >= PAGES) return -1;
  const mask = realLog2(log2);
  return mask <= MOST_MASK ? mask : -1;
}

/** Its address operand has an encoding, or it has none. */
export function hasRange(sequence: Float64Array, from: number): boolean {
  return sequence[from + I.form] === RANGE.all || addressMask(sequence, from) >= 0;
}

/** Its requester has an encoding, or it has none. */
export function hasRequester(sequence: Float64Array, from: number): boolean {
  return sequence[from + I.requester]! < 4 && functionMask(sequence[from + I.requesterMask]!) >= 0;
}

/** A descriptor of the queue; the upper half of a 256-bit one is 0. */
export type Descriptor = readonly [low: bigint, high: bigint];

/** cc_inv_dsc. */
export function contextDescriptor(granularity: number, did: number, sid: number, fm: number): Descriptor {
  return [1n | (BigInt(granularity) << 4n) | (BigInt(did) << 16n) | (BigInt(sid) << 32n) | (BigInt(fm) << 48n), 0n];
}

/** `address`, AM and IH of a page-selective descriptor; IH says nothing in the others. */
export interface Pages {
  address: number;
  mask: number;
  leaf: boolean;
}

export const NO_PAGES: Pages = { address: 0, mask: 0, leaf: false };

const pagesOf = ({ address, mask, leaf }: Pages): bigint => BigInt(address) | (leaf ? 1n << 6n : 0n) | BigInt(mask);

/** iotlb_inv_dsc, with both drains. */
export function iotlbDescriptor(granularity: number, did: number, pages: Pages): Descriptor {
  return [2n | (BigInt(granularity) << 4n) | (3n << 6n) | (BigInt(did) << 16n), pagesOf(pages)];
}

/** p_iotlb_inv_dsc: all of a PASID (domain) or pages of it (narrow). */
export function pasidIotlbDescriptor(granularity: number, did: number, pasid: number, pages: Pages): Descriptor {
  return [6n | (BigInt(granularity) << 4n) | (BigInt(did) << 16n) | (BigInt(pasid) << 32n), pagesOf(pages)];
}

/** pc_inv_dsc. */
export function pasidCacheDescriptor(granularity: number, did: number, pasid: number): Descriptor {
  return [7n | (BigInt(granularity) << 4n) | (BigInt(did) << 16n) | (BigInt(pasid) << 32n), 0n];
}

/** inv_wait_dsc with a status write. */
export function waitDescriptor(value: number, address: number): Descriptor {
  return [5n | (1n << 5n) | (BigInt(value) << 32n), BigInt(address)];
}

/** The queue of the unit: a page of descriptors of 128 or 256 bits. Each command rings the doorbell once. */
export class InvalidationQueue {
  private readonly queue: number;
  private readonly done: number;
  private readonly bytes: number;
  private tail = 0;
  private fences = 0;

  constructor(
    map: MemoryMap,
    private readonly isWide: boolean,
  ) {
    this.queue = map.take();
    this.done = map.take();
    this.bytes = isWide ? 32 : 16;
  }

  /** Queue and translation on, with this root table. */
  setUp(batch: Batch, root: number): void {
    batch.write64(UNIT + REG.iqa, BigInt(this.queue) | (this.isWide ? IQA_WIDE : 0n));
    batch.write64(UNIT + REG.iqt, 0n);
    batch.write32(UNIT + REG.gcmd, GCMD.qie);
    batch.write64(UNIT + REG.rtaddr, BigInt(root) | (this.isWide ? SCALABLE : 0n));
    batch.write32(UNIT + REG.gcmd, GCMD.qie + GCMD.srtp);
    batch.write32(UNIT + REG.gcmd, GCMD.qie + GCMD.te);
  }

  submit(batch: Batch, descriptors: readonly Descriptor[]): void {
    for (const words of descriptors) {
      for (let at = 0; at < this.bytes / 8; at++) batch.write64(this.queue + this.tail + at * 8, words[at] ?? 0n);
      this.tail = (this.tail + this.bytes) % PAGE;
    }
    batch.write64(UNIT + REG.iqt, BigInt(this.tail));
  }

  /** A wait descriptor that stores the number of fences. */
  fence(batch: Batch): void {
    this.fences++;
    this.submit(batch, [waitDescriptor(this.fences, this.done)]);
  }

  /** As `Driver.close`. */
  close(batch: Batch): (reply: Reply) => string | null {
    const done = batch.read32(this.done);
    const head = batch.read64(UNIT + REG.iqh);
    const status = batch.read32(UNIT + REG.fsts);
    const { fences, tail } = this;
    batch.write64(UNIT + REG.frcd + 8, 1n << 63n);
    batch.write32(UNIT + REG.fsts, FSTS.overflow);
    return (reply) => {
      if ((reply.value(status) & FSTS.queueError) !== 0) return "refused a descriptor of its queue";
      return reply.value(done) === fences && reply.value(head) === tail
        ? null
        : "did not take all commands of its queue";
    };
  }
}
