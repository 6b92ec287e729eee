/** Canonical texts of each kind of command, and a shorthand that reads them, for the tests of the language. */

import type { Command, CommandKind } from "../../commands/command.js";
import { parseCommands, printCommand } from "../../commands/language.js";

/** The commands of a text that is known to be right. */
export function commandsOf(text: string): Command[] {
  const parsed = parseCommands(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.commands;
}

/** A text as the printer writes it. */
export function printedAgain(text: string): string {
  return commandsOf(text).map(printCommand).join("; ");
}

/** One canonical text or more for each kind of command. */
export const CANONICAL: Readonly<Record<CommandKind, readonly string[]>> = {
  write: [
    "w g4[0]=-",
    "w g4[0]=bad",
    "w g4[0]=leaf g8 rw",
    "w g4[3]=leaf g8 r",
    "w g4[0]=leaf g8 w global",
    "w g4[0]=leaf g8 none",
    "w g2[1]=super g8 rw global",
    "w g2[0]=table g4",
    "w g2[0]=table g4 r",
    "w g2[0]=table g4 global",
    "w d1 g4[0]=leaf g8 rw",
    "w g1048575[1048575]=table g1048575",
  ],
  context: ["ctx c0=-", "ctx c0=bad", "ctx c0=(d0,p0,g2)", "ctx c2=(d1,p0,g2)", "ctx c0=(v0,d2,p0,g2)"],
  "context-field": ["ctx c0 valid=0", "ctx c0 vm=v1", "ctx c0 domain=d1", "ctx c0 process=p1", "ctx c0 root=g3"],
  invalidate: [
    "inv iotlb all",
    "inv iotlb d0 p0 i0",
    "inv iotlb d0 p0 [i0+4] leaf",
    "inv iotlb d0 [i1+0]",
    "inv iotlb d- i2 level=1",
    "inv iotlb p0 base=i1 mask=1 leaf level=2",
    "inv iotlb base=i9007199254740991 mask=0",
    "inv ctx",
    "inv ctx c0",
    "inv ctx d0 c0 mask=1",
    "inv pasid d0 p0",
    "inv dev c0 mask=1 base=i2 mask=1",
    "inv dev c0 all",
    "inv s2 d0 g8",
    "inv s2 all",
    "inv s2 d0 [g8+2]",
    "guest inv s2 d0 g8",
    "host inv iotlb d0 all",
  ],
  fence: ["fence"],
  stage2: [
    "s2 d0 g8=-",
    "s2 d0 g8=bad",
    "s2 d0 g8=h8 rw",
    "s2 d1 g8=h8 r",
    "s2 d0 g8=h8 none",
    "s2 d0 g8=super h8 rw",
    "s2 d0 g8=table h33",
    "s2 d0 g8=table h33 r",
  ],
  move: ["move d0 g8=h12"],
  dma: ["dma r c0 i0", "dma w c2 i9007199254740991"],
  prefetch: ["prefetch c0 i0"],
  evict: ["evict c0 i0"],
  "walk-start": ["walk+ c0 i0"],
  "walk-end": ["walk- c0 i0"],
  execute: ["execute 0"],
};
