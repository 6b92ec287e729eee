/**
 * QEMU's SMMUv3 with both stages on: a device, an STE and a CD for each context (Arm IHI 0070, 5.2 and 5.4), tables of
 * 4 KiB granules (VMSAv8-64).
 *
 * TTB0 is the model's root itself, at the guest-physical address that it has: a stage-1 table of 30 bits begins at
 * level 2. Its last entry leads to the scripts, and stands in every page that may become a root. Stage 2 has a level
 * more than the model's, fixed for each VM, whose second entry maps the pages of the harness onto themselves; CDs lie
 * there.
 *
 * Stage 1 has no write-only pages, table descriptors of stage 2 no permissions, and those of stage 1 no nG bit. What is
 * not valid is no TLB's: a malformed descriptor is a block without the access flag, reserved on the last level.
 */

import { ENTRY, KIND, READ, STRIDE, slots, WRITE } from "../commands/command.js";
import type { Geometry } from "../models/geometry.js";
import { geometryOf } from "../models/geometry.js";
import {
  ABSENT,
  ANY_FAULT,
  contextClass,
  contextDomain,
  contextProcess,
  contextRoot,
  contextVm,
  entryGlobal,
  entryKind,
  entryPermission,
  entryTarget,
  PRESENT,
  packContext,
  stageFault,
} from "../models/values.js";
import type { Driver, UnitKind } from "./driver.js";
import { BAR, Lsi } from "./lsi.js";
import { GIB, type MemoryMap, PAGE, REAL_ENTRIES, SUPERPAGE, spaceAddress } from "./memory-map.js";
import { configureEcam } from "./pci.js";
import type { Batch, Reply } from "./qtest.js";
import { asid, type Command, cfgiAll, commandAt, nsnhAll, slotOf, streamOf, sync, vmid } from "./smmuv3-commands.js";

const W = slots("write");
const T = slots("stage2");

const RAM = 0x4000_0000;
const ECAM = 0x3f00_0000;
const UNIT = 0x0905_0000;
const DEVICES = 0x1000_0000;
const REG = {
  cr0: 0x20,
  gerror: 0x60,
  strtabBase: 0x80,
  strtabConfig: 0x88,
  cmdqBase: 0x90,
  cmdqProd: 0x98,
  cmdqCons: 0x9c,
  eventqBase: 0xa0,
  eventqProd: 0x1_00a8,
  eventqCons: 0x1_00ac,
};
/** SMMUEN, EVENTQEN, CMDQEN. */
const CR0 = { unit: 1, events: 4, commands: 8 };
const STREAMS_LOG2 = 7;
const QUEUE_LOG2 = 8;
const EVENTS_LOG2 = 7;
const QUEUE = 2 ** QUEUE_LOG2;

/** The last entry of a root: 511 of 512. */
const SCRIPT_ENTRY = 511;

/** Descriptors: valid, table or page, access flag, inner shareable; stage 1: AP[1] (EL0), AP[2], nG, APTable[1]. */
const VALID = 1n;
const TABLE = 3n;
const LEAF = (1n << 10n) | (3n << 8n);
const S1_LEAF = LEAF | (1n << 6n);
const S2_LEAF = LEAF | (15n << 2n);
const READ_ONLY = 1n << 7n;
const NOT_GLOBAL = 1n << 11n;
const TABLE_READ_ONLY = 1n << 62n;
const S2_RW = 3n << 6n;
const S2_PERMISSION = 6n;

/** STE: both stages; of stage 2: 39 bits from level 1 on, 40 bits of output, AArch64, faults recorded. */
const CONFIG_NESTED = 7n << 1n;
const S2_CONFIG = (25n << 32n) | (1n << 38n) | (2n << 48n) | (1n << 51n) | (1n << 58n);
/** A size of stage 2 that there is not: C_BAD_STE. */
const S2_BAD = 63n << 32n;
/** CD: 30 bits in TTB0, none in TTB1, 40 bits of output, AArch64, faults recorded, aborted. */
const CD_CONFIG = 34n | (1n << 30n) | (2n << 32n) | (1n << 45n) | (1n << 46n);
const CD_VALID = 1n << 31n;
/** Not there in a malformed one: AArch32, which IDR0.TTF does not have. C_BAD_CD. */
const CD_AA64 = 1n << 41n;

/** What stands in the other fields of an entry that is not present: tables that translate. */
const ANY_CONTEXT = packContext(PRESENT, 0, 0, 0, 2);
/** The page that an absent descriptor would lead to. */
const ANY_PAGE = 8;
const GEOMETRY = "2x4";
const SPACE: Geometry = geometryOf(GEOMETRY);

export const smmuv3Nested: UnitKind = {
  name: "smmuv3-nested",
  summary: "arm-smmuv3, stage 1 over stage 2, 4 KiB granules",
  binary: "qemu-system-aarch64",
  since: [9, 1],
  debian: "qemu-system-arm",
  args: [
    ..."-machine virt,iommu=smmuv3,highmem=off -cpu cortex-a57 -m 128M -global arm-smmuv3.stage=nested".split(" "),
    ...[0, 1, 2].flatMap((context) => ["-device", `lsi53c895a,addr=${slotOf(context).toString(16)}.0`]),
  ],
  architecture: "smmuv3-nested",
  contract: "smmuv3",
  geometry: GEOMETRY,
  departures: ["permissions", "global", "s2-roots"],
  ram: RAM,
  accepts,
  create: (map) => new Smmuv3Driver(map),
};

function accepts(sequence: Float64Array, at: number): boolean {
  const from = at * STRIDE;
  switch (sequence[from]!) {
    case KIND.write: {
      const entry = sequence[from + W.entry]!;
      if (entry === ENTRY.absent || entry === ENTRY.malformed) return true;
      if (entry === ENTRY.table && sequence[from + W.global] === 1) return false;
      return (sequence[from + W.permission]! & READ) !== 0;
    }
    case KIND.stage2: {
      const permission = sequence[from + T.permission]!;
      // Without permissions a pointer is cleared.
      return sequence[from + T.entry] !== ENTRY.table || permission === 0 || permission === (READ | WRITE);
    }
    case KIND.invalidate:
      return commandAt(sequence, at, SPACE.limits.iovaPages, SPACE.guestPages) !== null;
    default:
      return true;
  }
}

class Smmuv3Driver implements Driver {
  readonly devices: readonly Lsi[];
  readonly scripts: number;
  private readonly streams: number;
  private readonly queue: number;
  private readonly events: number;
  /** By context. */
  private readonly descriptors: readonly number[];
  /** By VM: the root of stage 2; and its tables for the pages of the harness. */
  private readonly roots: readonly number[];
  private readonly harness: readonly [middle: number, last: number];
  private readonly scriptTable: number;
  /** The next command's place, and above it the wrap bit. */
  private producer = 0;

  constructor(readonly map: MemoryMap) {
    const { contexts, vms } = map.geometry;
    this.streams = map.take(64 * 2 ** STREAMS_LOG2);
    this.queue = map.take(16 * QUEUE);
    this.events = map.take(32 * 2 ** EVENTS_LOG2);
    this.descriptors = Array.from({ length: contexts }, () => map.take());
    this.roots = Array.from({ length: vms }, () => map.take());
    this.harness = [map.take(), map.take()];
    this.scriptTable = map.take();
    this.scripts = map.take();
    this.devices = Array.from(
      { length: contexts },
      (_, context) => new Lsi(deviceAt(context), SCRIPT_ENTRY * SUPERPAGE),
    );
  }

  setUp(batch: Batch): void {
    this.devices.forEach((_, context) => {
      configureEcam(batch, ECAM, slotOf(context), BAR, deviceAt(context));
    });
    this.layOutStage2(batch);
    this.layOutScripts(batch);
    batch.write64(UNIT + REG.strtabBase, BigInt(this.streams));
    batch.write32(UNIT + REG.strtabConfig, STREAMS_LOG2);
    batch.write64(UNIT + REG.cmdqBase, BigInt(this.queue + QUEUE_LOG2));
    batch.write64(UNIT + REG.eventqBase, BigInt(this.events + EVENTS_LOG2));
    batch.write32(UNIT + REG.cr0, CR0.unit | CR0.events | CR0.commands);
  }

  /** Guest pages from 0, by the model's tables; pages of the harness where they are, in the first 2 MiB of RAM. */
  private layOutStage2(batch: Batch): void {
    const { tableBase } = this.map.geometry;
    const [middle, last] = this.harness;
    this.roots.forEach((root, vm) => {
      batch.write64(root, BigInt(this.map.hostAddress(tableBase[vm]!)) | TABLE);
      batch.write64(root + (RAM / GIB) * 8, BigInt(middle) | TABLE);
    });
    batch.write64(middle, BigInt(last) | TABLE);
    for (const page of [...this.descriptors, this.scriptTable, this.scripts])
      batch.write64(last + ((page - RAM) / PAGE) * 8, BigInt(page) | S2_LEAF | S2_RW | TABLE);
  }

  private layOutScripts(batch: Batch): void {
    batch.write64(this.scriptTable, BigInt(this.scripts) | S1_LEAF | NOT_GLOBAL | TABLE);
    for (let page = 0; page < this.map.geometry.hostPages; page++)
      batch.write64(this.map.hostAddress(page) + SCRIPT_ENTRY * 8, BigInt(this.scriptTable) | TABLE);
  }

  entry(stage: 1 | 2, packed: number): bigint {
    const kind = entryKind(packed);
    const { guestPages, hostPages } = this.map.geometry;
    if (kind === ENTRY.absent)
      return this.address(stage, ANY_PAGE) | this.leaf(stage, READ | WRITE, 0) | (TABLE - VALID);
    const target = entryTarget(packed);
    const pages = kind === ENTRY.super ? REAL_ENTRIES : 1;
    if (kind === ENTRY.malformed || target % pages !== 0 || target + pages > (stage === 1 ? guestPages : hostPages))
      return VALID;
    const permission = entryPermission(packed);
    const address = this.address(stage, target);
    if (kind === ENTRY.table)
      return address | TABLE | (stage === 1 && (permission & WRITE) === 0 ? TABLE_READ_ONLY : 0n);
    return address | this.leaf(stage, permission, entryGlobal(packed)) | (kind === ENTRY.super ? VALID : TABLE);
  }

  private address(stage: 1 | 2, page: number): bigint {
    return BigInt(stage === 1 ? spaceAddress(page) : this.map.hostAddress(page));
  }

  private leaf(stage: 1 | 2, permission: number, global: number): bigint {
    if (stage === 2) return S2_LEAF | (BigInt(permission) << S2_PERMISSION);
    return S1_LEAF | ((permission & WRITE) === 0 ? READ_ONLY : 0n) | (global === 1 ? 0n : NOT_GLOBAL);
  }

  /** All of it is written each time. What is malformed is the STE, of every second context the CD. */
  writeContext(batch: Batch, context: number, packed: number): void {
    const ste = this.streams + streamOf(context) * 64;
    const cd = this.descriptors[context]!;
    const kind = contextClass(packed);
    const fields = kind === PRESENT ? packed : ANY_CONTEXT;
    const isBadSte = kind !== PRESENT && kind !== ABSENT && context % 2 === 0;
    const isBadCd = kind !== PRESENT && kind !== ABSENT && context % 2 === 1;
    const valid = kind === ABSENT ? 0n : 1n;
    batch.write64(ste + 16, vmid(contextDomain(fields)) | S2_CONFIG | (isBadSte ? S2_BAD : 0n));
    batch.write64(ste + 24, BigInt(this.roots[contextVm(fields)]!));
    batch.write64(cd + 8, BigInt(spaceAddress(contextRoot(fields))));
    batch.write64(
      cd,
      CD_CONFIG | (valid === 1n ? CD_VALID : 0n) | (isBadCd ? 0n : CD_AA64) | (asid(contextProcess(fields)) << 48n),
    );
    batch.write64(ste, valid | CONFIG_NESTED | BigInt(cd));
  }

  invalidate(batch: Batch, sequence: Float64Array, from: number): void {
    const { limits, guestPages } = this.map.geometry;
    const command = commandAt(sequence, from / STRIDE, limits.iovaPages, guestPages);
    if (command !== null) this.submit(batch, command);
  }

  fence(batch: Batch): void {
    this.submit(batch, sync);
  }

  invalidateAll(batch: Batch): void {
    this.submit(batch, cfgiAll);
    this.submit(batch, sync);
    this.submit(batch, nsnhAll);
    this.submit(batch, sync);
  }

  /** Switched off and on again the queue is empty. */
  clearFaults(batch: Batch): void {
    batch.write32(UNIT + REG.cr0, CR0.unit | CR0.commands);
    batch.write32(UNIT + REG.eventqProd, 0);
    batch.write32(UNIT + REG.eventqCons, 0);
    batch.write32(UNIT + REG.cr0, CR0.unit | CR0.events | CR0.commands);
  }

  firstFault(batch: Batch): (reply: Reply) => number | null {
    const producer = batch.read32(UNIT + REG.eventqProd);
    const [type, stage] = [batch.read32(this.events), batch.read32(this.events + 12)];
    return (reply) => (reply.value(producer) === 0 ? null : faultOf(reply.value(type) & 0xff, reply.value(stage)));
  }

  /** A command is complete when CONS is past a CMD_SYNC behind it: the unit has no other way to say so. */
  close(batch: Batch): (reply: Reply) => string | null {
    const consumer = batch.read32(UNIT + REG.cmdqCons);
    const errors = batch.read32(UNIT + REG.gerror);
    const { producer } = this;
    return (reply) => {
      if ((reply.value(errors) & 1) !== 0) return "refused a command of its queue";
      return reply.value(consumer) === producer ? null : "did not take all commands of its queue";
    };
  }

  private submit(batch: Batch, [low, high]: Command): void {
    const at = this.queue + (this.producer % QUEUE) * 16;
    batch.write64(at, low);
    batch.write64(at + 8, high);
    this.producer = (this.producer + 1) % (2 * QUEUE);
    batch.write32(UNIT + REG.cmdqProd, this.producer);
  }
}

/** Event types below F_TRANSLATION are of STEs and CDs; the others say in bit 103 which stage. */
function faultOf(type: number, flags: number): number {
  if (type === 0x0b) return ANY_FAULT;
  if (type < 0x10) return stageFault(0);
  return stageFault((flags & (1 << 7)) !== 0 ? 2 : 1);
}

function deviceAt(context: number): number {
  return DEVICES + context * PAGE;
}
