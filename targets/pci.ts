/**
 * Setting up a PCI function: a memory BAR, then memory space and bus mastering on.
 *
 * A PC is told through the ports of configuration mechanism 1; the other machines have their configuration space in
 * memory (ECAM), 32 KiB a slot.
 */

import type { Batch } from "./qtest.js";

const COMMAND = 0x04;
const MEMORY_AND_MASTER = 6;
const PORTS = { address: 0xcf8, data: 0xcfc };
const ENABLE = 2 ** 31;
const SLOT = 0x8000;

/** `requester`: device and function of bus 0. */
export function configurePorts(batch: Batch, requester: number, bar: number, address: number): void {
  for (const [offset, value] of [
    [bar, address],
    [COMMAND, MEMORY_AND_MASTER],
  ] as const) {
    batch.out32(PORTS.address, ENABLE + requester * 256 + offset);
    batch.out32(PORTS.data, value);
  }
}

/** Function 0 of `slot`; `ecam`: where the configuration space begins. */
export function configureEcam(batch: Batch, ecam: number, slot: number, bar: number, address: number): void {
  const base = ecam + slot * SLOT;
  batch.write32(base + bar, address);
  batch.write32(base + COMMAND, MEMORY_AND_MASTER);
}
