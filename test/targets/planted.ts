/**
 * Faults put between the harness and QEMU's unit: invalidations that are dropped, delayed, narrowed or sent with other
 * tags. What the search finds of them shows what it would find of a unit that does the same.
 */

import { ANY, RANGE, STRIDE, slots } from "../../commands/command.js";
import { INVALIDATION_KINDS } from "../../rules/vocabulary.js";
import type { Driver } from "../../targets/driver.js";
import type { Shim } from "../../targets/qemu.js";

const I = slots("invalidate");

export interface Planted {
  name: string;
  shim: Shim;
}

type Kind = (typeof INVALIDATION_KINDS)[number];

/** Every call goes to the driver, but for those of `own`. */
function like(driver: Driver, own: Partial<Driver>): Driver {
  return {
    map: driver.map,
    devices: driver.devices,
    scripts: driver.scripts,
    setUp: (batch) => driver.setUp(batch),
    entry: (stage, packed) => driver.entry(stage, packed),
    writeContext: (batch, context, packed) => driver.writeContext(batch, context, packed),
    invalidate: (batch, sequence, from) => driver.invalidate(batch, sequence, from),
    fence: (batch) => driver.fence(batch),
    invalidateAll: (batch) => driver.invalidateAll(batch),
    close: (batch) => driver.close(batch),
    ...own,
  };
}

/** A command as numbers, to be looked at and changed: a copy. */
interface Sent {
  kind: Kind;
  operands: Float64Array;
}

function copyOf(sequence: Float64Array, from: number): Sent {
  const operands = sequence.slice(from, from + STRIDE);
  return { kind: INVALIDATION_KINDS[operands[I.invalidation]!]!, operands };
}

/** The command is left out where `drops` says so; `at` counts commands. */
function dropping(drops: (sent: Sent, at: number) => boolean): Shim {
  return (driver) => {
    let count = 0;
    return like(driver, {
      invalidate(batch, sequence, from) {
        if (!drops(copyOf(sequence, from), count++)) driver.invalidate(batch, sequence, from);
      },
    });
  };
}

/** The command is completed not by the next fence, but by the one behind it. */
function delaying(delays: (sent: Sent) => boolean): Shim {
  return (driver) => {
    let due: Float64Array[] = [];
    let late: Float64Array[] = [];
    return like(driver, {
      invalidate(batch, sequence, from) {
        const sent = copyOf(sequence, from);
        if (delays(sent)) late.push(sent.operands);
        else driver.invalidate(batch, sequence, from);
      },
      fence(batch) {
        for (const operands of due) driver.invalidate(batch, operands, 0);
        driver.fence(batch);
        due = late;
        late = [];
      },
      invalidateAll(batch) {
        due = [];
        late = [];
        driver.invalidateAll(batch);
      },
    });
  };
}

/** The command is sent with other operands. */
function changing(change: (sent: Sent) => void): Shim {
  return (driver) =>
    like(driver, {
      invalidate(batch, sequence, from) {
        const sent = copyOf(sequence, from);
        change(sent);
        driver.invalidate(batch, sent.operands, 0);
      },
    });
}

const isKind =
  (...kinds: Kind[]) =>
  ({ kind }: Sent): boolean =>
    kinds.includes(kind);
const hasAddress = ({ operands }: Sent): boolean => operands[I.form] !== RANGE.all;
const invalidationOf = (kind: Kind): number => INVALIDATION_KINDS.indexOf(kind);

/** Sets `operand` where `kind` is sent and it was given. */
function setting(kind: Kind, operand: keyof typeof I, value: (old: number) => number): Shim {
  return changing(({ kind: sent, operands }) => {
    const old = operands[I[operand]]!;
    if (sent === kind && old !== ANY) operands[I[operand]] = value(old);
  });
}

export const PLANTED: readonly Planted[] = [
  { name: "first-stage commands are dropped", shim: dropping(isKind("iotlb")) },
  { name: "second-stage commands are dropped", shim: dropping(isKind("s2")) },
  { name: "commands for device contexts are dropped", shim: dropping(isKind("ctx")) },
  { name: "commands for contexts of both kinds are dropped", shim: dropping(isKind("ctx", "pasid")) },
  { name: "every second command is dropped", shim: dropping((_, at) => at % 2 === 1) },
  { name: "commands with an address are dropped", shim: dropping(hasAddress) },
  {
    name: "commands without an address are dropped",
    shim: dropping((sent) => isKind("iotlb")(sent) && !hasAddress(sent)),
  },
  {
    name: "commands for one process are dropped",
    shim: dropping((sent) => isKind("iotlb")(sent) && sent.operands[I.process] !== ANY),
  },
  { name: "the host's commands are dropped", shim: dropping(({ operands }) => operands[I.host] === 1) },
  { name: "all commands come one fence late", shim: delaying(() => true) },
  { name: "first-stage commands come one fence late", shim: delaying(isKind("iotlb")) },
  { name: "second-stage commands come one fence late", shim: delaying(isKind("s2")) },
  { name: "commands for contexts come one fence late", shim: delaying(isKind("ctx", "pasid")) },
  {
    name: "a first-stage command for all pages takes the first alone",
    shim: changing(({ kind, operands }) => {
      if (kind !== "iotlb" || operands[I.form] !== RANGE.all) return;
      operands[I.form] = RANGE.count;
      operands[I.base] = 0;
      operands[I.size] = 1;
    }),
  },
  {
    name: "a first-stage command takes the page behind the one it names",
    shim: setting("iotlb", "base", (page) => (page + 1) % 16),
  },
  {
    name: "a first-stage command for any process takes process 0 alone",
    shim: changing(({ kind, operands }) => {
      if (kind === "iotlb" && operands[I.process] === ANY) operands[I.process] = 0;
    }),
  },
  {
    name: "a command for all contexts takes the first alone",
    shim: changing(({ kind, operands }) => {
      if (kind === "ctx" && operands[I.requester] === ANY) operands[I.requester] = 0;
    }),
  },
  { name: "first-stage commands name the next domain", shim: setting("iotlb", "domain", (domain) => domain + 1) },
  { name: "second-stage commands name the next domain", shim: setting("s2", "domain", (domain) => domain + 1) },
  { name: "first-stage commands name the next process", shim: setting("iotlb", "process", (process) => process + 1) },
  {
    name: "commands for contexts name the next device",
    shim: setting("ctx", "requester", (context) => (context + 1) % 3),
  },
  {
    name: "second-stage commands are sent as first-stage ones for another domain",
    shim: changing(({ kind, operands }) => {
      if (kind !== "s2" || operands[I.domain]! < 0) return;
      operands[I.invalidation] = invalidationOf("iotlb");
      operands[I.domain] = operands[I.domain]! + 1;
      operands[I.process] = ANY;
      operands[I.form] = RANGE.all;
    }),
  },
];
