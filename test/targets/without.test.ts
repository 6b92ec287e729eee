import { describe, expect, it } from "vitest";
import { encodeAll } from "../../commands/command.js";
import { parseCommands } from "../../commands/language.js";
import { RecordedTarget } from "../../targets/recorded.js";
import { leavingOut, parseWithout, WITHOUT } from "../../targets/without.js";

/** One command a line, and the kinds that leave it out. */
const LEFT_OUT: readonly [command: string, kinds: readonly string[]][] = [
  ["w g4[0]=leaf g8 rw", []],
  ["w g4[0]=leaf g8 r", ["permissions"]],
  ["w g4[0]=leaf g8 rw global", ["global"]],
  ["w g4[0]=-", []],
  ["w g4[0]=bad", ["malformed"]],
  ["w g2[1]=super g8 w", ["permissions", "superpages"]],
  ["w g2[0]=table g4", ["tables"]],
  ["s2 d0 g8=h9 r", ["permissions", "stage2"]],
  ["s2 d0 g8=super h8 rw", ["stage2", "superpages"]],
  ["s2 d0 g8=table h42", ["stage2", "tables"]],
  ["move d0 g8=h42", ["moves", "stage2"]],
  ["ctx c0=(d0,p1,g2)", ["contexts"]],
  ["ctx c0=bad", ["contexts", "malformed", "malformed-contexts"]],
  ["ctx c0 root=g3", ["context-fields", "contexts"]],
  ["inv iotlb d0 p0 i0", ["addresses"]],
  ["inv iotlb d0 all", []],
  ["inv s2 d0 g8", ["addresses", "s2-addresses"]],
  ["inv s2 d0 all", []],
  ["fence", []],
  ["dma r c0 i0", []],
  ["dma w c0 i0", ["dma-writes"]],
];

function encoded(text: string): Float64Array {
  const parsed = parseCommands(text);
  if (!parsed.ok) throw new Error(text);
  return encodeAll(parsed.commands);
}

describe("what can be left out", () => {
  it.each(LEFT_OUT)("%s is left out by %j", (command, kinds) => {
    const ofUnits = ["s2-roots"];
    const found = WITHOUT.filter(({ leavesOut }) => leavesOut(encoded(command), 0)).map(({ name }) => name);
    expect(found.filter((name) => !ofUnits.includes(name)).sort()).toEqual([...kinds].sort());
  });

  it("is looked at at the position that is asked for", () => {
    const [permissions] = parseWithout("permissions") as [(typeof WITHOUT)[number]];
    const sequence = encoded("dma r c0 i0; w g4[0]=leaf g8 r");
    expect([0, 1].map((at) => permissions.leavesOut(sequence, at))).toEqual([false, true]);
  });

  it("is named in a list; what is not known is told with what is near", () => {
    expect((parseWithout("global,moves") as typeof WITHOUT).map(({ name }) => name)).toEqual(["moves", "global"]);
    expect(parseWithout("")).toEqual([]);
    expect(parseWithout("superpage")).toMatch(
      /^unknown kind "superpage"; known: contexts, .*did you mean superpages\?$/,
    );
  });

  it("is refused by a target that knows less", () => {
    const info = { name: "x", version: "1", architecture: "tiny", geometry: "2x4" };
    const target = leavingOut(new RecordedTarget(info, [], null), parseWithout("global") as typeof WITHOUT);
    expect(target.accepts(encoded("w g4[0]=leaf g8 rw global"), 0)).toBe(false);
    expect(target.accepts(encoded("w g4[0]=leaf g8 rw"), 0)).toBe(true);
    expect(target.info).toBe(info);
  });
});
