/** Actors and sentences of commands; the canonical texts are tested with the grammar that they are the inverse of. */

import { describe, expect, it } from "vitest";
import { commandActor, describeCommand } from "../../commands/language-print.js";
import { commandsOf } from "./language.examples.js";

describe("sentences", () => {
  it.each([
    ["w g4[0]=leaf g8 rw", "guest", "guest: g4[0] = leaf g8 rw"],
    ["w d1 g4[0]=-", "guest", "guest: d1 g4[0] = -"],
    ["ctx c0=(d0,p0,g2)", "guest", "guest: c0 = (d0,p0,g2)"],
    ["ctx c0 root=g3", "guest", "guest: c0 root = g3"],
    ["inv iotlb d0 p0 [i0+4] leaf", "guest", "guest: inv iotlb d0 p0 [i0+4] leaf"],
    ["host inv iotlb all", "host", "host: inv iotlb all"],
    ["inv s2 d0 g8", "host", "host: inv s2 d0 g8"],
    ["fence", "either", "fence"],
    ["s2 d0 g8=super h8 r", "host", "host: d0 g8 = super h8 r"],
    ["move d0 g8=h12", "host", "host: move d0 g8 to h12"],
    ["dma w c0 i0", "device", "device: write c0 i0"],
    ["prefetch c0 i0", "hardware", "hardware: prefetch c0 i0"],
    ["evict c0 i0", "hardware", "hardware: evict c0 i0"],
    ["walk+ c0 i0", "hardware", "hardware: start walk c0 i0"],
    ["walk- c0 i0", "hardware", "hardware: end walk c0 i0"],
    ["execute 2", "hardware", "hardware: execute pending command 2"],
  ])("%s: actor %s", (text, actor, sentence) => {
    const command = commandsOf(text)[0]!;
    expect(commandActor(command)).toBe(actor);
    expect(describeCommand(command)).toBe(sentence);
    expect(sentence.length).toBeLessThanOrEqual(40);
  });
});
