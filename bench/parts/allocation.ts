/**
 * What the fuzzer's loop allocates: bytes a command by function, from the sampling heap profiler of V8.
 *
 * Sequences are drawn before the profile begins, so that what fast-check allocates is not in it. Objects that the
 * collector took are counted too; each function stands for what it allocates itself.
 */

import { type HeapProfiler, Session } from "node:inspector/promises";
import { sampleGenes } from "../../commands/arbitrary.js";
import { Runner } from "../../search/runner.js";
import { cellOf, EVERYTHING } from "../cells.js";
import { fileOf, roomOf } from "../place.js";

export interface Allocation {
  commands: number;
  /** Of all of them, by the rooms of the program and by what is not ours. */
  bytesPerCommand: { ours: number; others: number };
  /** Most first. */
  functions: { place: string; name: string; bytesPerCommand: number }[];
}

const SEQUENCES = 600;
/** One sample in so many bytes. */
const INTERVAL = 512;
const SHOWN = 40;

export async function measureAllocation(milliseconds: number): Promise<Allocation> {
  const runner = new Runner(cellOf("tiny", "always", EVERYTHING));
  const sequences = sampleGenes(1, SEQUENCES);
  const runFor = (time: number): void => {
    const end = performance.now() + time;
    for (let at = 0; performance.now() < end; at++) {
      if (runner.runGenes(sequences[at % sequences.length]!) !== null) throw new Error("a sequence that holds fails");
    }
  };
  // What is allocated before the compiler has optimised a function is no cost of a command.
  runFor(milliseconds);
  const session = new Session();
  session.connect();
  await session.post("HeapProfiler.startSampling", {
    samplingInterval: INTERVAL,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  } as HeapProfiler.StartSamplingParameterType);
  const before = runner.commandCount;
  runFor(milliseconds);
  const commands = runner.commandCount - before;
  const { profile } = await session.post("HeapProfiler.stopSampling");
  session.disconnect();
  return allocationOf(profile, commands);
}

export function allocationOf(profile: HeapProfiler.SamplingHeapProfile, commands: number): Allocation {
  const bytes = new Map<string, { place: string; name: string; size: number; isOurs: boolean }>();
  const visit = ({ callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode): void => {
    const { url, functionName, lineNumber } = callFrame;
    const file = fileOf(url);
    const place = file === null ? roomOf(url) : `${file}:${lineNumber + 1}`;
    const key = `${place} ${functionName}`;
    const known = bytes.get(key) ?? { place, name: functionName || "(anonymous)", size: 0, isOurs: file !== null };
    bytes.set(key, { ...known, size: known.size + selfSize });
    for (const child of children) visit(child);
  };
  visit(profile.head);
  const all = [...bytes.values()].filter(({ size }) => size > 0).sort((a, b) => b.size - a.size);
  const sum = (isOurs: boolean): number =>
    all.filter((one) => one.isOurs === isOurs).reduce((total, { size }) => total + size, 0) / commands;
  return {
    commands,
    bytesPerCommand: { ours: sum(true), others: sum(false) },
    functions: all.slice(0, SHOWN).map(({ place, name, size }) => ({ place, name, bytesPerCommand: size / commands })),
  };
}

export function allocationText({ commands, bytesPerCommand: { ours, others }, functions }: Allocation): string {
  const lines = functions.map(
    ({ place, name, bytesPerCommand }) => `${bytesPerCommand.toFixed(2).padStart(10)}  ${name}  ${place}`,
  );
  return [
    `bytes a command: ${ours.toFixed(1)} in our rooms, ${others.toFixed(1)} elsewhere, over ${commands} commands`,
    "",
    "bytes a command, function, where it begins in dist",
    ...lines,
  ].join("\n");
}
