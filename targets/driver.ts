/**
 * What QEMU's harness needs to know of one unit: how its structures are laid out and its commands encoded.
 *
 * A driver writes into a batch and keeps no copy of what the model knows. Tables of the model are real tables whose
 * first four entries are the model's; what is above and beside them the driver lays out once, in `setUp`.
 */

import type { Lsi } from "./lsi.js";
import type { MemoryMap } from "./memory-map.js";
import type { Batch, Reply } from "./qtest.js";

/** One unit of QEMU: what it needs and what it is held against. */
export interface UnitKind {
  /** As in `qemu:NAME`. */
  name: string;
  summary: string;
  binary: string;
  /** The first release that has it. */
  since: readonly [major: number, minor: number];
  /** Debian's package of the binary. */
  debian: string;
  /** Machine and devices, for the command line. */
  args: readonly string[];
  architecture: string;
  /** With parameters, as `--contract` takes it. */
  contract: string;
  geometry: string;
  /** Kinds of commands (`WITHOUT`) that show what the unit is known to do otherwise than its manual. */
  departures: readonly string[];
  /** Where RAM begins. */
  ram: number;
  /** Whether the unit can be told the command at position `at`. */
  accepts(sequence: Float64Array, at: number): boolean;
  create(map: MemoryMap): Driver;
}

export interface Driver {
  readonly map: MemoryMap;
  /** The device of each context. */
  devices: readonly Lsi[];
  /** Where the scripts of the devices lie in memory. */
  scripts: number;
  /** Devices, static tables, queues and registers, once. No context is attached. */
  setUp(batch: Batch): void;
  /** A table entry (`packEntry`) of a stage as it stands in memory. */
  entry(stage: 1 | 2, packed: number): bigint;
  /** The structures of a context entry (`packContext`), whatever stood there. */
  writeContext(batch: Batch, context: number, packed: number): void;
  /** Submits the invalidation encoded at `from`. */
  invalidate(batch: Batch, sequence: Float64Array, from: number): void;
  fence(batch: Batch): void;
  /** Drops everything that is cached and completes. */
  invalidateAll(batch: Batch): void;
  /** Empties the fault log, before a device acts. Not there: the unit logs nothing that could be gone by. */
  clearFaults?(batch: Batch): void;
  /** After it acted: the function returned reads what was logged first, a fault code, or null for nothing. */
  firstFault?(batch: Batch): (reply: Reply) => number | null;
  /**
   * Called once a run, after all: what tells whether the unit took every command. The function returned reads the
   * answers: what is wrong, after "the target ", or null.
   */
  close(batch: Batch): (reply: Reply) => string | null;
}
