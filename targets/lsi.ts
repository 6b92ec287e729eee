/**
 * The DMA engine: QEMU's `lsi53c895a`, whose script processor runs inside the register write that starts it.
 *
 * A script loads 4 bytes from an address into SCRATCHA, or stores them. The script itself is fetched by DMA: its page
 * is mapped for every context at `SCRIPT_IOVA`, which no command of a sequence can change. There is one script for each
 * page and access, written once.
 */

import { MARK_OFFSET, PAGE, spaceAddress, TAG_OFFSET } from "./memory-map.js";
import type { Batch } from "./qtest.js";

/** The BAR of its registers, in memory. */
export const BAR = 0x14;
/** Bytes of a script. */
const SCRIPT = 16;
const ISTAT = 0x14;
const DSP = 0x2c;
const SCRATCHA = 0x34;
const DSTAT = 0x0c;
/** LOAD and STORE of 4 bytes of SCRATCHA, then INT. */
const LOAD = 0xe134_0004;
const STORE = 0xe034_0004;
const INTERRUPT = 0x9808_0000;
/** What SCRATCHA holds before a load; no page has it as its tag. */
export const NOTHING = 0xdead_beef;

/** Writes the scripts for `pages` IOVA pages at `address`. */
export function writeScripts(batch: Batch, address: number, pages: number): void {
  if (pages * 2 * SCRIPT > PAGE) throw new Error("the scripts do not fit into a page");
  for (let page = 0; page < pages; page++) {
    for (const access of [0, 1]) {
      const at = address + scriptOffset(page, access);
      batch.write32(at, access === 1 ? STORE : LOAD);
      batch.write32(at + 4, spaceAddress(page) + (access === 1 ? MARK_OFFSET : TAG_OFFSET));
      batch.write32(at + 8, INTERRUPT);
      batch.write32(at + 12, 0);
    }
  }
}

function scriptOffset(page: number, access: number): number {
  return (page * 2 + access) * SCRIPT;
}

/** One device: `registers` is where its memory BAR lies, `scriptIova` where it sees the scripts. */
export class Lsi {
  constructor(
    private readonly registers: number,
    private readonly scriptIova: number,
  ) {}

  /** Stops whatever a script that could not be fetched left behind. */
  reset(batch: Batch): void {
    batch.write8(this.registers + ISTAT, 0x40);
  }

  /** A read of the page's tag; the number of the request that tells what was read. */
  read(batch: Batch, page: number): number {
    this.run(batch, page, 0, NOTHING);
    return batch.read32(this.registers + SCRATCHA);
  }

  write(batch: Batch, page: number, value: number): void {
    this.run(batch, page, 1, value);
  }

  private run(batch: Batch, page: number, access: number, scratch: number): void {
    this.reset(batch);
    batch.write32(this.registers + SCRATCHA, scratch);
    batch.write32(this.registers + DSP, this.scriptIova + scriptOffset(page, access));
    batch.read32(this.registers + DSTAT);
  }
}
