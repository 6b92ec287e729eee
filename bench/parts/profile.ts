/** Where the time of the fuzzer's loop goes, by room and by function: the sampling profiler of V8, default geometry. */

import { type Profiler, Session } from "node:inspector/promises";
import { cellOf, EVERYTHING } from "../cells.js";
import { fuzzSubject } from "../fuzz.js";
import { fileOf, roomOf } from "../place.js";

export interface Profile {
  /** Shares of the samples, most first. */
  rooms: Share[];
  functions: Share[];
}

interface Share {
  name: string;
  share: number;
}

const SHOWN = 25;

export async function measureProfile(milliseconds: number): Promise<Profile> {
  const subject = fuzzSubject(cellOf("tiny", "always", EVERYTHING), { name: "2x4" });
  const runFor = (time: number): void => {
    const end = performance.now() + time;
    while (performance.now() < end) subject.batch();
  };
  runFor(milliseconds);
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.start");
  runFor(milliseconds);
  const { profile } = await session.post("Profiler.stop");
  session.disconnect();
  return profileOf(profile);
}

export function profileOf({ nodes }: Pick<Profiler.Profile, "nodes">): Profile {
  const frames = nodes.map(({ callFrame: { url, functionName, lineNumber }, hitCount = 0 }) => ({
    room: roomOf(url),
    place: `${functionName || "(anonymous)"}  ${fileOf(url) ?? roomOf(url)}:${lineNumber + 1}`,
    hits: functionName === "(idle)" ? 0 : hitCount,
  }));
  const shares = (keyOf: (frame: (typeof frames)[number]) => string): Share[] => {
    const hits = new Map<string, number>();
    let total = 0;
    for (const frame of frames) {
      hits.set(keyOf(frame), (hits.get(keyOf(frame)) ?? 0) + frame.hits);
      total += frame.hits;
    }
    const all = [...hits].map(([name, count]) => ({ name, share: count / total }));
    return all.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share);
  };
  return { rooms: shares(({ room }) => room), functions: shares(({ place }) => place).slice(0, SHOWN) };
}

export function profileText({ rooms, functions }: Profile): string {
  const lines = (shares: readonly Share[]): string[] =>
    shares.map(({ name, share }) => `${(share * 100).toFixed(1).padStart(6)} %  ${name}`);
  return ["by room", ...lines(rooms), "", "by function, and where it begins in dist", ...lines(functions)].join("\n");
}
