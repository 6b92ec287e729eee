/**
 * Where the pages of a geometry lie in the memory of a real machine.
 *
 * A model page is a page of 4 KiB and a model table of 4 entries the first 4 of a real table's 512, so the digits of a
 * page number are those of its address, to base 512: page 4a+b of any space lies at a * 2 MiB + b * 4 KiB, and a
 * superpage covers 2 MiB of which 4 pages are looked at. Entries that the model has no number for belong to the
 * harness: real tables have a level or two more, and what stands there never changes.
 */

import type { Geometry } from "../models/geometry.js";

export const PAGE = 0x1000;
export const SUPERPAGE = 0x20_0000;
export const GIB = 0x4000_0000;

/** The only shape that is laid out: 2 levels of 4 entries on both stages. */
export const REAL_LEVELS = 2;
export const REAL_ENTRIES = 4;

/** Address of page `page` in a space that begins at 0: IOVA or guest-physical. */
export function spaceAddress(page: number): number {
  return Math.floor(page / REAL_ENTRIES) * SUPERPAGE + (page % REAL_ENTRIES) * PAGE;
}

const PAGES_LOG2 = 9;
const MODEL_LOG2 = Math.log2(REAL_ENTRIES);

/** log2 of the smallest aligned block of pages with `size` of them from `base` on; -1 for none. */
export function blockLog2(base: number, size: number): number {
  if (size < 1) return -1;
  let log2 = 0;
  while (Math.floor(base / 2 ** log2) !== Math.floor((base + size - 1) / 2 ** log2)) log2++;
  return log2;
}

/** log2 of the real pages for a block of 2^log2 model pages: the first ones of a leaf table, then whole tables. */
export function realLog2(log2: number): number {
  return log2 <= MODEL_LOG2 ? log2 : log2 - MODEL_LOG2 + PAGES_LOG2;
}

/** Where things lie in a page: the entries come first, then what a device reads, then what it writes. */
export const TAG_OFFSET = 0x800;
export const MARK_OFFSET = 0x808;
/** What a device reads in host page `page`. */
export const tagOf = (page: number): number => 0x7a00_0000 + page;

/** Bytes from the start of RAM: harness structures below, host pages above. */
const STATIC_AT = 0x10_0000;
const HOST_AT = 64 * 2 ** 20;

export class MemoryMap {
  private next: number;

  /** `ram`: address of the first byte of memory. */
  constructor(
    readonly ram: number,
    readonly geometry: Geometry,
  ) {
    this.next = ram + STATIC_AT;
  }

  hostAddress(page: number): number {
    return this.ram + HOST_AT + spaceAddress(page);
  }

  /** Room for a structure of the harness, aligned to its size or to `align`. */
  take(bytes: number = PAGE, align: number = Math.max(PAGE, bytes)): number {
    const address = Math.ceil(this.next / align) * align;
    this.next = address + bytes;
    if (this.next > this.ram + HOST_AT) throw new Error("the harness needs more memory than is laid out for it");
    return address;
  }
}
