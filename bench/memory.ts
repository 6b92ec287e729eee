/** Whether memory grows: fuzzes one cell for a while and says what is in use after each tenth of the time. */

import { fuzzCell } from "../search/fuzz.js";
import { cellOf } from "./cells.js";

export interface Sample {
  seconds: number;
  commands: number;
  /** Mebibytes. */
  rss: number;
  heap: number;
}

const PARTS = 10;
const MEBIBYTE = 2 ** 20;

/** `onSample` is told after each tenth. */
export async function measureMemory(seconds: number, onSample: (sample: Sample) => void): Promise<Sample[]> {
  const cell = cellOf("tiny", "always", ["hardware", "envelope", "shadow"]);
  const start = performance.now();
  const samples: Sample[] = [];
  let commands = 0;
  const { found } = await fuzzCell(cell, {
    seed: "memory",
    commands: Number.POSITIVE_INFINITY,
    onProgress: (count) => {
      commands = count;
    },
    shouldStop: () => {
      const spent = (performance.now() - start) / 1000;
      if (spent >= ((samples.length + 1) * seconds) / PARTS) {
        const sample = sampleNow(spent, commands);
        samples.push(sample);
        onSample(sample);
      }
      return samples.length >= PARTS;
    },
  });
  if (found !== null) throw new Error(`${cell.id}: ${found.failure.violation.property} fails`);
  return samples;
}

function sampleNow(seconds: number, commands: number): Sample {
  // Garbage is no growth: `node --expose-gc` shows what is left without it.
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { seconds: Math.round(seconds * 10) / 10, commands, rss: rss / MEBIBYTE, heap: heapUsed / MEBIBYTE };
}

export function sampleText({ seconds, commands, rss, heap }: Sample): string {
  const columns = [seconds.toFixed(1).padStart(8), commands.toLocaleString("en").padStart(14)];
  return [...columns, rss.toFixed(1).padStart(9), heap.toFixed(1).padStart(9)].join("");
}

export const MEMORY_HEAD = ` seconds      commands  RSS MiB heap MiB`;
