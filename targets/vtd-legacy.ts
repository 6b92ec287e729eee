/**
 * QEMU's `intel-iommu` in legacy mode with queued invalidation: a context entry for each device, with a second-stage
 * table of 39 bits (Intel VT-d 9.1, 9.3, 9.8). The guest's table is the only stage; guest pages lie where VM 0's do.
 *
 * A legacy context entry has no process tag: one domain id means one table (Intel VT-d 6.2.1), and what is cached is
 * tagged by the domain id alone. The model's caches are tagged by domain and process, its commands compare the domain,
 * and two tables for one pair are a conflict. So a pair is one domain id here, and a command for a domain is sent for
 * the domain id of each of its processes: what is legal for the model is legal for the unit, and reaches the same.
 *
 * An entry that is not present keeps the rest of its bits. The second-stage format has no global bit; an entry with
 * neither permission is not present in it, so that less is cached than the model allows.
 */

import { ANY, ENTRY, NO_DOMAIN, RANGE, READ, slots, WRITE } from "../commands/command.js";
import type { Geometry } from "../models/geometry.js";
import {
  ABSENT,
  contextClass,
  contextDomain,
  contextProcess,
  contextRoot,
  entryKind,
  entryPermission,
  entryTarget,
  MALFORMED,
} from "../models/values.js";
import { INVALIDATION_KINDS } from "../rules/vocabulary.js";
import type { Driver, UnitKind } from "./driver.js";
import type { Lsi } from "./lsi.js";
import { type MemoryMap, PAGE, spaceAddress } from "./memory-map.js";
import { acceptsOneStage } from "./one-stage.js";
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
  RESERVED,
  sourceId,
  TAGS,
} from "./vtd.js";

const I = slots("invalidate");
const KINDS = INVALIDATION_KINDS;

const PTE = { read: 1n, write: 2n, super: 1n << 7n };
const TABLE = PTE.read | PTE.write;
/** Context entry: present; a reserved bit of its lower half; an address width of 39 bits, in its upper half. */
const CONTEXT_PRESENT = 1n;
const CONTEXT_RESERVED = 1n << 4n;
const AGAW_39 = 1n;

export const vtdLegacy: UnitKind = {
  name: "vtd-legacy",
  summary: "intel-iommu in legacy mode, second-stage tables of 39 bits",
  binary: "qemu-system-x86_64",
  since: [7, 2],
  debian: "qemu-system-x86",
  args: machineArgs("intel-iommu"),
  architecture: "vtd-legacy",
  contract: "vtd-legacy",
  geometry: "2x4 vms=1 processes=2",
  departures: [],
  ram: 0,
  accepts: acceptsOneStage(isKnown),
  create: (map) => new VtdLegacyDriver(map),
};

function isKnown(sequence: Float64Array, from: number): boolean {
  if (sequence[from + I.host] === 1 || sequence[from + I.domain]! >= TAGS) return false;
  switch (KINDS[sequence[from + I.invalidation]!]) {
    case "iotlb":
      return hasRange(sequence, from);
    case "ctx":
      return hasRequester(sequence, from);
    default:
      return false;
  }
}

class VtdLegacyDriver implements Driver {
  readonly devices: readonly Lsi[];
  readonly scripts: number;
  private readonly queue: InvalidationQueue;
  private readonly root: number;
  private readonly contexts: number;
  /** By guest page that may be a root: the table above it, whose second entry leads to the scripts. */
  private readonly uppers: readonly number[];
  private readonly scriptTables: readonly [number, number];

  constructor(readonly map: MemoryMap) {
    const { contexts, guestPages } = map.geometry;
    this.queue = new InvalidationQueue(map, false);
    this.root = map.take();
    this.contexts = map.take();
    this.uppers = Array.from({ length: guestPages }, () => map.take());
    this.scriptTables = [map.take(), map.take()];
    this.scripts = map.take();
    this.devices = devicesFor(contexts);
  }

  setUp(batch: Batch): void {
    configureDevices(batch, this.devices.length);
    const [middle, last] = this.scriptTables;
    this.uppers.forEach((upper, page) => {
      batch.write64(upper, BigInt(this.map.hostAddress(page)) | TABLE);
      batch.write64(upper + 8, BigInt(middle) | TABLE);
    });
    batch.write64(middle, BigInt(last) | TABLE);
    batch.write64(last, BigInt(this.scripts) | TABLE);
    batch.write64(this.root, BigInt(this.contexts) | CONTEXT_PRESENT);
    this.queue.setUp(batch, this.root);
  }

  entry(stage: 1 | 2, packed: number): bigint {
    const kind = entryKind(packed);
    if (stage === 2 || kind === ENTRY.absent) return 0n;
    if (kind === ENTRY.malformed) return TABLE | RESERVED;
    const permission = entryPermission(packed);
    return (
      BigInt(this.map.hostAddress(entryTarget(packed))) |
      ((permission & READ) !== 0 ? PTE.read : 0n) |
      ((permission & WRITE) !== 0 ? PTE.write : 0n) |
      (kind === ENTRY.super ? PTE.super : 0n)
    );
  }

  writeContext(batch: Batch, context: number, packed: number): void {
    const at = this.contexts + sourceId(context) * 16;
    const kind = contextClass(packed);
    const flags = kind === ABSENT ? 0n : CONTEXT_PRESENT | (kind === MALFORMED ? CONTEXT_RESERVED : 0n);
    const did = domainId(this.map.geometry, contextDomain(packed), contextProcess(packed));
    batch.write64(at + 8, (BigInt(did) << 8n) | AGAW_39);
    batch.write64(at, BigInt(this.uppers[contextRoot(packed)] ?? PAGE) | flags);
  }

  invalidate(batch: Batch, sequence: Float64Array, from: number): void {
    const domain = sequence[from + I.domain]!;
    const requester = sequence[from + I.requester]!;
    const hasAddress = sequence[from + I.form] !== RANGE.all;
    const leaf = sequence[from + I.leaf] === 1;
    const pages = hasAddress
      ? { address: spaceAddress(sequence[from + I.base]!), mask: addressMask(sequence, from), leaf }
      : { ...NO_PAGES, leaf };
    const ids = domainIds(this.map.geometry, domain);
    if (KINDS[sequence[from + I.invalidation]!] === "iotlb") {
      const granularity = hasAddress ? GRANULARITY.narrow : GRANULARITY.domain;
      if (domain === ANY && !hasAddress) this.queue.submit(batch, [iotlbDescriptor(GRANULARITY.global, 0, pages)]);
      else
        this.queue.submit(
          batch,
          ids.map((did) => iotlbDescriptor(granularity, did, pages)),
        );
      return;
    }
    const sid = requester === ANY ? 0 : sourceId(requester);
    const fm = requester === ANY ? 0 : functionMask(sequence[from + I.requesterMask]!);
    const granularity = requester === ANY ? GRANULARITY.domain : GRANULARITY.narrow;
    if (domain === ANY && requester === ANY) this.queue.submit(batch, [contextDescriptor(GRANULARITY.global, 0, 0, 0)]);
    else
      this.queue.submit(
        batch,
        ids.map((did) => contextDescriptor(granularity, did, sid, fm)),
      );
  }

  fence(batch: Batch): void {
    this.queue.fence(batch);
  }

  invalidateAll(batch: Batch): void {
    this.queue.submit(batch, [
      contextDescriptor(GRANULARITY.global, 0, 0, 0),
      iotlbDescriptor(GRANULARITY.global, 0, NO_PAGES),
    ]);
    this.fence(batch);
  }

  close(batch: Batch): (reply: Reply) => string | null {
    return this.queue.close(batch);
  }
}

/** Never 0, which stands for the entries without a domain. */
function domainId({ processes }: Geometry, domain: number, process: number): number {
  return domain * processes + process + 1;
}

/** The domain ids that a command for a domain, for any or for that of entries without one (`d-`) is sent with. */
function domainIds(geometry: Geometry, domain: number): number[] {
  const { domains, processes } = geometry;
  if (domain === NO_DOMAIN) return [0];
  if (domain === ANY) return Array.from({ length: domains * processes + 1 }, (_, did) => did);
  return Array.from({ length: processes }, (_, process) => domainId(geometry, domain, process));
}
