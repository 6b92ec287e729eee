/** What each command reads as, and the variants that read as the same. */

import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../commands/command.js";
import { COMMAND_WORDS } from "../../commands/language-grammar.js";
import { CANONICAL, commandsOf, printedAgain } from "./language.examples.js";

describe("canonical texts", () => {
  it("are there for every kind of command", () => {
    expect(Object.keys(CANONICAL)).toEqual(COMMANDS.map(({ kind }) => kind));
  });

  it.each(Object.entries(CANONICAL))("of %s are printed as they were read", (kind, texts) => {
    for (const text of texts) {
      expect(printedAgain(text)).toBe(text);
      expect(commandsOf(text)[0]!.kind).toBe(kind);
    }
  });

  it("read as the operands of the table", () => {
    expect(commandsOf("w d1 g4[2]=leaf g8 r global")).toEqual([
      { kind: "write", vm: 1, page: 4, index: 2, entry: 1, target: 8, permission: 1, global: 1 },
    ]);
    expect(commandsOf("ctx c0=(v0,d2,p1,g3)")).toEqual([
      { kind: "context", context: 0, state: 1, vm: 0, domain: 2, process: 1, root: 3 },
    ]);
    expect(commandsOf("ctx c1 root=g3")).toEqual([{ kind: "context-field", context: 1, field: 4, value: 3 }]);
    expect(commandsOf("inv dev d- c2 mask=1 base=i5 mask=2 leaf level=1")[0]).toMatchObject({
      ...{ kind: "invalidate", host: 0, domain: -2, process: -1, requester: 2, requesterMask: 1 },
      ...{ form: 2, base: 5, size: 2, leaf: 1, level: 1 },
    });
    expect(commandsOf("s2 d1 g8=super h9 r")).toEqual([
      { kind: "stage2", vm: 1, page: 8, entry: 2, target: 9, permission: 1 },
    ]);
    expect(commandsOf("dma w c2 i7")).toEqual([{ kind: "dma", context: 2, iova: 7, access: 1 }]);
  });
});

describe("command words", () => {
  it("each begin a canonical text, but for the short form of fence", () => {
    const first = new Set(Object.values(CANONICAL).flatMap((texts) => texts.map((text) => text.split(" ")[0])));
    expect(COMMAND_WORDS.filter((word) => !first.has(word))).toEqual(["F"]);
  });
});

describe("variants", () => {
  it.each([
    ["F", "fence"],
    ["w (d1) g4[0]=-", "w d1 g4[0]=-"],
    ["w v1 g4[0]=-", "w d1 g4[0]=-"],
    ["w d0 g4[0]=-", "w g4[0]=-"],
    ["w g4[0]=leaf g8", "w g4[0]=leaf g8 rw"],
    ["w g4[0]=leaf g8 global", "w g4[0]=leaf g8 rw global"],
    ["w g2[0]=table g4 rw", "w g2[0]=table g4"],
    ["ctx c2=(v1,d1,p0,g2)", "ctx c2=(d1,p0,g2)"],
    ["s2 v0 g8=h8", "s2 d0 g8=h8 rw"],
    ["s2 d0 g8=leaf h8 r", "s2 d0 g8=h8 r"],
    ["move v1 g8=h12", "move d1 g8=h12"],
    ["ctx c0 = ( d0 , p0 , g2 ) ;; F", "ctx c0=(d0,p0,g2); fence"],
    ["dma r c007 i08", "dma r c7 i8"],
  ])("%s is %s", (variant, form) => {
    expect(printedAgain(variant)).toBe(form);
  });
});
