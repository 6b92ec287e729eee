/**
 * QEMU's `intel-iommu` in scalable mode with first-stage tables of 4 levels and 256-bit descriptors: a context entry, a
 * PASID directory and a PASID table for each device (Intel VT-d 9.4 to 9.7). The guest's table is the only stage; guest
 * pages lie where VM 0's do.
 *
 * A model's context entry is the scalable-mode context entry, of which its context cache holds the validity, and the
 * PASID-table entry with the rest. RID_PASID stands in the former and is taken to be constant: a device keeps the PASID
 * of its process at the start (QEMU 10.0 goes by the field, though its ECAP.RPS is clear). What is made not present
 * loses P alone. First-stage entries are readable when present, and their global bit is ignored (Table 40). Accessed
 * and dirty are set beforehand, so that no walk writes.
 *
 * Bit 12 of a 2 MiB entry is a memory type, so a misaligned one that differs in it alone is no malformed entry.
 */

import { ANY, CONTEXT_STATE, ENTRY, KIND, NO_DOMAIN, RANGE, READ, STRIDE, slots, WRITE } from "../commands/command.js";
import {
  ABSENT,
  contextClass,
  contextDomain,
  contextRoot,
  entryKind,
  entryPermission,
  entryTarget,
  MALFORMED,
} from "../models/values.js";
import { CONTEXT_FIELDS, INVALIDATION_KINDS } from "../rules/vocabulary.js";
import type { Driver, UnitKind } from "./driver.js";
import type { Lsi } from "./lsi.js";
import { type MemoryMap, REAL_ENTRIES, spaceAddress } from "./memory-map.js";
import type { Batch, Reply } from "./qtest.js";
import {
  addressMask,
  configureDevices,
  contextDescriptor,
  devicesFor,
  functionMask,
  GRANULARITY,
  hasRange,
  hasRequester,
  InvalidationQueue,
  iotlbDescriptor,
  machineArgs,
  NO_PAGES,
  PASID_GRANULARITY,
  pasidCacheDescriptor,
  pasidIotlbDescriptor,
  RESERVED,
  sourceId,
  TAGS,
} from "./vtd.js";

const W = slots("write");
const C = slots("context");
const F = slots("context-field");
const I = slots("invalidate");
const KINDS = INVALIDATION_KINDS;

/** Entries: P, R/W, U/S, A, D, PS. */
const PTE = { present: 1n, write: 2n, user: 4n, accessed: 32n, dirty: 64n, super: 128n };
const READABLE = PTE.present | PTE.user | PTE.accessed | PTE.dirty;
const TABLE = READABLE | PTE.write;
/** Of root, context, directory and PASID-table entries. */
const PRESENT_BIT = 1n;
/** A reserved bit of a context entry. */
const CONTEXT_RESERVED = 1n << 5n;
/** PASID-table entry: first stage only; the width of second-stage addresses, by which QEMU judges first-stage ones. */
const FIRST_STAGE = 1n << 6n;
const AGAW_48 = 2n << 2n;

export const vtdFirstStage: UnitKind = {
  name: "vtd-first-stage",
  summary: "intel-iommu in scalable mode, first-stage tables of 4 levels",
  binary: "qemu-system-x86_64",
  since: [10, 0],
  debian: "qemu-system-x86",
  args: machineArgs("intel-iommu,x-scalable-mode=on,x-flts=on"),
  architecture: "vtd-first-stage",
  contract: "vtd-first-stage",
  geometry: "2x4 vms=1",
  // A PASID-table entry that is not present is used while the context entry is cached.
  departures: ["absent-contexts"],
  ram: 0,
  accepts,
  create: (map) => new VtdFirstStageDriver(map),
};

function accepts(sequence: Float64Array, at: number): boolean {
  const from = at * STRIDE;
  switch (sequence[from]!) {
    case KIND.write:
      return isEncodable(sequence, from);
    case KIND.context:
      return (
        sequence[from + C.state] !== CONTEXT_STATE.present ||
        sequence[from + C.process] === processOf(sequence[from + C.context]!)
      );
    case KIND["context-field"]:
      return keepsProcess(sequence[from + F.context]!, sequence[from + F.field]!, sequence[from + F.value]!);
    case KIND.stage2:
    case KIND.move:
      return false;
    case KIND.invalidate:
      return isKnown(sequence, from);
    default:
      return true;
  }
}

function isEncodable(sequence: Float64Array, from: number): boolean {
  const kind = sequence[from + W.entry];
  if (kind === ENTRY.absent || kind === ENTRY.malformed) return true;
  if (sequence[from + W.global] === 1) return false;
  if ((sequence[from + W.permission]! & READ) === 0) return false;
  return kind !== ENTRY.super || sequence[from + W.target]! % REAL_ENTRIES !== 1;
}

/** The process tag of a context: that of the start, p1 for c1 and p0 for the others. */
function processOf(context: number): number {
  return context === 1 ? 1 : 0;
}

/** An entry that was written as not present has p0, and would have it when made valid alone. */
function keepsProcess(context: number, field: number, value: number): boolean {
  switch (CONTEXT_FIELDS[field]) {
    case "process":
      return value === processOf(context);
    case "valid":
      return value === 0 || processOf(context) === 0;
    default:
      return true;
  }
}

function isKnown(sequence: Float64Array, from: number): boolean {
  if (sequence[from + I.host] === 1) return false;
  if (sequence[from + I.domain]! >= TAGS || sequence[from + I.process]! >= TAGS) return false;
  switch (KINDS[sequence[from + I.invalidation]!]) {
    case "iotlb":
      return hasRange(sequence, from);
    case "ctx":
      return hasRequester(sequence, from);
    case "pasid":
      return true;
    default:
      return false;
  }
}

class VtdFirstStageDriver implements Driver {
  readonly devices: readonly Lsi[];
  readonly scripts: number;
  private readonly queue: InvalidationQueue;
  private readonly root: number;
  private readonly contexts: number;
  /** By context: the device's PASID directory and its only PASID table. */
  private readonly directories: readonly number[];
  private readonly tables: readonly number[];
  /** By guest page that may be a root: the two tables above it, the lower of which leads to the scripts as well. */
  private readonly tops: readonly number[];
  private readonly uppers: readonly number[];
  private readonly scriptTables: readonly [number, number];

  constructor(readonly map: MemoryMap) {
    const { contexts, guestPages } = map.geometry;
    this.queue = new InvalidationQueue(map, true);
    this.root = map.take();
    this.contexts = map.take();
    this.directories = Array.from({ length: contexts }, () => map.take());
    this.tables = Array.from({ length: contexts }, () => map.take());
    this.tops = Array.from({ length: guestPages }, () => map.take());
    this.uppers = Array.from({ length: guestPages }, () => map.take());
    this.scriptTables = [map.take(), map.take()];
    this.scripts = map.take();
    this.devices = devicesFor(contexts);
  }

  setUp(batch: Batch): void {
    configureDevices(batch, this.devices.length);
    const [middle, last] = this.scriptTables;
    this.uppers.forEach((upper, page) => {
      batch.write64(this.tops[page]!, BigInt(upper) | TABLE);
      batch.write64(upper, BigInt(this.map.hostAddress(page)) | TABLE);
      batch.write64(upper + 8, BigInt(middle) | TABLE);
    });
    batch.write64(middle, BigInt(last) | TABLE);
    batch.write64(last, BigInt(this.scripts) | TABLE);
    this.directories.forEach((directory, context) => {
      batch.write64(directory, BigInt(this.tables[context]!) | PRESENT_BIT);
    });
    batch.write64(this.root, BigInt(this.contexts) | PRESENT_BIT);
    this.queue.setUp(batch, this.root);
  }

  entry(stage: 1 | 2, packed: number): bigint {
    const kind = entryKind(packed);
    if (stage === 2 || kind === ENTRY.absent) return 0n;
    if (kind === ENTRY.malformed) return TABLE | RESERVED;
    return (
      BigInt(this.map.hostAddress(entryTarget(packed))) |
      READABLE |
      ((entryPermission(packed) & WRITE) !== 0 ? PTE.write : 0n) |
      (kind === ENTRY.super ? PTE.super : 0n)
    );
  }

  writeContext(batch: Batch, context: number, packed: number): void {
    const entry = this.contexts + sourceId(context) * 32;
    const pasidEntry = this.tables[context]! + pasidOf(processOf(context)) * 64;
    const kind = contextClass(packed);
    const present = kind === ABSENT ? 0n : PRESENT_BIT;
    if (kind !== ABSENT) {
      batch.write64(pasidEntry + 16, BigInt(this.tops[contextRoot(packed)]!));
      batch.write64(pasidEntry + 8, BigInt(domainId(contextDomain(packed))));
    }
    batch.write64(pasidEntry, AGAW_48 | (kind === MALFORMED ? 0n : FIRST_STAGE) | present);
    batch.write64(entry + 8, BigInt(pasidOf(processOf(context))));
    batch.write64(entry, BigInt(this.directories[context]!) | (kind === MALFORMED ? CONTEXT_RESERVED : 0n) | present);
  }

  invalidate(batch: Batch, sequence: Float64Array, from: number): void {
    const ids = this.domainIds(sequence[from + I.domain]!);
    switch (KINDS[sequence[from + I.invalidation]!]) {
      case "iotlb":
        this.invalidateIotlb(batch, sequence, from, ids);
        return;
      case "pasid":
        this.invalidatePasid(batch, sequence[from + I.domain]!, sequence[from + I.process]!, ids);
        return;
      case "ctx":
        this.invalidateContext(batch, sequence, from, ids);
        return;
    }
  }

  private invalidateIotlb(batch: Batch, sequence: Float64Array, from: number, ids: readonly number[]): void {
    const process = sequence[from + I.process]!;
    const hasAddress = sequence[from + I.form] !== RANGE.all;
    const granularity = hasAddress ? GRANULARITY.narrow : GRANULARITY.domain;
    const leaf = sequence[from + I.leaf] === 1;
    const pages = hasAddress
      ? { address: spaceAddress(sequence[from + I.base]!), mask: addressMask(sequence, from), leaf }
      : { ...NO_PAGES, leaf };
    if (process !== ANY)
      this.queue.submit(
        batch,
        ids.map((did) => pasidIotlbDescriptor(granularity, did, pasidOf(process), pages)),
      );
    else if (sequence[from + I.domain] === ANY && !hasAddress)
      this.queue.submit(batch, [iotlbDescriptor(GRANULARITY.global, 0, pages)]);
    else
      this.queue.submit(
        batch,
        ids.map((did) => iotlbDescriptor(granularity, did, pages)),
      );
  }

  private invalidatePasid(batch: Batch, domain: number, process: number, ids: readonly number[]): void {
    if (process !== ANY)
      this.queue.submit(
        batch,
        ids.map((did) => pasidCacheDescriptor(PASID_GRANULARITY.pasid, did, pasidOf(process))),
      );
    else if (domain === ANY) this.queue.submit(batch, [pasidCacheDescriptor(PASID_GRANULARITY.global, 0, 0)]);
    else
      this.queue.submit(
        batch,
        ids.map((did) => pasidCacheDescriptor(PASID_GRANULARITY.domain, did, 0)),
      );
  }

  private invalidateContext(batch: Batch, sequence: Float64Array, from: number, ids: readonly number[]): void {
    const requester = sequence[from + I.requester]!;
    if (requester !== ANY) {
      const fm = functionMask(sequence[from + I.requesterMask]!);
      // The context cache of scalable mode has no domain tag, so one descriptor does.
      this.queue.submit(batch, [contextDescriptor(GRANULARITY.narrow, ids[0]!, sourceId(requester), fm)]);
    } else if (sequence[from + I.domain] === ANY)
      this.queue.submit(batch, [contextDescriptor(GRANULARITY.global, 0, 0, 0)]);
    else this.queue.submit(batch, [contextDescriptor(GRANULARITY.domain, ids[0]!, 0, 0)]);
  }

  /** The domain ids that a command for a domain, for any or for that of entries without one (`d-`) is sent with. */
  private domainIds(domain: number): number[] {
    if (domain === NO_DOMAIN) return [0];
    if (domain !== ANY) return [domainId(domain)];
    return Array.from({ length: this.map.geometry.domains + 1 }, (_, did) => did);
  }

  fence(batch: Batch): void {
    this.queue.fence(batch);
  }

  invalidateAll(batch: Batch): void {
    this.queue.submit(batch, [
      contextDescriptor(GRANULARITY.global, 0, 0, 0),
      pasidCacheDescriptor(PASID_GRANULARITY.global, 0, 0),
      iotlbDescriptor(GRANULARITY.global, 0, NO_PAGES),
    ]);
    this.fence(batch);
  }

  close(batch: Batch): (reply: Reply) => string | null {
    return this.queue.close(batch);
  }
}

/** Tags as they are sent: never 0. */
const domainId = (domain: number): number => domain + 1;
const pasidOf = (process: number): number => process + 1;
