/**
 * What the tests of the units share: the words that a driver writes for a command, and sequences on a real QEMU.
 */

import { encodeAll } from "../../commands/command.js";
import { parseCommands } from "../../commands/language.js";
import { geometryOf } from "../../models/geometry.js";
import { allContexts } from "../../models/start.js";
import { outcomeText } from "../../models/values.js";
import { TargetRunner } from "../../search/target-runner.js";
import type { Driver, UnitKind } from "../../targets/driver.js";
import { MemoryMap } from "../../targets/memory-map.js";
import { QemuTarget } from "../../targets/qemu.js";
import { Batch } from "../../targets/qtest.js";
import { rulesOf } from "../../targets/units.js";

export function encoded(text: string): Float64Array {
  const parsed = parseCommands(text);
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.errors)}`);
  return encodeAll(parsed.commands);
}

/** A driver without a QEMU. */
export function driverOf(kind: UnitKind): { driver: Driver; map: MemoryMap } {
  const map = new MemoryMap(kind.ram, geometryOf(kind.geometry));
  return { driver: kind.create(map), map };
}

/** The 64-bit writes that `write` puts into a batch, in order. */
export function writesOf(write: (batch: Batch) => void): { address: number; value: bigint }[] {
  const batch = new Batch();
  write(batch);
  return [...batch.text.matchAll(/^writeq ([0-9]+) (0x[0-9a-f]+)$/gm)].map(([, address, value]) => ({
    address: Number(address),
    value: BigInt(value!),
  }));
}

/** The descriptors of one command, `words` 64-bit words each; the doorbell comes last. */
export function descriptorsOf(kind: UnitKind, text: string, words: number): bigint[][] {
  const { driver } = driverOf(kind);
  const sequence = encoded(text);
  if (!kind.accepts(sequence, 0)) throw new Error(`${text}: not known to ${kind.name}`);
  const values = writesOf((batch) => driver.invalidate(batch, sequence, 0)).map(({ value }) => value);
  values.pop();
  return Array.from({ length: values.length / words }, (_, at) => values.slice(at * words, (at + 1) * words));
}

/** A runner on a real QEMU, for `use`. */
export function withUnit<T>(kind: UnitKind, binary: string, use: (runner: TargetRunner, target: QemuTarget) => T): T {
  const target = new QemuTarget(kind, binary, "");
  const geometry = geometryOf(kind.geometry);
  const runner = new TargetRunner(rulesOf(kind), target, geometry, allContexts(geometry));
  try {
    return use(runner, target);
  } finally {
    target.close();
  }
}

/** What the unit answers to the requests of a sequence, as `h8 fault`. */
export function answersTo(runner: TargetRunner, text: string, between = " "): string {
  runner.runCommands(encoded(text));
  return runner.answers.map((answer) => (answer === null ? "-" : outcomeText(answer))).join(between);
}
