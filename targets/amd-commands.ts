/**
 * Commands of AMD-Vi's command buffer (AMD 48882, command buffer): 128 bits, opcode in bits 63:60.
 *
 * A range of INVALIDATE_IOMMU_PAGES is an aligned power of two: with S=1 the lowest zero bit of the address, from bit
 * 12 up, says its size. A block of 4 model pages is all that is looked at of a leaf table and its first 4 pages; larger
 * ones are blocks of whole leaf tables.
 */

import { RANGE, slots } from "../commands/command.js";
import { blockLog2, PAGE, realLog2, spaceAddress } from "./memory-map.js";

const I = slots("invalidate");

export type Command = readonly [low: bigint, high: bigint];

const COMPLETION_WAIT = 1n << 60n;
const DEVTAB_ENTRY = 2n << 60n;
const IOMMU_PAGES = 3n << 60n;
const IOMMU_ALL = 8n << 60n;
const STORE = 1n;
/** Of INVALIDATE_IOMMU_PAGES, in its second half. */
const SEVERAL = 1n;
const POINTERS = 2n;
const GUEST = 4n;
/** An address that with S=1 means all pages. */
export const ALL_PAGES = 0x7fff_ffff_ffff_f000n | SEVERAL;
/** Larger blocks are all pages. */
const MOST_LOG2 = 51;

export const amdAll: Command = [IOMMU_ALL, 0n];

export function amdWait(address: number, value: number): Command {
  return [COMPLETION_WAIT | BigInt(address) | STORE, BigInt(value)];
}

export function amdDevice(deviceId: number): Command {
  return [DEVTAB_ENTRY | BigInt(deviceId), 0n];
}

/** `address` with S; PDE=0 keeps pointers; a PASID means GN=1. */
export function amdPages(
  domainId: number,
  { address, keepsPointers }: { address: bigint; keepsPointers: boolean },
  pasid: number | null,
): Command {
  const flags = address | (keepsPointers ? 0n : POINTERS) | (pasid === null ? 0n : GUEST);
  return [IOMMU_PAGES | (BigInt(domainId) << 32n) | BigInt(pasid ?? 0), flags];
}

/** The smallest aligned block with all pages of the command at `from`, as address and S. */
export function napotAddress(sequence: Float64Array, from: number): bigint {
  if (sequence[from + I.form] === RANGE.all) return ALL_PAGES;
  const base = sequence[from + I.base]!;
  const size = sequence[from + I.size]!;
  const log2 = sequence[from + I.form] === RANGE.mask ? size : blockLog2(base, size);
  const bytesLog2 = Math.log2(PAGE) + realLog2(log2);
  if (bytesLog2 > MOST_LOG2) return ALL_PAGES;
  const first = BigInt(spaceAddress(Math.floor(base / 2 ** log2) * 2 ** log2));
  if (bytesLog2 === Math.log2(PAGE)) return first;
  // Ones below the bit that is zero: bit `bytesLog2 - 1`.
  return first | ((1n << BigInt(bytesLog2 - 1)) - BigInt(PAGE)) | SEVERAL;
}
