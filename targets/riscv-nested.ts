/**
 * QEMU's `riscv-iommu-pci` with both stages on: Sv39 over Sv39x4, device contexts with and without a process directory.
 *
 * Encodings are those of the RISC-V IOMMU specification, chapters 2 (device and process contexts) and 3 (in-memory
 * queues). Each context is a device without a PASID: its process context is that of the default process 0, or stands in
 * the device context. Real tables have one level more than the model's, fixed for each root. The second stage maps the
 * pages of the harness onto themselves: QEMU (10.0) takes the process directory's address as a host's, the
 * specification as a guest's.
 */

import { ANY, ENTRY, KIND, RANGE, READ, STRIDE, slots, WRITE } from "../commands/command.js";
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
import { INVALIDATION_KINDS } from "../rules/vocabulary.js";
import type { Driver, UnitKind } from "./driver.js";
import { BAR, Lsi } from "./lsi.js";
import { GIB, type MemoryMap, PAGE, spaceAddress } from "./memory-map.js";
import { configureEcam } from "./pci.js";
import type { Batch, Reply } from "./qtest.js";

const W = slots("write");
const T = slots("stage2");
const I = slots("invalidate");

const RAM = 0x8000_0000;
const ECAM = 0x3000_0000;
const IOMMU = 0x4000_0000;
const DEVICES = 0x4010_0000;
const IOMMU_SLOT = 1;
const IOMMU_BAR = 0x10;
const FIRST_SLOT = 2;

const REG = {
  ddtp: 0x10,
  cqb: 0x18,
  cqh: 0x20,
  cqt: 0x24,
  fqb: 0x28,
  fqt: 0x34,
  cqcsr: 0x48,
  fqcsr: 0x4c,
};
/** Commands of the queue, a power of two. */
const QUEUE = 256;
const QUEUE_LOG2 = 8;
const FAULTS_LOG2 = 7;

/** Page-table entries: V R W X U G A D; a leaf is readable at least. */
const PTE = { valid: 1, read: 2, write: 4, user: 16, global: 32, accessed: 64, dirty: 128 };
const IDENTITY = PTE.valid | PTE.read | PTE.write | PTE.user | PTE.accessed | PTE.dirty;
const SV39 = 8n << 60n;
const PD8 = 1n << 60n;
/** Device context: V; PDTV and DPE. */
const VALID = 1n;
const WITH_DIRECTORY = VALID | (1n << 5n) | (1n << 9n);
/**
 * A reserved bit of DC.tc and of PC.ta; EN_PRI without EN_ATS. Both are misconfigured; QEMU (10.0) looks at the second
 * alone.
 */
const RESERVED = 1n << 40n;
const WITHOUT_ATS = 1n << 2n;
const KINDS = INVALIDATION_KINDS;

/** What stands in the other fields of a malformed entry: tables that translate. */
const ANY_CONTEXT = packContext(PRESENT, 0, 0, 0, 2);

const ppn = (address: number): bigint => BigInt(Math.floor(address / PAGE));
const pte = (address: number, flags: number): bigint => (ppn(address) << 10n) | BigInt(flags);

/** Domain and process tags as they are sent: never 0. */
const gscid = (domain: number): bigint => BigInt(domain + 1);
const pscid = (process: number): bigint => BigInt(process + 1);

export const riscvNested: UnitKind = {
  name: "riscv-nested",
  summary: "riscv-iommu-pci, first stage Sv39 over second stage Sv39x4",
  binary: "qemu-system-riscv64",
  since: [9, 2],
  debian: "qemu-system-riscv",
  args: [
    ..."-machine virt -bios none -m 128M -device riscv-iommu-pci,addr=1.0".split(" "),
    ...[0, 1, 2].flatMap((context) => ["-device", `lsi53c895a,addr=${FIRST_SLOT + context}.0`]),
  ],
  architecture: "riscv",
  contract: "riscv",
  geometry: "2x4",
  departures: ["permissions", "s2-addresses", "malformed-contexts"],
  ram: RAM,
  accepts,
  create: (map) => new RiscvDriver(map),
};

function accepts(sequence: Float64Array, at: number): boolean {
  const from = at * STRIDE;
  switch (sequence[from]!) {
    case KIND.write:
      return isEncodable(sequence[from + W.entry]!, sequence[from + W.permission]!);
    case KIND.stage2:
      return (
        isEncodable(sequence[from + T.entry]!, sequence[from + T.permission]!) ||
        (sequence[from + T.entry]! !== ENTRY.leaf && sequence[from + T.permission]! === 0)
      );
    case KIND.invalidate:
      return isKnown(sequence, from);
    default:
      return true;
  }
}

/** Writable without being readable is a reserved encoding; a pointer has no permissions of its own. */
function isEncodable(entry: number, permission: number): boolean {
  if (entry === ENTRY.table) return permission === (READ | WRITE);
  return entry === ENTRY.absent || entry === ENTRY.malformed || (permission & READ) !== 0;
}

function isKnown(sequence: Float64Array, from: number): boolean {
  const kind = KINDS[sequence[from + I.invalidation]!];
  const hasDomain = sequence[from + I.domain]! >= 0;
  if (sequence[from + I.level] !== 0 || sequence[from + I.requesterMask] !== 0) return false;
  switch (kind) {
    case "iotlb":
      return hasDomain && isOnePage(sequence, from);
    case "s2":
      return isOnePage(sequence, from) && (hasDomain || sequence[from + I.domain] === ANY);
    case "ctx":
      return true;
    case "pasid":
      return sequence[from + I.requester] !== ANY;
    default:
      return false;
  }
}

/** Without the range extension a command has one address or none. */
function isOnePage(sequence: Float64Array, from: number): boolean {
  const form = sequence[from + I.form];
  return form === RANGE.all || sequence[from + I.size] === (form === RANGE.count ? 1 : 0);
}

class RiscvDriver implements Driver {
  readonly devices: readonly Lsi[];
  readonly scripts: number;
  private readonly directory: number;
  private readonly queue: number;
  private readonly faults: number;
  private readonly done: number;
  /** By context: the device's process directory, by guest-physical page its first-stage upper table. */
  private readonly processes: readonly number[];
  private readonly uppers: readonly number[];
  private readonly scriptTables: readonly number[];
  /** By VM: the second stage's root. */
  private readonly roots: readonly number[];
  private readonly harness: readonly number[];
  private tail = 0;
  private fences = 0;

  constructor(readonly map: MemoryMap) {
    const { contexts, guestPages, vms } = map.geometry;
    this.directory = map.take();
    this.queue = map.take(QUEUE * 16);
    this.faults = map.take(2 ** FAULTS_LOG2 * 32);
    this.done = map.take();
    this.roots = Array.from({ length: vms }, () => map.take(4 * PAGE));
    this.harness = [map.take(), map.take()];
    this.processes = Array.from({ length: contexts }, () => map.take());
    this.uppers = Array.from({ length: guestPages }, () => map.take());
    this.scriptTables = [map.take(), map.take()];
    this.scripts = map.take();
    this.devices = Array.from({ length: contexts }, (_, context) => new Lsi(deviceAt(context), GIB));
  }

  setUp(batch: Batch): void {
    // The unit's BAR has 64 bits.
    configureEcam(batch, ECAM, IOMMU_SLOT, IOMMU_BAR + 4, 0);
    configureEcam(batch, ECAM, IOMMU_SLOT, IOMMU_BAR, IOMMU);
    this.devices.forEach((_, context) => {
      configureEcam(batch, ECAM, FIRST_SLOT + context, BAR, deviceAt(context));
    });
    this.layOutStage2(batch);
    this.layOutStage1(batch);
    batch.write64(IOMMU + REG.cqb, (ppn(this.queue) << 10n) | BigInt(QUEUE_LOG2 - 1));
    batch.write32(IOMMU + REG.cqcsr, 1);
    batch.write64(IOMMU + REG.fqb, (ppn(this.faults) << 10n) | BigInt(FAULTS_LOG2 - 1));
    batch.write32(IOMMU + REG.fqcsr, 1);
    batch.write64(IOMMU + REG.ddtp, (ppn(this.directory) << 10n) | 2n);
  }

  /** Guest pages from 0, by the model's tables; pages of the harness where they are. */
  private layOutStage2(batch: Batch): void {
    const { tableBase } = this.map.geometry;
    const [middle, last] = this.harness as [number, number];
    this.roots.forEach((root, vm) => {
      batch.write64(root, pte(this.map.hostAddress(tableBase[vm]!), PTE.valid));
      batch.write64(root + Math.floor(RAM / GIB) * 8, pte(middle, PTE.valid));
    });
    // The first 2 MiB of RAM hold all that a device may need of the harness.
    batch.write64(middle, pte(last, PTE.valid));
    for (const page of [...this.processes, ...this.uppers, ...this.scriptTables, this.scripts])
      batch.write64(last + ((page - RAM) / PAGE) * 8, pte(page, IDENTITY));
  }

  /** Above each guest page that may be a root: its own pages from 0, the scripts from 1 GiB. */
  private layOutStage1(batch: Batch): void {
    const [middle, last] = this.scriptTables as [number, number];
    this.uppers.forEach((upper, page) => {
      batch.write64(upper, pte(spaceAddress(page), PTE.valid));
      batch.write64(upper + 8, pte(middle, PTE.valid));
    });
    batch.write64(middle, pte(last, PTE.valid));
    batch.write64(last, pte(this.scripts, IDENTITY));
  }

  entry(stage: 1 | 2, packed: number): bigint {
    const kind = entryKind(packed);
    if (kind === ENTRY.absent) return 0n;
    if (kind === ENTRY.malformed) return BigInt(PTE.valid | PTE.write);
    const target = entryTarget(packed);
    const address = stage === 1 ? spaceAddress(target) : this.map.hostAddress(target);
    const global = stage === 1 && entryGlobal(packed) === 1 ? PTE.global : 0;
    if (kind === ENTRY.table) return pte(address, PTE.valid | global);
    const permission = entryPermission(packed);
    const writable = (permission & WRITE) !== 0 ? PTE.write : 0;
    return pte(address, PTE.valid | PTE.read | writable | PTE.user | PTE.accessed | PTE.dirty | global);
  }

  writeContext(batch: Batch, context: number, packed: number): void {
    const device = this.directory + deviceId(context) * 64;
    const process = this.processes[context]!;
    const kind = contextClass(packed);
    const control = hasDirectory(context) ? WITH_DIRECTORY : VALID;
    if (kind === ABSENT) {
      batch.write64(device, 0n);
      batch.write64(process, 0n);
      return;
    }
    // All of it is written each time: a malformed entry says nothing that a unit that takes it anyway could go by.
    const fields = kind === PRESENT ? packed : ANY_CONTEXT;
    const attributes = pscid(contextProcess(fields)) << 12n;
    const root = SV39 | ppn(this.uppers[contextRoot(fields)]!);
    batch.write64(device + 8, SV39 | (gscid(contextDomain(fields)) << 44n) | ppn(this.roots[contextVm(fields)]!));
    batch.write64(device + 16, hasDirectory(context) ? 0n : attributes);
    batch.write64(device + 24, hasDirectory(context) ? PD8 | ppn(process) : root);
    batch.write64(process + 8, root);
    batch.write64(process, VALID | attributes | (kind === PRESENT ? 0n : RESERVED));
    batch.write64(device, control | (kind === PRESENT ? 0n : context === 2 ? RESERVED : WITHOUT_ATS));
  }

  invalidate(batch: Batch, sequence: Float64Array, from: number): void {
    const domain = sequence[from + I.domain]!;
    const process = sequence[from + I.process]!;
    const requester = sequence[from + I.requester]!;
    const hasAddress = sequence[from + I.form] !== RANGE.all;
    const address = hasAddress ? (1n << 10n) | 0n : 0n;
    const page = hasAddress ? ppn(spaceAddress(sequence[from + I.base]!)) << 10n : 0n;
    const group = domain >= 0 ? (1n << 33n) | (gscid(domain) << 44n) : 0n;
    const device = requester === ANY ? 0n : (1n << 33n) | (BigInt(deviceId(requester)) << 40n);
    switch (KINDS[sequence[from + I.invalidation]!]) {
      case "iotlb":
        this.submit(batch, 1n | group | (process === ANY ? 0n : (1n << 32n) | (pscid(process) << 12n)) | address, page);
        return;
      case "s2":
        this.submit(batch, 1n | (1n << 7n) | group | address, page);
        return;
      case "ctx":
        this.submit(batch, 3n | device, 0n);
        return;
      case "pasid":
        // Where there is no directory the device context says it all.
        this.submit(batch, 3n | (hasDirectory(requester) ? 1n << 7n : 0n) | device, 0n);
        return;
    }
  }

  /** IOFENCE.C that stores the number of fences. */
  fence(batch: Batch): void {
    this.fences++;
    this.submit(batch, 2n | (1n << 10n) | (BigInt(this.fences) << 32n), BigInt(this.done / 4));
  }

  invalidateAll(batch: Batch): void {
    this.submit(batch, 3n, 0n);
    this.submit(batch, 1n | (1n << 7n), 0n);
    this.submit(batch, 1n, 0n);
    this.fence(batch);
  }

  /** Switched off and on again the queue is empty. */
  clearFaults(batch: Batch): void {
    batch.write32(IOMMU + REG.fqcsr, 0);
    batch.write32(IOMMU + REG.fqcsr, 1);
  }

  firstFault(batch: Batch): (reply: Reply) => number | null {
    const tail = batch.read32(IOMMU + REG.fqt);
    const header = batch.read64(this.faults);
    return (reply) => (reply.value(tail) === 0 ? null : faultOf(Number(reply.wide(header) & 0xfffn)));
  }

  close(batch: Batch): (reply: Reply) => string | null {
    const done = batch.read32(this.done);
    const head = batch.read32(IOMMU + REG.cqh);
    const { fences, tail } = this;
    return (reply) =>
      reply.value(done) === fences && reply.value(head) === tail ? null : "did not take all commands of its queue";
  }

  private submit(batch: Batch, low: bigint, high: bigint): void {
    batch.write64(this.queue + this.tail * 16, low);
    batch.write64(this.queue + this.tail * 16 + 8, high);
    this.tail = (this.tail + 1) % QUEUE;
    batch.write32(IOMMU + REG.cqt, this.tail);
  }
}

/** Fault-queue causes: 13 and 15 are of the first stage, 21 and 23 of the second, those from 256 on of directories. */
function faultOf(cause: number): number {
  if (cause >= 256) return stageFault(0);
  if (cause === 21 || cause === 23) return stageFault(2);
  return cause === 13 || cause === 15 ? stageFault(1) : ANY_FAULT;
}

/** Every second device has a process directory, and its requests the default process. */
function hasDirectory(context: number): boolean {
  return context % 2 === 1;
}

function deviceId(context: number): number {
  return (FIRST_SLOT + context) << 3;
}

function deviceAt(context: number): number {
  return DEVICES + context * 0x1000;
}
