/**
 * QEMU's `amd-iommu`: a device table entry for each context, with a v1 table of three levels (AMD 48882, device table,
 * I/O page tables, command buffer). The guest's table is the only stage; guest pages lie where VM 0's do.
 *
 * A v1 table has no process tag: one DomainID means one table, and what is cached is tagged by the DomainID alone. The
 * model tags its caches by domain and process, compares the domain in its commands, and calls two tables for one pair a
 * conflict. So a pair is one DomainID here, and a command for a domain is sent for the DomainID of each of its
 * processes: what is legal for the model is legal for the unit, and reaches the same. A command that names a process
 * (GN=1) is for v2 tables.
 *
 * Each entry has permissions, pointers too, and says in NextLevel what it points to; there is no global bit. QEMU
 * writes no event log, so that a fault is known by what the access did not find.
 */

import { ANY, ENTRY, NO_DOMAIN, RANGE, slots } from "../commands/command.js";
import {
  ABSENT,
  contextClass,
  contextDomain,
  contextProcess,
  contextRoot,
  entryKind,
  entryPermission,
  entryTarget,
  PRESENT,
  packContext,
} from "../models/values.js";
import { INVALIDATION_KINDS } from "../rules/vocabulary.js";
import { amdAll, amdDevice, amdPages, amdWait, type Command, napotAddress } from "./amd-commands.js";
import type { Driver, UnitKind } from "./driver.js";
import { BAR, Lsi } from "./lsi.js";
import { GIB, type MemoryMap, PAGE, REAL_ENTRIES } from "./memory-map.js";
import { acceptsOneStage } from "./one-stage.js";
import { configurePorts } from "./pci.js";
import type { Batch, Reply } from "./qtest.js";

const I = slots("invalidate");
const KINDS = INVALIDATION_KINDS;

const UNIT = 0xfed8_0000;
const DEVICES = 0xe000_0000;
const FIRST_SLOT = 4;
const REG = {
  deviceTable: 0x00,
  commandBase: 0x08,
  control: 0x18,
  commandHead: 0x2000,
  commandTail: 0x2008,
};
/** Control: IommuEn, CmdBufEn. */
const CONTROL = 1n | (1n << 12n);
/** The table has 256 entries of 32 bytes: its size is given in pages less one. */
const DEVICE_TABLE = 2 * PAGE;
/** 256 commands. */
const BUFFER = PAGE;
const BUFFER_LOG2 = 8n;

/** PR of an entry, V of a device table entry; TV; IR and IW; NextLevel, or Mode. */
const PRESENT_BIT = 1n;
const TRANSLATED = 1n << 1n;
const READ_WRITE = 3n << 61n;
const permissionBits = (permission: number): bigint => BigInt(permission) << 61n;
const level = (next: number): bigint => BigInt(next) << 9n;
/** A level above that of the entry: illegal in the tables of a model. */
const BAD_LEVEL = 6;
/** Reserved: a bit of the first quarter of a device table entry, and a mode. */
const RESERVED = 1n << 2n;
const BAD_MODE = 7;
/** Tags have 16 bits for a pair of domain and process. */
const DOMAINS = 4096;
const PROCESSES = 15;
/** What stands in the other fields of a malformed entry: a table that translates. */
const ANY_CONTEXT = packContext(PRESENT, 0, 0, 0, 2);

export const amd: UnitKind = {
  name: "amd",
  summary: "amd-iommu, v1 tables of three levels",
  binary: "qemu-system-x86_64",
  since: [7, 2],
  debian: "qemu-system-x86",
  args: [
    ..."-machine q35,kernel-irqchip=split -m 128M -device amd-iommu,pt=off".split(" "),
    ...[0, 1, 2].flatMap((context) => ["-device", `lsi53c895a,addr=${FIRST_SLOT + context}.0`]),
  ],
  architecture: "amd-v1-by-device",
  contract: "amd-v1",
  geometry: "2x4 vms=1",
  departures: ["permissions"],
  ram: 0,
  accepts: acceptsOneStage(isKnown),
  create: (map) => new AmdDriver(map),
};

function isKnown(sequence: Float64Array, from: number): boolean {
  const domain = sequence[from + I.domain]!;
  if (sequence[from + I.level] !== 0 || sequence[from + I.requesterMask] !== 0) return false;
  switch (KINDS[sequence[from + I.invalidation]!]) {
    case "iotlb":
      if (domain === ANY) return sequence[from + I.process] === ANY && sequence[from + I.form] === RANGE.all;
      if (domain === NO_DOMAIN || domain >= DOMAINS || sequence[from + I.process]! >= PROCESSES) return false;
      return (
        sequence[from + I.form] === RANGE.mask || sequence[from + I.form] === RANGE.all || sequence[from + I.size]! > 0
      );
    case "ctx":
      return sequence[from + I.requester]! < 32 - FIRST_SLOT;
    default:
      return false;
  }
}

class AmdDriver implements Driver {
  readonly devices: readonly Lsi[];
  readonly scripts: number;
  private readonly table: number;
  private readonly buffer: number;
  private readonly done: number;
  /** Nothing stands there: where malformed entries lead. */
  private readonly blank: number;
  /** By guest page that may be a root: the table above it, whose second entry leads to the scripts. */
  private readonly uppers: readonly number[];
  private readonly scriptTables: readonly [number, number];
  private tail = 0;
  private fences = 0;

  constructor(readonly map: MemoryMap) {
    const { contexts, guestPages } = map.geometry;
    this.table = map.take(DEVICE_TABLE);
    this.buffer = map.take(BUFFER);
    this.done = map.take();
    this.blank = map.take();
    this.uppers = Array.from({ length: guestPages }, () => map.take());
    this.scriptTables = [map.take(), map.take()];
    this.scripts = map.take();
    this.devices = Array.from({ length: contexts }, (_, context) => new Lsi(deviceAt(context), GIB));
  }

  setUp(batch: Batch): void {
    this.devices.forEach((_, context) => {
      configurePorts(batch, deviceId(context), BAR, deviceAt(context));
    });
    const [middle, last] = this.scriptTables;
    this.uppers.forEach((upper, page) => {
      batch.write64(upper, pointer(this.map.hostAddress(page), 2));
      batch.write64(upper + 8, pointer(middle, 2));
    });
    batch.write64(middle, pointer(last, 1));
    batch.write64(last, pointer(this.scripts, 0));
    batch.write64(UNIT + REG.deviceTable, BigInt(this.table + DEVICE_TABLE / PAGE - 1));
    batch.write64(UNIT + REG.commandBase, BigInt(this.buffer) | (BUFFER_LOG2 << 56n));
    batch.write64(UNIT + REG.control, CONTROL);
  }

  entry(stage: 1 | 2, packed: number): bigint {
    const kind = entryKind(packed);
    // The unit has no second stage: what the model has of one is not read.
    if (stage === 2 || kind === ENTRY.absent) return 0n;
    const target = entryTarget(packed);
    const pages = kind === ENTRY.super ? REAL_ENTRIES : 1;
    if (kind === ENTRY.malformed || target % pages !== 0 || target + pages > this.map.geometry.guestPages)
      return pointer(this.blank, BAD_LEVEL);
    return (
      BigInt(this.map.hostAddress(target)) |
      permissionBits(entryPermission(packed)) |
      level(kind === ENTRY.table ? 1 : 0) |
      PRESENT_BIT
    );
  }

  /** All of it is written each time. A context that is not there is blocked: V=0 would let its requests pass. */
  writeContext(batch: Batch, context: number, packed: number): void {
    const at = this.table + deviceId(context) * 32;
    const kind = contextClass(packed);
    const fields = kind === PRESENT ? packed : ANY_CONTEXT;
    const valid = PRESENT_BIT | TRANSLATED;
    const mode = kind === PRESENT || context % 2 === 0 ? 3 : BAD_MODE;
    const root = BigInt(this.uppers[contextRoot(fields)]!) | READ_WRITE | level(mode);
    batch.write64(at + 8, BigInt(domainId(contextDomain(fields), contextProcess(fields))));
    if (kind === ABSENT) batch.write64(at, valid);
    else batch.write64(at, valid | root | (kind !== PRESENT && context % 2 === 0 ? RESERVED : 0n));
  }

  invalidate(batch: Batch, sequence: Float64Array, from: number): void {
    const requester = sequence[from + I.requester]!;
    const domain = sequence[from + I.domain]!;
    const process = sequence[from + I.process]!;
    if (KINDS[sequence[from + I.invalidation]!] === "ctx") {
      this.submit(batch, requester === ANY ? amdAll : amdDevice(deviceId(requester)));
    } else if (domain === ANY) {
      this.submit(batch, amdAll);
    } else {
      const pages = { address: napotAddress(sequence, from), keepsPointers: sequence[from + I.leaf] === 1 };
      if (process !== ANY) this.submit(batch, amdPages(domainId(domain, process), pages, process + 1));
      else
        for (let each = 0; each < this.map.geometry.processes; each++)
          this.submit(batch, amdPages(domainId(domain, each), pages, null));
    }
  }

  /** COMPLETION_WAIT that stores the number of fences. */
  fence(batch: Batch): void {
    this.fences++;
    this.submit(batch, amdWait(this.done, this.fences));
  }

  invalidateAll(batch: Batch): void {
    this.submit(batch, amdAll);
    this.fence(batch);
  }

  /** The head register of QEMU (10.0) is the length of the buffer where it should be 0. */
  close(batch: Batch): (reply: Reply) => string | null {
    const done = batch.read32(this.done);
    const head = batch.read32(UNIT + REG.commandHead);
    const { fences, tail } = this;
    return (reply) =>
      reply.value(done) === fences && reply.value(head) % BUFFER === tail
        ? null
        : "did not take all commands of its queue";
  }

  private submit(batch: Batch, [low, high]: Command): void {
    batch.write64(this.buffer + this.tail, low);
    batch.write64(this.buffer + this.tail + 8, high);
    this.tail = (this.tail + 16) % BUFFER;
    batch.write64(UNIT + REG.commandTail, BigInt(this.tail));
  }
}

/** An entry that permits all. */
function pointer(address: number, next: number): bigint {
  return BigInt(address) | READ_WRITE | level(next) | PRESENT_BIT;
}

/** The domain id of a pair; never 0. */
function domainId(domain: number, process: number): number {
  return domain * (PROCESSES + 1) + process + 1;
}

function deviceId(context: number): number {
  return (FIRST_SLOT + context) << 3;
}

function deviceAt(context: number): number {
  return DEVICES + context * PAGE;
}
